package carriertest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"waybill"
	"waybill/carrier"
)

// shown are the headers that a carrier may act on.
var shown = regexp.MustCompile(`^(Accept|Authorization|Content-Type|Trans.*|X-.*|Prn|Account.*)$`)

// requestsRecorded plays one life of a shipment and holds each verb's requests against
// testdata/<verb>.http, which a person has read. WAYBILL_GOLDEN=write writes them for reading.
func requestsRecorded(b *bench) {
	ctx := context.Background()
	s := b.h.Sample()
	check := func(verb string, err error) {
		b.Helper()
		if err != nil {
			b.Errorf("%s: %v", verb, explain(err))
		}
		b.golden(verb)
	}
	if b.carrier.Has(carrier.Quotes) {
		_, err := b.quote(ctx)
		check("quote", err)
	}
	request, booking := b.ship()
	check("ship", nil)
	_, err := b.track(booking.Numbers...)
	check("track", err)
	if b.carrier.Has(carrier.Finds) {
		_, err = b.find(request.Key)
		check("find", err)
	}
	if b.carrier.Has(carrier.Relabels) {
		_, err = b.carrier.Label(ctx, carrier.LabelRequest{
			CarrierID: booking.CarrierID, Numbers: booking.Numbers,
			Label: waybill.LabelSpec{Format: b.h.Formats[len(b.h.Formats)-1], DPI: 203}, Shipment: &s, Service: b.h.Service, Now: b.clock.Now(),
		})
		check("label", err)
	}
	if b.carrier.Has(carrier.Voids) {
		check("void", b.carrier.Void(ctx, voidRequest(request, booking)))
	}
	if b.carrier.Has(carrier.Returns) {
		_, err = b.carrier.Return(ctx, carrier.ReturnRequest{
			Return:   waybill.Return{Reference: "RMA 7", From: s.To, To: s.From, Parcels: s.Parcels},
			Original: &s, Service: b.h.Incoming, Key: b.key(), Label: waybill.LabelSpec{Format: b.h.Formats[0], DPI: 203}, Now: b.clock.Now(),
		})
		check("return", err)
	}
	if b.carrier.Has(carrier.Collects) {
		collection, err := b.carrier.Collect(ctx, carrier.CollectRequest{
			At: s.From, Ready: start.Add(2 * time.Hour), Close: start.Add(6 * time.Hour), Parcels: 3,
			Weight: waybill.Weight{Value: "7.5", Unit: waybill.Kilogram}, Services: []string{b.h.Service}, Key: b.key(),
		})
		if err == nil {
			err = b.carrier.CancelCollection(ctx, collection.ID)
		}
		if waybill.ReasonOf(err) == waybill.ReasonCarrierAbility {
			err = nil // no such call, and it says so
		}
		check("collect", err)
	}
}

// golden compares what was sent since the last time with a file.
func (b *bench) golden(verb string) {
	b.Helper()
	var got strings.Builder
	for i, sent := range ordered(b.recorder.take()) {
		if i > 0 {
			got.WriteString("\n###\n\n")
		}
		got.WriteString(sent.text())
	}
	file := filepath.Join("testdata", verb+".http")
	if os.Getenv("WAYBILL_GOLDEN") == "write" {
		if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			b.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		b.Errorf("%s: %v", verb, err)
		return
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		b.Errorf("%s: requests differ from %s (-file +sent):\n%s", verb, file, diff)
	}
}

// ordered sorts questions that follow each other, since some are put at the same time.
func ordered(list []recorded) []recorded {
	for from := 0; from < len(list); from++ {
		to := from
		for to < len(list) && list[to].method == http.MethodGet {
			to++
		}
		slices.SortStableFunc(list[from:to], func(x, y recorded) int { return strings.Compare(x.path, y.path) })
		from = to
	}
	return list
}

// text writes a request as an .http file shows it, credentials masked.
func (r recorded) text() string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s %s\n", r.method, r.path)
	var names []string
	for name := range r.header {
		if shown.MatchString(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		value := strings.Join(r.header[name], ", ")
		if scheme, _, ok := strings.Cut(value, " "); ok && name == "Authorization" {
			value = scheme + " ***"
		}
		fmt.Fprintf(&out, "%s: %s\n", name, value)
	}
	if len(r.body) == 0 {
		return out.String()
	}
	out.WriteString("\n")
	if pretty, ok := indented(r.body); ok {
		return out.String() + pretty + "\n"
	}
	for _, pair := range strings.Split(string(r.body), "&") { // a form: a line a field
		name, value, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(value); err == nil {
			value = plain
		}
		if pretty, ok := indented([]byte(value)); ok {
			value = pretty
		}
		out.WriteString(name + "=" + value + "\n")
	}
	return out.String()
}

// indented is JSON as a person reads it; false: it is none.
func indented(body []byte) (string, bool) {
	var pretty bytes.Buffer
	err := json.Indent(&pretty, body, "", "  ")
	return pretty.String(), err == nil
}
