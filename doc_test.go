package waybill_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
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
	more, _ := filepath.Glob("docs/*.md")
	documents = append(documents, more...)
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
