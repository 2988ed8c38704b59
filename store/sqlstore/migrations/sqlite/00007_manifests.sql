-- +goose Up

-- Lists of what carriers take over at locations. Of a connection, location and day one at most is open.
create table manifest (
	id text not null primary key, account text not null, number integer not null, version integer not null,
	created integer not null, updated integer not null,
	connection text not null, location text not null, day text not null, state text not null, body blob not null
) strict;
create index manifest_account on manifest (account, created, id);
create index manifest_updated on manifest (account, updated, id);
create unique index manifest_open on manifest (account, connection, location, day) where state in ('requested', 'unsure', 'stuck');

-- Booked shipments on their way to the carrier's hands, each on one manifest or none.
create table consignment (
	shipment text not null primary key, account text not null, purchase text not null, connection text not null, location text not null,
	day text not null, manifest text not null, state text not null, parcels integer not null, grams integer not null,
	booked integer not null, warned integer not null
) strict;
create index consignment_day on consignment (account, day, connection, location, booked, shipment);
create index consignment_waiting on consignment (account, day, connection, location, booked, shipment, parcels) where manifest = '' and state = '';
create index consignment_manifest on consignment (manifest, shipment) where manifest <> '';

-- +goose Down
select 'a migration is not taken back: restore the copy that was made before it';
