package server_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
	"waybill/server"
)

// echo is a dialect that says where it was reached.
func echo(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := dialect.PlaceOf(r)
		json.NewEncoder(w).Encode(map[string]string{
			"name": name, "path": r.URL.EscapedPath(), "decoded": r.URL.Path, "base": p.Base, "root": p.Root, "ip": p.IP, "query": r.URL.RawQuery,
		})
	})
}

type door struct {
	*server.Server
	log    *bytes.Buffer
	pushed []string
}

var errUnready = errors.New("the disk is full")

func open(t *testing.T, routing server.Routing, ready error) *door {
	t.Helper()
	d := &door{log: &bytes.Buffer{}}
	d.Server = server.New(server.Config{
		Mounts: []server.Mount{
			{Name: "lynkup", Title: "LynkUp <Shipping>", Handler: echo("lynkup")},
			{Name: "shiptheory", Title: "Shiptheory", Handler: echo("shiptheory")},
			{Name: "native", Title: "Waybill", Prefix: "/api/v1", Handler: echo("native")},
		},
		Log: slog.New(slog.NewTextHandler(d.log, nil)), Version: "1.2.3", Routing: routing,
		Ready: []server.Check{{Name: "disk", Run: func(context.Context) error { return ready }}},
		Pushed: func(_ context.Context, connection, secret string, header map[string][]string, body []byte) error {
			switch secret {
			case "right-secret":
				d.pushed = append(d.pushed, connection+" "+string(body)+" "+header["X-Event"][0])
				return nil
			case "broken":
				return waybill.E("push", waybill.ReasonDatabase, "no answer")
			}
			return waybill.E("push", waybill.ReasonForeign, "wrong secret")
		},
		File: func(_ context.Context, token string) (engine.LabelFile, error) {
			switch token {
			case "good":
				return engine.LabelFile{Format: waybill.PDF, Data: []byte("%PDF-1.4"), Tracking: `1Z"/../999`}, nil
			case "gone":
				return engine.LabelFile{}, waybill.E("link", waybill.ReasonNoLabel, "gone")
			case "broken":
				return engine.LabelFile{}, waybill.E("link", waybill.ReasonBug, "secret ingredient")
			}
			return engine.LabelFile{}, waybill.E("link", waybill.ReasonForeign, "not valid")
		},
	})
	return d
}

func (d *door) ask(method, target, host string, change func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	if host != "" {
		r.Host = host
	}
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w
}

func TestARequestReachesItsDialect(t *testing.T) {
	d := open(t, server.Routing{
		Hosts: map[string]string{"api.shiptheory.com": "shiptheory", "api.test:9000": "lynkup"}, Root: "shiptheory",
	}, nil)
	for _, test := range []struct{ target, host, name, path, base string }{
		{"/lynkup/shipments?a=1", "127.0.0.1:8080", "lynkup", "/shipments", "http://127.0.0.1:8080/lynkup"},
		{"/lynkup/shipments/a%2Fb", "127.0.0.1:8080", "lynkup", "/shipments/a%2Fb", "http://127.0.0.1:8080/lynkup"},
		{"/lynkup//shipments/", "127.0.0.1:8080", "lynkup", "//shipments/", "http://127.0.0.1:8080/lynkup"},
		{"/lynkup", "127.0.0.1:8080", "lynkup", "/", "http://127.0.0.1:8080/lynkup"},
		{"/api/v1/shipments", "unknown.test", "native", "/shipments", "http://unknown.test/api/v1"},
		{"/shipments", "lynkup.localhost:8080", "lynkup", "/shipments", "http://lynkup.localhost:8080"},
		{"/", "LynkUp.Localhost", "lynkup", "/", "http://LynkUp.Localhost"},
		{"/v1/token", "API.Shiptheory.com", "shiptheory", "/v1/token", "http://API.Shiptheory.com"},
		{"/v1/token", "api.shiptheory.com:443", "shiptheory", "/v1/token", "http://api.shiptheory.com:443"},
		{"/x", "api.test:9000", "lynkup", "/x", "http://api.test:9000"},
		{"/x", "api.test", "shiptheory", "/x", "http://api.test"}, // another port is another host: the root's
		{"/lynkupp/x", "api.test", "shiptheory", "/lynkupp/x", "http://api.test"},
		{"/v1/token", "127.0.0.1", "shiptheory", "/v1/token", "http://127.0.0.1"},
	} {
		w := d.ask("GET", test.target, test.host, nil)
		var got map[string]string
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got["name"] != test.name || got["path"] != test.path || got["base"] != test.base {
			t.Errorf("%+v: %v (%v)", test, got, err)
		}
		if w.Header().Get("X-Request-Id") == "" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%+v: %v", test, w.Header())
		}
	}
}

func TestWithoutARootTheRestIsNotFound(t *testing.T) {
	d := open(t, server.Routing{}, nil)
	w := d.ask("GET", "/v1/token", "127.0.0.1", nil)
	var got map[string]string
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 404 || got["request"] != w.Header().Get("X-Request-Id") {
		t.Error(w.Code, got, err)
	}
	d.Reroute(server.Routing{Root: "lynkup"})
	if w := d.ask("GET", "/v1/token", "127.0.0.1", nil); w.Code != 200 {
		t.Error("after a reload:", w.Code)
	}
}

func TestThePublicAddressIsTheConfiguredOneOrTheCallers(t *testing.T) {
	proxy := dialect.Front{Proxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}}
	public := dialect.Front{URL: "https://ship.example.com/"}
	for name, test := range map[string]struct {
		front  dialect.Front
		change func(*http.Request)
		base   string
	}{
		"plain":      {dialect.Front{}, nil, "http://api.test/lynkup"},
		"tls":        {dialect.Front{}, func(r *http.Request) { r.TLS = &tls.ConnectionState{} }, "https://api.test/lynkup"},
		"stranger":   {dialect.Front{}, func(r *http.Request) { r.Header.Set("X-Forwarded-Proto", "https") }, "http://api.test/lynkup"},
		"proxy":      {proxy, func(r *http.Request) { r.Header.Set("X-Forwarded-Proto", "https") }, "https://api.test/lynkup"},
		"configured": {public, nil, "https://ship.example.com/lynkup"},
		"smuggled":   {dialect.Front{}, func(r *http.Request) { r.Host = `evil"><script>` }, "http://localhost/lynkup"},
	} {
		w := open(t, server.Routing{Front: test.front}, nil).ask("GET", "/lynkup/x", "api.test", test.change)
		if !strings.Contains(w.Body.String(), `"base":"`+test.base+`"`) {
			t.Errorf("%s: %s", name, w.Body)
		}
	}
}

func TestHealthAndReadiness(t *testing.T) {
	d := open(t, server.Routing{}, nil)
	for _, path := range []string{"/healthz", "/readyz"} {
		if w := d.ask("GET", path, "lynkup.localhost", nil); w.Code != 200 { // on every host
			t.Error(path, w.Code, w.Body)
		}
	}
	d.Drain()
	if w := d.ask("GET", "/readyz", "", nil); w.Code != 503 || !strings.Contains(w.Body.String(), "draining") || !d.Draining() {
		t.Error(w.Code, w.Body)
	}
	if w := d.ask("GET", "/healthz", "", nil); w.Code != 200 {
		t.Error("a stopping program is alive:", w.Code)
	}
	full := open(t, server.Routing{}, errUnready)
	if w := full.ask("GET", "/readyz", "", nil); w.Code != 503 || !strings.Contains(w.Body.String(), "disk") || strings.Contains(w.Body.String(), "full") {
		t.Error(w.Code, w.Body)
	}
	if !strings.Contains(full.log.String(), "the disk is full") {
		t.Error("the reason is not in the log")
	}
}

func TestSignedLinksGiveTheLabel(t *testing.T) {
	d := open(t, server.Routing{}, nil)
	w := d.ask("GET", "/l/good", "shiptheory.localhost", nil)
	h := w.Header()
	if w.Code != 200 || w.Body.String() != "%PDF-1.4" || h.Get("Content-Type") != "application/pdf" || h.Get("Cache-Control") != "no-store, private" {
		t.Error(w.Code, w.Body, h)
	}
	if h.Get("Content-Disposition") != "inline; filename=label-1Z999.pdf" {
		t.Error(h.Get("Content-Disposition"))
	}
	if w := d.ask("HEAD", "/l/good", "", nil); w.Code != 200 || w.Body.Len() != 0 || w.Header().Get("Content-Length") != "8" {
		t.Error(w.Code, w.Body, w.Header())
	}
	for _, test := range []struct {
		method, token string
		status        int
	}{{"GET", "forged", 403}, {"GET", "", 403}, {"GET", "gone", 404}, {"GET", "broken", 500}, {"POST", "good", 405}} {
		w := d.ask(test.method, "/l/"+test.token, "", nil)
		if w.Code != test.status || strings.Contains(w.Body.String(), "ingredient") || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%+v: %d %s", test, w.Code, w.Body)
		}
	}
	if log := d.log.String(); strings.Contains(log, "forged") || strings.Contains(log, "/l/") || !strings.Contains(log, "secret ingredient") {
		t.Error(log)
	}
}

func TestCarriersPushesAreHandedOn(t *testing.T) {
	d := open(t, server.Routing{}, nil)
	push := func(method, path, body string) int {
		return d.ask(method, path, "", func(r *http.Request) {
			r.Body = io.NopCloser(strings.NewReader(body))
			r.Header.Set("X-Event", "scan")
		}).Code
	}
	for _, test := range []struct {
		method, path, body string
		status             int
	}{
		{"POST", "/hooks/c1/right-secret", `{"scan":1}`, 200},
		{"POST", "/hooks/c1/wrong-secret", `{}`, 404},
		{"POST", "/hooks/c1/broken", `{}`, 503},
		{"POST", "/hooks/c1/", `{}`, 404},
		{"POST", "/hooks/c1", `{}`, 404},
		{"POST", "/hooks/", `{}`, 404},
		{"POST", "/hooks/c1/right-secret/more", `{}`, 404},
		{"GET", "/hooks/c1/right-secret", ``, 405},
		{"POST", "/hooks/c1/right-secret", strings.Repeat(" ", 1<<20+1), 413},
	} {
		if got := push(test.method, test.path, test.body); got != test.status {
			t.Errorf("%s %s: %d, want %d", test.method, test.path, got, test.status)
		}
	}
	if len(d.pushed) != 1 || d.pushed[0] != `c1 {"scan":1} scan` {
		t.Error(d.pushed)
	}
	if strings.Contains(d.log.String(), "secret") {
		t.Error("a secret is in the log:", d.log.String())
	}
}

func TestAPersonSeesWhatIsServed(t *testing.T) {
	d := open(t, server.Routing{}, nil)
	w := d.ask("GET", "/", "127.0.0.1:8080", nil)
	page := w.Body.String()
	for _, want := range []string{"LynkUp &lt;Shipping&gt;", "http://127.0.0.1:8080/lynkup", `href="/shiptheory/openapi.yaml"`, "http://127.0.0.1:8080/api/v1", "1.2.3"} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is not on the page", want)
		}
	}
	if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") || !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
		t.Error(w.Code, w.Header())
	}
	if w := d.ask("POST", "/", "127.0.0.1:8080", nil); w.Code != 405 {
		t.Error(w.Code)
	}
}

func TestTheOperatorSeesMetricsAndProfiles(t *testing.T) {
	registry := prometheus.NewRegistry()
	counter := prometheus.NewCounter(prometheus.CounterOpts{Name: "test_total", Help: "Tests."})
	registry.MustRegister(counter)
	counter.Inc()
	for path, want := range map[string]string{"/metrics": "test_total 1", "/debug/pprof/": "goroutine", "/debug/pprof/cmdline": filepath.Base(os.Args[0])} {
		w := httptest.NewRecorder()
		server.Admin(registry).ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != 200 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}
