-- +goose Up

-- What words the shipment of a word has: sign.go. All bits: not known yet; the work that upkeep names makes it known.
alter table term add column sig integer not null default -1;
insert into upkeep (name, at) select 'shipment', '' where exists (select 1 from shipment)
	on conflict (name) do update set at = '';

-- The barcode of a product, as all its spellings are kept: store.Article. Of other set-up it is empty.
alter table setup add column code text not null default '';
update setup set code = (
	select case
		when length(b.text) < 8 or b.text glob '*[^0-9]*' then b.text
		when length(ltrim(b.text, '0')) > 14 then ltrim(b.text, '0')
		else substr('00000000000000' || ltrim(b.text, '0'), -14)
	end
	from (select json_extract(cast(setup.body as text), '$.Barcode') as text) b
) where noun = 'product' and length(json_extract(cast(body as text), '$.Barcode')) between 1 and 250
	and instr(cast(body as text), '\u0000') = 0;
create index setup_code on setup (code, account) where code <> '';

-- +goose Down
select 'a migration is not taken back: restore the copy that was made before it';
