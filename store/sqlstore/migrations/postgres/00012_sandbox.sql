-- +goose Up

-- What a connection has proved, each thing once a mode: its go-live checklist.
create table proof (
	id text collate "C" not null primary key, account text collate "C" not null, number bigint not null, version bigint not null,
	created bigint not null, updated bigint not null,
	key text collate "C" not null, body bytea not null
);
create unique index proof_key on proof (key, account) where key <> '';
create unique index proof_number on proof (number, account) where number <> 0;
create index proof_account on proof (account, created, id);

-- +goose Down
select 'a migration is not taken back: restore the copy that was made before it';
