package carrier

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"waybill"
)

// remediesFile tells what a failure means and what helps, by a code of a magic value, else by our reason. What a carrier's
// own code means is in the tables of its adapter.
//
//go:embed remedies.csv
var remediesFile string

var remedies = func() map[string][]string {
	list := map[string][]string{}
	for _, row := range Table(remediesFile, 3) {
		list[row[0]] = row[1:]
	}
	return list
}()

// explained adds cause and remedy to what a carrier said, where they are known and it did not give its own.
func explained(f *waybill.CarrierFault, reason waybill.Reason) {
	for _, key := range []string{f.Code, string(reason)} {
		if row := remedies[key]; row != nil && f.Cause == "" {
			f.Cause, f.Remedy = row[0], row[1]
		}
	}
}

// personal stands in the place of personal data.
const personal = "[personal]"

// shortest is how long a name must be to be told from a word.
const shortest = 3

// discreet takes the data of persons out of the words of a failure, which are kept, sent on and logged: carriers repeat
// names and addresses in them. Town and postal code stay, since they are what a refusal is mostly about.
func discreet(err error, people ...waybill.Party) error {
	if err == nil {
		return nil
	}
	var private []string
	for _, p := range people {
		c := p.Contact
		private = append(append(private, c.FullName(), c.Name, c.First, c.Last, c.Company, c.Phone, c.Mobile, c.Email), p.Address.Lines()...)
	}
	private = slices.DeleteFunc(private, func(text string) bool { return utf8.RuneCountInString(strings.TrimSpace(text)) < shortest })
	if len(private) == 0 {
		return err
	}
	slices.SortStableFunc(private, func(a, b string) int { return len(b) - len(a) }) // a full name before its parts
	for i, text := range private {
		private[i] = regexp.QuoteMeta(strings.TrimSpace(text))
	}
	known := regexp.MustCompile(`(?i)` + strings.Join(private, "|"))
	hide := func(text string) string { return hidden(text, known) }
	e := *waybill.AsError(err)
	e.Message = hide(e.Message)
	if e.Fault != nil {
		fault := *e.Fault
		fault.Message = hide(fault.Message)
		e.Fault = &fault
	}
	e.Fields = slices.Clone(e.Fields)
	for i := range e.Fields {
		e.Fields[i].Message = hide(e.Fields[i].Message)
	}
	return &e
}

// hidden marks what is known in a text, where it is no part of a longer word.
func hidden(text string, known *regexp.Regexp) string {
	var out strings.Builder
	from := 0
	for _, at := range known.FindAllStringIndex(text, -1) {
		before, _ := utf8.DecodeLastRuneInString(text[:at[0]])
		after, _ := utf8.DecodeRuneInString(text[at[1]:])
		if unicode.IsLetter(before) || unicode.IsLetter(after) {
			continue
		}
		out.WriteString(text[from:at[0]] + personal)
		from = at[1]
	}
	return out.String() + text[from:]
}
