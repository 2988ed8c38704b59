package geo

import (
	"bytes"
	"unicode/utf8"
)

// maxCode is the longest postal code looked at, separators left out ("97110CEDEX9" and some air).
const maxCode = 24

// sign is the distinguishing sign of road vehicles where it differs from the country's code: people
// still write it before the number ("D-10115", "L-4987", "FIN-00100").
var sign = map[string]string{
	"AT": "A", "BE": "B", "DE": "D", "ES": "E", "FI": "FIN", "FR": "F", "HU": "H", "IT": "I", "LU": "L", "NO": "N", "PT": "P", "SE": "S",
}

// lettered are the countries whose codes begin with letters of their own, so that none is a prefix to
// strip: Jersey's JE2 is not "2".
func lettered(country string) bool {
	switch country {
	case "CA", "IE", "MT", "BM", "SZ":
		return true
	}
	return british(country)
}

// british are the places that share the form of the British code: an outward part that names the
// delivery office and an inward part of a digit and two letters.
func british(country string) bool {
	switch country {
	case "GB", "GG", "IM", "JE", "FK", "GI", "GS", "IO", "PN", "SH", "TC":
		return true
	}
	return false
}

// french are France and its territories, where the code of a big receiver or the forces may be
// followed by a word such as CEDEX and the number of a sorting office.
func french(country string) bool {
	switch country {
	case "FR", "GF", "GP", "MC", "MQ", "NC", "PF", "PM", "RE", "WF", "YT", "BL", "MF":
		return true
	}
	return false
}

// zip are the places served by the United States Postal Service.
func zip(country string) bool {
	switch country {
	case "US", "AS", "FM", "GU", "MH", "MP", "PR", "PW", "VI":
		return true
	}
	return false
}

// bare writes the letters and digits of a postal code into buf, in upper case and ASCII, without
// separators, without the country's own prefix and without CEDEX and its like. It is empty for a blank code; false
// means that no postal code is written like this.
func bare(country, postcode string, buf *[maxCode]byte) ([]byte, bool) {
	n := 0
	for _, r := range postcode {
		c, keep, ok := codeChar(r)
		if !ok {
			return nil, false
		}
		if !keep {
			continue
		}
		if n == len(buf) {
			return nil, false
		}
		buf[n] = c
		n++
	}
	code := buf[:n]
	if !lettered(country) {
		if rest, ok := cutLetters(code, country); ok {
			code = rest
		} else if rest, ok := cutLetters(code, sign[country]); ok {
			code = rest
		}
	}
	if french(country) && len(code) > 5 && digits(code[:5]) {
		switch string(bytes.TrimRight(code[5:], "0123456789")) {
		case "CEDEX", "SP", "AIR", "ARMEES", "CITYSSIMO":
			code = code[:5]
		}
	}
	return code, true
}

// codeChar is what a character contributes to a code: itself as ASCII, or nothing (a separator), or
// it has no place in one. Keyboards for Chinese, Arabic and Hindi produce digits of their own.
func codeChar(r rune) (c byte, keep, ok bool) {
	switch {
	case r >= '0' && r <= '9', r >= 'A' && r <= 'Z':
		return byte(r), true, true
	case r >= 'a' && r <= 'z':
		return byte(r - 'a' + 'A'), true, true
	case r == ' ', r == '-', r == '.', r == '\t', r == '\u00a0', r == '\u202f', r == '\u3000', // spaces
		r >= '\u2010' && r <= '\u2015', r == '\u2212', r == '－', // hyphens, dashes and minus
		r == '〒': // the sign of the Japanese post
		return 0, false, true
	case r == utf8.RuneError:
		return 0, false, false
	}
	for _, zero := range [...]rune{'０', '٠', '۰', '०'} {
		if r >= zero && r <= zero+9 {
			return byte(r-zero) + '0', true, true
		}
	}
	for _, a := range [...]rune{'Ａ', 'ａ'} {
		if r >= a && r <= a+25 {
			return byte(r-a) + 'A', true, true
		}
	}
	return 0, false, false
}

// cutLetters takes prefix off a code that goes on with a digit.
func cutLetters(code []byte, prefix string) ([]byte, bool) {
	n := len(prefix)
	if n == 0 || len(code) <= n || string(code[:n]) != prefix || !digits(code[n:n+1]) {
		return nil, false
	}
	return code[n:], true
}

// digits reports whether s is digits only; the empty s is.
func digits(s []byte) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// letters reports whether s is letters only.
func letters(s []byte) bool {
	for _, c := range s {
		if c < 'A' || c > 'Z' {
			return false
		}
	}
	return true
}

// area is the part of a bare code that names an area of the data, where that is less than all of it:
// the British outward code, Canada's forward sortation area, the first four digits in the
// Netherlands, the ZIP without its four. A code of another form is returned whole.
func area(country string, code []byte) []byte {
	n := len(code)
	switch {
	case british(country):
		if n >= 5 && digits(code[n-3:n-2]) && letters(code[n-2:]) {
			return code[:n-3]
		}
	case zip(country):
		if n == 9 && digits(code) {
			return code[:5]
		}
	case country == "CA":
		if n == 6 && digits(code[3:4]) && letters(code[4:5]) && digits(code[5:]) {
			return code[:3]
		}
	case country == "IE":
		if n == 7 {
			return code[:3] // the routing key
		}
	case country == "NL":
		if n == 6 && digits(code[:4]) && letters(code[4:]) {
			return code[:4]
		}
	case country == "MT":
		if n > 3 && n <= 7 && letters(code[:3]) && digits(code[3:]) {
			return code[:3]
		}
	case country == "AR":
		if (n == 5 || n == 8 && letters(code[5:])) && letters(code[:1]) && digits(code[1:5]) {
			return code[1:5] // the code of before 1998, inside the longer one
		}
	case country == "IR", country == "SA":
		if (n == 9 || n == 10) && digits(code) {
			return code[:5]
		}
	case country == "BR":
		if n == 5 && digits(code) {
			return append(code, '0', '0', '0') // as written before 1992; buf has room
		}
	}
	return code
}

// A key is an area's code as a number: for digits 10^n + value, which keeps leading zeros; for codes
// with letters, above all those, base 37.
const lettersFrom = 1 << 30

// keyOf is the key of an area; codes of more than eight digits or six characters have none.
func keyOf(area []byte) (uint32, bool) {
	if digits(area) {
		if len(area) == 0 || len(area) > 8 {
			return 0, false
		}
		key := uint32(1)
		for _, c := range area {
			key = key*10 + uint32(c-'0')
		}
		return key, true
	}
	if len(area) > 6 {
		return 0, false
	}
	key := uint32(0)
	for _, c := range area {
		if c <= '9' {
			key = key*37 + uint32(c-'0') + 1
		} else {
			key = key*37 + uint32(c-'A') + 11
		}
	}
	return lettersFrom + key, true
}

// appendKey writes the area of a key back out.
func appendKey(b []byte, key uint32) []byte {
	var reversed [10]byte
	n := 0
	if key < lettersFrom {
		for ; key > 1; key /= 10 {
			reversed[n] = byte(key%10) + '0'
			n++
		}
	} else {
		for key -= lettersFrom; key > 0; key /= 37 {
			if d := byte(key % 37); d <= 10 {
				reversed[n] = d - 1 + '0'
			} else {
				reversed[n] = d - 11 + 'A'
			}
			n++
		}
	}
	for n > 0 {
		n--
		b = append(b, reversed[n])
	}
	return b
}
