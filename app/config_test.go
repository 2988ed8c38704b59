package app

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"waybill"
)

// TestSampleConfig: the sample has every setting with its default, each explained.
func TestSampleConfig(t *testing.T) {
	sample, err := SampleConfig()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "sample.yaml")
	mustWrite(t, path, sample)
	var read Config
	if err := read.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Defaults(), read, cmpopts.IgnoreFields(Config{}, "Again")); diff != "" {
		t.Errorf("the sample is not the defaults (-defaults +sample):\n%s", diff)
	}
	settings := 0
	for line := range strings.Lines(sample) {
		line = strings.TrimRight(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") || strings.HasSuffix(line, ":") {
			continue
		}
		settings++
		if _, comment, ok := strings.Cut(line, " # "); !ok || len(comment) < 8 {
			t.Errorf("not explained: %s", line)
		}
	}
	if settings != len(explained) {
		t.Errorf("%d settings, %d explanations", settings, len(explained))
	}
	if err := read.Validate(); err != nil {
		t.Errorf("the defaults are refused: %v", err)
	}
}

// TestConfigFile: what is not in the file stays, and a name nobody knows is an error that names it.
func TestConfigFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "waybill.yaml")
	mustWrite(t, path, "listen: 0.0.0.0:80\ntls: {local: true}\nhosts: {api.example.com: lynkup}\nlimits: {per_ip: {requests: 5, period: 2s}}\n")
	got, want := Defaults(), Defaults()
	if err := got.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	want.Listen, want.TLS.Local, want.Hosts = "0.0.0.0:80", true, map[string]string{"api.example.com": "lynkup"}
	want.Limits.PerIP = waybill.RateLimit{Requests: 5, Period: 2 * time.Second}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Config{}, "Again")); diff != "" {
		t.Error(diff)
	}
	mustWrite(t, path, "listne: 0.0.0.0:80\n")
	if err := got.ReadFile(path); err == nil || !strings.Contains(err.Error(), "listne") {
		t.Errorf("an unknown name: %v", err)
	}
	mustWrite(t, path, "")
	if err := got.ReadFile(path); err != nil {
		t.Errorf("an empty file: %v", err)
	}
}

// TestValidate: all that is wrong is told at once, each by its name.
func TestValidate(t *testing.T) {
	cfg := Config{
		Listen: "8080", Admin: "0.0.0.0:8081", Database: "mysql://x", PublicURL: "ship.example.com",
		TrustedProxies: []string{"10.0.0.0/99"}, Hosts: map[string]string{"api.example.com": "lnykup", "https://x": "lynkup"}, Root: "peddler2",
		TLS: TLS{Cert: "c.pem", Local: true}, Log: Log{Level: "loud", Format: "xml"},
		Limits:   Limits{PerIP: waybill.RateLimit{Requests: 5}, TokenPerIP: waybill.RateLimit{Requests: -1}},
		Webhooks: Webhooks{AllowNetworks: []string{"intranet"}},
	}
	err := cfg.Validate()
	if err == nil {
		t.Fatal("it is accepted")
	}
	for _, name := range []string{
		"listen", "admin", "database", "public_url", "tls", "tls.local", "trusted_proxies", "webhooks.allow_networks", "root",
		"log.level", "log.format", "limits.per_ip", "limits.token_per_ip", "drain",
	} {
		if !strings.Contains(err.Error(), "config: "+name+": ") {
			t.Errorf("%s is not told of in\n%v", name, err)
		}
	}
	if n := strings.Count(err.Error(), "config: hosts: "); n != 2 {
		t.Errorf("%d of 2 wrong hosts are told of", n)
	}
	cfg = Defaults()
	cfg.Data = ""
	if err := cfg.Validate(); err == nil || !strings.Contains(err.Error(), "config: data: ") {
		t.Errorf("neither data nor database: %v", err)
	}
}
