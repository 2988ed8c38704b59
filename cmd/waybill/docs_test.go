package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTheReferenceInABrowser opens each page below /docs in a Chromium that reaches nothing but this machine, and asks
// its network log what it wanted.
func TestTheReferenceInABrowser(t *testing.T) {
	t.Parallel()
	browser, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skipf("SKIPPED: %v", err)
	}
	demo := installation{data: t.TempDir(), env: []string{"WAYBILL_DEMO=true"}}.serve(t)
	for page, want := range map[string]string{
		"":            "Peddler Enterprise Shipping Service",
		"/native":     "Cancel a shipment, at the carrier too",
		"/lynkup":     "Get an access token",
		"/shiptheory": "Get a token",
		"/peddler":    "Get a token",
		"/epgl":       "A token for a client id and secret",
		"/shiplee":    "Get a token",
	} {
		t.Run(strings.TrimPrefix(page, "/"), func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			log := filepath.Join(t.TempDir(), "net.json")
			cmd := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
				"--disable-component-update", "--no-first-run", "--user-data-dir="+t.TempDir(), "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
				"--log-net-log="+log, "--virtual-time-budget=10000", "--dump-dom", demo.base+"/docs"+page)
			shown, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(shown), want) {
				t.Errorf("the page does not show %q (%d bytes)", want, len(shown))
			}
			asked, err := os.ReadFile(log)
			if err != nil {
				t.Fatal(err)
			}
			// The browser itself asks its maker for this and that; what the page wants has the page as initiator.
			wanted := 0
			for _, r := range regexp.MustCompile(`"initiator":"(https?://[^"]*)","load_flags".{0,400}?"url":"([^"]*)"`).FindAllStringSubmatch(string(asked), -1) {
				if r[1] != demo.base {
					continue
				}
				wanted++
				if !strings.HasPrefix(r[2], demo.base+"/") {
					t.Errorf("the page asks %s", r[2])
				}
			}
			if page != "" && wanted < 3 { // the library, the start, the document
				t.Errorf("the log knows of %d requests", wanted)
			}
		})
	}
}
