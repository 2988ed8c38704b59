package epgl

import (
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/dialect"
	"waybill/dialect/dialecttest"
	"waybill/engine"
)

// TestUnspoken changes each member of a stored declaration and of an invoice in turn and sees the API's answers
// change with it, but for those that testdata/unspoken.txt gives a reason for.
func TestUnspoken(t *testing.T) {
	var stored struct {
		Declaration waybill.Declaration
		Issued      waybill.Invoice
	}
	dialecttest.Unspoken(t, "testdata/unspoken.txt", &stored, func() []byte {
		r := &dialect.Request{ID: "request"}
		// What was declared is text of ours; of that in the struct any member will do.
		d := stored.Declaration
		d.Wire = []byte(`{"trackingNumber":` + string(d.Wire) + `}`)
		one := encodeDeclared(r, engine.Declared{Declaration: d})
		two := encodeInvoiced(r, issued{number: d.Number, Invoice: stored.Issued})
		return []byte("[" + string(one.Body) + "," + string(two.Body) + "]")
	})
}

// TestCorrelation: the correlation id is a UUID, ours tells the request id, and a UUID of the caller stands.
func TestCorrelation(t *testing.T) {
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	seen := map[string]bool{}
	for _, id := range []string{"0123456789abcdef01234567", "0123456789abcdef01234568", "suite-request", "another", "ABCDEF", "1F2B17C6-A560-48DB-87F0-0F6836EC0D59"} {
		got := correlation(id)
		if !form.MatchString(got) || seen[got] || got != correlation(id) {
			t.Errorf("%s gives %s", id, got)
		}
		seen[got] = true
	}
	for id, want := range map[string]string{
		"0123456789abcdef01234567":             "01234567-89ab-8cde-8f01-234567000000",
		"1F2B17C6-A560-48DB-87F0-0F6836EC0D59": "1f2b17c6-a560-48db-87f0-0f6836ec0d59",
	} {
		if got := correlation(id); got != want {
			t.Errorf("%s gives %s, want %s", id, got, want)
		}
	}
}

// TestStamp: up to seven digits of a second, without zeros at the end, in UTC.
func TestStamp(t *testing.T) {
	for text, want := range map[string]string{
		"2024-09-11T06:40:49.160Z":         "2024-09-11T06:40:49.16Z",
		"2024-09-15T10:30:00Z":             "2024-09-15T10:30:00Z",
		"2024-11-13T12:33:23.8214485Z":     "2024-11-13T12:33:23.8214485Z",
		"2024-11-13T12:33:23.000001+04:00": "2024-11-13T08:33:23.000001Z",
		"2024-11-13T12:33:23.123456789Z":   "2024-11-13T12:33:23.1234567Z",
	} {
		at, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			t.Fatal(err)
		}
		if got := stamp(at); got != want {
			t.Errorf("%s is written %s, want %s", text, got, want)
		}
	}
}

// TestServerFaults: 500 and 503 say no more than that, in the envelope, on the token endpoint too.
func TestServerFaults(t *testing.T) {
	for _, op := range []string{opToken, opDeclare, opInvoice, "unknown"} {
		r := &dialect.Request{Op: op, ID: "0123456789abcdef01234567", Now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC), Header: http.Header{}}
		for reason, want := range map[waybill.Reason]string{
			waybill.ReasonBug:      `500 {"status":"Error","message":"An unexpected error occurred.","data":null,"errors":[{"code":"INTERNAL_SERVER_ERROR","message":"An unexpected error occurred.","field":""}]`,
			waybill.ReasonDraining: `503 {"status":"Error","message":"The service is not available. Please try again later.","data":null,"errors":[{"code":"SERVICE_UNAVAILABLE","message":"The service is not available. Please try again later.","field":""}]`,
		} {
			reply := fault(r, waybill.E("x", reason, "secret"))
			want += `,"correlationId":"01234567-89ab-8cde-8f01-234567000000","timestamp":"2026-11-21T09:00:00Z"}`
			if got := strconv.Itoa(reply.Status) + " " + string(reply.Body); got != want {
				t.Errorf("%s %s:\n%s\n%s", op, reason, got, want)
			}
		}
	}
}

// TestNoSampleInCode: no value of the page's samples stands in code.
func TestNoSampleInCode(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		checked++
		text, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, sample := range []string{"TRACK123", "John Doe", "Jane Smith", "1234567890", "Beverly", "90210", "851712", "iPhone", "Smartphones", "1f2b17c6"} {
			if strings.Contains(string(text), sample) {
				t.Errorf("%s holds the sample value %s", f.Name(), sample)
			}
		}
	}
	if checked < 8 {
		t.Errorf("only %d files were looked at", checked)
	}
}
