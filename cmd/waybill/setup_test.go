package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"waybill/internal/steadytest"
	"waybill/label/labeltest"
)

// TestTheSetUpPage runs docs/setup.md as it stands: every block, as one script, with a program called waybill, in an
// empty folder.
func TestTheSetUpPage(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skipf("SKIPPED: %v", err)
	}
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "setup.md"))
	check(t, err)
	var script strings.Builder
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllSubmatch(page, -1) {
		script.Write(block[1])
	}
	folder := t.TempDir()
	bin := filepath.Join(folder, "bin")
	check(t, os.Mkdir(bin, 0o755))
	// The test binary is the program; it lives as long as its standard input is open.
	program := "#!/bin/sh\nexec " + os.Args[0] + " \"$@\" <\"$WAYBILL_TEST_ALIVE\"\n"
	check(t, os.WriteFile(filepath.Join(bin, "waybill"), []byte(program), 0o755))
	alive := filepath.Join(folder, "alive")
	check(t, exec.CommandContext(t.Context(), "mkfifo", alive).Run())
	held, err := os.OpenFile(alive, os.O_RDWR, 0)
	check(t, err)
	defer held.Close() //nolint:errcheck // it was never written
	address := steadytest.Address(t)
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-eu", "-c", script.String())
	cmd.Dir = folder
	cmd.Env = append(installation{data: filepath.Join(folder, "data")}.environment(), "WAYBILL_LISTEN="+address, "ORIGIN=http://"+address,
		"PATH="+bin+":"+os.Getenv("PATH"), "WAYBILL_TEST_ALIVE="+alive)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	label, err := os.ReadFile(filepath.Join(folder, "label.png"))
	check(t, err)
	booked, err := os.ReadFile(filepath.Join(folder, "booked.json"))
	check(t, err)
	tracking := regexp.MustCompile(`"tracking_number":"(GV[0-9]+)"`).FindSubmatch(booked)
	if tracking == nil {
		t.Fatalf("nothing was booked: %s", booked)
	}
	if codes := labeltest.Codes(t, label, 203); !strings.Contains(strings.Join(codes, " "), string(tracking[1])) {
		t.Errorf("the label says %q, and not %s", codes, tracking[1])
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
