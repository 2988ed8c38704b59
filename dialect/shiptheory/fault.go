package shiptheory

import (
	"net/http"
	"regexp"
	"strings"

	"waybill"
	"waybill/dialect"
)

// faultKey is what an answer depends on: the operation ("": any), the error's code and its reason ("":
// any).
type faultKey struct {
	op     string
	code   waybill.Code
	reason waybill.Reason
}

// answer is how an error is told.
type answer struct {
	status int
	// plain: beside the message an error member with the same text, as the vendor tells business failures.
	plain bool
	// field and rule make a validation map of an error that names no field itself.
	field, rule string
	// text replaces what the error says, which is then not for callers.
	text string
}

const (
	draining = "We're temporarily offline. Please try again later."
	broken   = "An internal error has occurred."
	busy     = "Too many requests. Please slow down."
)

// faults holds every answer that is not success. The most exact key counts: operation and reason, then
// operation and code, then reason, then code. An invalid request whose fields are named becomes a validation map.
var faults = map[faultKey]answer{
	{"", waybill.Invalid, ""}:                               {status: http.StatusBadRequest},
	{"", waybill.Unauthenticated, ""}:                       {status: http.StatusUnauthorized},
	{"", waybill.Forbidden, ""}:                             {status: http.StatusForbidden},
	{"", waybill.NotFound, ""}:                              {status: http.StatusNotFound},
	{"", waybill.Unsupported, ""}:                           {status: http.StatusBadRequest},
	{"", waybill.Unsupported, waybill.ReasonMethod}:         {status: http.StatusMethodNotAllowed},
	{"", waybill.Unsupported, waybill.ReasonNotAcceptable}:  {status: http.StatusNotAcceptable},
	{"", waybill.Unsupported, waybill.ReasonCarrierAbility}: {status: http.StatusBadRequest, plain: true},
	{"", waybill.Conflict, ""}:                              {status: http.StatusConflict},
	{"", waybill.InsufficientFunds, ""}:                     {status: http.StatusBadRequest, plain: true},
	{"", waybill.RateExpired, ""}:                           {status: http.StatusBadRequest, plain: true},
	{"", waybill.CarrierRejected, ""}:                       {status: http.StatusBadRequest, plain: true},
	{"", waybill.CarrierUnavailable, ""}:                    {status: http.StatusServiceUnavailable, plain: true},
	{"", waybill.TooManyRequests, ""}:                       {status: http.StatusTooManyRequests, text: busy},
	{"", waybill.Unavailable, ""}:                           {status: http.StatusServiceUnavailable, text: draining},
	{"", waybill.Internal, ""}:                              {status: http.StatusInternalServerError, text: broken},
	{opView, waybill.Invalid, waybill.ReasonBadID}:          {status: http.StatusNotFound, text: "Record not found"},
	{opView, waybill.NotFound, ""}:                          {status: http.StatusNotFound, text: "Record not found"},
	{opBook, waybill.Conflict, waybill.ReasonDuplicate}:     {status: http.StatusBadRequest, field: "reference", rule: "unique", text: "This reference is already in use"},
	{opReturn, waybill.NotFound, ""}:                        {status: http.StatusNotFound, plain: true},
	{opNewProduct, waybill.Conflict, waybill.ReasonTaken}:   {status: http.StatusBadRequest, field: "sku", rule: "unique", text: "This SKU is already in use"},
	{opPutProduct, waybill.Conflict, waybill.ReasonTaken}:   {status: http.StatusBadRequest, field: "sku", rule: "unique", text: "This SKU is already in use"},
	{opNewTag, waybill.Conflict, waybill.ReasonTaken}:       {status: http.StatusBadRequest, field: "name", rule: "unique", text: "This name is already in use"},
	{opPutTag, waybill.Conflict, waybill.ReasonTaken}:       {status: http.StatusBadRequest, field: "name", rule: "unique", text: "This name is already in use"},
}

func answerTo(op string, e *waybill.Error) answer {
	for _, key := range []faultKey{{op, e.Code, e.Reason}, {op, e.Code, ""}, {"", e.Code, e.Reason}} {
		if a, ok := faults[key]; ok {
			return a
		}
	}
	return faults[faultKey{"", e.Code, ""}]
}

// failure is an error on the wire. Existing clients need message on anything but 200; error is what the
// vendor documents for validation and business failures.
type failure struct {
	Error   any    `json:"error,omitempty"`
	Message string `json:"message,omitempty"`
	URL     string `json:"url,omitempty"`
	Code    int    `json:"code,omitempty"`
}

// fault tells an error in one of three shapes: message, url and code alone; with a map of field, rule and
// text; or with a text.
func fault(r *dialect.Request, e *waybill.Error) dialect.Reply {
	a := answerTo(r.Op, e)
	body := failure{Message: e.Message, URL: r.RawPath, Code: a.status}
	if a.text != "" {
		body.Message = a.text
	}
	switch {
	case a.rule != "":
		body.Error, body.Message = map[string]any{a.field: map[string]any{a.rule: a.text}}, a.field+": "+a.text
	case a.plain:
		body.Error = body.Message
	case e.Code == waybill.Invalid && len(e.Fields) > 0:
		body.Error, body.Message = validation(r.Op, e.Fields)
	}
	status := a.status
	if body.Error != nil && r.Settings.ValidationAnswers == http.StatusOK {
		status, body = http.StatusOK, failure{Error: body.Error}
	}
	reply := dialect.JSON(status, body)
	if format, err := media(r); err == nil {
		reply = in(format, reply)
	}
	return reply
}

// ruleKeys are the vendor's words for rules: those it documents, else those of CakePHP, which it shows in
// its answers.
var ruleKeys = map[waybill.FieldRule]string{
	waybill.RuleRequired:  "_required",
	waybill.RuleEmpty:     "_empty",
	waybill.RuleMaxLength: "maxLength",
	waybill.RuleMaxItems:  "hasAtMost",
	waybill.RuleNumber:    "numeric",
	waybill.RuleInteger:   "integer",
	waybill.RuleString:    "scalar",
	waybill.RuleBoolean:   "boolean",
	waybill.RuleObject:    "_nested",
	waybill.RuleArray:     "array",
	waybill.RuleEnum:      "inList",
	waybill.RuleUnique:    "unique",
	waybill.RuleRange:     "range",
	waybill.RuleFormat:    "custom",
	waybill.RuleExists:    "_existsIn",
	waybill.RuleNeeds:     "_required",
}

// exactKeys are rule keys that depend on the field.
var exactKeys = map[waybill.FieldRule]map[string]string{
	waybill.RuleRange: {"expiry": "expiry_length"},
	waybill.RuleFormat: {
		"expiry": "date", "ship_date": "date", "created_from": "date", "created_to": "date",
		"background_colour": "hexColor", "text_colour": "hexColor", "thumbnail_url": "extension",
	},
}

// ruleTexts are said whatever the field.
var ruleTexts = map[waybill.FieldRule]string{
	waybill.RuleRequired: "This field is required",
	waybill.RuleEmpty:    "This field cannot be left empty",
}

// wireName is a member's name where the engine knows it under another.
func wireName(op, path string) string {
	switch {
	case op == opReturn && path == "service":
		return "return_service"
	case op != opBook:
		return path
	}
	for engine, wire := range map[string]string{"parcels.": "packages.", "to.": "recipient.", "from.": "sender."} {
		if rest, ok := strings.CutPrefix(path, engine); ok {
			return wire + strings.Replace(rest, ".size", ".id", 1)
		}
	}
	return path
}

var index = regexp.MustCompile(`\[(\d+)\]`)

// validation is the map of what is wrong, nested like the request with items by their index, and the first
// of it in a line.
func validation(op string, fields []waybill.FieldError) (tree map[string]any, first string) {
	tree = map[string]any{}
	for i, f := range fields {
		path := wireName(op, index.ReplaceAllString(f.Path, ".$1"))
		steps := strings.Split(path, ".")
		if op == opSearch || op == opList {
			steps = []string{path} // there the dots are part of the name
		}
		text := ruleTexts[f.Rule]
		if text == "" {
			text = f.Message
		}
		at := tree
		for _, step := range steps {
			inner, ok := at[step].(map[string]any)
			if !ok {
				inner = map[string]any{}
				at[step] = inner
			}
			at = inner
		}
		at[ruleKey(f.Rule, steps[len(steps)-1])] = text
		if i == 0 {
			first = path + ": " + text
		}
	}
	return tree, first
}

func ruleKey(rule waybill.FieldRule, field string) string {
	if key, ok := exactKeys[rule][field]; ok {
		return key
	}
	if key, ok := ruleKeys[rule]; ok {
		return key
	}
	return "custom"
}
