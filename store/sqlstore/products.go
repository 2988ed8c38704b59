package sqlstore

import (
	"waybill"
	"waybill/store"
)

// productNoun keeps beside each product what it is scanned by.
func productNoun() noun[waybill.Product] {
	n := setUp("product", func(v *waybill.Product) string { return v.SKU })
	n.columns = append(n.columns, "code")
	n.values = func(_ *tx, v *waybill.Product) []any { return []any{"product", v.SKU, "", codeOf(v.Barcode)} }
	return define(n)
}

// longestCode is more than any barcode has.
const longestCode = 250

// codeOf is what a barcode is found by; of one that cannot be kept nothing.
func codeOf(barcode string) string {
	if len(barcode) > longestCode || !keepable(barcode) {
		return ""
	}
	return store.Article(barcode)
}

// productTable implements store.Products.
type productTable struct{ keyed[waybill.Product] }

// ByBarcode reads the products of a barcode.
func (p productTable) ByBarcode(barcode string, limit int) ([]waybill.Product, error) {
	code := codeOf(barcode)
	if code == "" {
		return nil, nil
	}
	s := p.visible(p.where("code = ? and code <> ''", code), "account")
	s.add(" order by case when account = ? then 0 else 1 end, created, id limit ?", string(p.tx.actor.Account), int64(limit))
	return p.list(s)
}

var _ store.Products = productTable{}
