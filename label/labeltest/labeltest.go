// Package labeltest judges labels with programs made by others, which know nothing of ours: zbarimg reads codes as a
// scanner does, poppler draws and reads PDFs as a printer or a person does. Where one is missing the test is skipped
// loudly, and fails under CI=true.
package labeltest

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Codes are what a scanner reads on a label, page after page: "CODE-128:…", "QR-Code:…". A picture is read as it is, a
// PDF as it comes from a printer of so many dots an inch.
func Codes(t testing.TB, label []byte, dpi int) []string {
	t.Helper()
	if !bytes.HasPrefix(label, []byte("%PDF")) {
		return scan(t, label)
	}
	var codes []string
	for _, page := range Pages(t, label, dpi) {
		codes = append(codes, scan(t, page)...)
	}
	return codes
}

// Numbers are the texts of a label's Code 128 bar codes: the numbers that a depot knows parcels by.
func Numbers(t testing.TB, label []byte, dpi int) []string {
	t.Helper()
	var numbers []string
	for _, code := range Codes(t, label, dpi) {
		if number, ok := strings.CutPrefix(code, "CODE-128:"); ok {
			numbers = append(numbers, number)
		}
	}
	return numbers
}

// Pages are a PDF's pages as PNGs of so many dots an inch.
func Pages(t testing.TB, pdf []byte, dpi int) [][]byte {
	t.Helper()
	prefix := filepath.Join(t.TempDir(), "page")
	run(t, pdf, "pdftoppm", "-r", strconv.Itoa(dpi), "-png", "-", prefix)
	files, err := filepath.Glob(prefix + "*.png")
	if err != nil || len(files) == 0 {
		t.Fatalf("pdftoppm drew no page: %v", err)
	}
	var pages [][]byte
	for _, file := range files {
		page, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, page)
	}
	return pages
}

// Text is what a reader can search and copy in a PDF; a form feed ends each page.
func Text(t testing.TB, pdf []byte) string {
	t.Helper()
	return string(run(t, pdf, "pdftotext", "-layout", "-enc", "UTF-8", "-", "-"))
}

// nothing is zbarimg's exit status for a picture without a code.
const nothing = 4

func scan(t testing.TB, picture []byte) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "label")
	if err := os.WriteFile(file, picture, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool(t, "zbarimg"), "--quiet", file).Output() // it complains of buses that it does not need
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == nothing {
		return nil
	}
	if err != nil {
		t.Fatalf("zbarimg: %v", err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
}

// run feeds a program and wants no complaint from it.
func run(t testing.TB, in []byte, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(tool(t, name), args...)
	cmd.Stdin = bytes.NewReader(in)
	var problem bytes.Buffer
	cmd.Stderr = &problem
	out, err := cmd.Output()
	if err != nil || problem.Len() > 0 {
		t.Fatalf("%s: %v %s", name, err, problem.String())
	}
	return out
}

func tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is not installed (Debian: zbar-tools, poppler-utils)", name)
	}
	t.Skipf("SKIPPED, NOTHING WAS CHECKED: %s is not installed (Debian: zbar-tools, poppler-utils)", name)
	return ""
}
