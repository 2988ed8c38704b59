package app

import (
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"

	"waybill"
)

// TestReadmeTellsTheDemoData: everything in the demo is in the README.
func TestReadmeTellsTheDemoData(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	cfg := Defaults()
	cfg.Data, cfg.Demo = t.TempDir(), true
	a, err := New(t.Context(), cfg, Parts{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	told := []string{DemoAccount, DemoEmail, DemoPassword, DemoClient, DemoSecret}
	for _, l := range listed[waybill.Location](t, a, "location.list") {
		told = append(told, "`"+l.ExternalID+"`", l.Address.Street1, l.Address.Postcode)
	}
	for _, c := range listed[waybill.Connection](t, a, "connection.list") {
		told = append(told, "`"+c.ExternalID+"`")
	}
	for _, s := range listed[waybill.Service](t, a, "service.list") {
		told = append(told, fmt.Sprint(s.Number), s.Carrier)
	}
	for _, p := range listed[waybill.PackageSize](t, a, "package-size.list") {
		told = append(told, fmt.Sprintf("| %d | %s, %s x %s x %s %s |", p.Number, p.Name, p.Size.Length, p.Size.Width, p.Size.Height, p.Size.Unit))
	}
	for _, r := range listed[waybill.Rule](t, a, "rule.list") {
		told = append(told, r.Name)
	}
	text := strings.ToLower(strings.Join(strings.Fields(string(readme)), " "))
	for _, want := range told {
		if !strings.Contains(text, strings.ToLower(want)) {
			t.Errorf("the README does not tell of %q", want)
		}
	}
}

// listed is what a list verb of the desk answers in the demo's account.
func listed[T any](t *testing.T, a *App, verb string) (all []T) {
	t.Helper()
	if err := a.Do(t.Context(), DemoAccount, verb, struct{}{}, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatalf("%s: nothing", verb)
	}
	return all
}
