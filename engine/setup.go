package engine

import (
	"context"
	"reflect"
	"sort"
	"strings"
	"time"

	"waybill"
	"waybill/store"
)

// ListPackageSizes lists the account's boxes.
func (s Session) ListPackageSizes(ctx context.Context, in ListSetup) (SetupList[waybill.PackageSize], error) {
	return listSetup(ctx, s, in, func(tx store.Tx) store.Keyed[waybill.PackageSize] { return tx.PackageSizes() })
}

// ListProducts lists the account's products.
func (s Session) ListProducts(ctx context.Context, in ListSetup) (SetupList[waybill.Product], error) {
	return listSetup(ctx, s, in, func(tx store.Tx) store.Keyed[waybill.Product] { return tx.Products() })
}

// ListTags lists the account's tags.
func (s Session) ListTags(ctx context.Context, in ListSetup) (SetupList[waybill.Tag], error) {
	return listSetup(ctx, s, in, func(tx store.Tx) store.Keyed[waybill.Tag] { return tx.Tags() })
}

// listSetup sorts and pages a small table. A page past the end is NotFound, ReasonNoPage; the first
// page of an empty table is empty.
func listSetup[T any, P meta[T]](
	ctx context.Context, s Session, in ListSetup, table func(store.Tx) store.Keyed[T],
) (list SetupList[T], err error) {
	var all []T
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		all, err = own[T, P](table(tx), s.Actor.Account)
		return err
	})
	if err != nil {
		return list, err
	}
	if in.Sort != "" {
		sort.SliceStable(all, func(i, j int) bool {
			return less(reflect.ValueOf(all[i]), reflect.ValueOf(all[j]), in.Sort) == in.Ascending &&
				less(reflect.ValueOf(all[j]), reflect.ValueOf(all[i]), in.Sort) != in.Ascending
		})
	}
	list.Total = len(all)
	from := (max(in.Page, 1) - 1) * in.Limit
	if from > 0 && from >= len(all) {
		return list, waybill.E("list", waybill.ReasonNoPage, "there is no page %d", in.Page)
	}
	list.Items = all[from:min(from+in.Limit, len(all))]
	return list, nil
}

// less compares two records by a member named in lower case: id is the number.
func less(a, b reflect.Value, member string) bool {
	if member == "id" {
		member = "number"
	}
	match := func(name string) bool { return strings.EqualFold(name, member) }
	fa, fb := a.FieldByNameFunc(match), b.FieldByNameFunc(match)
	if !fa.IsValid() {
		size := a.FieldByName("Size")
		if !size.IsValid() {
			return false
		}
		fa, fb = size.FieldByNameFunc(match), b.FieldByName("Size").FieldByNameFunc(match)
	}
	if !fa.IsValid() {
		return false
	}
	switch x := fa.Interface().(type) {
	case waybill.Decimal:
		n, _ := x.Scaled(1000, 1)
		m, _ := fb.Interface().(waybill.Decimal).Scaled(1000, 1)
		return n < m
	case time.Time:
		return x.Before(fb.Interface().(time.Time))
	case int64:
		return x < fb.Int()
	case bool:
		return !x && fb.Bool()
	case string:
		return x < fb.String()
	}
	return false
}

// GetProduct reads a product by its SKU.
func (s Session) GetProduct(ctx context.Context, sku string) (p waybill.Product, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		p, err = tx.Products().ByKey(sku)
		return err
	})
	return p, err
}

// PutProduct stores a product. A price that names no currency is in the account's.
func (s Session) PutProduct(ctx context.Context, in PutProduct) (waybill.Product, error) {
	meant, err := s.ownCurrency(ctx)
	if err != nil {
		return waybill.Product{}, err
	}
	fresh := in.New
	if fresh != nil {
		priced := *fresh
		inCurrency(&priced, meant)
		fresh = &priced
	}
	change := func(p *waybill.Product) {
		in.Change(p)
		inCurrency(p, meant)
	}
	return putSetup(ctx, s, fresh, change,
		func(tx store.Tx) store.Keyed[waybill.Product] { return tx.Products() },
		func(t store.Keyed[waybill.Product]) (waybill.Product, error) { return t.ByKey(in.SKU) })
}

// GetTag reads a tag by its number. Another account's is Forbidden, as Shiptheory answers it.
func (s Session) GetTag(ctx context.Context, number int64) (t waybill.Tag, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		t, err = tx.Tags().ByNumber(number)
		return err
	})
	return t, s.foreign(ctx, number, err)
}

// PutTag stores a tag.
func (s Session) PutTag(ctx context.Context, in PutTag) (waybill.Tag, error) {
	tag, err := putSetup(ctx, s, in.New, in.Change,
		func(tx store.Tx) store.Keyed[waybill.Tag] { return tx.Tags() },
		func(t store.Keyed[waybill.Tag]) (waybill.Tag, error) { return t.ByNumber(in.Number) })
	return tag, s.foreign(ctx, in.Number, err)
}

// DeleteTag removes a tag; shipments that carried it no longer show it.
func (s Session) DeleteTag(ctx context.Context, number int64) (struct{}, error) {
	err := s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		t, err := tx.Tags().ByNumber(number)
		if err != nil {
			return err
		}
		if err := tx.Tags().Delete(t.ID, t.Version); err != nil {
			return err
		}
		return s.noteChange(tx, &t, nil)
	})
	return struct{}{}, s.foreign(ctx, number, err)
}

// foreign tells a tag that is another account's from one that does not exist: the vendor answers 403
// for the first.
func (s Session) foreign(ctx context.Context, number int64, err error) error {
	if number == 0 || !waybill.IsCode(err, waybill.NotFound) {
		return err
	}
	return s.Store.View(ctx, waybill.System(""), func(tx store.Tx) error {
		if _, hidden := tx.Tags().ByNumber(number); hidden == nil {
			return waybill.E("tag", waybill.ReasonForeign, "this tag belongs to another account")
		}
		return err
	})
}

// putSetup inserts a new record under a number of its own, or changes the one that find answers.
func putSetup[T any, P meta[T]](
	ctx context.Context, s Session, fresh *T, change func(*T),
	table func(store.Tx) store.Keyed[T], find func(store.Keyed[T]) (T, error),
) (stored T, err error) {
	if fresh != nil && P(fresh).Meta().Number == 0 {
		if P(fresh).Meta().Number, err = s.take(ctx, 1); err != nil {
			return stored, err
		}
	}
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		var record T
		var before P
		if fresh != nil {
			record = *fresh
			row := P(&record).Meta()
			row.Account = s.Actor.Account
			if row.ID == "" {
				row.ID = s.IDs.New()
			}
		} else {
			found, err := find(table(tx))
			if err != nil {
				return err
			}
			record, before = found, &found
			change(&record)
		}
		if err := table(tx).Put(&record); err != nil {
			return err
		}
		stored = record
		return s.noteChange(tx, before, P(&record))
	})
	return stored, err
}
