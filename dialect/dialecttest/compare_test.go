package dialecttest

import (
	"strings"
	"testing"

	"waybill"
)

func TestBodiesAreComparedWhole(t *testing.T) {
	for _, test := range []struct {
		want, got string
		same      bool
	}{
		{`{"a":10.0,"b":[1,2]}`, `{"b":[1,2.00],"a":10}`, true},
		{`{"a":1e1}`, `{"a":10}`, true},
		{`{"a":1}`, `{"a":1,"b":null}`, false},
		{`{"a":1,"b":null}`, `{"a":1}`, false},
		{`{"a":"1"}`, `{"a":1}`, false},
		{`{"a":null}`, `{"a":""}`, false},
		{`[1,2]`, `[2,1]`, false},
		{`{"id":"<id>"}`, `{"id":"0123456789abcdef01234567"}`, true},
		{`{"id":"<id>"}`, `{"id":"0123456789abcdef0123456"}`, false},
		{`{"u":"http://x/<id>/y?a=<number>"}`, `{"u":"http://x/0123456789abcdef01234567/y?a=12"}`, true},
		{`{"u":"http://x/<id>/y"}`, `{"u":"http://x/0123456789abcdef01234567/y/z"}`, false},
		{`{"u":"a.b<any>"}`, `{"u":"axb"}`, false},
		{`{"n":"<number>"}`, `{"n":12.5}`, true},
		{`{"n":"<number>"}`, `{"n":true}`, false},
		{`{"n":"<any>"}`, `{"n":null}`, true},
		{`{"n":"<any>"}`, `{}`, false},
		{`{"t":"<time>"}`, `{"t":"2026-11-21T12:00:00.123Z"}`, true},
		{`{"t":"<time>"}`, `{"t":"yesterday"}`, false},
		{`{"p":"<pdf>"}`, `{"p":"JVBERi0xLjQK"}`, true},
		{`{"p":"<pdf>"}`, `{"p":"aGVsbG8="}`, false},
		{``, ``, true},
		{``, `{}`, false},
		{`{}`, ``, false},
		{`plain <any> text`, `plain old text`, true},
	} {
		s := &stage{kept: map[string]string{}}
		if diff := s.compare([]byte(test.want), []byte(test.got)); (diff == "") != test.same {
			t.Errorf("%s and %s: %q", test.want, test.got, diff)
		}
	}
}

func TestWhatIsKeptCanBeSaidAgain(t *testing.T) {
	s := &stage{kept: map[string]string{}}
	if diff := s.compare([]byte(`{"id":"<id:order>","n":"<number:price>"}`), []byte(`{"id":"0123456789abcdef01234567","n":12.50}`)); diff != "" {
		t.Fatal(diff)
	}
	m := s.fill(t, parse([]byte("GET /orders/{{order}}?price={{price}}\nX-A: {{order}}\n\n{\"p\":{{price}}}\n")))
	if m.first != "GET /orders/0123456789abcdef01234567?price=12.50" || m.header.Get("X-A") != "0123456789abcdef01234567" || string(m.body) != `{"p":12.50}` {
		t.Errorf("%+v %s", m, m.body)
	}
}

func TestEveryLeafHasAValueOfItsOwnAndCanChange(t *testing.T) {
	type inner struct {
		Names []string
		Flag  bool
		Maybe *bool
	}
	var v struct {
		Text   string
		Inner  *inner
		List   []inner
		Words  map[string]string
		Amount int64
		hidden string
	}
	v.hidden = "stays"
	var paths []string
	for _, leaf := range Leaves(&v) {
		paths = append(paths, leaf.Path)
		before := short(v)
		undo := leaf.Change()
		if short(v) == before {
			t.Errorf("%s does not change", leaf.Path)
		}
		if undo(); short(v) != before {
			t.Errorf("%s cannot be undone: %s, before %s", leaf.Path, short(v), before)
		}
	}
	want := "Text Inner.Names[] Inner.Flag Inner.Maybe List[].Names[] List[].Flag List[].Maybe Words Amount"
	if got := strings.Join(paths, " "); got != want || v.hidden != "stays" {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestWhatAMappingForgetsIsFound(t *testing.T) {
	var a waybill.Address
	wire := func() []byte {
		return encode(map[string]any{"street": a.Street1, "city": a.City, "home": a.Residential, "at": a.Point, "country": a.Country})
	}
	silent, err := silence(&a, wire)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(silent, " "), "Street2 Street3 House Apartment State Postcode What3Words PointFound"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for name, test := range map[string]struct{ silent, reasons, problem string }{
		"explained":       {"A.B", "# why\n\nA.B: nobody asks\n", ""},
		"all below":       {"A.B A.C[].D", "A.*: nobody asks", ""},
		"list below":      {"A[].B", "A.*: nobody asks", ""},
		"forgotten":       {"A.B", "", "A.B leaves no trace"},
		"no reason":       {"A.B", "A.B:", "A.B has no reason"},
		"spoken meantime": {"", "A.B: nobody asks", "A.B is spoken"},
		"other prefix":    {"AB.C", "A.*: nobody asks", "AB.C leaves no trace"},
	} {
		got := strings.Join(unexplained(strings.Fields(test.silent), test.reasons), "; ")
		if (test.problem == "") != (got == "") || !strings.Contains(got, test.problem) {
			t.Errorf("%s: %q", name, got)
		}
	}
	count := 0
	if _, err := silence(&a, func() []byte { count++; return encode(count) }); err == nil {
		t.Error("an encoder that is not pure was let pass")
	}
}
