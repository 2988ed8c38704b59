package app

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waybill"
)

// certFiles writes a certificate of an authority of its own, and answers what clients must trust.
func certFiles(t *testing.T, cert, key string) (authority []byte) {
	t.Helper()
	folder := t.TempDir()
	made, err := localCertificate(folder, []string{"localhost"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	secret, err := pemKey(made.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	var chain strings.Builder
	for _, der := range made.Certificate.Certificate {
		if err := pem.Encode(&chain, &pem.Block{Type: "CERTIFICATE", Bytes: der}); err != nil {
			t.Fatal(err)
		}
	}
	mustWrite(t, cert, chain.String())
	mustWrite(t, key, secret)
	return []byte(mustRead(t, filepath.Join(folder, authorityFile)))
}

// TestReload: log level, hosts, root, proxies, limits and TLS files change while it serves; what is wrong
// changes nothing; what takes a restart is named.
func TestReload(t *testing.T) {
	cfg := fresh(t)
	dir := t.TempDir()
	cfg.TLS.Cert, cfg.TLS.Key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	first := certFiles(t, cfg.TLS.Cert, cfg.TLS.Key)
	next, wrong := cfg, error(nil)
	cfg.Again = func() (Config, error) { return next, wrong }
	r := serve(t, cfg)
	address := strings.TrimPrefix(r.url, "https://")
	spec := func(authority []byte, host string) int {
		t.Helper()
		client := trusting(t, authority, address)
		request, err := http.NewRequest(http.MethodGet, "https://localhost/openapi.yaml", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Host = host
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		return response.StatusCode
	}
	if status := spec(first, "api.example.com"); status != http.StatusNotFound {
		t.Fatalf("a host that nobody configured answers %d", status)
	}

	second := certFiles(t, cfg.TLS.Cert, cfg.TLS.Key) // as a renewal would
	next.Hosts, next.Root, next.Log.Level = map[string]string{"api.example.com": "lynkup"}, "shiptheory", "debug"
	next.Listen, next.Drain = "127.0.0.1:1", time.Minute
	if err := r.Reload(); err != nil {
		t.Fatal(err)
	}
	if status := spec(second, "api.example.com"); status != http.StatusOK {
		t.Errorf("the new host answers %d", status)
	}
	if status := spec(second, "localhost"); status != http.StatusOK {
		t.Errorf("the new root answers %d", status)
	}
	if _, _, err := get(trusting(t, first, address), "https://localhost/healthz"); err == nil {
		t.Error("the old certificate is still shown")
	}
	if r.level.Level() != slog.LevelDebug {
		t.Errorf("the log level is %v", r.level.Level())
	}
	if !strings.Contains(r.log.String(), `settings="[drain listen]"`) {
		t.Errorf("what takes a restart is not named:\n%s", r.log)
	}

	before := r.settings()
	for name, spoil := range map[string]func(*Config){
		"a wrong setting":  func(c *Config) { c.Root = "nobody" },
		"a file not there": func(c *Config) { c.TLS.Cert, c.TLS.Key = "gone.pem", "gone.pem" },
	} {
		next = before
		next.Hosts = map[string]string{}
		spoil(&next)
		if err := r.Reload(); err == nil {
			t.Errorf("%s is taken", name)
		}
		if status := spec(second, "api.example.com"); status != http.StatusOK {
			t.Errorf("after %s the host answers %d", name, status)
		}
	}
	wrong = errors.New("the file cannot be read")
	if err := r.Reload(); !errors.Is(err, wrong) {
		t.Error(err)
	}
}

// TestReloadLimits: limits and proxies count from the next request on.
func TestReloadLimits(t *testing.T) {
	cfg := fresh(t)
	next := cfg
	cfg.Again = func() (Config, error) { return next, nil }
	r := serve(t, cfg)
	ask := func(client string) int {
		t.Helper()
		request, err := http.NewRequest(http.MethodGet, r.url+"/lynkup/shipments/any", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("X-Forwarded-For", client)
		status, _ := r.send(request)
		return status
	}
	for range 5 {
		if status := ask("203.0.113.1"); status != http.StatusUnauthorized {
			t.Fatalf("without a token: %d", status)
		}
	}
	next.Limits.PerIP = waybill.RateLimit{Requests: 1, Period: time.Hour}
	if err := r.Reload(); err != nil {
		t.Fatal(err)
	}
	if a, b := ask("203.0.113.1"), ask("203.0.113.2"); a != http.StatusUnauthorized || b != http.StatusTooManyRequests {
		t.Errorf("one request an hour, the forwarder not believed: %d %d", a, b)
	}
	next.TrustedProxies = []string{"127.0.0.1"}
	if err := r.Reload(); err != nil {
		t.Fatal(err)
	}
	if status := ask("203.0.113.3"); status != http.StatusUnauthorized {
		t.Errorf("a new client behind a proxy that is believed: %d", status)
	}
}

func pemKey(c tls.Certificate) (string, error) {
	der, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), err
}
