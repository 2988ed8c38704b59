package dialecttest

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"sort"
	"strings"
)

// patterns are what stands for text that differs from run to run.
var patterns = map[string]string{
	"id":     `[0-9a-f]{24}`,
	"number": `-?[0-9]+(?:\.[0-9]+)?`,
	"time":   `[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?`,
	"token":  `[A-Za-z0-9._~+/=-]{8,}`,
	"base64": `[A-Za-z0-9+/]{4,}={0,2}`,
	"pdf":    `JVBER[A-Za-z0-9+/]+={0,2}`,
	"any":    `(?s:.*)`,
}

var placeholder = regexp.MustCompile(`<(id|number|time|token|base64|pdf|any)(?::([A-Za-z0-9_]+))?>`)

// compare tells how an answer differs from what was expected; "" when it does not.
func (s *stage) compare(want, got []byte) string {
	wanted, ok := decode(want)
	if !ok {
		return s.text("", string(want), string(got))
	}
	given, ok := decode(got)
	if !ok {
		return "- " + string(want) + "\n+ " + string(got) + " (not JSON)"
	}
	return strings.Join(s.values("", wanted, given), "\n")
}

func decode(data []byte) (any, bool) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var v any
	if decoder.Decode(&v) != nil || decoder.More() {
		return nil, false
	}
	return v, true
}

func (s *stage) values(path string, want, got any) []string {
	switch w := want.(type) {
	case map[string]any:
		if g, ok := got.(map[string]any); ok {
			return s.objects(path, w, g)
		}
	case []any:
		if g, ok := got.([]any); ok {
			return s.arrays(path, w, g)
		}
	case string:
		if diff := s.leaf(path, w, got); diff != "" {
			return []string{diff}
		}
		return nil
	case json.Number:
		if g, ok := got.(json.Number); ok && sameNumber(w, g) {
			return nil
		}
	default:
		if want == got {
			return nil
		}
	}
	return []string{fmt.Sprintf("%s\n-   %s\n+   %s", path, short(want), short(got))}
}

func (s *stage) objects(path string, want, got map[string]any) (diffs []string) {
	names := map[string]bool{}
	for name := range want {
		names[name] = true
	}
	for name := range got {
		names[name] = true
	}
	sorted := make([]string, 0, len(names))
	for name := range names {
		sorted = append(sorted, name)
	}
	sort.Strings(sorted)
	for _, name := range sorted {
		at := path + "." + name
		w, wanted := want[name]
		g, given := got[name]
		switch {
		case !given:
			diffs = append(diffs, fmt.Sprintf("%s\n-   %s\n+   (absent)", at, short(w)))
		case !wanted:
			diffs = append(diffs, fmt.Sprintf("%s\n-   (absent)\n+   %s", at, short(g)))
		default:
			diffs = append(diffs, s.values(at, w, g)...)
		}
	}
	return diffs
}

func (s *stage) arrays(path string, want, got []any) (diffs []string) {
	if len(want) != len(got) {
		return []string{fmt.Sprintf("%s\n-   %d items: %s\n+   %d items: %s", path, len(want), short(want), len(got), short(got))}
	}
	for i := range want {
		diffs = append(diffs, s.values(fmt.Sprintf("%s[%d]", path, i), want[i], got[i])...)
	}
	return diffs
}

// leaf compares an expected string, which may hold placeholders, with any JSON value: <any> takes
// everything, <number> and <time> a number too.
func (s *stage) leaf(path, want string, got any) string {
	whole := placeholder.FindStringSubmatch(want)
	alone := whole != nil && whole[0] == want
	switch g := got.(type) {
	case string:
		return s.text(path, want, g)
	case json.Number:
		if alone && (whole[1] == "number" || whole[1] == "time" || whole[1] == "any") {
			s.keep(whole[2], g.String())
			return ""
		}
	default:
		if alone && whole[1] == "any" {
			s.keep(whole[2], short(got))
			return ""
		}
	}
	return fmt.Sprintf("%s\n-   %q\n+   %s", path, want, short(got))
}

func (s *stage) text(path, want, got string) string {
	differs := fmt.Sprintf("%s\n-   %q\n+   %q", path, want, got)
	marks := placeholder.FindAllStringSubmatchIndex(want, -1)
	if marks == nil {
		if want == got {
			return ""
		}
		return differs
	}
	var pattern strings.Builder
	end := 0
	for _, m := range marks {
		pattern.WriteString(regexp.QuoteMeta(want[end:m[0]]) + "(" + patterns[want[m[2]:m[3]]] + ")")
		end = m[1]
	}
	found := regexp.MustCompile(`\A` + pattern.String() + regexp.QuoteMeta(want[end:]) + `\z`).FindStringSubmatch(got)
	if found == nil {
		return differs
	}
	for i, m := range marks {
		if kind := want[m[2]:m[3]]; kind == "base64" || kind == "pdf" {
			if _, err := base64.StdEncoding.DecodeString(found[i+1]); err != nil {
				return differs
			}
		}
		if m[4] >= 0 {
			s.keep(want[m[4]:m[5]], found[i+1])
		}
	}
	return ""
}

func (s *stage) keep(name, value string) {
	if name != "" {
		s.kept[name] = value
	}
}

func sameNumber(a, b json.Number) bool {
	x, ok1 := new(big.Rat).SetString(a.String())
	y, ok2 := new(big.Rat).SetString(b.String())
	return ok1 && ok2 && x.Cmp(y) == 0
}

func short(v any) string {
	b, _ := json.Marshal(v)
	if len(b) > 300 {
		b = append(b[:300], "..."...)
	}
	return string(b)
}

func pretty(body []byte) string {
	var b bytes.Buffer
	if json.Indent(&b, body, "", "  ") != nil {
		return string(body)
	}
	return b.String()
}
