-- +goose Up

-- API keys, by the hash of each: unique in the installation.
create table api_key (
	id text not null primary key, account text not null, number integer not null, version integer not null,
	created integer not null, updated integer not null,
	key text not null, body blob not null
) strict;
create unique index api_key_key on api_key (key);
create unique index api_key_number on api_key (number, account) where number <> 0;
create index api_key_account on api_key (account, created, id);

-- What a repeated request is answered with, sealed and in base64, where no record stands for it.
alter table idempotency add column answer text not null default '';

-- Deliveries by the shipment whose events they tell of.
alter table delivery add column shipment text not null default '';
update delivery set shipment = coalesce(json_extract(cast(body as text), '$.Shipment'), '');
create index delivery_shipment on delivery (shipment, created, id) where shipment <> '';

-- +goose Down
select 'a migration is not taken back: restore the copy that was made before it';
