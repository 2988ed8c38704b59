package geo_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"waybill/geo"
)

const csvFile = `# date: 2026-10-01
# attribution: Our own survey
country,postcode,place,state,lat,lng
JP,100-0001,Chiyoda,Tokyo,35.6850,139.7514
JP,100-0002,"Kokyo, Gaien",13,35.6800,139.7600
US,02118,Boston,MA,42.3400,-71.0700
US,02118,Boston,MA,42.3500,-71.0800
US,02118,South End,MA,42.3300,-71.0600
US,00000,Nowhere,,0,0
US,12345,Unknown point,NY,,
XX,1,Atlantis,,1,1
`

// geonamesFile is two lines as downloaded from GeoNames, tabs between twelve columns.
const geonamesFile = "PT\t1000-001\tLisboa\tLisboa\t14\tLisboa\t1106\tSanta Maria Maior\t110665\t38.7267\t-9.1403\t4\n" +
	"MX\t01000\tSan \"Ángel\"\tCiudad de México\t09\tÁlvaro Obregón\t010\t\t\t19.3600\t-99.1890\t1\n"

func TestLoadCSV(t *testing.T) {
	for name, file := range map[string]string{
		"plain": csvFile, "gzip": squeezed(csvFile), "Windows": "\ufeff" + strings.ReplaceAll(csvFile, "\n", "\r\n"),
		"no newline at the end": strings.TrimSuffix(csvFile, "\n"),
	} {
		t.Run(name, func(t *testing.T) {
			table, err := geo.Load(strings.NewReader(file))
			if err != nil {
				t.Fatal(err)
			}
			if table.Date != "2026-10-01" || table.Attribution != "Our own survey" {
				t.Errorf("date %q, attribution %q", table.Date, table.Attribution)
			}
			if got, want := table.String(), "3 postal areas of 2 countries, 2026-10-01"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			check(t, table, "US", "02118-0001", geo.Place{Country: "US", Postcode: "02118", City: "Boston", State: "MA", Lat: 42.34, Lng: -71.07, TimeZone: "America/New_York", By: geo.ByPostcode})
			check(t, table, "JPN", "1000001", geo.Place{Country: "JP", Postcode: "100-0001", City: "Chiyoda", State: "13", Lat: 35.685, Lng: 139.7514, TimeZone: "Asia/Tokyo", By: geo.ByPostcode})
			check(t, table, "JP", "〒１００－０００２", geo.Place{Country: "JP", Postcode: "100-0002", City: "Kokyo, Gaien", State: "13", Lat: 35.68, Lng: 139.76, TimeZone: "Asia/Tokyo", By: geo.ByPostcode})
			check(t, table, "US", "12345", geo.Place{})
			check(t, table, "GB", "BS2 3AP", geo.Place{})
			if !table.Covers("JP") || table.Covers("GB") {
				t.Error("the table replaces the embedded one's coverage")
			}
		})
	}
}

// A state is given by the code addresses write, however the file has it; the regions that are no
// part of an address are left out.
func TestLoadStates(t *testing.T) {
	for _, tt := range []struct{ row, country, postcode, state string }{
		{"IN,110001,New Delhi,07,28.6,77.2", "IN", "110001", "DL"},
		{"IN,110001,New Delhi,Delhi,28.6,77.2", "IN", "110001", "DL"},
		{"BR,01000-000,São Paulo,27,-23.5,-46.6", "BR", "01000-000", "SP"},
		{"US,02118,Boston,Massachusetts,42.3,-71.1", "US", "02118", "MA"},
		{"US,09012,APO AE,,49.4,7.6", "US", "09012", "AE"},
		{"IT,00184,Roma,07,41.9,12.5", "IT", "00184", ""},
		{"ES,15001,A Coruña,C,43.4,-8.4", "ES", "15001", ""},
		{"NL,1066,Amsterdam,07,52.3,4.8", "NL", "1066", ""},
	} {
		table, err := geo.Load(strings.NewReader("country,postcode,place,state,lat,lng\n" + tt.row + "\n"))
		if err != nil {
			t.Fatal(err)
		}
		if p, ok := table.Locate(tt.country, tt.postcode, "", ""); !ok || p.State != tt.state {
			t.Errorf("%s: got %+v %v, want state %q", tt.row, p, ok, tt.state)
		}
	}
}

func TestLoadGeoNames(t *testing.T) {
	table, err := geo.Load(strings.NewReader(geonamesFile))
	if err != nil {
		t.Fatal(err)
	}
	check(t, table, "PT", "1000001", geo.Place{Country: "PT", Postcode: "1000-001", City: "Lisboa", Lat: 38.7267, Lng: -9.1403, TimeZone: "Europe/Lisbon", By: geo.ByPostcode})
	check(t, table, "MX", "01000", geo.Place{Country: "MX", Postcode: "01000", City: `San "Ángel"`, State: "CMX", Lat: 19.36, Lng: -99.189, TimeZone: "America/Mexico_City", By: geo.ByPostcode})
}

// What is written is read again the same, and the same table gives the same bytes.
func TestPackedRoundTrip(t *testing.T) {
	table, err := geo.Load(strings.NewReader(csvFile))
	if err != nil {
		t.Fatal(err)
	}
	var first, second bytes.Buffer
	n, err := table.WriteTo(&first)
	if err != nil || n != int64(first.Len()) {
		t.Fatalf("wrote %d of %d bytes: %v", n, first.Len(), err)
	}
	again, err := geo.Load(bytes.NewReader(first.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := again.WriteTo(&second); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("packed twice, different bytes")
	}
	check(t, again, "US", "02118", geo.Place{Country: "US", Postcode: "02118", City: "Boston", State: "MA", Lat: 42.34, Lng: -71.07, TimeZone: "America/New_York", By: geo.ByPostcode})
	if again.String() != table.String() || again.Attribution != table.Attribution {
		t.Errorf("read back %v, %q", again, again.Attribution)
	}
}

func TestEmbedded(t *testing.T) {
	areas, countries := geo.Default().Len()
	if areas < 240_000 || countries < 100 {
		t.Errorf("%d areas of %d countries", areas, countries)
	}
	if geo.Default().Date == "" || geo.Default().Attribution != geo.Attribution || !strings.Contains(geo.Attribution, "GeoNames") || !strings.Contains(geo.Attribution, "CC BY 4.0") {
		t.Errorf("date %q, attribution %q", geo.Default().Date, geo.Default().Attribution)
	}
}

// An operator learns what is wrong with a file, and where.
func TestLoadRefuses(t *testing.T) {
	for _, tt := range []struct{ name, file, says string }{
		{"nothing", "", "empty"},
		{"comments only", "# date: 2026-10-01\n", "empty"},
		{"a picture", "\x89PNG\r\n\x1a\n", "neither"},
		{"a column short", "country,postcode,place,lat\n", "header"},
		{"no rows", "country,postcode,place,state,lat,lng\n", "no row"},
		{"no number", "country,postcode,place,state,lat,lng\nUS,1,A,MA,42,x\n", `line 2: longitude: "x"`},
		{"fields missing", "# date: x\ncountry,postcode,place,state,lat,lng\nUS,1\n", "line 3"},
		{"a quote astray", "country,postcode,place,state,lat,lng\nUS,02118,\"Boston,MA,1,1\n", "line"},
		{"GeoNames without a number", strings.Replace(geonamesFile, "19.3600", "north", 1), `line 2: latitude: "north"`},
		{"squeezed twice", squeezed(squeezed(csvFile)), "twice"},
		{"cut short", squeezed(csvFile)[:60], "unexpected EOF"},
		{"packed, but not", "waybill postal 1\nhello, hello", "invalid header"},
		{"packed, nothing inside", "waybill postal 1\n" + squeezed(""), "damaged"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := geo.Load(strings.NewReader(tt.file))
			if err == nil || !strings.Contains(err.Error(), tt.says) || !strings.HasPrefix(err.Error(), "geo: load postal codes: ") {
				t.Errorf("got %v, want something about %q", err, tt.says)
			}
		})
	}
	broken := errors.New("disk on fire")
	if _, err := geo.Load(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("got %v, want the reader's own error", err)
	}
}

// A damaged table is an error or a smaller world, never a crash.
func FuzzUnpack(f *testing.F) {
	table, err := geo.Load(strings.NewReader(csvFile))
	if err != nil {
		f.Fatal(err)
	}
	var file bytes.Buffer
	if _, err := table.WriteTo(&file); err != nil {
		f.Fatal(err)
	}
	const magic = "waybill postal 1\n"
	payload := expanded(f, file.Bytes()[len(magic):])
	f.Add(payload)
	for i := range payload {
		damaged := bytes.Clone(payload)
		damaged[i] ^= 0xff
		f.Add(damaged)
		f.Add(payload[:i])
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		table, err := geo.Load(strings.NewReader(magic + squeezed(string(payload))))
		if err != nil {
			return
		}
		for _, code := range []string{"02118", "1000001", "99999999", "A1A"} {
			for _, country := range []string{"US", "JP", "BR", "CA"} {
				table.Locate(country, code, "", "")
			}
		}
		table.Locate("US", "", "Boston", "MA")
	})
}

func check(t *testing.T, table *geo.Table, country, postcode string, want geo.Place) {
	t.Helper()
	if got, ok := table.Locate(country, postcode, "", ""); got != want || ok != (want.Country != "") {
		t.Errorf("%s %s:\n got %+v %v\nwant %+v", country, postcode, got, ok, want)
	}
}

func squeezed(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		panic(err) // a buffer takes everything
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.String()
}

func expanded(tb testing.TB, file []byte) []byte {
	tb.Helper()
	z, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		tb.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := b.ReadFrom(z); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}
