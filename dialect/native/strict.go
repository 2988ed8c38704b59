package native

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"waybill"
	"waybill/dialect"
)

const (
	mostNested = 32 // how far a body may nest; conditions of rules need 25
	mostFaults = 50 // of one body are told
)

// strictCasing has huma know a member by its exact name alone. The setting is the whole program's.
var strictCasing = sync.OnceFunc(func() { huma.ValidateStrictCasing = true })

// misshapen finds, by path, what readers of JSON make different things of, or let pass without a word: a member that is
// there twice, values that nest without end, numbers that no reader holds.
func misshapen(r *dialect.Request) []waybill.FieldError {
	if kind := r.ContentType(); kind != "" && !strings.HasSuffix(kind, "json") {
		return nil
	}
	s := shape{decoder: json.NewDecoder(bytes.NewReader(r.Body))}
	s.decoder.UseNumber()
	s.value("", 0)
	return s.faults
}

// shape is a body as it is gone through.
type shape struct {
	decoder *json.Decoder
	faults  []waybill.FieldError
}

// fault notes what is wrong with a value, and reports whether to go on.
func (s *shape) fault(f waybill.FieldError) bool {
	if f.Path == "" {
		f.Path = "body"
	}
	f.Message = f.Path + " " + f.Message
	s.faults = append(s.faults, f)
	return len(s.faults) < mostFaults
}

// value goes through the next value; false: no further. What is no JSON is told by who reads it.
func (s *shape) value(path string, depth int) bool {
	token, err := s.decoder.Token()
	if err != nil {
		return false
	}
	switch v := token.(type) {
	case json.Delim:
		if depth == mostNested {
			s.fault(waybill.FieldError{Path: path, Rule: waybill.RuleRange, Limit: strconv.Itoa(mostNested), Message: "lies too deep: a body nests " + strconv.Itoa(mostNested) + " deep at most"})
			return false
		}
		if v == '[' {
			return s.list(path, depth)
		}
		return s.object(path, depth)
	case json.Number:
		if _, err := strconv.ParseFloat(v.String(), 64); err != nil {
			return s.fault(waybill.FieldError{Path: path, Rule: waybill.RuleRange, Value: shortened(v.String()), Message: "is too large or too exact a number"})
		}
	}
	return true
}

func (s *shape) list(path string, depth int) bool {
	for i := 0; s.decoder.More(); i++ {
		if !s.value(fmt.Sprintf("%s[%d]", path, i), depth+1) {
			return false
		}
	}
	_, err := s.decoder.Token()
	return err == nil
}

func (s *shape) object(path string, depth int) bool {
	times := map[string]int{}
	for s.decoder.More() {
		token, err := s.decoder.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			return false
		}
		at := strings.TrimPrefix(path+"."+strings.ReplaceAll(shortened(name), "\x00", ""), ".")
		if times[name]++; times[name] == 2 && !s.fault(waybill.FieldError{Path: at, Rule: waybill.RuleUnique, Message: "is given more than once"}) {
			return false
		}
		if !s.value(at, depth+1) {
			return false
		}
	}
	_, err := s.decoder.Token()
	return err == nil
}
