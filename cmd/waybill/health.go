package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"waybill/app"
)

type healthCmd struct{ listening }

// Run asks the server of this configuration, on this machine, whether it is ready: for containers, which
// have no other program in them.
func (h healthCmd) Run(c *cli) error {
	cfg, err := c.serving(h.listening)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, readyURL(cfg), nil)
	if err != nil {
		return err
	}
	// It is this machine that is asked, whatever name the certificate is for.
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} //nolint:gosec // loopback
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	said, err := io.ReadAll(io.LimitReader(response.Body, 4<<10))
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %s", strings.TrimSpace(string(said)))
	}
	fmt.Println("ready")
	return nil
}

// readyURL is where the server answers on this machine: an address that means all of them is asked at
// loopback.
func readyURL(cfg app.Config) string {
	scheme := "http"
	if cfg.TLS.Cert != "" || cfg.TLS.Local {
		scheme = "https"
	}
	host, port, err := net.SplitHostPort(cfg.Listen)
	if ip := net.ParseIP(host); err == nil && (host == "" || (ip != nil && ip.IsUnspecified())) {
		host = "127.0.0.1"
	}
	return scheme + "://" + net.JoinHostPort(host, port) + "/readyz"
}
