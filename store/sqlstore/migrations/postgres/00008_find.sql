-- +goose Up

-- What each shipment is counted under: its ship date and, behind it, the key of its counters. Empty: not counted yet.
alter table shipment add column tally text collate "C" not null default '';

-- How many shipments there are of a sort on a day; day empty: over all days.
create table tally (
	account text collate "C" not null, day text collate "C" not null, key text collate "C" not null, n bigint not null,
	primary key (account, day, key)
);

-- How far shipments of an earlier version have been brought up to date: the last one's id. No row: all are.
create table upkeep (
	name text collate "C" not null primary key, at text collate "C" not null
);
insert into upkeep (name, at) select 'shipment', '' where exists (select 1 from shipment);

-- Changes of counters that are not added to them yet.
create table tally_change (
	seq bigint generated always as identity primary key,
	account text collate "C" not null, day text collate "C" not null, key text collate "C" not null, n bigint not null
);
create index tally_change_day on tally_change (account, day);

-- Shipments of a state in the order of their creation.
drop index shipment_state;
create index shipment_state on shipment (account, booking, transit, created, id);

-- +goose Down
select 'a migration is not taken back: restore the copy that was made before it';
