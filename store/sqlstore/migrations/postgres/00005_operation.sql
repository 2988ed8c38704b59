-- +goose Up

-- Visits of carriers to locations.
create table pickup (
	id text collate "C" not null primary key, account text collate "C" not null, number bigint not null, version bigint not null,
	created bigint not null, updated bigint not null,
	connection text collate "C" not null, location text collate "C" not null, state text collate "C" not null, day text collate "C" not null, body bytea not null
);
create index pickup_account on pickup (account, created, id);
create index pickup_updated on pickup (account, updated, id);
create index pickup_visit on pickup (connection, location, day);
create unique index pickup_asked on pickup (connection, location, day) where state in ('requested', 'unsure');

-- Returns of an account, by creation and by change.
create index shipment_return_account on shipment_return (account, created, id);
create index shipment_return_updated on shipment_return (account, updated, id);

-- Deliveries of an account, of every endpoint together.
create index delivery_account on delivery (account, state, created, id);

-- +goose Down
select 'a migration is not taken back: restore the copy that was made before it';
