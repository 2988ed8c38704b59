-- +goose Up

-- Saved addresses, by the account's own reference.
create table address (
	id text collate "C" not null primary key, account text collate "C" not null, number bigint not null, version bigint not null,
	created bigint not null, updated bigint not null,
	key text collate "C" not null, body bytea not null
);
create unique index address_key on address (key, account) where key <> '';
create unique index address_number on address (number, account) where number <> 0;
create index address_account on address (account, created, id);

-- Who changed which record of the set-up, and when. Rows are only added.
create table audit (
	id text collate "C" not null primary key, account text collate "C" not null, number bigint not null, version bigint not null,
	created bigint not null, updated bigint not null,
	kind text collate "C" not null, record text collate "C" not null, body bytea not null
);
create index audit_account on audit (account, created, id);
create index audit_record on audit (record, created, id);

-- +goose Down
select 'a migration is not taken back: restore the copy that was made before it';
