package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/internal/pgserver"
	"waybill/store/sqlstore"
)

// BenchLists is what `waybill bench lists` measures: how lists, searches, counts and scans take longer when there are
// many shipments.
type BenchLists struct {
	Folder   string // where its data folders are made, and removed; empty: the machine's folder for such
	Postgres string // a server, by a role that may create databases; empty: one of its own, thrown away afterwards
	Sizes    []int  // how many shipments; times are compared with those of the first
	Only     string // sqlite or postgres; empty: both
	Turns    int    // how often each is asked
	Scans    int    // how many texts are scanned
}

// The goals: see docs/performance.md.
const (
	goalGrowth = 3.0
	goalScan   = 20 * time.Millisecond
)

// ListsReport is what was measured.
type ListsReport struct {
	Version string      `json:"version"`
	Machine string      `json:"machine"`
	Sizes   []int       `json:"sizes"`
	Goal    float64     `json:"goal"`
	Lists   []GrownList `json:"lists"`
	Scans   []ScanTimes `json:"scans"`
	Filled  []FillTime  `json:"filled"`
}

// GrownList is one way of asking on one database: medians in milliseconds, one a size. Growth is the last over the first.
type GrownList struct {
	Database string    `json:"database"`
	Name     string    `json:"name"`
	Times    []float64 `json:"times"`
	Slowest  []float64 `json:"p99"`
	Found    []int     `json:"found"` // on the page
	Growth   float64   `json:"growth"`
	Reached  bool      `json:"reached"`
}

// ScanTimes are the times of POST /scan, in milliseconds.
type ScanTimes struct {
	Database string  `json:"database"`
	Size     int     `json:"size"`
	P50      float64 `json:"p50"`
	P99      float64 `json:"p99"`
	Goal     float64 `json:"goal"`
	Reached  bool    `json:"reached"`
}

// FillTime is how long filling a database took.
type FillTime struct {
	Database string  `json:"database"`
	Size     int     `json:"size"`
	Seconds  float64 `json:"seconds"`
}

// Run fills the databases one after the other and asks each the same.
func (b BenchLists) Run(ctx context.Context, say io.Writer) (report ListsReport, err error) {
	report = ListsReport{
		Version: Version, Sizes: b.Sizes, Goal: goalGrowth,
		Machine: fmt.Sprintf("%s/%s, %d cores, %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version()),
	}
	folder, err := os.MkdirTemp(b.Folder, "waybill-bench-")
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	tell := func(format string, args ...any) { fmt.Fprintf(say, format+"\n", args...) }
	tell("Waybill %s on %s; data in %s", Version, report.Machine, folder)
	if b.Postgres == "" && b.Only != "sqlite" { // before the long work: what cannot be had is told at once
		var stop func() error
		switch b.Postgres, stop, err = pgserver.Start(b.Folder, "shared_buffers=1GB", "max_wal_size=16GB", "checkpoint_timeout=1h"); {
		case errors.Is(err, pgserver.ErrNone) && b.Only == "":
			tell("\npostgres: %v; --postgres names one elsewhere", err)
			b.Only = "sqlite"
		case err != nil:
			return report, err
		default:
			defer func() { err = errors.Join(err, stop()) }()
		}
	}
	for _, database := range []string{"sqlite", "postgres"} {
		if b.Only != "" && b.Only != database {
			continue
		}
		lists, err := b.database(ctx, database, folder, &report, tell)
		if err != nil {
			return report, fmt.Errorf("%s: %w", database, err)
		}
		report.Lists = append(report.Lists, lists...)
		b.show(database, lists, tell)
	}
	return report, nil
}

// database measures one database at every size.
func (b BenchLists) database(ctx context.Context, name, folder string, report *ListsReport, tell func(string, ...any)) (lists []GrownList, err error) {
	for _, size := range b.Sizes {
		cfg := Defaults()
		cfg.Data, cfg.Listen, cfg.Admin = filepath.Join(folder, fmt.Sprintf("%s-%d", name, size)), "127.0.0.1:0", ""
		drop := func() error { return os.RemoveAll(cfg.Data) }
		if name == "postgres" {
			if cfg.Database, drop, err = makeDatabase(ctx, b.Postgres); err != nil {
				return nil, err
			}
			cfg.Migrate = true
		}
		asked, err := b.size(ctx, cfg, name, size, report, tell)
		if err = errors.Join(err, drop()); err != nil {
			return nil, err
		}
		for i, q := range asked {
			if i == len(lists) {
				lists = append(lists, GrownList{Database: name, Name: q.name})
			}
			l := &lists[i]
			l.Times, l.Slowest, l.Found = append(l.Times, milliseconds(q.median)), append(l.Slowest, milliseconds(q.p99)), append(l.Found, q.found)
			l.Growth = l.Times[len(l.Times)-1] / l.Times[0]
			l.Reached = l.Growth <= goalGrowth
		}
	}
	return lists, nil
}

// size fills one database, serves it and asks.
func (b BenchLists) size(ctx context.Context, cfg Config, name string, size int, report *ListsReport, tell func(string, ...any)) (asked []question, err error) {
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	a, err := New(ctx, cfg, Parts{Log: quiet})
	if err != nil {
		return nil, err
	}
	c, key, err := seedLists(ctx, a, size)
	if err = errors.Join(err, a.Close()); err != nil {
		return nil, err
	}
	began := time.Now()
	err = sqlstore.Load(ctx, sqlstore.Config{Dir: cfg.storeDir(), URL: cfg.Database, Log: quiet, Migrate: true}, c.all())
	if err != nil {
		return nil, err
	}
	filled := time.Since(began).Seconds()
	report.Filled = append(report.Filled, FillTime{name, size, filled})
	tell("\n%s with %d shipments, filled in %.0f s", name, size, filled)
	runtime.GC()
	if a, err = New(ctx, cfg, Parts{Log: quiet}); err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var done error
	err = a.Run(ctx, func(url string) {
		go func() {
			defer stop()
			v := visitor{base: url + "/api/v1", key: key, turns: b.Turns}
			if asked, done = v.ask(ctx, c); done != nil {
				return
			}
			var scans ScanTimes
			if scans, done = v.scans(ctx, c, b.Scans); done == nil {
				scans.Database, scans.Size = name, size
				report.Scans = append(report.Scans, scans)
				tell("  POST /scan of %d texts: p50 %.1f ms, p99 %.1f ms (goal %.0f ms: %s)", b.Scans, scans.P50, scans.P99, scans.Goal, verdict(scans.Reached))
			}
		}()
	})
	return asked, errors.Join(done, err, a.Close())
}

// seedLists makes an account without limits, its tags and a key.
func seedLists(ctx context.Context, a *App, size int) (c crowd, key string, err error) {
	admin := a.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "bench", Role: waybill.RoleAdmin})
	account, err := admin.SaveAccount(ctx, waybill.Account{
		Name: "bench", TenantID: "bench", Settings: waybill.Settings{Currency: "GBP", Limits: map[string]waybill.RateLimit{"native": {}}},
	})
	if err != nil {
		return c, "", err
	}
	s := a.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "bench", Account: account.ID, Role: waybill.RoleAdmin})
	c = crowd{account: account.ID, size: size, from: time.Now().UTC().Truncate(24 * time.Hour).Add(-crowdYear)}
	for i, name := range []string{"common", "rare"} {
		t, err := s.PutTag(ctx, engine.PutTag{New: &waybill.Tag{Name: name}})
		if err != nil {
			return c, "", err
		}
		c.tags[i] = t.Number
	}
	made, err := s.CreateAPIKey(ctx, engine.CreateAPIKey{Name: "bench", Role: waybill.RoleAdmin})
	return c, made.Text, err
}

// show prints a database's figures as a table.
func (b BenchLists) show(database string, lists []GrownList, tell func(string, ...any)) {
	head := fmt.Sprintf("\n  %-34s", database)
	for _, size := range b.Sizes {
		head += fmt.Sprintf("%14s", fmt.Sprint(size))
	}
	tell("%s%10s", head, "growth")
	for _, l := range lists {
		line := fmt.Sprintf("  %-34s", l.Name)
		for _, t := range l.Times {
			line += fmt.Sprintf("%11.1f ms", t)
		}
		tell("%s%10.2f  (goal %.0f: %s)", line, l.Growth, goalGrowth, verdict(l.Reached))
	}
}

// visitor asks the served API, as any client would.
type visitor struct {
	base, key string
	turns     int
}

// question is one way of asking, and how long it took.
type question struct {
	name        string
	path        string
	median, p99 time.Duration
	found       int
}

// ask asks everything, in rounds, so that a moment in which the machine is busy is not one question's alone.
func (v visitor) ask(ctx context.Context, c crowd) ([]question, error) {
	list := questions(c)
	deep, err := v.walk(ctx, c.size/2)
	if err != nil {
		return nil, err
	}
	list = slices.Insert(list, 1, question{name: "deep cursor", path: "/shipments?limit=25&cursor=" + deep})
	times := make([][]time.Duration, len(list))
	for turn := range v.turns + 3 {
		for i := range list {
			took, found, err := v.get(ctx, list[i].path)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", list[i].name, err)
			}
			if list[i].found = found; turn >= 3 { // those before warm up
				times[i] = append(times[i], took)
			}
		}
	}
	for i := range list {
		list[i].median, list[i].p99 = median(times[i]), share(times[i], 99)
	}
	return list, nil
}

// questions are the ways of asking for 25 shipments, and for counts.
func questions(c crowd) []question {
	at := c.from.Add(crowdYear / 3).Truncate(24 * time.Hour)
	day := at.Format(time.RFC3339)
	next := at.Add(24 * time.Hour).Format(time.RFC3339)
	word := func(text string) string { return "/shipments?limit=25&q=" + strings.ReplaceAll(text, " ", "+") }
	sample := c.shipment(c.size / 3)
	return []question{
		{name: "first page", path: "/shipments?limit=25"},
		{name: "by change, first page", path: "/shipments?limit=25&sort=-updated"},
		{name: "status, common", path: "/shipments?limit=25&transit=delivered"},
		{name: "status, 1 in 100", path: "/shipments?limit=25&booking=failed"},
		{name: "status, 1 in 10,000", path: "/shipments?limit=25&booking=held"},
		{name: "reference", path: "/shipments?limit=25&reference=" + c.reference(c.size/3)},
		{name: "tag, common", path: "/shipments?limit=25&tag=common"},
		{name: "tag, 1 in 100", path: "/shipments?limit=25&tag=rare"},
		{name: "a day of the year", path: "/shipments?limit=25&created_from=" + day + "&created_to=" + next},
		{name: "a day, a place and a status", path: "/shipments?limit=25&location=L3&booking=failed&created_from=" + day + "&created_to=" + next},
		{name: "words: a reference", path: word(c.reference(c.size / 3))},
		{name: "words: the start of references", path: word("order-00012")},
		{name: "words: an e-mail", path: word(sample.To.Contact.Email)},
		{name: "words: a phone number", path: word(strings.TrimPrefix(c.phone(c.size/3), "+"))},
		{name: "words: its last digits", path: word(c.phone(c.size / 3)[len(c.phone(0))-5:])},
		{name: "words: a family name", path: word("Schmidbauer")},
		{name: "words: the start of a name", path: word("schmidb")},
		{name: "words: a common start", path: word("sch")},
		{name: "words: a town", path: word("bristol")},
		{name: "words: given and family name", path: word("anna bergmann")},
		{name: "words: name and town", path: word("bergmann bath")},
		{name: "words and a status", path: word("bergmann") + "&booking=failed"},
		{name: "words that nobody has", path: word("nobody anywhere")},
		{name: "counts by state", path: "/stats?group_by=booking,transit"},
		{name: "counts of a month by day", path: "/stats?group_by=ship_date,carrier&from=" + at.Format(time.DateOnly) + "&to=" + at.AddDate(0, 1, 0).Format(time.DateOnly)},
	}
}

// walk follows the list to the place after so many shipments.
func (v visitor) walk(ctx context.Context, depth int) (cursor string, err error) {
	path := "/shipments?limit=100"
	for range max(depth/100, 1) {
		body, _, err := v.send(ctx, http.MethodGet, path, "")
		if err != nil {
			return "", err
		}
		if cursor = textAfter(body, `"next_cursor":"`); cursor == "" {
			return "", errors.New("the list ends too early")
		}
		path = "/shipments?limit=100&cursor=" + cursor
	}
	return cursor, nil
}

// textAfter is the text between a mark and the next quote.
func textAfter(body []byte, mark string) string {
	_, rest, _ := strings.Cut(string(body), mark)
	text, _, _ := strings.Cut(rest, `"`)
	return text
}

func (v visitor) get(ctx context.Context, path string) (time.Duration, int, error) {
	body, took, err := v.send(ctx, http.MethodGet, path, "")
	return took, strings.Count(string(body), `"created_at":`) + strings.Count(string(body), `"count":`), err
}

func (v visitor) send(ctx context.Context, method, path, body string) ([]byte, time.Duration, error) {
	request, err := http.NewRequestWithContext(ctx, method, v.base+path, strings.NewReader(body))
	if err != nil {
		return nil, 0, err
	}
	request.Header.Set("Authorization", "Bearer "+v.key)
	request.Header.Set("Content-Type", "application/json")
	took, answer, err := fetch(request)
	return answer, took, err
}

// scans sends what scanners at a packing table would.
func (v visitor) scans(ctx context.Context, c crowd, n int) (ScanTimes, error) {
	random := rand.New(rand.NewPCG(5, 5))
	var times []time.Duration
	for i := range n + 20 {
		at := random.IntN(c.size)
		text := []string{c.tracking(at), "]C100" + c.sscc(at), c.reference(at), c.tracking(at) + "|" + c.reference(at), string(c.id(at)), "1Z5R89390357567127", fmt.Sprintf("PO-%d", at/10)}[i%7]
		_, took, err := v.send(ctx, http.MethodPost, "/scan", `{"text":"`+text+`"}`)
		if err != nil {
			return ScanTimes{}, fmt.Errorf("scan of %s: %w", text, err)
		}
		if i >= 20 {
			times = append(times, took)
		}
	}
	t := ScanTimes{P50: milliseconds(median(times)), P99: milliseconds(share(times, 99)), Goal: milliseconds(goalScan)}
	t.Reached = t.P99 <= t.Goal
	return t, nil
}

// share is the value that so many of a hundred do not exceed.
func share(times []time.Duration, percent int) time.Duration {
	sorted := slices.SortedFunc(slices.Values(times), func(a, b time.Duration) int { return cmp.Compare(a, b) })
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)*percent/100, len(sorted)-1)]
}
