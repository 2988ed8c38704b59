package waybill_test

import (
	"encoding/json"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// may says what each package may import of this module: arrows point at the vocabulary, everything left
// of the engine is HTTP, everything right of it is the world, and siblings never see siblings. A pattern
// ends in /* for any package directly below. Suites (…test) may import what they exercise.
var may = map[string][]string{
	"waybill":                                {},
	"waybill/rule":                           {"waybill"},
	"waybill/label":                          {"waybill"},
	"waybill/geo":                            {"waybill"},
	"waybill/geo/internal/pack":              {"waybill/geo"},
	"waybill/carrier":                        {"waybill", "waybill/internal/redact"},
	"waybill/carrier/ratecard":               {"waybill", "waybill/carrier"},
	"waybill/carrier/house":                  {"waybill", "waybill/carrier", "waybill/carrier/ratecard", "waybill/label"},
	"waybill/carrier/ups":                    {"waybill", "waybill/carrier", "waybill/internal/wire"},
	"waybill/carrier/ups/upssim":             {"waybill/internal/fixture"},
	"waybill/carrier/delhivery":              {"waybill", "waybill/carrier", "waybill/internal/wire"},
	"waybill/carrier/delhivery/delhiverysim": {"waybill/internal/fixture"},
	"waybill/carrier/doordash":               {"waybill", "waybill/carrier", "waybill/internal/wire"},
	"waybill/carrier/doordash/doordashsim":   {"waybill/internal/fixture"},
	"waybill/carrier/all":                    {"waybill/carrier", "waybill/carrier/*"},
	"waybill/store":                          {"waybill"},
	"waybill/store/sqlstore":                 {"waybill", "waybill/store"},
	"waybill/store/sqlstore/migrations":      {},
	"waybill/engine":                         {"waybill", "waybill/rule", "waybill/label", "waybill/geo", "waybill/carrier", "waybill/store"},
	"waybill/job":                            {"waybill", "waybill/store"},
	"waybill/dialect":                        {"waybill", "waybill/engine", "waybill/internal/redact"},
	"waybill/dialect/lynkup":                 {"waybill", "waybill/engine", "waybill/dialect"},
	"waybill/dialect/shiptheory":             {"waybill", "waybill/engine", "waybill/dialect"},
	"waybill/dialect/peddler":                {"waybill", "waybill/engine", "waybill/dialect"},
	"waybill/dialect/epgl":                   {"waybill", "waybill/engine", "waybill/dialect"},
	"waybill/dialect/shiplee":                {"waybill", "waybill/engine", "waybill/dialect"},
	"waybill/dialect/native":                 {"waybill", "waybill/engine", "waybill/dialect", "waybill/internal/redact"},
	"waybill/dialect/all":                    {"waybill/dialect", "waybill/dialect/*"},
	"waybill/server":                         {"waybill", "waybill/engine", "waybill/dialect"},
	"waybill/internal/wire":                  {"waybill"},
	"waybill/internal/fixture":               {},
	"waybill/internal/golden":                {},
	"waybill/internal/pgserver":              {},
	"waybill/internal/redact":                {},
	"waybill/internal/clientgen":             {"waybill/dialect/native"},
	"waybill/client":                         {},
	"waybill/app":                            {"*"},
	"waybill/cmd/waybill":                    {"waybill", "waybill/app", "waybill/client", "waybill/carrier/*/*"},
}

// only names packages that a standard or outside package is reserved for.
var only = map[string][]string{
	"database/sql": {"waybill/store/sqlstore", "waybill/app"},
	"net/http":     {"waybill/client", "waybill/carrier", "waybill/carrier/*", "waybill/carrier/*/*", "waybill/internal/*", "waybill/dialect", "waybill/dialect/*", "waybill/server", "waybill/app", "waybill/cmd/*"},
}

type listed struct {
	ImportPath string
	Imports    []string
}

// packages lists the module's packages with what each imports itself.
func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var list []listed
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listed
		if err := decoder.Decode(&p); err == io.EOF {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

func ours(name string) bool { return name == "waybill" || strings.HasPrefix(name, "waybill/") }

func matches(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		ok, _ := path.Match(p, name)
		return ok || p == "*"
	})
}

// TestArchitecture holds the dependency rule of ARCHITECTURE.md.
func TestArchitecture(t *testing.T) {
	for _, p := range packages(t) {
		if strings.HasSuffix(p.ImportPath, "test") {
			continue // a suite
		}
		allowed, known := may[p.ImportPath]
		if !known {
			t.Errorf("%s is new: say in arch_test.go what it may import", p.ImportPath)
		}
		for _, name := range p.Imports {
			switch {
			case ours(name) && strings.HasSuffix(name, "test"):
				t.Errorf("%s must not import the suite %s", p.ImportPath, name)
			case ours(name) && !matches(allowed, name):
				t.Errorf("%s must not import %s", p.ImportPath, name)
			case only[name] != nil && !matches(only[name], p.ImportPath):
				t.Errorf("%s must not import %s", p.ImportPath, name)
			}
		}
	}
}
