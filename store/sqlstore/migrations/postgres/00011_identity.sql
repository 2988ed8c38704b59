-- +goose Up

-- People who are logged in, by the hash of what each shows.
create table login (
	id text collate "C" not null primary key, account text collate "C" not null, number bigint not null, version bigint not null,
	created bigint not null, updated bigint not null,
	key text collate "C" not null, body bytea not null
);
create unique index login_key on login (key);
create index login_account on login (account, created, id);

-- Named filters of lists, by name.
create table saved_view (
	id text collate "C" not null primary key, account text collate "C" not null, number bigint not null, version bigint not null,
	created bigint not null, updated bigint not null,
	key text collate "C" not null, body bytea not null
);
create unique index saved_view_key on saved_view (key, account);
create unique index saved_view_number on saved_view (number, account) where number <> 0;
create index saved_view_account on saved_view (account, created, id);

-- Wishes to forget a recipient, and receipts of it.
create table erasure (
	id text collate "C" not null primary key, account text collate "C" not null, number bigint not null, version bigint not null,
	created bigint not null, updated bigint not null,
	key text collate "C" not null, body bytea not null
);
create index erasure_account on erasure (account, created, id);

-- Up to which creation the shipments of an account have been seen to, for one kind of what is kept.
create table retained (
	account text collate "C" not null, kind text collate "C" not null, upto bigint not null, primary key (account, kind)
);

-- Declarations of an account, by creation and by change.
create index declaration_account on declaration (account, created, id);
create index declaration_updated on declaration (account, updated, id);

-- Who else has a blob that is to go.
create index document_blob on document (blob) where blob <> '';

-- What goes with an account: versions of its rules and rate cards, work that rests or was given up.
create index rule_set_account on rule_set (account);
create index rate_card_account on rate_card (account);
create index job_resting on job (account, id) where ready = 0;

-- +goose Down
select 'a migration is not taken back: restore the copy that was made before it';
