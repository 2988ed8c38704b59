-- +goose Up

-- What a connection has proved, each thing once a mode: its go-live checklist.
create table proof (
	id text not null primary key, account text not null, number integer not null, version integer not null,
	created integer not null, updated integer not null,
	key text not null, body blob not null
) strict;
create unique index proof_key on proof (key, account) where key <> '';
create unique index proof_number on proof (number, account) where number <> 0;
create index proof_account on proof (account, created, id);

-- +goose Down
select 'a migration is not taken back: restore the copy that was made before it';
