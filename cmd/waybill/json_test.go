package main

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"waybill"
	"waybill/app"
)

// TestJSON: members in lower snake case and in order, times as RFC 3339, exact figures as text, map keys as they
// are, and nothing that is secret.
func TestJSON(t *testing.T) {
	at := time.Date(2026, 11, 21, 10, 0, 0, 500_000, time.UTC)
	value := []any{
		app.ConnectionOut{Connection: waybill.Connection{
			Row: waybill.Row{ID: "c1", Number: 7, Version: 3, Created: at}, ExternalID: "ups", Name: "UPS <&>", LabelDPI: 203,
			Settings: map[string]string{"Client_ID": "x"}, Sealed: []byte("sealed"), Lent: []waybill.Loan{{Account: "a2", Markup: 50}},
		}, Borrowed: true},
		waybill.Rule{Name: "R", When: json.RawMessage(`{"all":[]}`)},
		waybill.RateLimit{Requests: 5, Period: time.Minute},
		waybill.User{Email: "a@b.c", Password: "argon2id$"},
		map[string]any{"figure": waybill.Decimal("2.50"), "none": nil},
	}
	var got bytes.Buffer
	if err := writeJSON(&got, value); err != nil {
		t.Fatal(err)
	}
	var plain bytes.Buffer
	if err := json.Compact(&plain, got.Bytes()); err != nil {
		t.Fatal(err)
	}
	const want = `[{"id":"c1","account":"","number":7,"created":"2026-11-21T10:00:00.0005Z","updated":null,"carrier":"",` +
		`"external_id":"ups","name":"UPS <&>","display_name":"","increment":0,"mode":"","base":"","settings":{"Client_ID":"x"},` +
		`"services":[],"label_format":"","label_dpi":203,"markup":0,"billed":"","floor":{"minor":0,"currency":""},"budget":0,"paused":false,"pause_reason":"","outages":[],"spend":{"currency":"","day":0,"month":0},"cards":[],` +
		`"lent":[{"account":"a2","markup":50}],"borrowed":true},` +
		`{"id":"","account":"","number":0,"created":null,"updated":null,"name":"R","importance":0,"suspended":false,"when":{"all":[]},"then":null},` +
		`{"requests":5,"period":"1m0s"},` +
		`{"id":"","account":"","number":0,"created":null,"updated":null,"email":"a@b.c","name":"","external_id":"","role":"","disabled":false,"grants":[],"turn":0},` +
		`{"figure":"2.50","none":null}]`
	if plain.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &plain, want)
	}
}

func TestSnake(t *testing.T) {
	for name, want := range map[string]string{
		"ID": "id", "ExternalID": "external_id", "LabelDPI": "label_dpi", "URL": "url", "Street1": "street1", "TimeZone": "time_zone",
		"SSCC": "sscc", "UnknownPostcodeOK": "unknown_postcode_ok", "HTTPStatus": "http_status", "SKU": "sku",
	} {
		if got := snake(name); got != want {
			t.Errorf("%s became %s, not %s", name, got, want)
		}
	}
}
