package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestSmallClients lets small programs in other languages speak to the demo, each as its language's users write
// such a client. A language that this machine does not have is skipped; continuous integration has all but PHP.
func TestSmallClients(t *testing.T) {
	t.Parallel()
	demo := installation{data: t.TempDir(), env: []string{"WAYBILL_DEMO=true"}}.serve(t)
	for _, c := range []struct {
		interpreter, file string
		optional          bool
	}{
		{"sh", "client.sh", false}, {"python3", "client.py", false}, {"node", "client.mjs", false}, {"php", "client.php", true},
	} {
		t.Run(c.interpreter, func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath(c.interpreter); err != nil {
				if os.Getenv("CI") == "true" && !c.optional {
					t.Fatal(err)
				}
				t.Skipf("SKIPPED: %v", err)
			}
			if c.optional && !hasCurl(t) {
				t.Skip("SKIPPED: PHP has no curl extension here")
			}
			ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
			defer cancel()
			client := exec.CommandContext(ctx, c.interpreter, filepath.Join("..", "..", "examples", "clients", c.file), demo.base, c.interpreter)
			out, err := client.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for _, api := range []string{"lynkup", "shiptheory", "peddler", "epgl", "shiplee"} {
				if !strings.Contains(string(out), api+" ") {
					t.Errorf("it does not tell of %s:\n%s", api, out)
				}
			}
		})
	}
}

// hasCurl reports whether PHP speaks HTTP as its users have it speak.
func hasCurl(t *testing.T) bool {
	modules, err := exec.CommandContext(t.Context(), "php", "-m").Output()
	return err == nil && strings.Contains(string(modules), "curl")
}
