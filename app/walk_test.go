package app

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/label/labeltest"
	"waybill/store/storetest"
)

// TestWalk starts the whole program on a fresh folder, and on a database, and walks a parcel through each API:
// booked, labelled, tracked, cancelled, and one whose carrier hangs.
func TestWalk(t *testing.T) {
	t.Parallel()
	t.Run("folder", func(t *testing.T) {
		t.Parallel()
		cfg := fresh(t)
		walkThrough(t, cfg, false)
		walkThrough(t, cfg, true) // the demo goes on in its own folder
	})
	t.Run("database", func(t *testing.T) {
		t.Parallel()
		cfg := fresh(t)
		cfg.Database = storetest.Postgres(t)
		walkThrough(t, cfg, false)
		walkThrough(t, cfg, false)
	})
}

func walkThrough(t *testing.T, cfg Config, colour bool) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out")
	var said bytes.Buffer
	if err := Demo(t.Context(), cfg, DemoOptions{Out: out, Say: &said, Colour: colour, Once: true, Began: time.Now()}); err != nil {
		t.Fatalf("%v\n%s", err, &said)
	}
	text := said.String()
	if strings.Contains(text, "\x1b[") != colour {
		t.Errorf("colours: %v", !colour)
	}
	text = regexp.MustCompile("\x1b\\[[0-9]+m").ReplaceAllString(text, "")
	for _, want := range []string{
		"DHL Domestic Economy at 4.07 GBP, there by ", "goes DHL, cheapest first\" applies", "DHL / Economy is the choice, rank 1 of 3",
		"LynkUp: a parcel from Boston", "with UPS Ground, tracking 1Z", "ORDER_DELIVERED", "ORDER_CANCELLED",
		"Shiptheory: a parcel from Bath", "status     Complete", "is ORDER_DELIVERED with DHL",
		"is ADDED, tracking P", "is ERROR INVALID_POSTCODE", "status     DELIVERED",
		"Shipment created successfully. In Transit", "Shipment updated successfully. Delivered", "Shipment invoice issued successfully.", "LynkUp it is ORDER_DELIVERED",
		"with Delhivery Surface at ₹", "RO-", "Reverse shipment booked, AWB ", "top_up", "refund",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q", want)
		}
	}
	// In order: reserved, unsure, looked up, one label.
	rest := text
	for _, want := range []string{"reserve:", "PENDING_DISPATCH", "unsure:", "lookup:", "one label", "the carrier sold 1 for it"} {
		_, after, ok := strings.Cut(rest, want)
		if !ok {
			t.Errorf("%q is missing or out of order", want)
			continue
		}
		rest = after
	}
	if t.Failed() {
		t.Log(text)
	}
	for _, name := range []string{"native", "lynkup", "shiptheory", "shiptheory-return", "peddler", "shiplee"} { // EPGL prints none
		pdf, err := os.ReadFile(filepath.Join(out, name+".pdf"))
		must(t, err)
		codes := labeltest.Numbers(t, pdf, 203)
		if !slices.ContainsFunc(codes, func(code string) bool {
			return regexp.MustCompile(`(tracking|AWB) ` + regexp.QuoteMeta(code) + `\b`).MatchString(text)
		}) {
			t.Errorf("the barcodes on %s.pdf say %q, which nobody was told", name, codes)
		}
	}
}

// TestDemoStaysOut: the demo does not go into an installation that somebody ships with.
func TestDemoStaysOut(t *testing.T) {
	cfg := fresh(t)
	a := build(t, cfg)
	shop(t, a, "north")
	must(t, a.Close())
	err := Demo(t.Context(), cfg, DemoOptions{Out: t.TempDir(), Say: io.Discard, Once: true})
	if err == nil || !strings.Contains(err.Error(), `"north"`) {
		t.Error(err)
	}
}

// TestDemoStartsOnChangedRules: a demo whose rules somebody changed tells where its walk ends, and serves all the same.
func TestDemoStartsOnChangedRules(t *testing.T) {
	cfg := fresh(t)
	cfg.Demo = true
	a := build(t, cfg)
	_, err := a.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Role: waybill.RoleAdmin, Account: idOf(t, a, DemoAccount)}).SaveRule(t.Context(), waybill.Rule{
		Name: "All held", Importance: 100, Then: []byte(`[{"do":"hold","reason":"mine"}]`),
	})
	must(t, err)
	must(t, a.Close())
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	said, ended := &logged{}, make(chan error, 1)
	go func() { ended <- Demo(ctx, cfg, DemoOptions{Out: t.TempDir(), Say: said, Began: time.Now()}) }()
	eventually(t, "it stays up", func() bool { return strings.Contains(said.String(), "It stays up until") || len(ended) > 0 })
	if !strings.Contains(said.String(), "The walk ends here: ") {
		t.Errorf("it does not say that its walk came to no end: %s", said)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
