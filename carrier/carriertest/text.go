package carriertest

import (
	"context"
	"strings"

	"waybill"
)

// sold ships and is the shipment as the carrier understood it; false: refused, hard and with a field
// whose path begins so.
func (b *bench) sold(s waybill.Shipment, path string) (Sold, bool) {
	b.Helper()
	request := b.order(s, b.h.Formats[0])
	_, err := b.carrier.Ship(context.Background(), request)
	if err != nil {
		e := waybill.AsError(err)
		if e.Severity != waybill.Hard || e.Unsure || len(e.Fields) == 0 || !strings.HasPrefix(e.Fields[0].Path, path) {
			b.Errorf("want it carried, or refused hard with a field %s…; got\n%s", path, explain(err))
		}
		return Sold{}, false
	}
	found := b.soldUnder(request.Key)
	if len(found) != 1 {
		b.Fatalf("%d were sold under the key", len(found))
	}
	return found[0], true
}

func foreignLetters(b *bench) {
	for _, name := range []string{"王小明", "Дмитрий Иванов", "محمد علي", "นภา ใจดี", "Łukasz Żółć", "Müller & Søn", "Nguyễn Văn A"} {
		s := b.h.Sample()
		s.To.Contact.Name, s.To.Contact.First, s.To.Contact.Last, s.To.Contact.Company = name, "", "", ""
		got, ok := b.sold(s, "to.contact.")
		if !ok {
			continue
		}
		if strings.ContainsAny(got.Name, "?\ufffd") || len([]rune(got.Name)) != len([]rune(name)) {
			b.Errorf("%q became %q", name, got.Name)
		}
		b.Logf("%q is carried as %q", name, got.Name)
	}
}

func longLines(b *bench) {
	long := strings.TrimSpace(strings.Repeat("Extraordinarily Long ", 8))
	s := b.h.Sample()
	s.To.Contact.Name, s.To.Contact.First, s.To.Contact.Last, s.To.Contact.Company = long, "", "", ""
	if got, ok := b.sold(s, "to.contact."); ok && (got.Name == "" || !strings.HasPrefix(long, got.Name)) {
		b.Errorf("the name %q became %q", long, got.Name)
	}
	for _, street := range []string{
		"1200 Northwest Extraordinarily Long Boulevard Building 14 Apartment 1203",
		strings.TrimSpace(strings.Repeat("Boulevard of Broken Dreams ", 10)),
		strings.Repeat("x", 80),
	} {
		s := b.h.Sample()
		s.To.Address.Street1, s.To.Address.Street2, s.To.Address.Street3 = street, "", ""
		s.To.Address.House, s.To.Address.Apartment = "", ""
		if got, ok := b.sold(s, "to.address."); ok && got.Street != street {
			b.Errorf("the street %q became %q: an address may not lose its end", street, got.Street)
		}
	}
}

func weightsSurvive(b *bench) {
	for _, w := range []waybill.Weight{
		{Value: "2.5", Unit: waybill.Kilogram}, {Value: "10", Unit: waybill.Pound}, {Value: "7", Unit: waybill.Ounce},
		{Value: "1", Unit: waybill.Gram}, {Value: "453.59237", Unit: waybill.Gram}, {Value: "12.345", Unit: waybill.Kilogram},
		{Value: "0.1", Unit: waybill.Pound},
	} {
		s := b.h.Sample()
		s.TotalWeight = waybill.Weight{}
		s.Parcels[0].Weight = w
		got, ok := b.sold(s, "parcels[0].weight")
		if !ok || len(got.Weights) != 1 {
			b.Errorf("%s %s was not carried", w.Value, w.Unit)
			continue
		}
		// Compared in micrograms' thousandth part, so that ten pounds must stay ten pounds.
		given, told := exact(w), exact(got.Weights[0])
		if told < given || told >= given+b.h.Step*1000 {
			b.Errorf("%s %s was declared as %s %s", w.Value, w.Unit, got.Weights[0].Value, got.Weights[0].Unit)
		}
	}
}

// exact is a weight in milligrams, rounded up.
func exact(w waybill.Weight) int64 {
	mg, _ := w.AtLeast(waybill.Gram, 3).Scaled(1000, 1)
	return mg
}
