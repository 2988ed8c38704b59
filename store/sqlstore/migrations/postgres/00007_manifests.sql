-- +goose Up

-- Lists of what carriers take over at locations. Of a connection, location and day one at most is open.
create table manifest (
	id text collate "C" not null primary key, account text collate "C" not null, number bigint not null, version bigint not null,
	created bigint not null, updated bigint not null,
	connection text collate "C" not null, location text collate "C" not null, day text collate "C" not null, state text collate "C" not null, body bytea not null
);
create index manifest_account on manifest (account, created, id);
create index manifest_updated on manifest (account, updated, id);
create unique index manifest_open on manifest (account, connection, location, day) where state in ('requested', 'unsure', 'stuck');

-- Booked shipments on their way to the carrier's hands, each on one manifest or none.
create table consignment (
	shipment text collate "C" not null primary key, account text collate "C" not null, purchase text collate "C" not null, connection text collate "C" not null, location text collate "C" not null,
	day text collate "C" not null, manifest text collate "C" not null, state text collate "C" not null, parcels bigint not null, grams bigint not null,
	booked bigint not null, warned bigint not null
);
create index consignment_day on consignment (account, day, connection, location, booked, shipment);
create index consignment_waiting on consignment (account, day, connection, location, booked, shipment, parcels) where manifest = '' and state = '';
create index consignment_manifest on consignment (manifest, shipment) where manifest <> '';

-- +goose Down
select 'a migration is not taken back: restore the copy that was made before it';
