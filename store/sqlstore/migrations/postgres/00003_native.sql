-- +goose Up

-- API keys, by the hash of each: unique in the installation.
create table api_key (
	id text collate "C" not null primary key, account text collate "C" not null, number bigint not null, version bigint not null,
	created bigint not null, updated bigint not null,
	key text collate "C" not null, body bytea not null
);
create unique index api_key_key on api_key (key);
create unique index api_key_number on api_key (number, account) where number <> 0;
create index api_key_account on api_key (account, created, id);

-- What a repeated request is answered with, sealed and in base64, where no record stands for it.
alter table idempotency add column answer text collate "C" not null default '';

-- Deliveries by the shipment whose events they tell of.
alter table delivery add column shipment text collate "C" not null default '';
update delivery set shipment = coalesce(convert_from(body, 'UTF8')::json ->> 'Shipment', '');
create index delivery_shipment on delivery (shipment, created, id) where shipment <> '';

-- +goose Down
select 'a migration is not taken back: restore the copy that was made before it';
