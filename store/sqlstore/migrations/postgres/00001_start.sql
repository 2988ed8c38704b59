-- +goose Up

-- Times are microseconds since 1970 in UTC; 0 is "not set". Empty text is "none". Bodies are JSON (codec.go).

-- The set-up nouns: accounts, users, clients, brands, locations, connections, services, package sizes,
-- products, tags, rules, subscriptions. Few, and read whole.
create table setup (
	id text collate "C" not null primary key, account text collate "C" not null, number bigint not null, version bigint not null,
	created bigint not null, updated bigint not null,
	noun text collate "C" not null, key text collate "C" not null, parent text collate "C" not null, body bytea not null
);
create unique index setup_key on setup (noun, key, account) where key <> '';
create unique index setup_number on setup (noun, number, account) where number <> 0;
create unique index setup_login on setup (noun, key) where noun in ('account', 'user', 'client') and key <> '';
create index setup_account on setup (noun, account, created, id);
create index setup_parent on setup (parent, id) where parent <> '';

-- Which accounts a connection is lent to.
create table loan (
	account text collate "C" not null, connection text collate "C" not null, primary key (account, connection)
);
create index loan_connection on loan (connection, account);

-- Every account that owns records; epoch counts the changes of what it sees of the set-up nouns.
create table tenant (
	account text collate "C" not null primary key, epoch bigint not null
);

create table shipment (
	id text collate "C" not null primary key, account text collate "C" not null, number bigint not null, version bigint not null,
	created bigint not null, updated bigint not null,
	reference text collate "C" not null, booking text collate "C" not null, transit text collate "C" not null, location_key text collate "C" not null, grp text collate "C" not null,
	pickup_start bigint not null, drop_end bigint not null, terms text collate "C" not null, body bytea not null
);
create unique index shipment_reference on shipment (account, reference) where reference <> '';
create index shipment_created on shipment
	(account, created, id, updated, booking, transit, location_key, grp, pickup_start, drop_end);
create index shipment_updated on shipment
	(account, updated, id, created, booking, transit, location_key, grp, pickup_start, drop_end);
create index shipment_state on shipment (account, booking, transit, id);

-- Every value a shipment is found by that is not a column: see store.Terms.
create table term (
	account text collate "C" not null, noun text collate "C" not null, field text collate "C" not null, value text collate "C" not null,
	created bigint not null, id text collate "C" not null,
	primary key (account, noun, field, value, created, id)
);

create table decision (
	id text collate "C" not null primary key, account text collate "C" not null, number bigint not null, version bigint not null,
	created bigint not null, updated bigint not null,
	shipment text collate "C" not null, body bytea not null
);
create index decision_shipment on decision (shipment, created, id);

create table purchase (
	id text collate "C" not null primary key, account text collate "C" not null, number bigint not null, version bigint not null,
	created bigint not null, updated bigint not null,
	shipment text collate "C" not null, key text collate "C" not null, state text collate "C" not null, body bytea not null
);
create unique index purchase_key on purchase (account, key) where key <> '';
create index purchase_shipment on purchase (shipment, created, id);
create index purchase_state on purchase (state, created, id);

create table document (
	id text collate "C" not null primary key, account text collate "C" not null, number bigint not null, version bigint not null,
	created bigint not null, updated bigint not null,
	shipment text collate "C" not null, blob text collate "C" not null, body bytea not null
);
create index document_shipment on document (shipment, created, id);

create table shipment_return (
	id text collate "C" not null primary key, account text collate "C" not null, number bigint not null, version bigint not null,
	created bigint not null, updated bigint not null,
	shipment text collate "C" not null, body bytea not null
);
create index shipment_return_shipment on shipment_return (shipment, account, created, id);

create table tracker (
	id text collate "C" not null primary key, account text collate "C" not null, number bigint not null, version bigint not null,
	created bigint not null, updated bigint not null,
	shipment text collate "C" not null, connection text collate "C" not null, track text collate "C" not null, due bigint not null, open bigint not null,
	body bytea not null
);
create index tracker_shipment on tracker (shipment, created, id);
create index tracker_number on tracker (connection, track, created);
create index tracker_due on tracker (connection, due, id) where open = 1;

create table delivery (
	id text collate "C" not null primary key, account text collate "C" not null, number bigint not null, version bigint not null,
	created bigint not null, updated bigint not null,
	subscription text collate "C" not null, state text collate "C" not null, body bytea not null
);
create index delivery_subscription on delivery (subscription, created, id);
create index delivery_state on delivery (subscription, state, created, id);

-- seq is not the order of commits, nor is xid; but what is below the oldest running xid can gain nothing more,
-- so readers go by (xid, seq) and stop there.
create table event (
	seq bigint generated always as identity primary key,
	xid bigint not null default (pg_current_xact_id()::text::bigint), id text collate "C" not null, account text collate "C" not null, shipment text collate "C" not null,
	at bigint not null, body bytea not null
);
create index event_xid on event (xid, seq);
create index event_account on event (account, xid, seq);
create index event_shipment on event (shipment, xid, seq) where shipment <> '';

-- ready: may be claimed when due. Of a lane's open jobs exactly one is ready.
create table job (
	id text collate "C" not null primary key, account text collate "C" not null, kind text collate "C" not null, key text collate "C" not null, lane text collate "C" not null,
	subject text collate "C" not null, due bigint not null, attempt bigint not null, ready bigint not null, buried bigint not null,
	created bigint not null, error text collate "C" not null, payload bytea not null
);
create unique index job_key on job (account, key) where key <> '' and buried = 0;
create unique index job_ready_lane on job (lane) where lane <> '' and ready = 1;
create index job_lane on job (lane, id) where lane <> '' and buried = 0;
create index job_account on job (kind, account, due, id) where ready = 1;
create index job_due on job (kind, due) where ready = 1;
create index job_buried on job (created, id) where buried = 1;

create table idempotency (
	account text collate "C" not null, surface text collate "C" not null, key text collate "C" not null, hash text collate "C" not null, verb text collate "C" not null,
	running bigint not null, subject text collate "C" not null, reason text collate "C" not null, expires bigint not null,
	primary key (account, surface, key)
);
create index idempotency_expires on idempotency (expires);

-- Labels and documents by their SHA-256.
create table blob (
	sum text collate "C" not null primary key, data bytea not null
);
alter table blob alter column data set storage external;

-- A transaction leaves its key here, so that a commit whose answer was lost can be looked up.
create table applied (
	key text collate "C" not null primary key, at bigint not null
);
create index applied_at on applied (at);

-- The next record number.
create table counter (
	name text collate "C" not null primary key, next bigint not null
);
insert into counter (name, next) values ('number', 100001);

-- +goose Down
select 'a migration is not taken back: restore the copy that was made before it';
