package label

import (
	"bytes"
	"io"
	"sync"

	"waybill"

	"github.com/pdfcpu/pdfcpu/pkg/api"
)

// pdfcpu reads a configuration from the user's home unless told not to.
var noConfigFile = sync.OnceFunc(api.DisableConfigDir)

// Merge joins PDFs into one, in order, their pages untouched: a print run, or an outgoing label with its
// return label. One alone is given back as it is; an unreadable one is an error with ReasonFormat. The
// library dates the result and so its bytes differ from time to time; what is in several of the PDFs,
// such as the fonts of our labels, is kept once.
func Merge(pdfs [][]byte) ([]byte, error) {
	switch len(pdfs) {
	case 0:
		return nil, waybill.E("label.merge", waybill.ReasonNoLabel, "there are no labels to print")
	case 1:
		return pdfs[0], nil
	}
	noConfigFile()
	readers := make([]io.ReadSeeker, len(pdfs))
	for i, data := range pdfs {
		readers[i] = bytes.NewReader(data)
	}
	var out bytes.Buffer
	if err := api.MergeRaw(readers, &out, false, nil); err != nil {
		e := waybill.E("label.merge", waybill.ReasonFormat, "one of the %d labels is no readable pdf", len(pdfs))
		e.Err = err
		return nil, e
	}
	return out.Bytes(), nil
}
