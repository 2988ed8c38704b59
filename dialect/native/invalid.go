package native

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"waybill"
)

// noted keeps what huma says is wrong with a request, so that it is answered as every other error.
func noted(ctx huma.Context, _ string, v any) (any, error) {
	c, ok := ctx.Context().Value(callKey{}).(*call)
	if !ok {
		return v, nil
	}
	var told errTold
	if err, is := v.(error); is && errors.As(err, &told) {
		return problem{}, nil // the call keeps it
	}
	if m, is := v.(*huma.ErrorModel); is {
		c.err = c.withNuls(refusal(m, c.Body))
	}
	return v, nil
}

// refusal is what huma would not let through, in our words.
func refusal(m *huma.ErrorModel, body []byte) error {
	const op = "native"
	switch m.Status {
	case http.StatusUnsupportedMediaType:
		return waybill.E(op, waybill.ReasonBadType, "bodies are JSON: send Content-Type: application/json")
	case http.StatusNotAcceptable:
		return waybill.E(op, waybill.ReasonNotAcceptable, "answers are JSON")
	case http.StatusBadRequest:
		return waybill.E(op, waybill.ReasonBadJSON, "the body cannot be read: %s", because(m))
	case http.StatusUnprocessableEntity:
		var fields []waybill.FieldError
		for _, d := range m.Errors {
			if numbers := unreadable(d, body); len(numbers) > 0 {
				fields = append(fields, numbers...)
			} else {
				f := fieldError(d)
				f.Path = straight(f.Path, body)
				fields = append(fields, f)
			}
		}
		return waybill.FieldErrors(op, fields)
	}
	return fmt.Errorf("huma: %d %s", m.Status, because(m))
}

func because(m *huma.ErrorModel) string {
	if len(m.Errors) == 0 {
		return m.Detail
	}
	return m.Errors[0].Message
}

// complaints are huma's words for what is wrong, by how they begin, with our rules; the first that fits.
var complaints = []struct {
	words string
	rule  waybill.FieldRule
}{
	{"expected required property", waybill.RuleRequired},
	{"required ", waybill.RuleRequired},
	{"expected property", waybill.RuleNeeds},
	{"unexpected property", waybill.RuleExists},
	{"unknown query parameter", waybill.RuleExists},
	{"expected value to be one of", waybill.RuleEnum},
	{"expected number ", waybill.RuleRange}, // >=, <=, a multiple of
	{"expected number", waybill.RuleNumber},
	{"expected integer", waybill.RuleInteger},
	{"expected boolean", waybill.RuleBoolean},
	{"expected string to be", waybill.RuleFormat},
	{"expected string to match", waybill.RuleFormat},
	{"expected string", waybill.RuleString},
	{"expected array items to be unique", waybill.RuleUnique},
	{"expected array length >=", waybill.RuleEmpty},
	{"expected array length <=", waybill.RuleMaxItems},
	{"expected array", waybill.RuleArray},
	{"expected length >=", waybill.RuleEmpty},
	{"expected length <=", waybill.RuleMaxLength},
	{"expected object with at least", waybill.RuleEmpty},
	{"expected object", waybill.RuleObject},
	{"invalid integer", waybill.RuleInteger},
	{"invalid float", waybill.RuleNumber},
	{"invalid boolean", waybill.RuleBoolean},
}

// shown is how much of a value is given back.
const shown = 80

func fieldError(d *huma.ErrorDetail) waybill.FieldError {
	f := waybill.FieldError{Path: strings.TrimPrefix(strings.TrimPrefix(d.Location, "body"), "."), Rule: waybill.RuleFormat, Message: d.Message}
	for _, s := range complaints {
		if strings.HasPrefix(d.Message, s.words) {
			f.Rule = s.rule
			break
		}
	}
	switch f.Rule {
	case waybill.RuleRequired:
		if name, ok := strings.CutPrefix(d.Message, "expected required property "); ok {
			name, _, _ = strings.Cut(name, " ")
			f.Path = strings.TrimPrefix(f.Path+"."+name, ".")
		}
		f.Message = f.Path + " is required"
		return f
	case waybill.RuleEmpty:
		if strings.HasPrefix(d.Message, "expected object") {
			f.Limit, f.Message = "1", "at least one member is wanted"
			break
		}
		f.Limit = d.Message[strings.LastIndexByte(d.Message, ' ')+1:]
	case waybill.RuleRange, waybill.RuleMaxLength, waybill.RuleMaxItems:
		f.Limit = d.Message[strings.LastIndexByte(d.Message, ' ')+1:]
	case waybill.RuleEnum:
		f.Limit = strings.Trim(strings.TrimPrefix(d.Message, "expected value to be one of "), `"`)
	case waybill.RuleExists:
		f.Message = "there is no such member"
	}
	if f.Path == "" {
		f.Path = "body"
	}
	switch v := d.Value.(type) {
	case nil, map[string]any, []any:
	default:
		f.Value = shortened(fmt.Sprint(v))
	}
	return f
}

// shortened is as much of a value as is given back.
func shortened(value string) string {
	if text := []rune(value); len(text) > shown {
		return string(text[:shown]) + "…"
	}
	return value
}
