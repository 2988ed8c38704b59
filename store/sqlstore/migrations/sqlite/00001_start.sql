-- +goose Up

-- Times are microseconds since 1970 in UTC; 0 is "not set". Empty text is "none". Bodies are JSON (codec.go).

-- The set-up nouns: accounts, users, clients, brands, locations, connections, services, package sizes,
-- products, tags, rules, subscriptions. Few, and read whole.
create table setup (
	id text not null primary key, account text not null, number integer not null, version integer not null,
	created integer not null, updated integer not null,
	noun text not null, key text not null, parent text not null, body blob not null
) strict;
create unique index setup_key on setup (noun, key, account) where key <> '';
create unique index setup_number on setup (noun, number, account) where number <> 0;
create unique index setup_login on setup (noun, key) where noun in ('account', 'user', 'client') and key <> '';
create index setup_account on setup (noun, account, created, id);
create index setup_parent on setup (parent, id) where parent <> '';

-- Which accounts a connection is lent to.
create table loan (
	account text not null, connection text not null, primary key (account, connection)
) strict, without rowid;
create index loan_connection on loan (connection, account);

-- Every account that owns records; epoch counts the changes of what it sees of the set-up nouns.
create table tenant (
	account text not null primary key, epoch integer not null
) strict, without rowid;

create table shipment (
	id text not null primary key, account text not null, number integer not null, version integer not null,
	created integer not null, updated integer not null,
	reference text not null, booking text not null, transit text not null, location_key text not null, grp text not null,
	pickup_start integer not null, drop_end integer not null, terms text not null, body blob not null
) strict;
create unique index shipment_reference on shipment (account, reference) where reference <> '';
create index shipment_created on shipment
	(account, created, id, updated, booking, transit, location_key, grp, pickup_start, drop_end);
create index shipment_updated on shipment
	(account, updated, id, created, booking, transit, location_key, grp, pickup_start, drop_end);
create index shipment_state on shipment (account, booking, transit, id);

-- Every value a shipment is found by that is not a column: see store.Terms.
create table term (
	account text not null, noun text not null, field text not null, value text not null,
	created integer not null, id text not null,
	primary key (account, noun, field, value, created, id)
) strict, without rowid;

create table decision (
	id text not null primary key, account text not null, number integer not null, version integer not null,
	created integer not null, updated integer not null,
	shipment text not null, body blob not null
) strict;
create index decision_shipment on decision (shipment, created, id);

create table purchase (
	id text not null primary key, account text not null, number integer not null, version integer not null,
	created integer not null, updated integer not null,
	shipment text not null, key text not null, state text not null, body blob not null
) strict;
create unique index purchase_key on purchase (account, key) where key <> '';
create index purchase_shipment on purchase (shipment, created, id);
create index purchase_state on purchase (state, created, id);

create table document (
	id text not null primary key, account text not null, number integer not null, version integer not null,
	created integer not null, updated integer not null,
	shipment text not null, blob text not null, body blob not null
) strict;
create index document_shipment on document (shipment, created, id);

create table shipment_return (
	id text not null primary key, account text not null, number integer not null, version integer not null,
	created integer not null, updated integer not null,
	shipment text not null, body blob not null
) strict;
create index shipment_return_shipment on shipment_return (shipment, account, created, id);

create table tracker (
	id text not null primary key, account text not null, number integer not null, version integer not null,
	created integer not null, updated integer not null,
	shipment text not null, connection text not null, track text not null, due integer not null, open integer not null,
	body blob not null
) strict;
create index tracker_shipment on tracker (shipment, created, id);
create index tracker_number on tracker (connection, track, created);
create index tracker_due on tracker (connection, due, id) where open = 1;

create table delivery (
	id text not null primary key, account text not null, number integer not null, version integer not null,
	created integer not null, updated integer not null,
	subscription text not null, state text not null, body blob not null
) strict;
create index delivery_subscription on delivery (subscription, created, id);
create index delivery_state on delivery (subscription, state, created, id);

-- seq is the order of commits: one writer.
create table event (
	seq integer primary key autoincrement, id text not null, account text not null, shipment text not null,
	at integer not null, body blob not null
) strict;
create index event_account on event (account, seq);
create index event_shipment on event (shipment, seq) where shipment <> '';

-- ready: may be claimed when due. Of a lane's open jobs exactly one is ready.
create table job (
	id text not null primary key, account text not null, kind text not null, key text not null, lane text not null,
	subject text not null, due integer not null, attempt integer not null, ready integer not null, buried integer not null,
	created integer not null, error text not null, payload blob not null
) strict;
create unique index job_key on job (account, key) where key <> '' and buried = 0;
create unique index job_ready_lane on job (lane) where lane <> '' and ready = 1;
create index job_lane on job (lane, id) where lane <> '' and buried = 0;
create index job_account on job (kind, account, due, id) where ready = 1;
create index job_due on job (kind, due) where ready = 1;
create index job_buried on job (created, id) where buried = 1;

create table idempotency (
	account text not null, surface text not null, key text not null, hash text not null, verb text not null,
	running integer not null, subject text not null, reason text not null, expires integer not null,
	primary key (account, surface, key)
) strict, without rowid;
create index idempotency_expires on idempotency (expires);

-- The next record number.
create table counter (
	name text not null primary key, next integer not null
) strict, without rowid;
insert into counter (name, next) values ('number', 100001);

-- +goose Down
select 'a migration is not taken back: restore the copy that was made before it';
