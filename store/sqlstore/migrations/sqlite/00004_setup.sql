-- +goose Up

-- Saved addresses, by the account's own reference.
create table address (
	id text not null primary key, account text not null, number integer not null, version integer not null,
	created integer not null, updated integer not null,
	key text not null, body blob not null
) strict;
create unique index address_key on address (key, account) where key <> '';
create unique index address_number on address (number, account) where number <> 0;
create index address_account on address (account, created, id);

-- Who changed which record of the set-up, and when. Rows are only added.
create table audit (
	id text not null primary key, account text not null, number integer not null, version integer not null,
	created integer not null, updated integer not null,
	kind text not null, record text not null, body blob not null
) strict;
create index audit_account on audit (account, created, id);
create index audit_record on audit (record, created, id);

-- +goose Down
select 'a migration is not taken back: restore the copy that was made before it';
