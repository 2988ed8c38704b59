-- +goose Up

-- Declarations by the licence that a shipment was given: one shipment of an account has it.
alter table declaration add column licence text not null default '';
update declaration set licence = coalesce(json_extract(cast(body as text), '$.Licence'), '');
create unique index declaration_licence on declaration (account, licence) where licence <> '';

-- +goose Down
select 'a migration is not taken back: restore the copy that was made before it';
