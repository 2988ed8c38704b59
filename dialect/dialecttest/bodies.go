package dialecttest

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// spoilt is how many damaged bodies each operation is sent.
const spoilt = 150

// bodiesAreSurvived sends each operation variations of a body it accepts: damaged at random, with members
// nobody knows, and with each member of a wrong type.
func bodiesAreSurvived(t *testing.T, h Harness, conversations []*conversation, document *spec) {
	tried := map[string]bool{}
	for _, c := range conversations {
		for i, step := range c.steps {
			m := parse(step.Data)
			if step.Name != "request" || i+1 == len(c.steps) || len(m.body) == 0 || !strings.HasPrefix(string(c.steps[i+1].Data), "2") {
				continue
			}
			method, pattern, found := route(h.Dialect, m.first)
			if name := method + " " + pattern; found && !tried[name] {
				tried[name] = true
				t.Run(name, func(t *testing.T) { c.vary(t, h, document, i, name) })
			}
		}
	}
}

// vary plays a conversation up to a request and then sends variations of that request. One that was
// accepted may have changed what is stored, so the next starts from the beginning again.
func (c *conversation) vary(t *testing.T, h Harness, document *spec, at int, name string) {
	var s *stage
	fresh := func() message {
		s = &stage{Harness: h, app: h.Start(t), document: document, kept: map[string]string{}}
		for _, step := range c.steps[:at] {
			s.step(t, step)
		}
		return s.fill(t, parse(c.steps[at].Data))
	}
	golden := fresh()
	send := func(body []byte) int {
		h.pace(s.app)
		got := s.app.ask(message{first: golden.first, header: golden.header, body: body})
		file := got.Code < 300 && !isJSON(got.Header().Get("Content-Type"))
		if got.Code >= 500 || (!file && !json.Valid(got.Body.Bytes())) {
			t.Errorf("status %d to %s\n%s", got.Code, body, got.Body)
		}
		if got.Code < 300 {
			golden = fresh()
		}
		return got.Code
	}
	random := rand.New(rand.NewPCG(1, uint64(at)))
	for range spoilt {
		send(spoil(random, golden.body))
	}
	tree, ok := decode(golden.body)
	if !ok {
		return // a form
	}
	for _, variant := range strangers(tree) {
		if code := send(variant); code >= 300 {
			t.Errorf("a member nobody knows was refused (%d): %s", code, variant)
		}
	}
	operation, _ := document.operation(h.Dialect, golden.first)
	for _, v := range mistyped(tree) {
		code := send(v.body)
		known := operation != nil && document.takes(operation, message{body: v.body}) != nil
		lenient := h.Lenient[name+" "+v.path] != ""
		switch {
		case code < 300 && known && !lenient:
			t.Errorf("%s of a wrong type was accepted: %s", v.path, v.wrong)
		case code >= 300 && lenient:
			t.Errorf("%s of a wrong type is refused; take it out of Lenient", v.path)
		}
	}
}

// pace lets as much time pass as the API wants between two requests.
func (h Harness) pace(app *App) {
	if limit := h.Dialect.Limit; limit.Requests > 0 {
		app.Clock.Advance(limit.Period / time.Duration(limit.Requests))
	}
}

// spoil damages a body: cuts it, repeats a part, or puts characters where they do not belong.
func spoil(random *rand.Rand, body []byte) []byte {
	b := slices.Clone(body)
	for range 1 + random.IntN(4) {
		if len(b) == 0 {
			return b
		}
		i := random.IntN(len(b))
		switch random.IntN(5) {
		case 0:
			b = b[:i]
		case 1:
			b[i] = byte(random.IntN(256))
		case 2:
			junk := []string{`"`, `{`, `]`, `null`, `-1e99`, `\u0000`, "\x00", "\xff", `[[[[`, `9223372036854775808`, `%`, `&`, `[]`, `=`}
			b = slices.Insert(b, i, []byte(junk[random.IntN(len(junk))])...)
		case 3:
			j := i + random.IntN(len(b)-i)
			b = slices.Insert(b, i, slices.Clone(b[i:j])...)
		case 4:
			j := i + random.IntN(len(b)-i)
			b = slices.Delete(b, i, j)
		}
	}
	return b
}

// strangers are bodies with a member nobody knows in one of their objects.
func strangers(tree any) (bodies [][]byte) {
	walk(tree, "", func(_ string, v any, _ func(any)) {
		if object, ok := v.(map[string]any); ok {
			object["x_nobody_knows"] = map[string]any{"a": []any{1}}
			bodies = append(bodies, encode(tree))
			delete(object, "x_nobody_knows")
		}
	})
	return bodies
}

type variant struct {
	path, wrong string
	body        []byte
}

// mistyped are bodies with one member of a type that nobody could take for the right one: an object for
// a plain value, text for an object or list.
func mistyped(tree any) (variants []variant) {
	walk(tree, "", func(path string, v any, set func(any)) {
		if path == "" || v == nil {
			return
		}
		wrong := any(map[string]any{"wrong": true})
		switch v.(type) {
		case map[string]any, []any:
			wrong = "wrong"
		}
		set(wrong)
		variants = append(variants, variant{path: path, wrong: short(wrong), body: encode(tree)})
		set(v)
	})
	return variants
}

// walk visits every value of a tree, in order of path, with a function that replaces it.
func walk(v any, path string, visit func(path string, v any, set func(any))) {
	var inner func(v any, path string, set func(any))
	inner = func(v any, path string, set func(any)) {
		visit(path, v, set)
		switch v := v.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(v)) {
				inner(v[name], strings.TrimPrefix(path+"."+name, "."), func(n any) { v[name] = n })
			}
		case []any:
			for i := range v {
				inner(v[i], fmt.Sprintf("%s[%d]", path, i), func(n any) { v[i] = n })
			}
		}
	}
	inner(v, path, func(any) {})
}

func encode(tree any) []byte {
	b, err := json.Marshal(tree)
	if err != nil {
		panic("dialecttest: " + err.Error())
	}
	return b
}
