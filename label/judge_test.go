package label

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// tool finds a program that judges our output: a decoder or renderer made by others. Where it is
// missing the test is skipped loudly, and fails under CI=true.
func tool(t *testing.T, name string) string {
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

// decode is what zbarimg reads in a picture: "CODE-128:…", "QR-Code:…", each on a line.
func decode(t *testing.T, picture []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "label.png")
	if err := os.WriteFile(path, picture, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool(t, "zbarimg"), "-q", path).Output()
	if err != nil && len(out) == 0 {
		return ""
	}
	return string(out)
}

// mustDecode fails unless the picture has exactly the codes.
func mustDecode(t *testing.T, picture []byte, codes ...string) {
	t.Helper()
	got := strings.Split(strings.TrimSuffix(decode(t, picture), "\n"), "\n")
	slices.Sort(got)
	slices.Sort(codes)
	if !slices.Equal(got, codes) {
		t.Errorf("read %q, want %q", got, codes)
	}
}

// rasterise is a PDF's first page as a PNG of so many dots an inch, drawn by poppler.
func rasterise(t *testing.T, pdf []byte, dpi int) []byte {
	t.Helper()
	return run(t, pdf, "pdftoppm", "-r", strconv.Itoa(dpi), "-png", "-singlefile", "-")
}

// pdfText is what a reader can search and copy in a PDF.
func pdfText(t *testing.T, pdf []byte) string {
	t.Helper()
	return string(run(t, pdf, "pdftotext", "-layout", "-enc", "UTF-8", "-", "-"))
}

func run(t *testing.T, in []byte, name string, args ...string) []byte {
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
