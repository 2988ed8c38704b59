package app

import (
	"bytes"

	"waybill"
	"waybill/label"
)

// JoinLabels puts label files of one format behind one another for a printer.
func JoinLabels(format waybill.LabelFormat, files [][]byte) ([]byte, error) {
	if format == waybill.PDF {
		return label.Merge(files)
	}
	return bytes.Join(files, []byte("\n")), nil
}
