package geo

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// undecomposed are Latin letters whose accent is part of the letter, so that Unicode's
// decomposition leaves them whole while people type them plainly.
var undecomposed = strings.NewReplacer("ø", "o", "ł", "l", "đ", "d", "ð", "d", "ß", "ss", "æ", "ae", "œ", "oe", "þ", "th", "ı", "i")

// abbreviated are the words of names that are written short as often as long; the short form is
// the one compared.
var abbreviated = map[string]string{"saint": "st", "sainte": "ste", "fort": "ft", "mount": "mt", "and": ""}

// fold brings a name to the form names are compared in: lower case without accents, words of
// letters and digits separated by one space, usual abbreviations applied. "St. John's" and
// "Saint Johns" meet.
func fold(name string) string {
	var b strings.Builder
	b.Grow(len(name))
	space := false
	put := func(r rune) {
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
	}
	for _, r := range plain(name) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			put(r)
		case unicode.Is(unicode.Mn, r) && r < 0x0900:
			// An accent of the Latin, Greek, Cyrillic, Hebrew or Arabic script.
		case unicode.IsMark(r):
			put(r) // a vowel of the scripts of India and beyond
		case r == '\'' || r == '’' || r == 'ʼ' || r == 'ʻ' || r == '`' || r == '´':
		default:
			space = true
		}
	}
	return shorten(b.String())
}

// plain is name in lower case with its accents split off as characters of their own.
func plain(name string) string {
	for i := range len(name) {
		if name[i] >= 0x80 {
			return undecomposed.Replace(strings.ToLower(norm.NFD.String(name)))
		}
	}
	return strings.ToLower(name)
}

// shorten applies the abbreviations to each word.
func shorten(folded string) string {
	if !strings.ContainsAny(folded, "sfma") {
		return folded
	}
	changed := false
	words := strings.Fields(folded)
	kept := words[:0]
	for _, word := range words {
		short, ok := abbreviated[word]
		changed = changed || ok
		if !ok {
			short = word
		}
		if short != "" {
			kept = append(kept, short)
		}
	}
	if !changed {
		return folded
	}
	return strings.Join(kept, " ")
}
