package carriertest

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"waybill"
	"waybill/carrier"
)

// opens holds a label against its format, and its codes, read by an independent decoder, against the
// number it must carry.
func (b *bench) opens(label waybill.Label, number string) {
	b.Helper()
	if label.Format == waybill.FormatFace {
		if label.Face == nil || label.Face.TrackingNumber != number {
			b.Errorf("the label's face does not carry %s: %+v", number, label.Face)
		}
		return
	}
	if got := carrier.Sniff(label.Data); got != label.Format {
		b.Fatalf("a label claims to be %s and is %q", label.Format, got)
	}
	if label.Format == waybill.ZPL {
		if !bytes.Contains(label.Data, []byte(number)) || !bytes.Contains(label.Data, []byte("^XZ")) {
			b.Errorf("the ZPL label does not carry %s, or does not end", number)
		}
		return
	}
	if codes := b.decode(label); !strings.Contains(codes, number) {
		b.Errorf("the codes of the %s label are %q; none is %s", label.Format, codes, number)
	}
}

// decode reads the bar codes of a picture or of a PDF's first page.
func (b *bench) decode(label waybill.Label) string {
	b.Helper()
	b.tool("zbarimg")
	file := filepath.Join(b.TempDir(), "label."+string(label.Format))
	if err := os.WriteFile(file, label.Data, 0o600); err != nil {
		b.Fatal(err)
	}
	if label.Format == waybill.PDF {
		b.tool("pdftoppm")
		page := strings.TrimSuffix(file, ".pdf")
		if out, err := exec.Command("pdftoppm", "-r", "203", "-png", "-singlefile", file, page).CombinedOutput(); err != nil {
			b.Fatalf("pdftoppm: %v: %s", err, out)
		}
		file = page + ".png"
	}
	out, err := exec.Command("zbarimg", "--quiet", "--raw", file).Output()
	if err != nil {
		b.Errorf("zbarimg finds no code on the %s label: %v", label.Format, err)
	}
	return string(out)
}

// tool skips loudly where a judge is missing, and fails where it must not be.
func (b *bench) tool(name string) {
	b.Helper()
	if _, err := exec.LookPath(name); err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		b.Fatalf("%s is not installed", name)
	}
	b.Skipf("%s is not installed: labels are not judged", name)
}
