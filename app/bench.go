package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"waybill"
	"waybill/carrier/house"
	"waybill/engine"
)

// Bench is what `waybill bench` measures, and how long.
type Bench struct {
	Folder      string        // where its data folders are made, and removed; empty: the machine's folder for such
	Connections int           // HTTP connections of the creates
	Rounds      int           // how often each side has its turn
	Round       time.Duration // how long a turn of creates takes
	Requests    int           // creates a turn in place of a time; 0: by time
}

// The goals, as shares and times: see docs/performance.md.
const (
	goalCreate = 0.5 // of the floor's rate
	goalList   = 5.0 // times the raw read
	goalZPL    = 200 * time.Microsecond
	goalPDF    = 4 * time.Millisecond
	goalPNG    = 6 * time.Millisecond
)

// BenchReport is what was measured.
type BenchReport struct {
	Version     string        `json:"version"`
	Machine     string        `json:"machine"`
	Connections int           `json:"connections"`
	Create      CreateReport  `json:"create"`
	List        ListReport    `json:"list"`
	Labels      []LabelReport `json:"labels"`
}

// Run measures everything, tells of it on the way, and answers the figures. What misses its goal is in
// them; the error is of what could not be measured at all.
func (b Bench) Run(ctx context.Context, say io.Writer) (BenchReport, error) {
	report := BenchReport{
		Version: Version, Connections: b.Connections,
		Machine: fmt.Sprintf("%s/%s, %d cores, %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version()),
	}
	folder, err := os.MkdirTemp(b.Folder, "waybill-bench-")
	if err != nil {
		return report, err
	}
	defer os.RemoveAll(folder)
	tell := func(format string, args ...any) { fmt.Fprintf(say, format+"\n", args...) }
	tell("Waybill %s on %s; data in %s", Version, report.Machine, folder)
	err = b.withHouse(ctx, filepath.Join(folder, "waybill"), func(p *product) error {
		floor, err := newFloor(ctx, p, filepath.Join(folder, "floor"))
		if err != nil {
			return err
		}
		report.Create, err = b.creates(ctx, p, floor, tell)
		if err = errors.Join(err, floor.close()); err != nil {
			return err
		}
		if report.List, err = b.lists(ctx, p, tell); err != nil {
			return err
		}
		report.Labels, err = b.labels(ctx, p, tell)
		return err
	})
	return report, err
}

// product is the whole program serving a fresh data folder, with an account that ships by house courier.
type product struct {
	app    *App
	folder string
	base   string // of the lynkup dialect
	token  string
}

// benchSecret is the one client's, of a data folder that is gone when the run is over.
const benchSecret = "bench-secret"

// withHouse serves while do runs.
func (b Bench) withHouse(ctx context.Context, folder string, do func(*product) error) error {
	cfg := Defaults()
	cfg.Data, cfg.Listen, cfg.Admin = folder, "127.0.0.1:0", ""
	cfg.Limits.TokenPerIP = waybill.RateLimit{}
	log := slog.New(slog.NewTextHandler(io.Discard, nil)) // written like the server's own, and thrown away
	a, err := New(ctx, cfg, Parts{Log: log})
	if err != nil {
		return err
	}
	if err := seedBench(ctx, a); err != nil {
		return errors.Join(err, a.Close())
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var done error
	err = a.Run(ctx, func(url string) {
		go func() {
			defer stop()
			p := &product{app: a, folder: folder, base: url + "/lynkup"}
			if p.token, done = p.login(ctx); done == nil {
				done = do(p)
			}
		}()
	})
	return errors.Join(done, err, a.Close())
}

// seedBench makes the account, its client without a request limit, and its house courier in Boston.
func seedBench(ctx context.Context, a *App) error {
	admin := a.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "bench", Role: waybill.RoleAdmin})
	account, err := admin.SaveAccount(ctx, waybill.Account{
		Name: "bench", TenantID: "bench",
		Settings: waybill.Settings{Currency: "USD", Limits: map[string]waybill.RateLimit{"lynkup": {}}},
	})
	if err != nil {
		return err
	}
	s := a.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "bench", Account: account.ID, Role: waybill.RoleAdmin})
	_, err = s.SaveClient(ctx, engine.SaveClient{
		Client: waybill.Client{ClientID: "bench", Name: "bench", Role: waybill.RoleAdmin}, NewSecret: benchSecret,
	})
	if err != nil {
		return err
	}
	card, err := house.DemoCard("us")
	if err != nil {
		return err
	}
	courier, err := s.SaveConnection(ctx, engine.SaveConnection{Connection: waybill.Connection{
		ExternalID: "house", Carrier: "house", Name: "House Courier", Mode: waybill.ModeLive,
		Settings: map[string]string{"rate_card": string(card), "display_name": "House Courier"},
	}})
	if err != nil {
		return err
	}
	_, err = s.SaveLocation(ctx, waybill.Location{
		ExternalID: "7709", Name: "Boston", TimeZone: "America/New_York", Connections: []waybill.ID{courier.ID},
		Contact: waybill.Contact{Name: "Ann Sender", Phone: "+1 617-555-0101"},
		Address: waybill.Address{Street1: "345 Harrison Avenue", City: "Boston", State: "MA", Postcode: "02118", Country: "US"},
	})
	return err
}

// median is the middle one of measured values.
func median[T ~int64 | ~float64](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	if len(sorted) == 0 {
		return 0
	}
	return sorted[len(sorted)/2]
}

// verdict says in a word whether a goal was reached.
func verdict(reached bool) string {
	if reached {
		return "reached"
	}
	return "MISSED"
}
