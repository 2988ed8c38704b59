package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"waybill"
	"waybill/store"
)

// finds reports whether what somebody typed finds a shipment by its words.
func finds(s waybill.Shipment, typed string) bool {
	words := store.Words(s)
	for _, group := range store.Wanted(typed) {
		if !slices.ContainsFunc(group, func(t store.Term) bool {
			return t.Field == store.TermWord && slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, t.Value) })
		}) {
			return false
		}
	}
	return len(store.Wanted(typed)) > 0
}

// TestWhatIsTyped: a shipment is found by whatever a person would type, and not by what is not on it.
func TestWhatIsTyped(t *testing.T) {
	to := func(name, company, phone, email, street, city, postcode, country string) waybill.Shipment {
		s := waybill.Shipment{Reference: "SO-2026/0017", Reference2: "Batch 9"}
		s.To.Contact = waybill.Contact{Name: name, Company: company, Phone: phone, Email: email}
		s.To.Address = waybill.Address{Street1: street, City: city, Postcode: postcode, Country: country}
		return s
	}
	berlin := to("Jürgen Schmidt-Lüdke", "Straßenbau GmbH", "+49 (0)30 123-4567", "j.schmidt@example.com", "12 Große Allee", "Köln", "50667", "DE")
	london := to("Zoë O'Brien", "", "020 7946 0018", "zoe@example.co.uk", "1 Park Row", "London", "SW1A 1AA", "GB")
	tokyo := to("山田太郎", "株式会社サンプル", "03-1234-5678", "", "千代田1-1", "東京都千代田区", "100-0001", "JP")
	moscow := to("Пётр Ёлкин", "", "8 (495) 123-45-67", "", "ул. Ленина 5", "Москва", "101000", "RU")
	delhi := to("राहुल कुमार", "", "", "", "", "दिल्ली", "110001", "IN")
	muller := to("Hans Müller", "Weiß & Söhne", "", "", "Königsallee 3", "Nürnberg", "90402", "DE")
	mueller := to("Hans Mueller", "", "", "", "", "Nuernberg", "90402", "DE")
	sorensen := to("Jørgen Sørensen", "Smørrebrød A/S", "", "", "Ærøvej 1", "Århus", "8000", "DK")
	aarhus := to("Soeren Aagaard", "", "", "", "", "Aarhus", "8000", "DK")
	poland := to("Łukasz Żółć", "", "", "", "", "Łódź", "90-001", "PL")
	others := to("Işıl İnönü", "Đorđe Þór", "", "", "Kaʻiulani Ave", "Zoë Ħamrun", "1", "TR")
	for _, c := range []struct {
		what waybill.Shipment
		by   []string
		not  []string
	}{
		{muller, []string{"müller", "MÜLLER", "mu\u0308ller", "muller", "mueller", "muell", "hans mueller", "weiss", "weiß", "WEISS", "soehne", "sohne", "söhne", "nuernberg", "nurnberg", "konigs", "koenigsallee"}, []string{"moller", "moeller"}},
		{mueller, []string{"müller", "mueller", "nürnberg", "nuernberg"}, []string{"möller"}},
		{sorensen, []string{"sørensen", "sorensen", "soerensen", "sörensen", "jorgen", "joergen", "jørgen", "århus", "arhus", "aarhus", "ÅRHUS", "smorrebrod", "smoerrebroed", "aero", "ærø", "aeroe"}, []string{"sarensen"}},
		{aarhus, []string{"søren", "sören", "soeren", "ågård", "aagaard", "århus"}, nil},
		{poland, []string{"lukasz", "łukasz", "zolc", "żółć", "lodz", "łódź"}, nil},
		{others, []string{"isil", "ışıl", "IŞIL", "inonu", "inoenue", "İnönü", "dorde", "djordje", "đorđe", "thor", "þór", "kaiulani", "ka'iulani", "zoe", "hamrun"}, nil},
		{berlin, []string{
			"schm", "SCHMIDT", "jurgen", "Jürgen schm", "lüdke", "Schmidt-Lüdke", "strassen", "Straßenbau", "koln", "köln 506", "grosse", "SO-2026", "so2026/00",
			"2026/0017", "0017", "batch 9", "j.schmidt@example.com", "J.Schmidt@exam", "+49 30 1234567", "0049301234567", "030 1234567", "030/123-4567", "4567", "34567", "schmidt 030 1234567",
		}, []string{"schmitt", "hamburg", "schmidt hamburg", "+49 40 1234567", "9999", "", " -", "+48 30 1234567"}},
		{london, []string{"brien", "o'brien", "obrien", "zoe", "ZOË", "sw1a 1aa", "SW1A1AA", "sw1a", "1aa", "+44 20 7946 0018", "442079460018", "0018", "zoe@example.co.uk", "park"},
			[]string{"sw1b", "+44 20 7946 0019", "7 park", "com"}},
		{tokyo, []string{"山田", "太郎", "山田太郎", "東京", "千代田", "100-0001", "1000001", "0312345678", "+81 3 1234 5678", "株式会社", "ｻﾝﾌﾟﾙ"}, []string{"鈴木", "大阪"}},
		{moscow, []string{"петр", "Пётр", "елк", "москва", "ленина", "101000", "495 123-45-67"}, []string{"иван"}},
		{delhi, []string{"राहुल", "कुमा", "दिल्ली"}, []string{"मुंबई"}},
	} {
		for _, typed := range c.by {
			if !finds(c.what, typed) {
				t.Errorf("%q does not find %s: %q wants %v", typed, c.what.To.Contact.Name, store.Words(c.what), store.Wanted(typed))
			}
		}
		for _, typed := range c.not {
			if finds(c.what, typed) {
				t.Errorf("%q finds %s: %q", typed, c.what.To.Contact.Name, store.Words(c.what))
			}
		}
	}
}

// TestWordsAreFew: however long a shipment's texts are, its words are few, short, valid and each needed.
func TestWordsAreFew(t *testing.T) {
	s := waybill.Shipment{Reference: strings.Repeat("a-", 150), Reference2: strings.Repeat("é", 300)}
	s.To.Contact.Name = "\xff\x00 Ann Anna"
	for i := range 100 {
		s.To.Contact.Company += fmt.Sprintf("Firm%d ", i)
	}
	words := store.Words(s)
	if len(words) > 24 || len(words) < 10 {
		t.Errorf("%d words", len(words))
	}
	for i, w := range words {
		if len(w) > 64 || strings.ToValidUTF8(w, "") != w || strings.Contains(w, "\x00") {
			t.Errorf("a word reads %q", w)
		}
		for j, o := range words {
			if i != j && strings.HasPrefix(o, w) {
				t.Errorf("%q is found by %q too", w, o)
			}
		}
	}
	if got := store.Wanted("1Z 5R8 939 03 5756 7127", "1Z5R89390357567127"); len(got) != 1 || got[0][0] != (store.Term{Field: store.TermParcel, Value: "1Z5R89390357567127"}) {
		t.Errorf("a tracking number with spaces is looked for as %v", got)
	}
}

// TestAnyPartOfANameWithoutSpacesFinds: also its last character alone.
func TestAnyPartOfANameWithoutSpacesFinds(t *testing.T) {
	for name, parts := range map[string][]string{"王小明": {"王", "小", "明", "小明", "王小明"}, "山田太郎": {"郎", "太郎", "田太"}, "김철수": {"수", "철수"}} {
		var s waybill.Shipment
		s.To.Contact.Name = name
		for _, part := range parts {
			if !finds(s, part) {
				t.Errorf("%q does not find %s: %q", part, name, store.Words(s))
			}
		}
	}
}
