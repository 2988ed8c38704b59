-- +goose Up

-- Declarations by the licence that a shipment was given: one shipment of an account has it.
alter table declaration add column licence text collate "C" not null default '';
update declaration set licence = coalesce(convert_from(body, 'UTF8')::json ->> 'Licence', '');
create unique index declaration_licence on declaration (account, licence) where licence <> '';

-- +goose Down
select 'a migration is not taken back: restore the copy that was made before it';
