package waybill_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"waybill/engine"
)

// TestPackageComments wants exactly one package comment a package: two drift apart, none leaves a
// reader alone.
func TestPackageComments(t *testing.T) {
	comments := map[string]int{}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "testdata" || entry.Name() == "node_modules" || strings.HasPrefix(entry.Name(), ".") && path != ".") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		folder := filepath.Dir(path)
		comments[folder] += 0
		if file.Doc != nil {
			comments[folder]++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for folder, n := range comments {
		if n != 1 {
			t.Errorf("%s has %d package comments, it must have one", folder, n)
		}
	}
}

// link is a link or picture of a document, and what it leads to.
var link = regexp.MustCompile(`\]\(([^)\s]+)\)|src="([^"]+)"`)

// TestDocumentLinks: what a document of ours links to is there.
func TestDocumentLinks(t *testing.T) {
	documents, _ := filepath.Glob("*.md")
	for _, pattern := range []string{"docs/*.md", "docs/*/*.md"} {
		more, _ := filepath.Glob(pattern)
		documents = append(documents, more...)
	}
	for _, document := range documents {
		text, err := os.ReadFile(document)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range link.FindAllStringSubmatch(string(text), -1) {
			target, _, _ := strings.Cut(match[1]+match[2], "#")
			if target == "" || strings.Contains(target, "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(document), target)); err != nil {
				t.Errorf("%s links to %s, which is not there", document, target)
			}
		}
	}
	if len(documents) < 10 {
		t.Errorf("only %d documents were found", len(documents))
	}
}

// TestArchitectureTellsEveryPoint: the steps of a purchase are explained, under the numbers that the torture
// test has for the points round them.
func TestArchitectureTellsEveryPoint(t *testing.T) {
	text, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(engine.CrashPoints); i += 2 {
		step, _ := strings.CutSuffix(engine.CrashPoints[i], ".before")
		if want := fmt.Sprintf("%d, %d `%s`", i+1, i+2, step); !strings.Contains(string(text), want) {
			t.Errorf("ARCHITECTURE.md does not tell of the points %s", want)
		}
	}
}
