package dialect_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"waybill"
	"waybill/dialect"
	"waybill/dialect/dialecttest"
)

// front is the toy dialect behind real HTTP, with what it logs.
type front struct {
	*dialecttest.App
	url string
	log *lines
}

type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func open(t *testing.T, d dialect.Dialect, change func(*dialect.Deps)) front {
	t.Helper()
	app := toyTown(t).Start(t)
	f := front{App: app, log: &lines{}}
	app.Engine.Log = slog.New(slog.NewTextHandler(f.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	deps := dialect.Deps{Engine: app.Engine}
	if change != nil {
		change(&deps)
	}
	server := httptest.NewServer(dialect.Serve(d, deps))
	t.Cleanup(server.Close)
	f.url = server.URL
	return f
}

func (f front) do(t *testing.T, method, path, text string, header http.Header) *http.Response {
	t.Helper()
	all := http.Header{"Authorization": {f.Authorization}}
	for name, values := range header {
		all[name] = values
	}
	return get(t, http.DefaultClient, method, f.url+path, all, strings.NewReader(text))
}

func TestARequestIsDecodedDoneAndEncoded(t *testing.T) {
	f := open(t, toy(), nil)
	answer := f.do(t, "POST", "/echo", `{"text":"hello","unknown":[1]}`, http.Header{"Authorization": {"bEaReR" + f.Authorization[6:]}})
	got := body(t, answer.Body)
	if answer.StatusCode != 200 || got["text"] != "hello for Toy client" || got["tenant"] != "toyland" || got["self"] != f.url+"/echo" {
		t.Error(answer.StatusCode, got)
	}
	if got := body(t, f.do(t, "GET", "/things/a%2Fb%20c", "", nil).Body); got["text"] != "a/b c for Toy client" {
		t.Error(got)
	}
}

func TestOnlyATokenOfThisDialectOpens(t *testing.T) {
	f := open(t, toy(), nil)
	foreign := token(t, f.Engine, "other")
	for name, test := range map[string]struct{ header, reason string }{
		"none":     {"", "token_missing"},
		"basic":    {"Basic dG95OnRveQ==", "token_missing"},
		"nonsense": {"Bearer nonsense", "token_bad"},
		"foreign":  {"Bearer " + foreign, "token_bad"},
	} {
		answer := f.do(t, "POST", "/echo", `{"text":"x"}`, http.Header{"Authorization": {test.header}})
		if got := body(t, answer.Body); answer.StatusCode != 401 || got["reason"] != test.reason {
			t.Error(name, answer.StatusCode, got)
		}
	}
	f.Clock.Advance(61 * time.Minute)
	if got := body(t, f.do(t, "POST", "/echo", `{"text":"x"}`, nil).Body); got["reason"] != "token_expired" {
		t.Error(got)
	}
}

func TestEveryAnswerHasARequestID(t *testing.T) {
	f := open(t, toy(), nil)
	for given, kept := range map[string]bool{"abc-123": true, "x": false, "": false, "a b": false, strings.Repeat("a", 300): false, "<script>": false} {
		answer := f.do(t, "GET", "/nowhere", "", http.Header{"X-Request-Id": {given}})
		got := answer.Header.Get("X-Request-Id")
		if (got == given) != kept || len(got) < 4 {
			t.Errorf("%q became %q", given, got)
		}
	}
}

func TestWhatIsNotThereIsSaidInTheDialectsWords(t *testing.T) {
	f := open(t, toy(), nil)
	for _, test := range []struct {
		method, path string
		status       int
		reason       string
		allow        string
	}{
		{"GET", "/nowhere", 404, "unknown_route", ""},
		{"GET", "/things/", 404, "unknown_route", ""},
		{"GET", "//things/a", 404, "unknown_route", ""},
		{"POST", "/echo/", 404, "unknown_route", ""},
		{"DELETE", "/things/a", 405, "method", "GET, HEAD"},
		{"GET", "/echo", 405, "method", "POST"},
		{"OPTIONS", "/echo", 204, "", "POST"},
		{"OPTIONS", "/nowhere", 404, "unknown_route", ""},
		{"GET", "/openapi.yaml", 200, "", ""},
	} {
		answer := f.do(t, test.method, test.path, "", http.Header{"Authorization": {""}})
		if answer.StatusCode != test.status || answer.Header.Get("Allow") != test.allow {
			t.Errorf("%s %s: %d, Allow %q", test.method, test.path, answer.StatusCode, answer.Header.Get("Allow"))
		}
		if test.reason != "" && body(t, answer.Body)["reason"] != test.reason {
			t.Errorf("%s %s: another reason than %s", test.method, test.path, test.reason)
		}
	}
	head := f.do(t, "HEAD", "/things/a", "", nil)
	if text, _ := io.ReadAll(head.Body); head.StatusCode != 200 || len(text) != 0 || head.ContentLength <= 0 {
		t.Error(head.StatusCode, head.ContentLength, string(text))
	}
}

func TestBodiesHaveALimit(t *testing.T) {
	f := open(t, toy(), nil)
	answer := f.do(t, "POST", "/echo", `{"text":"`+strings.Repeat("x", 200)+`"}`, nil)
	if got := body(t, answer.Body); answer.StatusCode != 413 || got["reason"] != "too_large" {
		t.Error(answer.StatusCode, got)
	}
	if answer := f.do(t, "POST", "/open", strings.Repeat(" ", 1<<20), nil); answer.StatusCode != 400 { // read whole, and empty
		t.Error(answer.StatusCode)
	}
	if answer := f.do(t, "POST", "/open", strings.Repeat(" ", 1<<20+1), nil); answer.StatusCode != 413 {
		t.Error(answer.StatusCode)
	}
	conn, err := net.Dial("tcp", strings.TrimPrefix(f.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /open HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{\"text\"")
	conn.(*net.TCPConn).CloseWrite()
	broken, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || broken.StatusCode != 400 {
		t.Errorf("a body that breaks off: %v %v", broken, err)
	}
}

func TestCallersAreHeldToTheirLimit(t *testing.T) {
	f := open(t, toy(), nil)
	status := func() (int, string) {
		answer := f.do(t, "GET", "/things/a", "", nil)
		return answer.StatusCode, answer.Header.Get("Retry-After")
	}
	for i := range 5 {
		if code, _ := status(); code != 200 {
			t.Fatal(i, code)
		}
	}
	if code, wait := status(); code != 429 || wait != "12" {
		t.Errorf("the sixth in a minute: %d, Retry-After %s", code, wait)
	}
	f.Clock.Advance(12 * time.Second)
	if code, _ := status(); code != 200 {
		t.Errorf("after the wait: %d", code)
	}
	if code, _ := status(); code != 429 {
		t.Errorf("and once more: %d", code)
	}
	admin := f.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Role: waybill.RoleAdmin})
	account := waybill.Account{Name: "toy", TenantID: "toyland", Settings: waybill.Settings{
		Currency: "USD", Limits: map[string]waybill.RateLimit{"toy": {Requests: 100, Period: time.Minute}},
	}}
	if _, err := admin.SaveAccount(t.Context(), account); err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		if code, _ := status(); code != 200 {
			t.Fatalf("with the account's own limit, request %d: %d", i, code)
		}
	}
}

func TestAddressesAreHeldToTheirLimit(t *testing.T) {
	f := open(t, toy(), func(d *dialect.Deps) {
		d.PerIP = waybill.RateLimit{Requests: 4, Period: time.Minute}
		d.OpenPerIP = waybill.RateLimit{Requests: 2, Period: time.Minute}
		d.Front = dialect.Front{Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
	})
	try := func(path, ip string) int {
		return f.do(t, "POST", path, `{"text":"x"}`, http.Header{"Authorization": {""}, "X-Forwarded-For": {ip}}).StatusCode
	}
	for i, want := range []int{200, 200, 429} {
		if got := try("/open", "192.0.2.1"); got != want {
			t.Errorf("open %d: %d", i, got)
		}
	}
	for i, want := range []int{401, 429} { // three were used up
		if got := try("/echo", "192.0.2.1"); got != want {
			t.Errorf("closed %d: %d", i, got)
		}
	}
	if got := try("/open", "192.0.2.2"); got != 200 {
		t.Errorf("another address: %d", got)
	}
	for i, ip := range []string{"2001:db8::1", "2001:db8::2", "2001:db8::3"} { // neighbours
		if got := try("/open", ip); (got == 429) != (i == 2) {
			t.Errorf("%s: %d", ip, got)
		}
	}
}

// TestWhoTriesKeysHasToWait: a key that nobody has counts against the address it comes from, and a good one from there is let
// in all the same.
func TestWhoTriesKeysHasToWait(t *testing.T) {
	d := toy()
	d.TellLimit = true
	f := open(t, d, func(d *dialect.Deps) {
		d.OpenPerIP = waybill.RateLimit{Requests: 3, Period: time.Minute}
		d.Front = dialect.Front{Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
	})
	try := func(header http.Header, ip string) *http.Response {
		header.Set("X-Forwarded-For", ip)
		return f.do(t, "POST", "/echo", `{"text":"x"}`, header)
	}
	bad := func() http.Header { return http.Header{"Authorization": {"Bearer nobody's"}} }
	for i, want := range []struct {
		status int
		left   string
	}{{401, "2"}, {401, "1"}, {401, "0"}, {429, "0"}} {
		got := try(bad(), "192.0.2.1")
		if got.StatusCode != want.status || got.Header.Get("RateLimit-Remaining") != want.left || (got.Header.Get("Retry-After") != "") != (want.status == 429) {
			t.Errorf("try %d: %d %v", i, got.StatusCode, got.Header)
		}
	}
	if got := try(http.Header{"Authorization": {""}}, "192.0.2.1"); got.StatusCode != 401 {
		t.Errorf("without a key: %d", got.StatusCode)
	}
	if got := try(http.Header{}, "192.0.2.1"); got.StatusCode != 200 {
		t.Errorf("with a good key: %d", got.StatusCode)
	}
	if got := try(bad(), "192.0.2.2"); got.StatusCode != 401 {
		t.Errorf("from another address: %d", got.StatusCode)
	}
}

func TestBugsAreLoggedAndNotTold(t *testing.T) {
	for _, path := range []string{"/panic", "/bug"} {
		f := open(t, toy(), nil)
		answer := f.do(t, "GET", path, "", http.Header{"X-Request-Id": {"find-me-again"}})
		text, _ := io.ReadAll(answer.Body)
		if answer.StatusCode != 500 || strings.Contains(string(text), "secret") {
			t.Errorf("%s: %d %s", path, answer.StatusCode, text)
		}
		for _, want := range []string{"secret ingredient", "find-me-again", "level=ERROR"} {
			if !strings.Contains(f.log.String(), want) {
				t.Errorf("%s: %q is not in the log", path, want)
			}
		}
		if path == "/panic" && !strings.Contains(f.log.String(), "toy_test.go") {
			t.Error("the log has no stack")
		}
		if again := f.do(t, "GET", "/things/a", "", nil); again.StatusCode != 200 {
			t.Error("after a bug:", again.StatusCode)
		}
	}
}

func TestADialectWhoseFaultPanicsStillAnswers(t *testing.T) {
	d := toy()
	d.Fault = func(*dialect.Request, *waybill.Error) dialect.Reply { panic("no words") }
	if answer := open(t, d, nil).do(t, "GET", "/nowhere", "", nil); answer.StatusCode != 500 || body(t, answer.Body) == nil {
		t.Error(answer.StatusCode)
	}
}

func TestLogsHoldNoSecretsOrNames(t *testing.T) {
	f := open(t, toy(), nil)
	f.do(t, "GET", "/things/Ann-Example?email=ann@example.com", "", nil)
	f.do(t, "POST", "/echo", `{"text":"Ann-Example"}`, nil)
	f.do(t, "POST", "/echo", `{"text":{"name":"Ann-Example"}}`, nil)
	log := f.log.String()
	if !regexp.MustCompile(`msg=request dialect=toy op=thing status=200 took=\S+ request=\w+ account=[0-9a-f]{24} actor=[0-9a-f]{24}`).MatchString(log) {
		t.Error(log)
	}
	for _, secret := range []string{"Ann", "ann@", f.Authorization[7:]} {
		if strings.Contains(log, secret) {
			t.Errorf("%s is in the log:\n%s", secret, log)
		}
	}
}

func TestAStoppingServiceSaysSo(t *testing.T) {
	f := open(t, toy(), func(d *dialect.Deps) { d.Draining = func() bool { return true } })
	answer := f.do(t, "POST", "/echo", `{"text":"x"}`, nil)
	if got := body(t, answer.Body); answer.StatusCode != 503 || got["reason"] != "draining" || answer.Header.Get("Retry-After") != "5" {
		t.Error(answer.StatusCode, got, answer.Header)
	}
}

func TestABrokenStreamIsNotTakenForAWholeAnswer(t *testing.T) {
	f := open(t, toy(), nil)
	whole, err := io.ReadAll(f.do(t, "GET", "/stream/whole", "", nil).Body)
	if err != nil || string(whole) != "first part" {
		t.Errorf("%q %v", whole, err)
	}
	r, _ := http.NewRequestWithContext(t.Context(), "GET", f.url+"/stream/broken", nil)
	r.Header.Set("Authorization", f.Authorization)
	answer, err := http.DefaultClient.Do(r)
	if err == nil {
		_, err = io.ReadAll(answer.Body)
		answer.Body.Close()
	}
	if err == nil {
		t.Error("the caller did not notice")
	}
}

func TestRequestsAreCounted(t *testing.T) {
	registry := prometheus.NewRegistry()
	f := open(t, toy(), func(d *dialect.Deps) { d.Metrics = dialect.NewMetrics(registry) })
	f.do(t, "GET", "/things/a", "", nil)
	f.do(t, "GET", "/things/b", "", nil)
	f.do(t, "GET", "/nowhere", "", nil)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	counted := map[string]float64{}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			var labels []string
			for _, label := range metric.GetLabel() {
				labels = append(labels, label.GetValue())
			}
			counted[family.GetName()+" "+strings.Join(labels, " ")] = metric.GetCounter().GetValue() + float64(metric.GetHistogram().GetSampleCount())
		}
	}
	for name, want := range map[string]float64{
		"waybill_requests_total toy thing 200": 2, "waybill_requests_total toy unknown 404": 1, "waybill_request_seconds toy thing": 2,
	} {
		if counted[name] != want {
			t.Errorf("%s: %v, want %v (%v)", name, counted[name], want, counted)
		}
	}
}
