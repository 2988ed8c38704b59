-- +goose Up

-- Versions of an account's rules. Rows are only added; of one whose time has not come it is noted that it was withdrawn.
create table rule_set (
	id text not null primary key, account text not null, number integer not null, version integer not null,
	created integer not null, updated integer not null,
	subject text not null, edition integer not null, starts integer not null, withdrawn integer not null, body blob not null
) strict;
create unique index rule_set_edition on rule_set (subject, edition);
create index rule_set_starts on rule_set (subject, starts, edition) where withdrawn = 0;
create index rule_set_created on rule_set (subject, created, id);
create index rule_set_updated on rule_set (subject, updated, id);

-- Versions of a connection's rate card, likewise.
create table rate_card (
	id text not null primary key, account text not null, number integer not null, version integer not null,
	created integer not null, updated integer not null,
	subject text not null, edition integer not null, starts integer not null, withdrawn integer not null, body blob not null
) strict;
create unique index rate_card_edition on rate_card (subject, edition);
create index rate_card_starts on rate_card (subject, starts, edition) where withdrawn = 0;
create index rate_card_created on rate_card (subject, created, id);
create index rate_card_updated on rate_card (subject, updated, id);

-- What was bought with a connection, by day (20261122) and month (202611) of UTC.
create table spend (
	connection text not null, currency text not null, period integer not null, minor integer not null,
	primary key (connection, currency, period)
) strict, without rowid;

-- What each purchase counts for, and since which day.
create table spend_entry (
	purchase text not null primary key, connection text not null, day integer not null, minor integer not null, currency text not null
) strict, without rowid;

-- +goose Down
select 'a migration is not taken back: restore the copy that was made before it';
