package geo

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// A packed table is this magic line, then, compressed with gzip: date, attribution, states, spans,
// and one column after the other, because like things next to each other compress best. Numbers are
// varints; columns hold the difference to the row before.
const magic = "waybill postal 1\n"

// errPacked is what is wrong with a packed table that does not add up.
var errPacked = errors.New("geo: load postal codes: the packed table is damaged")

// unpack reads what follows the magic line.
func unpack(in io.Reader) (*Table, error) {
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, fmt.Errorf("geo: load postal codes: %w", err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		return nil, fmt.Errorf("geo: load postal codes: %w", err)
	}
	c := &cursor{data: data}
	t := &Table{Date: c.text(), Attribution: c.text()}
	for range c.count() {
		t.states = append(t.states, c.text())
	}
	rows := 0
	for range c.count() {
		s := span{country: c.text(), mask: c.text(), first: rows}
		rows += c.count()
		s.last = rows
		t.spans = append(t.spans, s)
	}
	// Each row takes five bytes at least; a damaged count must not ask for all memory.
	if c.failed || rows > len(c.data)/5 || len(t.states) == 0 {
		return nil, errPacked
	}
	t.unpackCities(c)
	t.unpackColumns(c, rows)
	if c.failed || len(c.data) != 0 {
		return nil, errPacked
	}
	return t, nil
}

// unpackCities reads the names of towns: their lengths, then all of them as one text.
func (t *Table) unpackCities(c *cursor) {
	end := 0
	t.cityEnd = make([]uint32, c.count())
	for i := range t.cityEnd {
		end += c.count()
		t.cityEnd[i] = uint32(end)
	}
	t.cities = string(c.bytes(end))
}

// unpackColumns reads the columns of the rows.
func (t *Table) unpackColumns(c *cursor, rows int) {
	t.keys = make([]uint32, rows)
	for _, s := range t.spans {
		key := uint64(0)
		for i := s.first; i < s.last; i++ {
			key += c.uvarint()
			t.keys[i] = uint32(key)
		}
		c.failed = c.failed || key>>32 != 0
	}
	t.city = make([]uint32, rows)
	fresh := uint64(0) // names come in the order of their first use
	for i := range t.city {
		switch back := c.uvarint(); {
		case back == 0:
			t.city[i] = uint32(fresh)
			fresh++
		case back > fresh:
			c.failed = true
		default:
			t.city[i] = uint32(fresh - back)
		}
	}
	c.failed = c.failed || fresh > uint64(len(t.cityEnd))
	t.state = make([]uint16, rows)
	for i := range t.state {
		state := c.uvarint()
		c.failed = c.failed || state >= uint64(len(t.states))
		t.state[i] = uint16(state)
	}
	t.lat, t.lng = c.steps(rows), c.steps(rows)
}

// cursor reads a packed table; once something does not add up it yields zeros and failed is set.
type cursor struct {
	data   []byte
	failed bool
}

func (c *cursor) uvarint() uint64 {
	v, n := binary.Uvarint(c.data)
	if n <= 0 {
		c.failed, c.data = true, nil
		return 0
	}
	c.data = c.data[n:]
	return v
}

// count is a number of things that take a byte each at least, so never more than bytes are left.
func (c *cursor) count() int {
	v := c.uvarint()
	if v > uint64(len(c.data)) {
		c.failed = true
		return 0
	}
	return int(v)
}

func (c *cursor) bytes(n int) []byte {
	if n < 0 || n > len(c.data) {
		c.failed = true
		return nil
	}
	b := c.data[:n]
	c.data = c.data[n:]
	return b
}

func (c *cursor) text() string { return string(c.bytes(c.count())) }

// steps reads a column of coordinates.
func (c *cursor) steps(rows int) []int32 {
	column := make([]int32, rows)
	at := int64(0)
	for i := range column {
		v := c.uvarint()
		at += int64(v>>1) ^ -int64(v&1)
		if at < -180*scale || at > 180*scale {
			c.failed = true
			break
		}
		column[i] = int32(at)
	}
	return column
}

// WriteTo writes the table in its packed form, which [Load] reads; the same table gives the same bytes.
func (t *Table) WriteTo(w io.Writer) (int64, error) {
	out := &tally{w: bufio.NewWriter(w)}
	if _, err := io.WriteString(out, magic); err != nil {
		return out.n, err
	}
	z, err := gzip.NewWriterLevel(out, gzip.BestCompression)
	if err != nil {
		return out.n, err
	}
	if _, err := z.Write(t.pack()); err != nil {
		return out.n, err
	}
	if err := z.Close(); err != nil {
		return out.n, err
	}
	return out.n, out.w.Flush()
}

// tally counts what is written.
type tally struct {
	w *bufio.Writer
	n int64
}

func (t *tally) Write(p []byte) (int, error) {
	n, err := t.w.Write(p)
	t.n += int64(n)
	return n, err
}

// pack lays the table out, uncompressed.
func (t *Table) pack() []byte {
	var b []byte
	number := func(v int) { b = binary.AppendUvarint(b, uint64(v)) }
	text := func(s string) { number(len(s)); b = append(b, s...) }
	text(t.Date)
	text(t.Attribution)
	number(len(t.states))
	for _, state := range t.states {
		text(state)
	}
	number(len(t.spans))
	for _, s := range t.spans {
		text(s.country)
		text(s.mask)
		number(s.last - s.first)
	}
	number(len(t.cityEnd))
	start := uint32(0)
	for _, end := range t.cityEnd {
		number(int(end - start))
		start = end
	}
	b = append(b, t.cities...)
	for _, s := range t.spans {
		last := uint32(0)
		for _, key := range t.keys[s.first:s.last] {
			number(int(key - last))
			last = key
		}
	}
	fresh := uint32(0)
	for _, city := range t.city {
		number(int(fresh - city))
		if city == fresh {
			fresh++
		}
	}
	for _, state := range t.state {
		number(int(state))
	}
	for _, column := range [][]int32{t.lat, t.lng} {
		last := int32(0)
		for _, v := range column {
			step := int64(v) - int64(last)
			number(int(uint64(step<<1) ^ uint64(step>>63)))
			last = v
		}
	}
	return b
}
