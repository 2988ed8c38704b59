-- +goose Up

-- Shipments and returns by the numbers that an API shows.
create index shipment_number on shipment (number, account) where number <> 0;
create index shipment_return_number on shipment_return (number, account) where number <> 0;

-- The tracking numbers of returns, of any of their parcels.
create table return_track (
	track text not null, shipment_return text not null, primary key (track, shipment_return)
) strict, without rowid;
create index return_track_return on return_track (shipment_return);
insert into return_track (track, shipment_return)
	select json_extract(cast(body as text), '$.Tracking'), id from shipment_return
		where coalesce(json_extract(cast(body as text), '$.Tracking'), '') <> ''
	union select json_extract(p.value, '$.Tracking'), r.id from shipment_return r, json_each(cast(r.body as text), '$.Parcels') p
		where coalesce(json_extract(p.value, '$.Tracking'), '') <> '';

-- Places under the names that carriers know them by.
create table registration (
	id text not null primary key, account text not null, number integer not null, version integer not null,
	created integer not null, updated integer not null,
	key text not null, body blob not null
) strict;
create unique index registration_key on registration (key, account) where key <> '';
create unique index registration_number on registration (number, account) where number <> 0;
create index registration_account on registration (account, created, id);

-- What couriers declared: track is the courier's own number, client who declared it.
create table declaration (
	id text not null primary key, account text not null, number integer not null, version integer not null,
	created integer not null, updated integer not null,
	shipment text not null, client text not null, track text not null, body blob not null
) strict;
create unique index declaration_track on declaration (client, track);
create index declaration_shipment on declaration (shipment, created, id);

-- Endpoints that hear of one shipment alone.
create table hook (
	id text not null primary key, account text not null, number integer not null, version integer not null,
	created integer not null, updated integer not null,
	shipment text not null, body blob not null
) strict;
create index hook_shipment on hook (shipment, created, id);

-- Tracking numbers that carriers handed out ahead; seq is the order in which they are taken. Those taken
-- stay, so that none comes in twice.
create table pool (
	seq integer primary key autoincrement, connection text not null, track text not null, usable integer not null, taken integer not null
) strict;
create unique index pool_track on pool (connection, track);
create index pool_free on pool (connection, seq) where taken = 0;

-- Wallets: what is in each of the four books, in minor units, and how many entries there are.
create table wallet (
	account text not null, currency text not null, entries integer not null,
	funding integer not null, available integer not null, held integer not null, spent integer not null,
	primary key (account, currency), check (funding + available + held + spent = 0), check (held >= 0)
) strict, without rowid;

-- What moved: by how much each book changed, and what was available afterwards. number counts a wallet's entries.
create table entry (
	id text not null primary key, account text not null, currency text not null, number integer not null, created integer not null,
	kind text not null, amount integer not null,
	funding integer not null, available integer not null, held integer not null, spent integer not null,
	hold text not null, purchase text not null, shipment text not null, shipment_return text not null,
	cause text not null, actor text not null, after integer not null,
	check (funding + available + held + spent = 0)
) strict;
create unique index entry_number on entry (account, currency, number);
create unique index entry_hold on entry (hold) where hold <> '';
create index entry_purchase on entry (purchase, number) where purchase <> '';

-- +goose Down
select 'a migration is not taken back: restore the copy that was made before it';
