package carriertest

import (
	"bytes"
	"context"
	"strings"

	"waybill"
	"waybill/carrier"
	"waybill/label/labeltest"
)

// manifest is a list of two shipments that were just bought.
func (b *bench) manifest() carrier.ManifestRequest {
	b.Helper()
	s := b.h.Sample()
	r := carrier.ManifestRequest{
		Name: "Warehouse", At: s.From, Zone: start.Location(), Day: b.clock.Now().Format("2006-01-02"), Key: b.key(), Now: b.clock.Now(),
	}
	if b.h.Driver.Local {
		r.Number = b.numbers(1)[0]
	}
	for range 2 {
		_, booking := b.ship()
		r.Lines = append(r.Lines, carrier.ManifestLine{
			CarrierID: booking.CarrierID, Numbers: booking.Numbers, Reference: s.Reference, Name: s.To.Contact.FullName(),
			Postcode: s.To.Address.Postcode, Country: s.To.Address.Country, Service: b.h.Service, ServiceName: b.h.Service, Grams: s.Grams(),
		})
	}
	return r
}

func manifestCloses(b *bench) {
	b.needs(carrier.Manifests)
	r := b.manifest()
	closing, err := b.carrier.Manifest(context.Background(), r)
	if err != nil {
		b.Fatalf("manifest: %v", explain(err))
	}
	for _, paper := range closing.Documents {
		if paper.Format != waybill.PDF {
			continue // what it claims to be was checked
		}
		text := labeltest.Text(b, paper.Data)
		for _, line := range r.Lines {
			if !strings.Contains(text, line.Numbers[0]) {
				b.Errorf("%s is not on the manifest %s:\n%s", line.Numbers[0], closing.ID, text)
			}
		}
	}
	other, err := b.carrier.Manifest(context.Background(), b.manifest())
	if err != nil || other.ID == closing.ID {
		b.Errorf("a second manifest of the day, %s after %s: %v", other.ID, closing.ID, err)
	}
	if !b.h.Driver.Local {
		return
	}
	again, err := b.carrier.Manifest(context.Background(), r) // a pure function: the same list is the same sheet
	if err != nil || again.ID != closing.ID || len(again.Documents) != 1 || !bytes.Equal(again.Documents[0].Data, closing.Documents[0].Data) {
		b.Errorf("the same list is another manifest the second time: %s after %s, %v", again.ID, closing.ID, err)
	}
}

func manifestRefused(b *bench) {
	b.needs(carrier.Manifests)
	good := b.manifest()
	for path, spoil := range map[string]func(*carrier.ManifestRequest){
		"shipments":                   func(r *carrier.ManifestRequest) { r.Lines = nil },
		"shipments.1.tracking_number": func(r *carrier.ManifestRequest) { r.Lines = []carrier.ManifestLine{r.Lines[0], {Name: "nobody"}} },
		"ship_date":                   func(r *carrier.ManifestRequest) { r.Day = "tomorrow" },
		"key":                         func(r *carrier.ManifestRequest) { r.Key = "" },
		"at.address.country":          func(r *carrier.ManifestRequest) { r.At.Address.Country = "" },
	} {
		r := good
		spoil(&r)
		_, err := b.carrier.Manifest(context.Background(), r)
		e := b.expect(err, waybill.ReasonFields, waybill.Hard, false)
		if len(e.Fields) != 1 || e.Fields[0].Path != path {
			b.Errorf("%s: the error names %+v", path, e.Fields)
		}
	}
}
