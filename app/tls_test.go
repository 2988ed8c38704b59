package app

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// trusting is a client that trusts an authority alone and finds every host at one address.
func trusting(t testing.TB, authority []byte, address string) *http.Client {
	t.Helper()
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(authority) {
		t.Fatal("that is no certificate")
	}
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: pool},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, address)
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func get(client *http.Client, url string) (int, string, error) {
	response, err := client.Get(url)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response.StatusCode, string(body), err
}

// TestLocalAuthority: clients whose https host cannot be changed, and who trust the local authority, reach the
// dialect of that host; and the authority is good for nothing else.
func TestLocalAuthority(t *testing.T) {
	cfg := fresh(t)
	cfg.TLS.Local, cfg.Hosts = true, map[string]string{"api.vendor.example": "shiptheory"}
	r := serve(t, cfg)
	authority, err := cfg.Authority()
	if err != nil {
		t.Fatal(err)
	}
	address := strings.TrimPrefix(r.url, "https://")
	client := trusting(t, authority, address)
	for _, host := range []string{"lynkup.localhost", "shiptheory.localhost", "api.vendor.example"} {
		status, body, err := get(client, "https://"+host+"/openapi.yaml")
		if err != nil || status != http.StatusOK || !strings.HasPrefix(body, "openapi:") {
			t.Errorf("%s: %d %v %.40s", host, status, err, body)
		}
	}
	if status, _, err := get(client, "https://127.0.0.1/healthz"); err != nil || status != http.StatusOK {
		t.Errorf("by address: %d %v", status, err)
	}
	if _, _, err := get(client, "https://other.example/healthz"); err == nil {
		t.Error("a host that was not configured is shown a certificate for it")
	}
	t.Run("constraints", func(t *testing.T) { constrained(t, cfg, authority) })
	t.Run("curl", func(t *testing.T) { curled(t, cfg, address) })
	t.Run("restart", func(t *testing.T) { // the authority stays, so that clients need not be told again
		if err := r.stop(); err != nil {
			t.Fatal(err)
		}
		again := serve(t, cfg)
		client := trusting(t, authority, strings.TrimPrefix(again.url, "https://"))
		if _, _, err := get(client, "https://api.vendor.example/healthz"); err != nil {
			t.Error(err)
		}
	})
}

// constrained: a certificate that a thief of the authority's key makes for another name is refused.
func constrained(t *testing.T, cfg Config, authority []byte) {
	ca, key, err := readAuthority(cfg.localFolder())
	if err != nil {
		t.Fatal(err)
	}
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority)
	for name, good := range map[string]bool{
		"api.vendor.example": true, "lynkup.localhost": true, "www.bank.example": false, "vendor.example": false, "203.0.113.5": false, "127.0.0.1": true,
	} {
		leaf := &x509.Certificate{
			SerialNumber: serial(), Subject: pkix.Name{CommonName: "forged"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
			KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		}
		if ip := net.ParseIP(name); ip != nil {
			leaf.IPAddresses = []net.IP{ip}
		} else {
			leaf.DNSNames = []string{name}
		}
		der, err := x509.CreateCertificate(rand.Reader, leaf, ca, &own.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		forged, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		_, err = forged.Verify(x509.VerifyOptions{Roots: pool, DNSName: name})
		if (err == nil) != good {
			t.Errorf("%s: %v", name, err)
		}
		opensslAgrees(t, cfg, der, name, good)
	}
}

// opensslAgrees asks the verifier that most clients which are not written in Go use.
func opensslAgrees(t *testing.T, cfg Config, der []byte, name string, good bool) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Log("openssl is not here to be asked")
		return
	}
	path := filepath.Join(t.TempDir(), "leaf.pem")
	mustWrite(t, path, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	out, err := exec.Command(openssl, "verify", "-CAfile", cfg.authorityPath(), path).CombinedOutput()
	if (err == nil) != good {
		t.Errorf("openssl on %s: %v %s", name, err, out)
	}
}

// curled: curl trusts the exported authority for the vendor's name, and does not without it.
func curled(t *testing.T, cfg Config, address string) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("curl is not here")
	}
	_, port, _ := net.SplitHostPort(address)
	for _, host := range []string{"api.vendor.example", "lynkup.localhost"} {
		args := []string{"-sS", "--noproxy", "*", "--resolve", host + ":" + port + ":127.0.0.1", "https://" + host + ":" + port + "/openapi.yaml"}
		out, err := exec.Command(curl, append([]string{"--cacert", cfg.authorityPath()}, args...)...).CombinedOutput()
		if err != nil || !strings.HasPrefix(string(out), "openapi:") {
			t.Errorf("%s: %v %.200s", host, err, out)
		}
		if out, err := exec.Command(curl, args...).CombinedOutput(); err == nil {
			t.Errorf("%s is trusted by who does not know the authority: %.80s", host, out)
		}
	}
}

// TestLocalAuthorityGrows: a host name that was added makes a new authority, and says so; one that was taken
// away does not.
func TestLocalAuthorityGrows(t *testing.T) {
	folder, now := t.TempDir(), time.Now()
	first, err := localCertificate(folder, []string{"localhost"}, now)
	if err != nil || !first.authority {
		t.Fatal(first.authority, err)
	}
	wider, err := localCertificate(folder, []string{"api.example.com", "localhost"}, now)
	if err != nil || !wider.authority {
		t.Error(wider.authority, err)
	}
	narrower, err := localCertificate(folder, []string{"localhost"}, now)
	if err != nil || narrower.authority {
		t.Error(narrower.authority, err)
	}
	// One that ends soon makes no certificate that outlives it, and is followed by another.
	last, err := localCertificate(folder, []string{"localhost"}, now.Add(authorityLife-24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(last.Certificate.Certificate[0])
	if err != nil || leaf.NotAfter.After(now.Add(authorityLife+time.Hour)) || last.authority {
		t.Error(leaf.NotAfter, last.authority, err)
	}
	if after, err := localCertificate(folder, []string{"localhost"}, now.Add(authorityLife+time.Hour)); err != nil || !after.authority {
		t.Error(after.authority, err)
	}
}
