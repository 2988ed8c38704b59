package main

import (
	"os"
	"path/filepath"
	"testing"

	"waybill/geo"
)

func TestPack(t *testing.T) {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "codes.csv"), filepath.Join(dir, "postal.bin")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(in, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("country,postcode,place,state,lat,lng\nJP,100-0001,Chiyoda,Tokyo,35.6850,139.7514\n")
	if err := pack(in, out, "2026-11-21"); err != nil {
		t.Fatal(err)
	}
	write("country,postcode,place,state,lat,lng\nJP,100-0001,Chiyoda,Tokyo,north,east\n")
	if err := pack(in, out, "2026-11-22"); err == nil {
		t.Error("a malformed file was packed")
	}
	file, err := os.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	table, err := geo.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := table.Locate("JP", "1000001", "", ""); !ok || table.Date != "2026-11-21" || table.Attribution != geo.Attribution {
		t.Errorf("packed %v, attribution %q", table, table.Attribution)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*.new")); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}
