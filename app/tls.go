package app

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// secure puts TLS on a listener, with whatever certificate is in force when a client calls.
func (a *App) secure(listener net.Listener) net.Listener {
	return tls.NewListener(listener, &tls.Config{
		MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return a.cert.Load(), nil },
	})
}

// certificate is what the listener of a configuration shows: the files named, or one of our own local
// authority; nil: plain HTTP.
func (a *App) certificate(c Config) (*tls.Certificate, error) {
	switch {
	case c.TLS.Cert != "":
		pair, err := tls.LoadX509KeyPair(c.TLS.Cert, c.TLS.Key)
		if err != nil {
			return nil, fmt.Errorf("tls: %w", err)
		}
		return &pair, nil
	case c.TLS.Local:
		made, err := localCertificate(c.localFolder(), c.hostNames(), time.Now())
		if err != nil {
			return nil, fmt.Errorf("tls: %w", err)
		}
		if made.authority {
			a.log.Warn("a local authority was made: let clients trust it", "file", c.authorityPath())
		}
		return &made.Certificate, nil
	}
	return nil, nil
}

func (c Config) localFolder() string { return filepath.Join(c.Data, "tls") }

// authorityPath is the local authority's certificate.
func (c Config) authorityPath() string { return filepath.Join(c.localFolder(), authorityFile) }

// The two files of the local authority.

const (
	authorityFile    = "ca.pem"
	authorityKeyFile = "ca.key"
)

// hostNames are the names the local certificate is good for: this machine's, the dialects' own names
// below localhost, and the hosts configured.
func (c Config) hostNames() []string {
	names := []string{"localhost"}
	for _, d := range dialectNames() {
		names = append(names, d+".localhost")
	}
	for host := range c.Hosts {
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		names = append(names, host)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// The local authority may sign for exactly the configured names and this machine's addresses (RFC 5280
// name constraints): whoever trusts it, and loses its key, has lost nothing else.
const (
	authorityLife   = 5 * 365 * 24 * time.Hour
	certificateLife = 397 * 24 * time.Hour // the longest that browsers take
)

// local is a certificate of the local authority; authority says that this was made too.
type local struct {
	tls.Certificate
	authority bool
}

// localCertificate makes a certificate for the names, signed by the authority in the folder. The
// authority is made on first use, and anew when names were added that it may not sign for.
func localCertificate(folder string, names []string, now time.Time) (made local, err error) {
	ca, key, err := readAuthority(folder)
	if errors.Is(err, fs.ErrNotExist) || (err == nil && (!covers(ca, names) || now.After(ca.NotAfter))) {
		made.authority = true
		ca, key, err = newAuthority(folder, names, now)
	}
	if err != nil {
		return made, err
	}
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return made, err
	}
	ends := now.Add(certificateLife)
	if ends.After(ca.NotAfter) {
		ends = ca.NotAfter
	}
	leaf := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: names[0]}, DNSNames: names,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		NotBefore:   now.Add(-time.Hour), NotAfter: ends,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, ca, &own.PublicKey, key)
	if err != nil {
		return made, err
	}
	made.Certificate = tls.Certificate{Certificate: [][]byte{der, ca.Raw}, PrivateKey: own}
	return made, nil
}

func serial() *big.Int {
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		panic("tls: no randomness: " + err.Error())
	}
	return n
}

func covers(ca *x509.Certificate, names []string) bool {
	for _, name := range names {
		if !slices.Contains(ca.PermittedDNSDomains, name) {
			return false
		}
	}
	return true
}

func newAuthority(folder string, names []string, now time.Time) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	host, _ := os.Hostname()
	ca := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: "Waybill local authority " + host},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(authorityLife),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage:                    x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		PermittedDNSDomainsCritical: true, PermittedDNSDomains: names,
		PermittedIPRanges: []*net.IPNet{
			{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)}, {IP: net.IPv6loopback, Mask: net.CIDRMask(128, 128)},
		},
	}
	der, err := x509.CreateCertificate(rand.Reader, ca, ca, &key.PublicKey, key)
	if err != nil {
		return nil, nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, nil, err
	}
	if err := os.WriteFile(filepath.Join(folder, authorityKeyFile), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600); err != nil {
		return nil, nil, err
	}
	if err := os.WriteFile(filepath.Join(folder, authorityFile), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644); err != nil {
		return nil, nil, err
	}
	ca, err = x509.ParseCertificate(der)
	return ca, key, err
}

func readAuthority(folder string) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	pair, err := tls.LoadX509KeyPair(filepath.Join(folder, authorityFile), filepath.Join(folder, authorityKeyFile))
	if err != nil {
		return nil, nil, err
	}
	key, ok := pair.PrivateKey.(*ecdsa.PrivateKey)
	if !ok {
		return nil, nil, errors.New("the local authority's key is not one of ours")
	}
	ca, err := x509.ParseCertificate(pair.Certificate[0])
	return ca, key, err
}

// Authority is the local authority's certificate in PEM, to be trusted by clients; it is made when there
// is none yet.
func (c Config) Authority() ([]byte, error) {
	if _, err := localCertificate(c.localFolder(), c.hostNames(), time.Now()); err != nil {
		return nil, err
	}
	return os.ReadFile(c.authorityPath())
}
