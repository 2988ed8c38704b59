package dialect

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"waybill"
)

// Value is one member of a request body, with its path. Reading it with the wrong expectation notes
// a field error instead of failing, so that a decoder reads left to right and one answer names
// everything that is wrong. Members nobody asks for are let pass, as the vendors do.
type Value struct {
	path   string
	raw    any
	given  bool
	words  bool // numbers and booleans may come as text (forms)
	errors *[]waybill.FieldError
	under  string // what comes before the path, for reads
	reads  *reads
}

// JSON reads the body as one JSON object or array.
func (r *Request) JSON() (Value, error) {
	decoder := json.NewDecoder(bytes.NewReader(r.Body))
	decoder.UseNumber()
	var raw any
	if err := decoder.Decode(&raw); err != nil {
		return Value{}, badJSON(r, err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Value{}, waybill.E("decode", waybill.ReasonBadJSON, "the body has text after its JSON value")
	}
	return r.document(raw, false), nil
}

func badJSON(r *Request, err error) error {
	if len(bytes.TrimSpace(r.Body)) == 0 {
		return waybill.E("decode", waybill.ReasonBadJSON, "the body is empty; a JSON value is expected")
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return waybill.E("decode", waybill.ReasonBadJSON, "the body is not valid JSON at byte %d: %s", syntax.Offset, syntax.Error())
	}
	return waybill.E("decode", waybill.ReasonBadJSON, "the body is not valid JSON: it ends too early")
}

// Root makes a value of a decoded tree; words lets text stand for numbers and booleans.
func Root(raw any, words bool) Value {
	return Value{raw: raw, given: true, words: words, errors: new([]waybill.FieldError)}
}

// Errors are the field errors noted so far, as one error; nil when there are none.
func (v Value) Errors(op string) error { return waybill.FieldErrors(op, *v.errors) }

// Note adds a field error of the decoder's own.
func (v Value) Note(rule waybill.FieldRule, limit, format string, args ...any) {
	*v.errors = append(*v.errors, waybill.FieldError{
		Path: v.path, Rule: rule, Limit: limit, Value: v.show(), Message: fmt.Sprintf(format, args...),
	})
}

// show is the value as given, shortened.
func (v Value) show() string {
	if !v.given {
		return ""
	}
	s, ok := v.raw.(string)
	if !ok {
		b, _ := json.Marshal(v.raw)
		s = string(b)
	}
	if utf8.RuneCountInString(s) > 60 {
		s = string([]rune(s)[:57]) + "..."
	}
	return s
}

// Path is the dotted path, items as [n].
func (v Value) Path() string { return v.path }

// Given reports whether the member is there, null included.
func (v Value) Given() bool { return v.given }

// Null reports whether the member is there and null.
func (v Value) Null() bool { return v.given && v.raw == nil }

// Absent reports whether the member is missing or null.
func (v Value) Absent() bool { return !v.given || v.raw == nil }

// Blank reports whether the member is missing, null or empty text.
func (v Value) Blank() bool {
	s, ok := v.raw.(string)
	return v.Absent() || (ok && strings.TrimSpace(s) == "")
}

// Raw is the decoded tree.
func (v Value) Raw() any {
	v.read()
	return v.raw
}

// Bytes is the member as JSON; nil when absent.
func (v Value) Bytes() json.RawMessage {
	if v.Absent() {
		return nil
	}
	b, err := json.Marshal(v.raw)
	if err != nil {
		return nil
	}
	return b
}

// At is a member of an object; of anything else it is absent.
func (v Value) At(name string) Value {
	child := v.child(name)
	if object, ok := v.raw.(map[string]any); ok {
		child.raw, child.given = object[name], has(object, name)
	}
	return child
}

func has(object map[string]any, name string) bool {
	_, ok := object[name]
	return ok
}

func (v Value) child(name string) Value {
	path := name
	if v.path != "" {
		path = v.path + "." + name
	}
	return Value{path: path, words: v.words, errors: v.errors, under: v.under, reads: v.reads}
}

// Object notes an error unless the member is an object or absent, and says whether it is one.
func (v Value) Object() bool {
	v.read()
	if v.Absent() {
		return false
	}
	if _, ok := v.raw.(map[string]any); ok {
		return true
	}
	v.Note(waybill.RuleObject, "", "%s must be an object", v.name())
	return false
}

// Items are the members of an array of at most max; anything else notes an error.
func (v Value) Items(max int) []Value {
	v.read()
	if v.Absent() {
		return nil
	}
	array, ok := v.raw.([]any)
	if !ok {
		v.Note(waybill.RuleArray, "", "%s must be an array", v.name())
		return nil
	}
	if max > 0 && len(array) > max {
		v.Note(waybill.RuleMaxItems, strconv.Itoa(max), "%s must have at most %d items", v.name(), max)
		return nil
	}
	items := make([]Value, len(array))
	for i, raw := range array {
		items[i] = Value{path: v.path + "[" + strconv.Itoa(i) + "]", raw: raw, given: true, words: v.words, errors: v.errors, under: v.under, reads: v.reads}
	}
	return items
}

func (v Value) name() string {
	if v.path == "" {
		return "the body"
	}
	return v.path
}

// Required notes an error when the member is missing, null or empty text.
func (v Value) Required() Value {
	switch {
	case !v.given || v.raw == nil:
		v.Note(waybill.RuleRequired, "", "%s is a required field", v.name())
	case v.Blank():
		v.Note(waybill.RuleEmpty, "", "%s must not be empty", v.name())
	}
	return v
}

// Text is the member as text of at most max characters (0: any length). Numbers are taken as they
// were written; clients send telephone numbers and postal codes so.
func (v Value) Text(max int) string {
	v.read()
	if v.Absent() {
		return ""
	}
	var s string
	switch raw := v.raw.(type) {
	case string:
		s = raw
	case json.Number:
		s = raw.String()
	default:
		v.Note(waybill.RuleString, "", "%s must be a string", v.name())
		return ""
	}
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		v.Note(waybill.RuleFormat, "", "%s must be valid text", v.name())
		return ""
	}
	if max > 0 && utf8.RuneCountInString(s) > max {
		v.Note(waybill.RuleMaxLength, strconv.Itoa(max), "%s must be at most %d characters", v.name(), max)
		return ""
	}
	return s
}

// String is Text for members that must really be a string.
func (v Value) String(max int) string {
	v.read()
	if _, ok := v.raw.(json.Number); ok {
		v.Note(waybill.RuleString, "", "%s must be a string", v.name())
		return ""
	}
	return v.Text(max)
}

// Decimal is a number, or text that is one; empty when absent.
func (v Value) Decimal() waybill.Decimal {
	v.read()
	if v.Absent() {
		return ""
	}
	var text string
	switch raw := v.raw.(type) {
	case json.Number:
		text = raw.String()
	case string:
		if !v.words {
			v.Note(waybill.RuleNumber, "", "%s must be a number", v.name())
			return ""
		}
		if text = strings.TrimSpace(raw); text == "" {
			return ""
		}
	default:
		v.Note(waybill.RuleNumber, "", "%s must be a number", v.name())
		return ""
	}
	d, err := waybill.ParseDecimal(text)
	if err != nil {
		v.Note(waybill.RuleNumber, "", "%s must be a number", v.name())
	}
	return d
}

// Words lets text stand for numbers and booleans from here down.
func (v Value) Words() Value {
	v.words = true
	return v
}

// Integer is a whole number between low and high; 0 when absent.
func (v Value) Integer(low, high int64) int64 {
	d := v.Decimal()
	if d == "" {
		return 0
	}
	n, ok := d.Scaled(1, 1)
	if !ok || !d.Equal(waybill.Decimal(strconv.FormatInt(n, 10))) {
		v.Note(waybill.RuleInteger, "", "%s must be a whole number", v.name())
		return 0
	}
	if n < low || n > high {
		v.Note(waybill.RuleRange, fmt.Sprintf("%d..%d", low, high), "%s must be from %d to %d", v.name(), low, high)
		return 0
	}
	return n
}

// Boolean is true or false (in forms also 1, 0, "true", "false"); false when absent.
func (v Value) Boolean() bool {
	v.read()
	if v.Absent() {
		return false
	}
	if b, ok := v.raw.(bool); ok {
		return b
	}
	if v.words {
		switch strings.ToLower(v.show()) {
		case "1", "true", "yes", "on":
			return true
		case "0", "false", "no", "off", "":
			return false
		}
	}
	v.Note(waybill.RuleBoolean, "", "%s must be true or false", v.name())
	return false
}

// Among is text that must be one of the words, compared without case; it is answered as listed.
func (v Value) Among(words ...string) string {
	s := strings.TrimSpace(v.Text(0))
	if s == "" {
		return ""
	}
	for _, w := range words {
		if strings.EqualFold(w, s) {
			return w
		}
	}
	v.Note(waybill.RuleEnum, strings.Join(words, ", "), "%s must be one of %s", v.name(), strings.Join(words, ", "))
	return ""
}
