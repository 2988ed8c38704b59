package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"waybill/app"
)

// TestTypeScriptClient lets the TypeScript client book, print, change, cancel and list at a real server. It takes the
// client as scripts/typescript.sh has built it.
func TestTypeScriptClient(t *testing.T) {
	t.Parallel()
	built := os.Getenv("WAYBILL_TEST_TYPESCRIPT")
	if built == "" {
		t.Skip("SKIPPED: scripts/typescript.sh builds the client and runs this")
	}
	demo := installation{data: t.TempDir(), env: []string{"WAYBILL_DEMO=true"}}.serve(t)
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	out, err := exec.CommandContext(ctx, "node", filepath.Join(built, "test", "tour.mjs"), demo.base, app.DemoKey).CombinedOutput()
	if err != nil || !strings.HasSuffix(strings.TrimSpace(string(out)), "done") {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}
