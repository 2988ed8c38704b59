package store

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"waybill"
)

// Words are what a text that people type is looked for in: the beginnings of a shipment's references, of its
// recipient's postal code, e-mail, phone, name, company, town and street, folded so that case, accents and
// punctuation do not count. A letter that is written in two ways without its accent, as ü is by u and by ue, has its
// word kept in both. They are kept as terms of the field TermWord.

// most is how many words a shipment has. Its references come first, its street last.
const most = 24

// mostParts is from how many parts of a text on it is found.
const mostParts = 6

// longestWord is how many bytes of a word are kept and looked for.
const longestWord = 64

// Words are the words of a shipment, each once. One that another begins with is found by that other.
func Words(s waybill.Shipment) []string {
	to := s.To
	var list []string
	add := func(words ...string) { list = append(list, words...) }
	for _, reference := range []string{s.Reference, s.Reference2, s.Reference3} {
		add(spelled(reference)...)
	}
	add(spelled(to.Address.Postcode)...)
	if local, _, ok := strings.Cut(to.Contact.Email, "@"); ok {
		add(squeeze(to.Contact.Email))
		add(spelled(local)...)
	}
	for _, phone := range []string{to.Contact.Phone, to.Contact.Mobile} {
		if digits := dialled(phone); len(digits) >= shortestPhone {
			add(backwards(digits) + numberEnd)
		}
	}
	for _, text := range []string{to.Contact.Last, to.Contact.First, to.Contact.Name, to.Contact.Company, to.Address.City} {
		for chunk := range strings.FieldsSeq(text) {
			add(spelled(chunk)...)
		}
		add(unspaced(text)...)
	}
	for chunk := range strings.FieldsSeq(to.Address.Street1) {
		for _, word := range squeezed(chunk) {
			if utf8.RuneCountInString(word) > 2 && strings.Trim(word, "0123456789") == word {
				add(word)
			}
		}
	}
	return fewest(list)
}

// fewest are the first words of a list, without those that another of them begins with.
func fewest(list []string) []string {
	kept := make([]string, 0, most)
	for _, word := range list {
		word = short(word)
		if word == "" || len(kept) == most || slices.ContainsFunc(kept, func(k string) bool { return strings.HasPrefix(k, word) }) {
			continue
		}
		kept = append(slices.DeleteFunc(kept, func(k string) bool { return strings.HasPrefix(word, k) }), word)
	}
	return kept
}

// Wanted reads what somebody typed into queries' Words: all words of it must be there, each as the beginning of a
// word, of a tracking number or of a phone number, or as the last digits of one. Numbers are further spellings of the
// text as a whole: what a barcode of a tracking number holds. Nil: there is nothing in it to look for.
func Wanted(text string, numbers ...string) (groups [][]Term) {
	if len(numbers) > 0 {
		var any []Term
		for _, number := range numbers {
			any = append(any, Term{TermParcel, number})
		}
		return [][]Term{append(any, Term{TermWord, short(squeeze(text))})}
	}
	whole := spaced(text)
	for _, chunk := range chunks(text) {
		word := short(squeeze(chunk))
		if word == "" {
			continue
		}
		any := []Term{{TermWord, word}}
		for _, other := range squeezed(chunk)[1:] {
			if other = short(other); !strings.HasPrefix(other, word) { // else it is found already
				any = append(any, Term{TermWord, other})
			}
		}
		if strings.ContainsAny(word, "0123456789") {
			bare := strings.NewReplacer(" ", "", "-", "").Replace(chunk)
			any = append(any, Term{TermParcel, bare})
			if upper := strings.ToUpper(bare); upper != bare {
				any = append(any, Term{TermParcel, upper})
			}
		}
		groups = append(groups, append(append(any, phones(chunk)...), whole...))
	}
	return groups
}

// fewestDigits are what a text has at least that may be a tracking number with spaces.
const fewestDigits = 6

// spaced is a tracking number whose parts have spaces between: beside each of its words it is asked for as a whole, so
// that it is found either way. Nil: the text is none.
func spaced(text string) (list []Term) {
	bare := strings.Join(strings.Fields(text), "")
	digits := 0
	for _, r := range bare {
		switch {
		case '0' <= r && r <= '9':
			digits++
		case r != '-' && (r|0x20 < 'a' || r|0x20 > 'z'):
			return nil
		}
	}
	if bare = strings.ReplaceAll(bare, "-", ""); digits < fewestDigits || len(bare) > longestWord || len(strings.Fields(text)) < 2 {
		return nil
	}
	list = []Term{{TermParcel, bare}}
	if upper := strings.ToUpper(bare); upper != bare {
		list = append(list, Term{TermParcel, upper})
	}
	return list
}

// chunks cuts a text at its spaces, but not within a phone number.
func chunks(text string) (list []string) {
	if phoneLike(text) && len(digitsOf(text)) > shortestPhone {
		return []string{text}
	}
	for chunk := range strings.FieldsSeq(text) {
		if n := len(list); n > 0 && phoneLike(chunk) && phoneLike(list[n-1]) && strings.ContainsAny(list[n-1][:1], "+(0") {
			list[n-1] += " " + chunk
			continue
		}
		list = append(list, chunk)
	}
	return list
}

// Phone numbers are kept from their last digit to their first, with an end: the last digits of one are the beginning
// of what is kept, and a number with its country's code is known from one without.
const (
	shortestPhone = 4
	numberSign    = "~"
	numberEnd     = "."
)

// phones are the ways in which a phone number that reads so may have been kept.
func phones(text string) (list []Term) {
	all, digits := digitsOf(text), dialled(text)
	if !phoneLike(text) || len(all) < shortestPhone {
		return nil
	}
	list = append(list, Term{TermWord, backwards(all)})
	if digits != all && digits != "" {
		list = append(list, Term{TermWord, backwards(digits)})
	}
	for code := 1; code <= 3 && len(digits)-code >= 6; code++ { // written at home without the code of the country
		home := strings.TrimLeft(digits[code:], "0")
		list = append(list, Term{TermWord, backwards(home) + numberEnd})
	}
	return list
}

func phoneLike(text string) bool {
	return text != "" && strings.Trim(text, "+()-./ 0123456789\u00a0") == ""
}

// dialled are the digits of a phone number without the zeros that are dialled before it.
func dialled(text string) string { return strings.TrimLeft(digitsOf(text), "0") }

func digitsOf(text string) string {
	text = strings.ReplaceAll(norm.NFKD.String(text), "(0)", "")
	if i := strings.IndexFunc(text, func(r rune) bool { return unicode.IsLetter(r) && r < 0x80 }); i > 0 {
		text = text[:i] // an extension
	}
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}

func backwards(digits string) string {
	b := []byte(digits)
	slices.Reverse(b)
	return numberSign + string(b)
}

// spelled is a text squeezed as a whole, and from the beginning of each of its parts on: "SO-2026/17" is found by
// so2026, by 2026-17 and by 17.
func spelled(text string) (list []string) {
	for _, folded := range foldings(text) {
		parts := parts(folded)
		for i := range min(len(parts), mostParts) {
			list = append(list, strings.Join(parts[i:], ""))
		}
	}
	return list
}

// squeeze is a text folded and without what is neither letter nor digit.
func squeeze(text string) string { return strings.Join(parts(plain(text)), "") }

// squeezed is that in each way of folding.
func squeezed(text string) (list []string) {
	for _, folded := range foldings(text) {
		list = append(list, strings.Join(parts(folded), ""))
	}
	return list
}

// parts are the words of a folded text. Among the modifiers are apostrophes that no keyboard has.
func parts(folded string) []string {
	return strings.FieldsFunc(folded, func(r rune) bool {
		return !unicode.In(r, unicode.L, unicode.N, unicode.M) || 0x2b0 <= r && r <= 0x2ff
	})
}

// unspaced are the later parts of words in scripts that put no space between them, to their last character: a given name
// behind a family name.
func unspaced(text string) (list []string) {
	for _, part := range parts(plain(text)) {
		for i, r := range part {
			if i > 0 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) {
				list = append(list, part[i:])
			}
		}
	}
	return list
}

// letters that Unicode does not take apart.
var letters = strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "đ", "d", "ð", "d", "ł", "l", "þ", "th", "ı", "i", "ħ", "h", "ŧ", "t", "ŋ", "ng", "ς", "σ")

// pairs are letters that are also written as two, where a keyboard has not got them.
var pairs = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ø", "oe", "å", "aa", "đ", "dj")

// foldings are the ways in which a text is written without accents: plain first.
func foldings(text string) []string {
	list := []string{plain(text)}
	if isASCII(text) {
		return list
	}
	if other := plain(pairs.Replace(strings.ToLower(norm.NFKC.String(strings.ToValidUTF8(text, ""))))); other != list[0] {
		list = append(list, other)
	}
	return list
}

func isASCII(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// plain is a text in small letters without accents.
func plain(text string) string {
	if isASCII(text) {
		return strings.ToLower(text)
	}
	text = strings.ToLower(norm.NFKD.String(strings.ToValidUTF8(text, "")))
	text = strings.Map(func(r rune) rune {
		if r >= 0x300 && r <= 0x36f {
			return -1
		}
		return r
	}, text)
	return norm.NFC.String(letters.Replace(text))
}

// short is as much of a word as is kept.
func short(word string) string {
	if len(word) <= longestWord {
		return word
	}
	return strings.ToValidUTF8(word[:longestWord], "")
}
