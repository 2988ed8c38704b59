package waybill_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
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
