package carriertest

import (
	"context"
	"slices"

	"github.com/google/go-cmp/cmp"

	"waybill"
	"waybill/carrier"
)

func settingsChecked(b *bench) {
	_, err := b.tryOpen(carrier.Settings{}, b.backend.Base)
	var missing []string
	for _, s := range b.h.Driver.Settings {
		if s.Required && s.Default == "" {
			missing = append(missing, "settings."+s.Name)
		}
	}
	if len(missing) == 0 {
		return
	}
	var told []string
	for _, f := range waybill.AsError(b.expect(err, waybill.ReasonFields, waybill.Hard, false)).Fields {
		told = append(told, f.Path)
	}
	if diff := cmp.Diff(missing, told); diff != "" {
		b.Errorf("missing settings and those told (-want +got):\n%s", diff)
	}
}

func abilitiesHad(b *bench) {
	claimed, had := slices.Clone(b.h.Abilities), b.carrier.Abilities()
	slices.Sort(claimed)
	slices.Sort(had)
	if diff := cmp.Diff(claimed, had); diff != "" {
		b.Errorf("abilities claimed and had (-claimed +had):\n%s", diff)
	}
}

func servicesListed(b *bench) {
	list := b.carrier.Services()
	if len(list) == 0 {
		b.Fatal("no service is listed")
	}
	type id struct {
		code      string
		direction waybill.Direction
	}
	seen := map[id]bool{}
	for _, s := range list {
		if s.Code == "" || s.Name == "" || (s.Direction != waybill.Outgoing && s.Direction != waybill.Incoming) {
			b.Errorf("a service lacks code, name or direction: %+v", s)
		}
		if seen[id{s.Code, s.Direction}] {
			b.Errorf("service %s %s is listed twice", s.Code, s.Direction)
		}
		seen[id{s.Code, s.Direction}] = true
	}
	if !seen[id{b.h.Service, waybill.Outgoing}] {
		b.Errorf("the sample's service %s is not listed", b.h.Service)
	}
}

func quotesPriced(b *bench) {
	b.needs(carrier.Quotes)
	rates, err := b.quote(context.Background())
	if err != nil {
		b.Fatalf("quote: %v", explain(err))
	}
	found := false
	for _, r := range rates {
		found = found || r.Service == b.h.Service
		if !waybill.KnownCurrency(r.Total.Currency) || r.Total.Minor <= 0 {
			b.Errorf("%s is priced at %s", r.Service, r.Total)
		}
		if r.ServiceName == "" {
			b.Errorf("%s has no name", r.Service)
		}
		var sum int64
		for _, c := range r.Charges {
			sum += c.Amount.Minor
			if c.Amount.Currency != r.Total.Currency || c.Kind == "" {
				b.Errorf("%s has the charge %+v in a price of %s", r.Service, c, r.Total)
			}
		}
		if len(r.Charges) > 0 && sum != r.Total.Minor {
			b.Errorf("%s: charges add up to %d, the total is %d", r.Service, sum, r.Total.Minor)
		}
	}
	if !found {
		b.Errorf("the sample's service %s is not among %d rates", b.h.Service, len(rates))
	}
	only, err := b.carrier.Quote(context.Background(), carrier.QuoteRequest{
		Shipment: b.h.Sample(), Services: []string{b.h.Service}, Now: b.clock.Now(),
	})
	if err != nil || len(only) != 1 || only[0].Service != b.h.Service {
		b.Errorf("asked for service %s alone, got %d rates, %v", b.h.Service, len(only), err)
	}
}
