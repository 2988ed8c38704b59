package carrier_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"waybill"
	"waybill/carrier"
)

// plain is a carrier with nothing but the minimum; full adds the abilities. What they answer is set by
// each test.
type plain struct {
	booking carrier.Booking
	track   []waybill.Tracking
	err     error
	panics  bool
	waits   bool // until the context ends
	calls   atomic.Int32
}

func (p *plain) answer(ctx context.Context) error {
	p.calls.Add(1)
	if p.panics {
		panic("no such index")
	}
	if p.waits {
		<-ctx.Done()
		return ctx.Err()
	}
	return p.err
}

func (p *plain) Ship(ctx context.Context, _ carrier.ShipRequest) (carrier.Booking, error) {
	return p.booking, p.answer(ctx)
}

func (p *plain) Track(ctx context.Context, _ carrier.TrackRequest) ([]waybill.Tracking, error) {
	return p.track, p.answer(ctx)
}

type full struct {
	plain
	rates []waybill.Rate
}

func (f *full) Quote(ctx context.Context, _ carrier.QuoteRequest) ([]waybill.Rate, error) {
	return f.rates, f.answer(ctx)
}
func (f *full) Void(ctx context.Context, _ carrier.VoidRequest) error { return f.answer(ctx) }
func (f *full) Find(ctx context.Context, _ carrier.FindRequest) (carrier.Booking, error) {
	return f.booking, f.answer(ctx)
}

func driver(a carrier.Adapter) carrier.Driver {
	return carrier.Driver{
		Name: "acme", Title: "Acme",
		Settings: []carrier.Setting{
			{Name: "user", Title: "User", Required: true},
			{Name: "secret", Title: "Secret", Secret: true, Required: true},
			{Name: "size", Title: "Size", Default: "large"},
		},
		Open: func(s carrier.Settings, _ carrier.Env) (carrier.Adapter, error) {
			if s["size"] == "impossible" {
				return nil, waybill.FieldErrors("acme.open", []waybill.FieldError{{Path: "settings.size", Message: "no such size"}})
			}
			return a, nil
		},
	}
}

func connection() waybill.Connection {
	return waybill.Connection{Carrier: "acme", Mode: waybill.ModeSandbox, Settings: map[string]string{"user": "ada"}}
}

func open(t *testing.T, a carrier.Adapter) *carrier.Carrier {
	t.Helper()
	c, err := carrier.Open(driver(a), connection(), carrier.Settings{"secret": "s"}, carrier.Env{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func shipment(parcels int) waybill.Shipment {
	at := waybill.Party{Address: waybill.Address{Country: "US"}}
	return waybill.Shipment{From: at, To: at, Parcels: make([]waybill.Parcel, parcels)}
}

func order(parcels int) carrier.ShipRequest {
	return carrier.ShipRequest{Shipment: shipment(parcels), Service: "fast", Key: "k-1"}
}

func booked(numbers ...string) carrier.Booking {
	var b carrier.Booking
	b.Numbers, b.Price = numbers, waybill.Money{Minor: 500, Currency: "USD"}
	for i := range numbers {
		b.Labels = append(b.Labels, waybill.Label{Parcel: i, Format: waybill.PDF, Data: []byte("%PDF-1.7")})
	}
	return b
}

func TestOpenTellsEverythingThatIsWrong(t *testing.T) {
	bad := waybill.Connection{Carrier: "acme", Settings: map[string]string{"secret": "in the open", "colour": "red"}}
	_, err := carrier.Open(driver(&plain{}), bad, nil, carrier.Env{})
	var paths []string
	for _, f := range waybill.AsError(err).Fields {
		paths = append(paths, f.Path)
	}
	if got := strings.Join(paths, " "); got != "settings.user settings.secret settings.colour mode" {
		t.Errorf("told: %s (%v)", got, err)
	}
	if strings.Contains(err.Error(), "in the open") {
		t.Error("the error shows the secret")
	}
	simulated := connection()
	simulated.Mode = waybill.ModeSimulator
	_, err = carrier.Open(driver(&plain{}), simulated, carrier.Settings{"secret": "s"}, carrier.Env{})
	if e := waybill.AsError(err); err == nil || e.Fields[0].Path != "mode" {
		t.Errorf("a simulated connection without an address: %v", err)
	}
	wrong := connection()
	wrong.Settings = map[string]string{"user": "ada", "size": "impossible"}
	_, err = carrier.Open(driver(&plain{}), wrong, carrier.Settings{"secret": "s"}, carrier.Env{})
	if e := waybill.AsError(err); err == nil || e.Fields[0].Path != "settings.size" || e.Fault.Carrier != "acme" {
		t.Errorf("what the driver refuses: %v", err)
	}
}

func TestAbilities(t *testing.T) {
	c := open(t, &plain{})
	if got := c.Abilities(); len(got) != 0 {
		t.Errorf("the minimum has %v", got)
	}
	ctx := context.Background()
	for name, call := range map[string]func() error{
		"quote":   func() error { _, err := c.Quote(ctx, carrier.QuoteRequest{Shipment: shipment(1)}); return err },
		"void":    func() error { return c.Void(ctx, carrier.VoidRequest{CarrierID: "1"}) },
		"return":  func() error { _, err := c.Return(ctx, carrier.ReturnRequest{}); return err },
		"collect": func() error { _, err := c.Collect(ctx, carrier.CollectRequest{}); return err },
		"cancel":  func() error { return c.CancelCollection(ctx, "1") },
		"find":    func() error { _, err := c.Find(ctx, carrier.FindRequest{Key: "k"}); return err },
		"label":   func() error { _, err := c.Label(ctx, carrier.LabelRequest{}); return err },
		"pushed":  func() error { _, err := c.Pushed(nil, nil); return err },
	} {
		e := waybill.AsError(call())
		if e == nil || e.Code != waybill.Unsupported || e.Reason != waybill.ReasonCarrierAbility || e.Fault.Carrier != "acme" {
			t.Errorf("%s: %v", name, e)
		}
	}
	f := open(t, &full{})
	if got := f.Abilities(); len(got) != 3 || !f.Has(carrier.Quotes) || !f.Has(carrier.Voids) || !f.Has(carrier.Finds) || f.Has(carrier.Returns) {
		t.Errorf("has %v", got)
	}
}

func TestWhatGoesWrongIsAWaybillError(t *testing.T) {
	refused := waybill.E("acme.ship", waybill.ReasonCarrierAddress, "no such street")
	for _, tt := range []struct {
		name    string
		adapter *full
		reason  waybill.Reason
		shipped bool // whether Ship is then unsure
	}{
		{"a panic", &full{plain: plain{panics: true}}, waybill.ReasonBug, true},
		{"a bare error", &full{plain: plain{err: errors.New("index out of range")}}, waybill.ReasonBug, true},
		{"a bare end of the context", &full{plain: plain{err: context.DeadlineExceeded}}, waybill.ReasonCarrierOutage, true},
		{"a refusal", &full{plain: plain{err: refused}}, waybill.ReasonCarrierAddress, false},
	} {
		c := open(t, tt.adapter)
		_, shipErr := c.Ship(context.Background(), order(1))
		_, trackErr := c.Track(context.Background(), carrier.TrackRequest{Numbers: []string{"1"}})
		_, findErr := c.Find(context.Background(), carrier.FindRequest{Key: "k"})
		voidErr := c.Void(context.Background(), carrier.VoidRequest{CarrierID: "1"})
		for verb, err := range map[string]error{"ship": shipErr, "track": trackErr, "find": findErr, "void": voidErr} {
			e := waybill.AsError(err)
			unsure := tt.shipped && (verb == "ship" || verb == "void")
			if err == nil || e.Reason != tt.reason || e.Unsure != unsure || e.Fault == nil || e.Fault.Carrier != "acme" {
				t.Errorf("%s, %s: %+v", tt.name, verb, e)
			}
		}
	}
	if refused.Fault != nil {
		t.Error("the adapter's own error was changed")
	}
}

func TestBadAnswersAreNotBelieved(t *testing.T) {
	noPrice, wrongLabel, oneLabel, twice, blank := booked("a"), booked("a"), booked("a", "b"), booked("a", "b"), booked("a", "")
	noPrice.Price.Currency = ""
	wrongLabel.Labels[0].Format = waybill.ZPL
	oneLabel.Labels = oneLabel.Labels[:1]
	twice.Labels[1].Parcel = 0
	for name, answer := range map[string]carrier.Booking{
		"too few numbers": booked("a"), "an empty number": blank, "no currency": noPrice,
		"a PDF called ZPL": wrongLabel, "one label for two": oneLabel, "two labels for one": twice,
	} {
		parcels := max(len(answer.Numbers), 1)
		if name == "too few numbers" {
			parcels = 2
		}
		_, err := open(t, &full{plain: plain{booking: answer}}).Ship(context.Background(), order(parcels))
		if e := waybill.AsError(err); err == nil || !e.Unsure || e.Severity != waybill.Transient {
			t.Errorf("%s: %v", name, err)
		}
	}
	good, err := open(t, &full{plain: plain{booking: booked("a", "b")}}).Ship(context.Background(), order(2))
	if err != nil || len(good.Numbers) != 2 {
		t.Errorf("a good answer: %v", err)
	}
	face := booked("a")
	face.Labels[0] = waybill.Label{Format: waybill.FormatFace, Face: &waybill.Face{TrackingNumber: "a"}}
	if _, err := open(t, &full{plain: plain{booking: face}}).Ship(context.Background(), order(1)); err != nil {
		t.Errorf("a face to be drawn: %v", err)
	}
	swapped := &full{plain: plain{track: []waybill.Tracking{{Number: "2"}}}}
	if _, err := open(t, swapped).Track(context.Background(), carrier.TrackRequest{Numbers: []string{"1"}}); err == nil {
		t.Error("another number's tracking was believed")
	}
}

func TestBadRequestsDoNotReachTheCarrier(t *testing.T) {
	a := &full{}
	c := open(t, a)
	nowhere := order(1)
	nowhere.Shipment.To.Address.Country = ""
	for name, request := range map[string]carrier.ShipRequest{
		"no parcels": order(0), "no country": nowhere, "no key": {Shipment: shipment(1), Service: "fast"}, "no service": {Shipment: shipment(1), Key: "k"},
	} {
		if _, err := c.Ship(context.Background(), request); waybill.ReasonOf(err) != waybill.ReasonFields {
			t.Errorf("%s: %v", name, err)
		}
	}
	local := driver(a)
	local.Local = true
	lc, err := carrier.Open(local, waybill.Connection{Settings: map[string]string{"user": "ada"}}, carrier.Settings{"secret": "s"}, carrier.Env{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lc.Ship(context.Background(), order(2)); waybill.ReasonOf(err) != waybill.ReasonFields {
		t.Errorf("a local carrier without numbers: %v", err)
	}
	over, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.Ship(over, order(1)); err == nil || waybill.AsError(err).Unsure {
		t.Errorf("a purchase that was never made is certain: %v", err)
	}
	if n := a.calls.Load(); n != 0 {
		t.Errorf("the carrier was called %d times", n)
	}
}

func TestRatesThatAreNoneAreLeftOut(t *testing.T) {
	usd := waybill.Money{Minor: 100, Currency: "USD"}
	a := &full{rates: []waybill.Rate{{Service: "fast", Total: usd}, {Service: "free"}, {Total: usd}, {Service: "slow", Total: usd}}}
	c := open(t, a)
	all, err := c.Quote(context.Background(), carrier.QuoteRequest{Shipment: shipment(1)})
	if err != nil || len(all) != 2 {
		t.Errorf("%v %v", all, err)
	}
	one, err := c.Quote(context.Background(), carrier.QuoteRequest{Shipment: shipment(1), Services: []string{"slow"}})
	if err != nil || len(one) != 1 || one[0].Service != "slow" {
		t.Errorf("%v %v", one, err)
	}
}

func TestDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := open(t, &full{plain: plain{waits: true}})
		for _, tt := range []struct {
			verb string
			call func(context.Context) error
			own  time.Duration
		}{
			{"ship", func(ctx context.Context) error { _, err := c.Ship(ctx, order(1)); return err }, 30 * time.Second},
			{"quote", func(ctx context.Context) error {
				_, err := c.Quote(ctx, carrier.QuoteRequest{Shipment: shipment(1)})
				return err
			}, 10 * time.Second},
			{"track", func(ctx context.Context) error {
				_, err := c.Track(ctx, carrier.TrackRequest{Numbers: []string{"1"}})
				return err
			}, 20 * time.Second},
		} {
			for _, given := range []time.Duration{0, 2 * time.Second} {
				ctx, want := context.Background(), tt.own
				if given > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, given)
					defer cancel()
					want = given
				}
				began := time.Now()
				err := tt.call(ctx)
				e := waybill.AsError(err)
				if took := time.Since(began); took != want {
					t.Errorf("%s with %s given took %s", tt.verb, given, took)
				}
				if err == nil || e.Reason != waybill.ReasonCarrierOutage || e.Unsure != (tt.verb == "ship") || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%s: %v", tt.verb, err)
				}
			}
		}
	})
}

func TestACarrierThatIsDownIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &full{plain: plain{err: waybill.E("acme", waybill.ReasonCarrierOutage, "down")}}
		c := open(t, a)
		quote := func() error {
			_, err := c.Quote(context.Background(), carrier.QuoteRequest{Shipment: shipment(1)})
			return err
		}
		for range 8 {
			_ = quote()
		}
		if n := a.calls.Load(); n != 5 {
			t.Errorf("it was asked %d times", n)
		}
		e := waybill.AsError(quote())
		if e.Reason != waybill.ReasonCarrierOutage || e.Severity != waybill.Transient || e.RetryAfter <= 0 {
			t.Errorf("%+v", e)
		}
		a.err = nil
		a.booking = booked("a")
		if _, err := c.Ship(context.Background(), order(1)); err != nil {
			t.Errorf("a purchase that was decided must be tried: %v", err)
		}
		time.Sleep(11 * time.Second) // synctest's time
		if err := quote(); err != nil {
			t.Errorf("when it is up again: %v", err)
		}
		a.err = waybill.E("acme", waybill.ReasonCarrierAddress, "no such street")
		for range 8 {
			if err := quote(); waybill.ReasonOf(err) != waybill.ReasonCarrierAddress {
				t.Errorf("a refusal is an answer, not an outage: %v", err)
			}
		}
	})
}

func TestCallersWhoHangUpProveNothing(t *testing.T) {
	a := &full{plain: plain{err: context.Canceled}}
	c := open(t, a)
	for range 8 {
		_, _ = c.Quote(context.Background(), carrier.QuoteRequest{Shipment: shipment(1)})
	}
	if n := a.calls.Load(); n != 8 {
		t.Errorf("after %d callers hung up the carrier was taken to be down", n)
	}
}

func TestQuestionsAtOnceAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &full{plain: plain{waits: true}}
		c := open(t, a)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() { _, _ = c.Quote(ctx, carrier.QuoteRequest{Shipment: shipment(1)}) })
		}
		synctest.Wait()
		if n := a.calls.Load(); n != 16 {
			t.Errorf("%d questions at once", n)
		}
		wg.Wait()
	})
}
