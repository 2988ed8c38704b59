package carrier

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the tables of docs/sandbox.md anew")

// TestTheDocsTellTheTable: what docs/sandbox.md says of magic values is what the table says.
func TestTheDocsTellTheTable(t *testing.T) {
	const file = "../docs/sandbox.md"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for name, want := range map[string]string{"magic": magicTable(), "places": placesTable()} {
		begin, end := "<!-- "+name+": written by a test -->\n", "<!-- end of "+name+" -->"
		i := strings.Index(text, begin)
		j := strings.Index(text, end)
		if i < 0 || j < i {
			t.Fatalf("%s has no place for %q", file, name)
		}
		if got := text[i+len(begin) : j]; got != want && !*update {
			t.Errorf("%s differs; write it with: go test ./carrier -run TheDocs -update\n%s", name, want)
		}
		text = text[:i+len(begin)] + want + text[j:]
	}
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func magicTable() string {
	var b strings.Builder
	b.WriteString("| recipient | amount | tracking number | what happens | ends at |\n|---|---|---|---|---|\n")
	for _, s := range Spells {
		what := s.What
		if s.Called {
			what += " †"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", s.MagicRecipient(), s.MagicAmount(), s.MagicTracking(), what, s.Status)
	}
	return b.String()
}

func placesTable() string {
	var b strings.Builder
	b.WriteString("| postal code | stands for |\n|---|---|\n")
	for _, place := range slices.Sorted(maps.Keys(MagicPlaces)) {
		fmt.Fprintf(&b, "| %s | `Magic %s` |\n", place, MagicPlaces[place])
	}
	return b.String()
}
