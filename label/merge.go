package label

import (
	"bytes"
	"io"
	"sync"

	"waybill"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
)

// pdfcpu reads a configuration from the user's home unless told not to.
var noConfigFile = sync.OnceFunc(api.DisableConfigDir)

// Merge joins PDFs into one, in order, their pages untouched: a print run, or an outgoing label with its
// return label. One alone is given back as it is; an unreadable one is an error with ReasonFormat.
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
	if err := api.MergeRaw(readers, &out, false, mergeConfiguration()); err != nil {
		e := waybill.E("label.merge", waybill.ReasonFormat, "one of the %d labels is no readable pdf", len(pdfs))
		e.Err = err
		return nil, e
	}
	return out.Bytes(), nil
}

func mergeConfiguration() *model.Configuration {
	c := model.NewDefaultConfiguration()
	c.ValidationMode = model.ValidationRelaxed // carriers' PDFs are what they are
	return c
}
