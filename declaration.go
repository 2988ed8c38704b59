package waybill

import (
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"
)

// Declaration is a shipment that someone else carries, as a courier declares it to whom it must (EPGL). It is
// known by the courier's own tracking number, unique per client that declares. It hangs on a shipment: one of
// the account's own that has this number, or one made for it, which is [Declared] and can be neither booked
// nor cancelled at a carrier.
type Declaration struct {
	Row
	Client   ID     // who declared it
	Number   string // the carrier's tracking number
	Licence  string // the number this system answers it with (EPGL's uhawb)
	Shipment ID
	Linked   bool // the shipment is the account's own and is never changed by the declaration

	Weight          Weight // the larger of gross and volumetric
	DeclaredWeight  Weight // what the courier bills its customer by
	COD             Amount
	Customs         Amount
	DeliveryCharges Amount
	Pieces          int
	PickedUp        time.Time
	Status          string // in the courier's own words
	Delivery        *time.Time
	Attempts        *int
	International   bool
	Category        string // documents, electronics…
	Product         string // the courier's service level
	Goods           string // description
	Tariff          string // description of the goods by the tariff
	Size            Size
	Sender          Party
	Receiver        Party
	Items           []Item
	Wire            []byte // the request as it was declared, for the API that answers with it
	Invoices        []Invoice
}

// Invoice is what the courier charged its customer for a declared shipment.
type Invoice struct {
	Number      string
	Date        time.Time
	Account     string // billing account number
	AccountName string
	Chargeable  Weight
	Charges     []InvoiceCharge
	Discount    Amount
	Tax         Amount
	Total       Amount // with tax
}

// InvoiceCharge is one line of an invoice, each in the currency it was charged in.
type InvoiceCharge struct {
	Type   string
	Amount Amount
}

// Charged is what all invoices of the declaration come to, tax included: one exact sum a currency, by
// currency.
func (d Declaration) Charged() []Amount {
	sums := map[string]*big.Rat{}
	places := map[string]int{}
	for _, invoice := range d.Invoices {
		total := invoice.Total
		value, ok := new(big.Rat).SetString(string(total.Value))
		if !ok {
			continue
		}
		if sums[total.Currency] == nil {
			sums[total.Currency] = new(big.Rat)
		}
		sums[total.Currency].Add(sums[total.Currency], value)
		_, fraction, _ := strings.Cut(string(total.Value), ".")
		places[total.Currency] = max(places[total.Currency], len(fraction))
	}
	list := make([]Amount, 0, len(sums))
	for _, currency := range slices.Sorted(maps.Keys(sums)) {
		list = append(list, Amount{Value: Decimal(sums[currency].FloatString(places[currency])), Currency: currency})
	}
	return list
}
