package geo

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// Load reads a table of postal codes, the file an operator puts in place of the embedded one. It
// tells the forms apart by their first bytes; each may be compressed with gzip:
//
//   - packed, as the embedded one: what [Table.WriteTo] wrote;
//   - CSV with a header line naming the columns country, postcode, place, state, lat and lng in any
//     order (others are passed over), before which comment lines "# date: 2026-11-21" and
//     "# attribution: …" may fill the fields of the same names;
//   - a GeoNames postal code file as downloaded (allCountries.txt or a country's own).
//
// Several rows of one postal area are averaged, and the name most of them have is kept. Rows without
// a usable code or point are passed over; a malformed file is an error naming the line.
func Load(r io.Reader) (*Table, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	head, err := in.Peek(len(magic))
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("geo: load postal codes: %w", err)
	}
	switch {
	case string(head) == magic:
		if _, err := in.Discard(len(magic)); err != nil {
			return nil, fmt.Errorf("geo: load postal codes: %w", err)
		}
		return unpack(in)
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, fmt.Errorf("geo: load postal codes: %w", err)
		}
		plain := bufio.NewReaderSize(z, 1<<16)
		if head, _ := plain.Peek(2); bytes.HasPrefix(head, []byte{0x1f, 0x8b}) {
			return nil, errors.New("geo: load postal codes: compressed twice")
		}
		return Load(plain)
	}
	return readText(in)
}
