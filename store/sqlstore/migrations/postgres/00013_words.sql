-- +goose Up

-- What words the shipment of a word has: sign.go. All bits: not known yet; the work that upkeep names makes it known.
alter table term add column sig bigint not null default -1;
alter table term drop constraint term_pkey;
alter table term add constraint term_pkey primary key (account, noun, field, value, created, id) include (sig);
insert into upkeep (name, at) select 'shipment', '' where exists (select 1 from shipment)
	on conflict (name) do update set at = '';

-- The barcode of a product, as all its spellings are kept: store.Article. Of other set-up it is empty.
alter table setup add column code text collate "C" not null default '';
update setup set code = case
	when octet_length(b.text) > 250 then ''
	when length(b.text) < 8 or b.text ~ '[^0-9]' then b.text
	else lpad(ltrim(b.text, '0'), greatest(14, length(ltrim(b.text, '0'))), '0')
end
from (
	select id, case when position('\u0000' in convert_from(body, 'UTF8')) = 0 then coalesce(convert_from(body, 'UTF8')::json ->> 'Barcode', '') else '' end as text
	from setup where noun = 'product'
) b where b.id = setup.id and b.text <> '';
create index setup_code on setup (code, account) where code <> '';

-- +goose Down
select 'a migration is not taken back: restore the copy that was made before it';
