package carriertest

import (
	"bytes"
	"slices"

	"waybill"
	"waybill/carrier"
	"waybill/label/labeltest"
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
	if codes := labeltest.Numbers(b, label.Data, 203); !slices.Contains(codes, number) {
		b.Errorf("the codes of the %s label are %q; none is %s", label.Format, codes, number)
	}
}
