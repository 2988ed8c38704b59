package label

import (
	"strings"
	"testing"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
	"pgregory.net/rapid"
)

func crowded(int) bool { return false } // no room: the shortest symbol is wanted

// modulesOf are a symbol's dark modules from left to right.
func modulesOf(c code128) string {
	out := []byte(strings.Repeat(" ", c.modules()))
	c.bars(func(at, width int) {
		for i := range width {
			out[at+i] = '#'
		}
	})
	return string(out)
}

func modulesOfLibrary(b barcode.Barcode) string {
	var out strings.Builder
	for x := range b.Bounds().Dx() {
		if r, _, _, _ := b.At(x, 0).RGBA(); r == 0 {
			out.WriteByte('#')
		} else {
			out.WriteByte(' ')
		}
	}
	return out.String()
}
