package geo_test

import (
	"bytes"
	"os"
	"testing"

	"waybill/geo"
)

func BenchmarkLocate(b *testing.B) {
	geo.Default()
	for name, at := range map[string][2]string{"US": {"US", "75206"}, "GB": {"GB", "BS2 3AP"}, "NL": {"NL", "1066EP"}, "BR": {"BR", "01310-100"}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, ok := geo.Locate(at[0], at[1], "", ""); !ok {
					b.Fatal("not located")
				}
			}
		})
	}
}

func BenchmarkLocateByCity(b *testing.B) {
	geo.Locate("US", "", "Boston", "MA")
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := geo.Locate("US", "", "Boston", "MA"); !ok {
			b.Fatal("not located")
		}
	}
}

// The first lookup of a process waits this long.
func BenchmarkLoad(b *testing.B) {
	file := packed(b)
	b.ReportAllocs()
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		if _, err := geo.Load(bytes.NewReader(file)); err != nil {
			b.Fatal(err)
		}
	}
}

// The first lookup by town waits this long more.
func BenchmarkFirstCity(b *testing.B) {
	file := packed(b)
	for b.Loop() {
		b.StopTimer()
		table, err := geo.Load(bytes.NewReader(file))
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		table.Locate("US", "", "Boston", "MA")
	}
}

// A lookup is part of every order: it may cost the printed code and nothing else.
func TestLocateAllocatesOnlyTheCode(t *testing.T) {
	geo.Default()
	if n := testing.AllocsPerRun(100, func() { geo.Locate("US", "02118-1234", "Boston", "MA") }); n > 1 {
		t.Errorf("%v allocations a lookup", n)
	}
}

// packed is the embedded file.
func packed(tb testing.TB) []byte {
	tb.Helper()
	file, err := os.ReadFile("postal.bin")
	if err != nil {
		tb.Fatal(err)
	}
	return file
}
