package geo

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// row is one line of postal data before it becomes part of an area.
type row struct {
	country, postcode, place string
	stateCode, stateName     string
	lat, lng                 float64
}

// columns say where a text file keeps what; -1 is nowhere.
type columns struct{ country, postcode, place, stateCode, stateName, lat, lng int }

// geonames are the columns of a GeoNames postal code file, which has no header line.
var geonames = columns{country: 0, postcode: 1, place: 2, stateName: 3, stateCode: 4, lat: 9, lng: 10}

// readText reads a CSV or GeoNames file.
func readText(in *bufio.Reader) (*Table, error) {
	b := newBuilder()
	line := 0
	for {
		text, err := in.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("geo: load postal codes: %w", err)
		}
		if text == "" {
			return nil, errors.New("geo: load postal codes: the file is empty")
		}
		line++
		text = strings.TrimRight(strings.TrimPrefix(text, "\ufeff"), "\r\n")
		if comment, ok := strings.CutPrefix(text, "#"); ok {
			b.note(comment)
			continue
		}
		if fields := strings.Split(text, "\t"); len(fields) > geonames.lng {
			return readGeoNames(b, in, line, fields)
		}
		return readCSV(b, in, line, strings.Split(text, ","))
	}
}

// readGeoNames reads the rest of a GeoNames file, whose first row has been read. Its fields are not
// quoted.
func readGeoNames(b *builder, in *bufio.Reader, line int, fields []string) (*Table, error) {
	for {
		if err := b.read(fields, geonames); err != nil {
			return nil, fmt.Errorf("geo: load postal codes: line %d: %w", line, err)
		}
		text, err := in.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("geo: load postal codes: %w", err)
		}
		if text == "" {
			return b.table()
		}
		line++
		fields = strings.Split(strings.TrimRight(text, "\r\n"), "\t")
	}
}

// readCSV reads the rest of a CSV file, whose header line has been read.
func readCSV(b *builder, in *bufio.Reader, line int, header []string) (*Table, error) {
	at := columns{-1, -1, -1, -1, -1, -1, -1}
	for i, name := range header {
		switch strings.ToLower(strings.Trim(name, ` "`)) {
		case "country":
			at.country = i
		case "postcode":
			at.postcode = i
		case "place":
			at.place = i
		case "state":
			at.stateCode = i
		case "lat":
			at.lat = i
		case "lng":
			at.lng = i
		}
	}
	if min(at.country, at.postcode, at.place, at.lat, at.lng) < 0 {
		return nil, errors.New("geo: load postal codes: neither a packed table, a GeoNames file nor a CSV whose header names country, postcode, place, state, lat and lng")
	}
	rows := csv.NewReader(in)
	rows.ReuseRecord = true
	rows.FieldsPerRecord = len(header)
	for {
		fields, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return b.table()
		}
		if bad := (*csv.ParseError)(nil); errors.As(err, &bad) {
			return nil, fmt.Errorf("geo: load postal codes: line %d: %w", line+bad.Line, bad.Err)
		}
		if err != nil {
			return nil, fmt.Errorf("geo: load postal codes: %w", err)
		}
		if err := b.read(fields, at); err != nil {
			at, _ := rows.FieldPos(0)
			return nil, fmt.Errorf("geo: load postal codes: line %d: %w", line+at, err)
		}
	}
}

// read takes in the fields of one line.
func (b *builder) read(fields []string, at columns) error {
	field := func(i int) string {
		if i < 0 || i >= len(fields) {
			return ""
		}
		return strings.TrimSpace(fields[i])
	}
	r := row{
		country: field(at.country), postcode: field(at.postcode),
		place:     strings.Clone(field(at.place)), // so that the rest of the line need not stay in memory
		stateCode: field(at.stateCode), stateName: field(at.stateName),
	}
	var err error
	if r.lat, err = degrees(field(at.lat)); err != nil {
		return fmt.Errorf("latitude: %w", err)
	}
	if r.lng, err = degrees(field(at.lng)); err != nil {
		return fmt.Errorf("longitude: %w", err)
	}
	b.add(r)
	return nil
}

// degrees reads a coordinate; an empty one is NaN, which no point on Earth has.
func degrees(text string) (float64, error) {
	if text == "" {
		return math.NaN(), nil
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a number", text)
	}
	return v, nil
}
