-- +goose Up

-- Versions of an account's rules. Rows are only added; of one whose time has not come it is noted that it was withdrawn.
create table rule_set (
	id text collate "C" not null primary key, account text collate "C" not null, number bigint not null, version bigint not null,
	created bigint not null, updated bigint not null,
	subject text collate "C" not null, edition bigint not null, starts bigint not null, withdrawn bigint not null, body bytea not null
);
create unique index rule_set_edition on rule_set (subject, edition);
create index rule_set_starts on rule_set (subject, starts, edition) where withdrawn = 0;
create index rule_set_created on rule_set (subject, created, id);
create index rule_set_updated on rule_set (subject, updated, id);

-- Versions of a connection's rate card, likewise.
create table rate_card (
	id text collate "C" not null primary key, account text collate "C" not null, number bigint not null, version bigint not null,
	created bigint not null, updated bigint not null,
	subject text collate "C" not null, edition bigint not null, starts bigint not null, withdrawn bigint not null, body bytea not null
);
create unique index rate_card_edition on rate_card (subject, edition);
create index rate_card_starts on rate_card (subject, starts, edition) where withdrawn = 0;
create index rate_card_created on rate_card (subject, created, id);
create index rate_card_updated on rate_card (subject, updated, id);

-- What was bought with a connection, by day (20261122) and month (202611) of UTC.
create table spend (
	connection text collate "C" not null, currency text collate "C" not null, period bigint not null, minor bigint not null,
	primary key (connection, currency, period)
);

-- What each purchase counts for, and since which day.
create table spend_entry (
	purchase text collate "C" not null primary key, connection text collate "C" not null, day bigint not null, minor bigint not null, currency text collate "C" not null
);

-- +goose Down
select 'a migration is not taken back: restore the copy that was made before it';
