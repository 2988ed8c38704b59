package sqlstore

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"waybill"
)

// TestBodiesAreJSON: encoding/json reads a body as decode does, and decode reads what encoding/json writes:
// members in another order, white space, escaped text, members nobody knows.
func TestBodiesAreJSON(t *testing.T) {
	var want waybill.Shipment
	n := 0
	fillValue(reflect.ValueOf(&want).Elem(), &n)
	want.Reference = "\"quoted\"\\ \t\n <&> \u2028 é 漢字 \U0001f4e6"
	body, err := encode(&want)
	if err != nil {
		t.Fatal(err)
	}
	var plain waybill.Shipment
	if err := json.Unmarshal(body, &plain); err != nil {
		t.Fatal(err)
	}
	plain.Row = want.Row // has columns
	if diff := cmp.Diff(want, plain); diff != "" {
		t.Errorf("encoding/json reads (-want +got):\n%s", diff)
	}

	members := map[string]any{}
	if err := json.Unmarshal(body, &members); err != nil {
		t.Fatal(err)
	}
	members["Unknown"] = []any{map[string]any{"a": "]}\"", "b": nil}, 1.5, true}
	sorted, err := json.MarshalIndent(members, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	var first bytes.Buffer // the version is the first member of every body
	first.WriteString(`{"v":1,`)
	first.Write(bytes.TrimLeft(bytes.TrimSpace(sorted), "{"))
	var back waybill.Shipment
	if err := decode(first.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	back.Row = want.Row
	if diff := cmp.Diff(want, back, cmp.Comparer(sameJSON)); diff != "" {
		t.Errorf("decode reads (-want +got):\n%s", diff)
	}
}

func sameJSON(a, b json.RawMessage) bool {
	var x, y bytes.Buffer
	return json.Compact(&x, a) == nil && json.Compact(&y, b) == nil && x.String() == y.String()
}

// TestTextComesBack: any text comes back, what is no UTF-8 with a mark in its place.
func TestTextComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "text")
		tag := waybill.Tag{Name: text}
		body, err := encode(&tag)
		if err != nil {
			t.Fatal(err)
		}
		var ours, theirs waybill.Tag
		if err := decode(body, &ours); err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		if err := json.Unmarshal(body, &theirs); err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		if want := string([]rune(text)); ours.Name != want || theirs.Name != want {
			t.Fatalf("%q came back as %q, encoding/json has %q", text, ours.Name, theirs.Name)
		}
	})
}

// FuzzDecode: a damaged body is an error or a value, never a panic or an endless loop.
func FuzzDecode(f *testing.F) {
	var v waybill.Event
	n := 0
	fillValue(reflect.ValueOf(&v).Elem(), &n)
	body, err := encode(&v)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(body)
	for _, s := range []string{`{"v":1}`, `{"v":1,`, `{"v":1,"Subject":{"Parcels":[`, `{"v":1,"At":"x"}`, `{"v":1,"Subject":null,"Facts":{}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var back waybill.Event
		if decode(body, &back) != nil {
			return
		}
		if _, err := encode(&back); err != nil {
			t.Errorf("what was read cannot be written: %v", err)
		}
	})
}
