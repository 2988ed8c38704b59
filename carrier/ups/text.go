package ups

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"waybill"
)

// request collects what is wrong with a shipment while it is put into UPS's words, so that a caller
// learns everything at once and before anything is sent.
type request struct {
	problems []waybill.FieldError
}

func (r *request) report(path string, rule waybill.FieldRule, value, limit, format string, args ...any) {
	r.problems = append(r.problems, waybill.FieldError{
		Path: path, Rule: rule, Value: shorten(value, 80), Limit: limit, Message: fmt.Sprintf(format, args...),
	})
}

// text is a value in letters that UPS prints. Others are refused, naming the field: a label with
// question marks goes astray.
func (r *request) text(path, value string) string {
	out, ok := latin(value)
	if !ok {
		r.report(path, waybill.RuleFormat, value, "Latin letters", "UPS prints Latin letters only: %s must be written in them", path)
	}
	return out
}

// name is a text of which the beginning still says who is meant, so one that is too long is shortened.
func (r *request) name(path, value string, limit int) string {
	return shorten(r.text(path, value), limit)
}

// whole is a text that means something else when shortened, so one that is too long is refused.
func (r *request) whole(path, value string, limit int) string {
	out := r.text(path, value)
	if len([]rune(out)) > limit {
		r.report(path, waybill.RuleMaxLength, value, fmt.Sprint(limit), "UPS takes at most %d characters in %s", limit, path)
		return ""
	}
	return out
}

// lines are an address's street lines: at most three of 35 characters. Longer ones are broken between
// words; what does not fit then is refused.
func (r *request) lines(path string, given []string) []string {
	const width, most = 35, 3
	out := []string{}
	for _, line := range given {
		current := ""
		for _, word := range strings.Fields(r.text(path+".street", line)) {
			if len([]rune(word)) > width {
				r.report(path+".street", waybill.RuleMaxLength, word, fmt.Sprint(width), "UPS takes lines of %d characters; %q has no space to break at", width, shorten(word, 20)+"…")
				return out
			}
			switch {
			case current == "":
				current = word
			case len([]rune(current))+1+len([]rune(word)) <= width:
				current += " " + word
			default:
				out, current = append(out, current), word
			}
		}
		if current != "" {
			out = append(out, current)
		}
	}
	if len(out) > most {
		r.report(path+".street", waybill.RuleMaxLength, strings.Join(given, ", "), fmt.Sprint(most*width), "UPS takes %d address lines of %d characters", most, width)
	}
	return out
}

// shorten cuts text to so many characters, at its end and never inside one.
func shorten(text string, limit int) string {
	letters := []rune(text)
	if len(letters) <= limit {
		return text
	}
	return strings.TrimRightFunc(string(letters[:limit]), unicode.IsSpace)
}

// replaced are letters and signs outside ISO 8859-1 that have a usual spelling inside it.
var replaced = map[rune]string{
	'‘': "'", '’': "'", '‚': "'", '“': `"`, '”': `"`, '„': `"`, '–': "-", '—': "-", '‑': "-", '−': "-", '…': "...",
	'ł': "l", 'Ł': "L", 'đ': "d", 'Đ': "D", 'ı': "i", 'œ': "oe", 'Œ': "OE", 'ħ': "h", 'Ħ': "H", 'ŋ': "n", 'Ŋ': "N",
	'ŧ': "t", 'Ŧ': "T", 'ẞ': "SS", 'ĸ': "k", 'ſ': "s", '€': "EUR", '№': "No.", '™': "", '\u200b': "", '\ufeff': "",
}

// latin writes text in ISO 8859-1, the character set of UPS's labels (LabelSpecification.CharacterSet
// "eng"): accents that it lacks are dropped, spaces of all kinds become one. False: a letter has no
// Latin spelling.
func latin(text string) (string, bool) {
	var out strings.Builder
	ok := true
	for _, letter := range norm.NFC.String(text) {
		switch {
		case unicode.IsSpace(letter) || unicode.IsControl(letter):
			out.WriteByte(' ')
		case letter <= 0xff:
			out.WriteRune(letter)
		case unicode.Is(unicode.Mn, letter):
		default:
			if spelling, known := replaced[letter]; known {
				out.WriteString(spelling)
				continue
			}
			base := []rune(norm.NFKD.String(string(letter)))
			if base[0] > 0xff || (len(base) == 1 && base[0] == letter) {
				ok = false
				continue
			}
			for _, part := range base {
				if !unicode.Is(unicode.Mn, part) {
					out.WriteRune(part)
				}
			}
		}
	}
	return strings.Join(strings.Fields(out.String()), " "), ok
}
