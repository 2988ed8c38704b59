package app

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"waybill/internal/fixture"
)

// watch is a playground whose metrics are scraped, and whose webhooks arrive nowhere.
func watch(t *testing.T) *playground {
	t.Helper()
	cfg := fresh(t)
	cfg.Demo = true
	clock := fixture.NewManual(time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)) // a Monday
	a, err := New(t.Context(), cfg, Parts{
		Clock: clock, Log: slog.New(slog.DiscardHandler), Random: func(int64) int64 { return 0 }, Fresh: true,
		Webhooks: &http.Client{Transport: nowhere{}},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(a.Handler())
	t.Cleanup(func() {
		server.Close()
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	p := &playground{town: &town{running: &running{App: a, t: t, url: server.URL}, token: map[string]string{"native": DemoKey}}, clock: clock}
	p.account = idOf(t, a, DemoAccount)
	p.logIn(t)
	return p
}

// nowhere is where nothing arrives.
type nowhere struct{}

// RoundTrip loses a request.
func (nowhere) RoundTrip(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }

// scrape reads the real metrics, one series a line.
func (p *playground) scrape(t *testing.T) map[string]string {
	t.Helper()
	w := httptest.NewRecorder()
	p.Admin().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("metrics: %d", w.Code)
	}
	series := map[string]string{}
	for _, line := range strings.Split(w.Body.String(), "\n") {
		if at := strings.LastIndexByte(line, ' '); at > 0 && line[0] != '#' {
			series[line[:at]] = line[at+1:]
		}
	}
	return series
}

// book books a parcel by native and insists on a status.
func (p *playground) book(t *testing.T, reference, name string, want ...int) {
	t.Helper()
	if status := forcers["native"](t, p, reference, charm{name: name}); !slices.Contains(want, status) {
		t.Fatalf("%s for %s: %d, want one of %v", reference, name, status, want)
	}
}

// incidents drive the program into the state that an alert is about, and out of it again.
var incidents = []struct {
	alert   string
	fires   string // this long after the start: the state is bad from 10 to 40 minutes
	spoil   func(*testing.T, *playground)
	restore func(*testing.T, *playground)
}{
	{"WaybillLabelsFail", "18m", func(t *testing.T, p *playground) {
		for i := range 6 {
			p.book(t, fmt.Sprint("F-", i), "Magic outage", 200, 201, 202, 502, 503)
		}
	}, func(t *testing.T, p *playground) {
		for i := range 3 {
			p.book(t, fmt.Sprint("G-", i), "Ann Smith", 201)
		}
	}},
	{"WaybillPurchaseUnsettled", "39m", func(t *testing.T, p *playground) {
		p.book(t, "U-1", "Magic lost-answer", 200, 201, 202)
		p.clock.Advance(20 * time.Minute)
	}, func(t *testing.T, p *playground) { p.drain(t) }},
	{"WaybillQueueLate", "39m", func(t *testing.T, p *playground) {
		p.clock.Advance(3 * time.Hour)
		if err := p.Engine.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		p.clock.Advance(3 * time.Hour)
	}, func(t *testing.T, p *playground) { p.drain(t) }},
	{"WaybillTrackingLag", "39m", func(t *testing.T, p *playground) {
		p.book(t, "T-1", "Ann Smith", 201)
		p.clock.Advance(12 * time.Hour)
	}, func(t *testing.T, p *playground) {
		for range 20 { // a poll spends a minute's budget
			p.drain(t)
			p.clock.Advance(time.Minute)
		}
		p.drain(t)
	}},
	{"WaybillWebhookDead", "39m", func(t *testing.T, p *playground) {
		p.must(t, 201, "POST", "/api/v1/webhooks", DemoKey, map[string]any{"url": "https://hooks.example/in", "kinds": []string{"shipment.booked"}})
		p.book(t, "W-1", "Ann Smith", 201)
		p.book(t, "W-2", "Ann Smith", 201)
		for range 200 { // attempts of two deliveries, one after the other
			p.drain(t)
			p.clock.Advance(6 * time.Hour)
			if p.scrape(t)["waybill_webhook_endpoints_dead"] == "1" {
				return
			}
		}
		t.Fatal("the endpoint is never given up")
	}, func(t *testing.T, p *playground) {
		hooks := p.must(t, 200, "GET", "/api/v1/webhooks", DemoKey, nil)
		for i := range at(hooks, "items").([]any) {
			if word(at(hooks, "items", i, "url")) == "https://hooks.example/in" {
				p.must(t, 200, "POST", "/api/v1/webhooks/"+word(at(hooks, "items", i, "id"))+"/resume", DemoKey, nil)
			}
		}
	}},
	{"WaybillBackupOld", "39m", func(_ *testing.T, p *playground) { p.clock.Advance(27 * time.Hour) }, func(t *testing.T, p *playground) {
		if err := p.Backup(t.Context(), filepath.Join(t.TempDir(), "second")); err != nil {
			t.Fatal(err)
		}
	}},
}

// TestAlerts drives the real program into each bad state and out of it, scrapes its metrics before, during and after, and has
// Prometheus evaluate the rules on what was scraped.
func TestAlerts(t *testing.T) {
	promtool := needs(t, "promtool")
	p := watch(t)
	if err := p.Backup(t.Context(), filepath.Join(t.TempDir(), "first")); err != nil {
		t.Fatal(err)
	}
	rules, err := filepath.Abs("../packaging/prometheus/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var known struct {
		Groups []struct {
			Rules []struct{ Alert, Expr string }
		}
	}
	text, err := os.ReadFile(rules)
	if err == nil {
		err = yaml.Unmarshal(text, &known)
	}
	if err != nil {
		t.Fatal(err)
	}
	var tests []map[string]any
	for _, incident := range incidents {
		p.drain(t)
		before := p.scrape(t)
		incident.spoil(t, p)
		during := p.scrape(t)
		incident.restore(t, p)
		after := p.scrape(t)
		tests = append(tests, promTest(incident.alert, incident.fires, before, during, after))
		if t.Failed() {
			return
		}
	}
	for _, r := range known.Groups[0].Rules {
		if !slices.ContainsFunc(incidents, func(i struct {
			alert, fires   string
			spoil, restore func(*testing.T, *playground)
		}) bool {
			return i.alert == r.Alert
		}) {
			t.Errorf("no test makes %s fire", r.Alert)
		}
	}
	file := filepath.Join(t.TempDir(), "tests.yaml")
	text, err = yaml.Marshal(map[string]any{"rule_files": []string{rules}, "evaluation_interval": "1m", "tests": tests})
	if err == nil {
		err = os.WriteFile(file, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), promtool, "test", "rules", file).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// promTest is a case for promtool: ten minutes before, thirty during, forty after. The alert is silent, fires, and is silent.
func promTest(alert, fires string, before, during, after map[string]string) map[string]any {
	var series []map[string]string
	for name := range after {
		if !strings.HasPrefix(name, "waybill_") || strings.Contains(name, "_bucket") || before[name] == "" || during[name] == "" {
			continue
		}
		values := strings.Repeat(before[name]+" ", 10) + strings.Repeat(during[name]+" ", 30) + strings.Repeat(after[name]+" ", 40)
		series = append(series, map[string]string{"series": name, "values": strings.TrimSpace(values)})
	}
	state := func(when string, value int) map[string]any {
		return map[string]any{
			"expr": fmt.Sprintf("clamp_max(count(ALERTS{alertname=%q,alertstate=\"firing\"}), 1) or vector(0)", alert), "eval_time": when,
			"exp_samples": []map[string]any{{"labels": "{}", "value": value}},
		}
	}
	return map[string]any{
		"name": alert, "interval": "1m", "input_series": series, "promql_expr_test": []map[string]any{state("9m", 0), state(fires, 1), state("79m", 0)},
	}
}

// needs finds a program, or skips.
func needs(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("%s is not installed (Debian: prometheus)", program)
	}
	return path
}

// metricName is a metric of ours or of the process in an expression.
var metricName = regexp.MustCompile(`\b(?:waybill|process|go)_[a-z0-9_]+`)

// TestDashboard: each panel and each alert asks for metrics that a real scrape has, in expressions that Prometheus takes.
func TestDashboard(t *testing.T) {
	p := watch(t)
	p.must(t, 201, "POST", "/api/v1/webhooks", DemoKey, map[string]any{"url": "https://hooks.example/in", "kinds": []string{"shipment.booked"}})
	p.book(t, "D-1", "Ann Smith", 201)
	p.drain(t)
	known := map[string]bool{}
	for name := range p.scrape(t) {
		name, _, _ = strings.Cut(name, "{")
		known[name] = true
	}
	var expressions []string
	text, err := os.ReadFile("../packaging/grafana/waybill.json")
	if err != nil {
		t.Fatal(err)
	}
	var board struct {
		Panels []struct {
			Title, Type string
			GridPos     struct{ X, Y, W, H int }
			Targets     []struct{ Expr string }
		}
		Templating struct{ List []struct{ Definition string } }
	}
	if err := json.Unmarshal(text, &board); err != nil {
		t.Fatal(err)
	}
	for i, panel := range board.Panels {
		for _, target := range panel.Targets {
			expressions = append(expressions, target.Expr)
		}
		if panel.Type != "row" && len(panel.Targets) == 0 {
			t.Errorf("the panel %q shows nothing", panel.Title)
		}
		for _, other := range board.Panels[:i] {
			a, b := panel.GridPos, other.GridPos
			if a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H {
				t.Errorf("the panels %q and %q lie on each other", panel.Title, other.Title)
			}
		}
	}
	names := slices.Clone(expressions)
	for _, v := range board.Templating.List {
		names = append(names, v.Definition)
	}
	alerts, err := os.ReadFile("../packaging/prometheus/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(alerts), "\n") {
		if !strings.Contains(line, "summary") && !strings.HasPrefix(line, "#") {
			names = append(names, line)
		}
	}
	found := 0
	for _, e := range names {
		for _, name := range metricName.FindAllString(e, -1) {
			if found++; !known[name] {
				t.Errorf("no scrape has the metric %s of %s", name, e)
			}
		}
	}
	if found < 40 {
		t.Errorf("only %d metrics were looked for", found)
	}
	var rules []map[string]string
	variables := strings.NewReplacer("$__rate_interval", "5m", "$api", ".*", "$carrier", ".*", "$job", ".*")
	for i, e := range expressions {
		rules = append(rules, map[string]string{"record": fmt.Sprintf("panel:%d", i), "expr": variables.Replace(e)})
	}
	text, err = yaml.Marshal(map[string]any{"groups": []map[string]any{{"name": "panels", "rules": rules}}})
	file := filepath.Join(t.TempDir(), "panels.yaml")
	if err == nil {
		err = os.WriteFile(file, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), needs(t, "promtool"), "check", "rules", file).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
