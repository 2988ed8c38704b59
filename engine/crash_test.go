package engine

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every point in the code is on the list that the torture test goes through, and the other way round.
func TestCrashPointsAreListed(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	call := regexp.MustCompile(`\bcrash\("([a-z.]+)"\)`)
	var found []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range call.FindAllStringSubmatch(string(source), -1) {
			found = append(found, m[1])
		}
	}
	slices.Sort(found)
	if listed := slices.Sorted(slices.Values(CrashPoints)); !slices.Equal(slices.Compact(found), listed) {
		t.Errorf("the code has the points %v\nlisted are %v", found, listed)
	}
}
