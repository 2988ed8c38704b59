package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"waybill/app"
)

type healthCmd struct {
	serving
	Wait time.Duration `help:"Ask again for so long until it is ready." placeholder:"TIME"`
}

// askTime is how long one answer may take.
const askTime = 4 * time.Second

// Run asks the server of this configuration, on this machine, whether it is ready: for containers, which
// have no other program in them, and for scripts that start one.
func (h healthCmd) Run(c *cli) error {
	cfg, err := c.serving(h.serving)
	if err != nil {
		return err
	}
	for until := time.Now().Add(h.Wait); ; {
		err := askReady(cfg)
		if err == nil {
			return c.print(map[string]string{"status": "ready"}, table{text: "ready"})
		}
		if !time.Now().Before(until) {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func askReady(cfg app.Config) error {
	ctx, cancel := context.WithTimeout(context.Background(), askTime)
	defer cancel()
	client, base := cfg.Local()
	defer client.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/readyz", nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("not ready: %w", errors.Unwrap(err))
	}
	defer response.Body.Close()
	said, err := io.ReadAll(io.LimitReader(response.Body, 4<<10))
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("not ready: %s", strings.TrimSpace(string(said)))
	}
	return err
}
