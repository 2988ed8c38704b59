-- +goose Up

-- Shipments and returns by the numbers that an API shows.
create index shipment_number on shipment (number, account) where number <> 0;
create index shipment_return_number on shipment_return (number, account) where number <> 0;

-- The tracking numbers of returns, of any of their parcels.
create table return_track (
	track text collate "C" not null, shipment_return text collate "C" not null, primary key (track, shipment_return)
);
create index return_track_return on return_track (shipment_return);
insert into return_track (track, shipment_return)
	select convert_from(body, 'UTF8')::json ->> 'Tracking', id from shipment_return
		where coalesce(convert_from(body, 'UTF8')::json ->> 'Tracking', '') <> ''
	union select p.value ->> 'Tracking', r.id from shipment_return r, json_array_elements(convert_from(r.body, 'UTF8')::json -> 'Parcels') p
		where coalesce(p.value ->> 'Tracking', '') <> '';

-- Places under the names that carriers know them by.
create table registration (
	id text collate "C" not null primary key, account text collate "C" not null, number bigint not null, version bigint not null,
	created bigint not null, updated bigint not null,
	key text collate "C" not null, body bytea not null
);
create unique index registration_key on registration (key, account) where key <> '';
create unique index registration_number on registration (number, account) where number <> 0;
create index registration_account on registration (account, created, id);

-- What couriers declared: track is the courier's own number, client who declared it.
create table declaration (
	id text collate "C" not null primary key, account text collate "C" not null, number bigint not null, version bigint not null,
	created bigint not null, updated bigint not null,
	shipment text collate "C" not null, client text collate "C" not null, track text collate "C" not null, body bytea not null
);
create unique index declaration_track on declaration (client, track);
create index declaration_shipment on declaration (shipment, created, id);

-- Endpoints that hear of one shipment alone.
create table hook (
	id text collate "C" not null primary key, account text collate "C" not null, number bigint not null, version bigint not null,
	created bigint not null, updated bigint not null,
	shipment text collate "C" not null, body bytea not null
);
create index hook_shipment on hook (shipment, created, id);

-- Tracking numbers that carriers handed out ahead; seq is the order in which they are taken. Those taken
-- stay, so that none comes in twice.
create table pool (
	seq bigint generated always as identity primary key, connection text collate "C" not null, track text collate "C" not null, usable bigint not null, taken bigint not null
);
create unique index pool_track on pool (connection, track);
create index pool_free on pool (connection, seq) where taken = 0;

-- Wallets: what is in each of the four books, in minor units, and how many entries there are.
create table wallet (
	account text collate "C" not null, currency text collate "C" not null, entries bigint not null,
	funding bigint not null, available bigint not null, held bigint not null, spent bigint not null,
	primary key (account, currency), check (funding + available + held + spent = 0), check (held >= 0)
);

-- What moved: by how much each book changed, and what was available afterwards. number counts a wallet's entries.
create table entry (
	id text collate "C" not null primary key, account text collate "C" not null, currency text collate "C" not null, number bigint not null, created bigint not null,
	kind text collate "C" not null, amount bigint not null,
	funding bigint not null, available bigint not null, held bigint not null, spent bigint not null,
	hold text collate "C" not null, purchase text collate "C" not null, shipment text collate "C" not null, shipment_return text collate "C" not null,
	cause text collate "C" not null, actor text collate "C" not null, after bigint not null,
	check (funding + available + held + spent = 0)
);
create unique index entry_number on entry (account, currency, number);
create unique index entry_hold on entry (hold) where hold <> '';
create index entry_purchase on entry (purchase, number) where purchase <> '';

-- +goose Down
select 'a migration is not taken back: restore the copy that was made before it';
