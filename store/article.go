package store

import (
	"strings"

	"waybill"
)

// Article is the one spelling of the barcode of goods: an EAN of 8 or 13 digits and a UPC of 12 are the 14 of a GTIN
// without the zeros before them.
func Article(barcode string) string {
	if len(barcode) < 8 || strings.Trim(barcode, "0123456789") != "" {
		return barcode
	}
	digits := strings.TrimLeft(barcode, "0")
	return strings.Repeat("0", max(14-len(digits), 0)) + digits
}

// Products keeps what is sold.
type Products interface {
	Keyed[waybill.Product]
	// ByBarcode lists those with a barcode, however it is written, see [Article]: the actor's own first, at most limit.
	ByBarcode(barcode string, limit int) ([]waybill.Product, error)
}
