-- +goose Up

-- What each shipment is counted under: its ship date and, behind it, the key of its counters. Empty: not counted yet.
alter table shipment add column tally text not null default '';

-- How many shipments there are of a sort on a day; day empty: over all days.
create table tally (
	account text not null, day text not null, key text not null, n integer not null,
	primary key (account, day, key)
) strict, without rowid;

-- How far shipments of an earlier version have been brought up to date: the last one's id. No row: all are.
create table upkeep (
	name text not null primary key, at text not null
) strict, without rowid;
insert into upkeep (name, at) select 'shipment', '' where exists (select 1 from shipment);

-- Shipments of a state in the order of their creation.
drop index shipment_state;
create index shipment_state on shipment (account, booking, transit, created, id);

-- +goose Down
select 'a migration is not taken back: restore the copy that was made before it';
