-- +goose Up

-- The log of requests to the APIs. Of one that nobody known made the account is empty.
create table request (
	id text collate "C" not null primary key, account text collate "C" not null, number bigint not null, version bigint not null,
	created bigint not null, updated bigint not null,
	dialect text collate "C" not null, op text collate "C" not null, status bigint not null, actor text collate "C" not null, request text collate "C" not null, shipment text collate "C" not null, reference text collate "C" not null,
	body bytea not null
);
create index request_account on request (account, created, id);
create index request_actor on request (account, actor, created, id) where actor <> '';
create index request_failed on request (account, created, id, status) where status >= 400;
create index request_named on request (request, account, created, id);
create index request_shipment on request (shipment, account, created, id) where shipment <> '';
create index request_reference on request (account, reference, created, id) where reference <> '';

-- The log of calls to carriers; account is the connection's.
create table carrier_call (
	id text collate "C" not null primary key, account text collate "C" not null, number bigint not null, version bigint not null,
	created bigint not null, updated bigint not null,
	request text collate "C" not null, shipment text collate "C" not null, connection text collate "C" not null, carrier text collate "C" not null, op text collate "C" not null,
	failed bigint not null, refused bigint not null, took bigint not null, body bytea not null
);
create index carrier_call_recent on carrier_call (account, created, id, connection, carrier, op, failed, refused, took);
create index carrier_call_request on carrier_call (request, created, id) where request <> '';
create index carrier_call_shipment on carrier_call (shipment, created, id) where shipment <> '';
create index carrier_call_age on carrier_call (updated);

-- Moments of the installation that are told to whoever watches it, such as the last backup.
create table moment (
	name text collate "C" not null primary key, at bigint not null
);

-- What whoever watches asks for, of the whole installation.
create index delivery_dead on delivery (id) where state = 'dead';

-- +goose Down
select 'a migration is not taken back: restore the copy that was made before it';
