package label

import (
	"strings"
	"testing"
)

// TestReadings: what labels of real carriers carry is told apart. The numbers are printed in the carriers' own guides
// and in public lists of test numbers.
func TestReadings(t *testing.T) {
	for _, c := range []struct {
		text   string
		form   Form
		number string
	}{
		{"1Z5R89390357567127", FormUPS, "1Z5R89390357567127"},
		{"]C11z 5R8 939 03 5756 7127\r\n", FormUPS, "1Z5R89390357567127"},
		{"986578788855", FormFedEx, "986578788855"},
		{"041441760228964", FormFedEx, "041441760228964"},
		{"9611020987654312345672", FormFedEx, "987654312345672"},
		{"1001921334250001000300779017972697", FormFedEx, "779017972697"},
		{"420221539101026837331000039521", FormUSPS, "9101026837331000039521"},
		{"9400111206206406260254", FormUSPS, ""},
		{"009998888812345674", FormSSCC, ""},
		{"00106141411234567897", FormSSCC, "106141411234567897"},
		{"(00)106141411234567897", FormSSCC, "106141411234567897"},
		{"008182709980000020033350276C", FormDPD, "09980000020033"},
		{"09980000020033F", FormDPD, "09980000020033"},
		{"%008182709980000020033350276", FormDPD, "09980000020033"},
		{"RB123456785GB", FormS10, "RB123456785GB"},
		{"%008182709980000020033350276C", FormDPD, "09980000020033"},
		{"]C1001061414112345678974211234\x1d400ORDER-7", FormSSCC, "106141411234567897"},
		{"(00)106141411234567897(421)276 50667", FormSSCC, "106141411234567897"},
		{"(02)09501101530003(37)12(00)106141411234567897", FormGTIN, "09501101530003"},
		{"]d20109501101530003\x1d10LOT7", FormGTIN, "09501101530003"},
		{"420221539405511899223197428490", FormUSPS, "9405511899223197428490"},
		{"420221531234" + "9405511899223197428490", FormUSPS, "9405511899223197428490"},
		{"https://ship.example/t/WB0000000017", FormLink, "WB0000000017"},
		{"https://www.ups.com/track?loc=en_GB&tracknum=1Z5R89390357567127", FormLink, "track"},
		{"WB0000000017|order 7", FormLabel, "WB0000000017"},
		{"1490807111210", FormText, "1490807111210"},
		{"A-1 b", FormText, "A-1 b"},
	} {
		list := Readings(c.text)
		if c.number == "" { // a wrong check digit makes it no number of that form
			for _, r := range list {
				if r.Form == c.form && r.Checked && r.Number == c.text {
					t.Errorf("%q passes as %s", c.text, c.form)
				}
			}
			continue
		}
		if len(list) == 0 || list[0].Form != c.form || list[0].Number != c.number {
			t.Errorf("%q is read as %+v", c.text, list)
		}
		last := list[len(list)-1]
		if last.Form != FormText || strings.Contains(last.Number, "]C1") {
			t.Errorf("%q: the last reading is %+v", c.text, last)
		}
	}
	if r := Readings("WB0000000017|order 7")[0]; r.Reference != "order 7" {
		t.Error(r)
	}
	if Readings(" \r\n") != nil {
		t.Error("nothing is something")
	}
}

// TestReadingsOfOneDigitWrong: a mistyped digit makes no number of a checked form of it.
func TestReadingsOfOneDigitWrong(t *testing.T) {
	for _, good := range []string{"1Z5R89390357567127", "986578788855", "420221539101026837331000039521", "00106141411234567897", "008182709980000020033350276C"} {
		form := Readings(good)[0].Form
		for i := range len(good) {
			if good[i] < '0' || good[i] > '9' || (form == FormUSPS && i < 8) {
				continue
			}
			bad := good[:i] + string('0'+(good[i]-'0'+1)%10) + good[i+1:]
			for _, r := range Readings(bad) {
				if r.Form == form && r.Checked {
					t.Errorf("%s passes for %s as %s", bad, form, r.Number)
				}
			}
		}
	}
}

func FuzzReadings(f *testing.F) {
	for _, s := range []string{"", "%", "420", "1Z", "P%", "]C1", "\x1d", "96", strings.Repeat("0", 34), "%" + strings.Repeat("1", 27)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range Readings(s) {
			if r.Number == "" {
				t.Errorf("%q is read as nothing: %+v", s, r)
			}
		}
	})
}
