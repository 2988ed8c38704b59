package native_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
)

// answersFile holds, for each operation, an answer that a test of this package got: the document shows it.
const answersFile = "answers.json"

// shownAnswers are the fullest answers that tests got, by operation.
var shownAnswers = struct {
	sync.Mutex
	of map[string]shownAnswer
}{of: map[string]shownAnswer{}}

type shownAnswer struct {
	text    []byte
	members []string // which there are, with their types
}

// remember keeps an answer as an example if it shows more than those before. Of two that show as much the shorter one is
// kept, so that it does not matter which came first.
func remember(op string, a answer) {
	text, ok := presentable(a)
	if !ok {
		return
	}
	fresh := shownAnswer{text, outline(text)}
	shownAnswers.Lock()
	defer shownAnswers.Unlock()
	if kept, known := shownAnswers.of[op]; !known || fuller(fresh, kept) < 0 {
		shownAnswers.of[op] = fresh
	}
}

func fuller(a, b shownAnswer) int {
	return cmp.Or(
		cmp.Compare(len(b.members), len(a.members)), slices.Compare(a.members, b.members),
		cmp.Compare(len(a.text), len(b.text)), bytes.Compare(a.text, b.text),
	)
}

const (
	itemsShown = 1
	textShown  = 600
)

// presentable is an answer as it is shown: of lists the beginning, of long texts too; what is secret is taken out. Of files
// there is none but of tables.
func presentable(a answer) ([]byte, bool) {
	kind, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
	switch {
	case len(a.body) == 0:
		return nil, false
	case kind == "text/csv":
		text, err := json.Marshal(string(a.body[:min(len(a.body), textShown)]))
		return text, err == nil
	case !strings.Contains(kind, "json"):
		return nil, false
	}
	var b bytes.Buffer
	d := json.NewDecoder(bytes.NewReader(a.body))
	d.UseNumber()
	err := shorten(d, &b)
	return b.Bytes(), err == nil
}

// shorten copies the next value, its members in their order.
func shorten(d *json.Decoder, b *bytes.Buffer) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	switch v := token.(type) {
	case json.Delim:
		b.WriteString(v.String())
		for n := 0; d.More(); n++ {
			out := b
			if v == '[' && n >= itemsShown {
				out = &bytes.Buffer{} // read on, and leave it out
			} else if n > 0 {
				out.WriteByte(',')
			}
			if v == '{' {
				name, err := d.Token()
				if err != nil {
					return err
				}
				fmt.Fprintf(out, "%s:", text(name))
			}
			if err := shorten(d, out); err != nil {
				return err
			}
		}
		end, err := d.Token()
		fmt.Fprint(b, end)
		return err
	case string:
		b.Write(text(hidden(v)))
	default:
		b.Write(text(v))
	}
	return nil
}

func text(v any) []byte {
	data, _ := json.Marshal(v)
	return data
}

// secrets are what is made by chance; an example shows that there is one.
var secrets = regexp.MustCompile(`^(whsec_|wb_test_|wb_live_|wb_)?[A-Za-z0-9_+/.=-]{26,}$`)

func hidden(s string) string {
	if found := secrets.FindStringSubmatch(s); found != nil && !strings.Contains(s, "-") {
		return found[1] + "EXAMPLE"
	}
	if len(s) > textShown {
		s = s[:textShown]
		for !utf8.ValidString(s) {
			s = s[:len(s)-1]
		}
	}
	return s
}

// outline lists the members of an example by path and type. Members whose names are data count as one.
func outline(example []byte) []string {
	var value any
	_ = json.Unmarshal(example, &value)
	seen := map[string]bool{}
	outlined("", value, seen)
	return slices.Sorted(maps.Keys(seen))
}

func outlined(path string, value any, seen map[string]bool) {
	seen[fmt.Sprintf("%s %T", path, value)] = true
	switch v := value.(type) {
	case map[string]any:
		for name := range v {
			outlined(path+"."+name, v[name], seen)
		}
	case []any:
		for _, item := range v {
			outlined(path+"[]", item, seen)
		}
	}
}

// outOfStep lists the operations that answered and have no example. That an example still fits its operation, with each
// member that is needed and none that is not there, is [TestEveryAnswerHasAnExample]'s.
func outOfStep() (list []string) {
	kept, err := keptAnswers()
	if err != nil {
		return []string{err.Error()}
	}
	shownAnswers.Lock()
	defer shownAnswers.Unlock()
	for _, op := range slices.Sorted(maps.Keys(shownAnswers.of)) {
		if kept[op] == nil {
			list = append(list, "the answer of "+op+" has no example: run go test ./dialect/native -update")
		}
	}
	return list
}

func keptAnswers() (kept map[string]json.RawMessage, err error) {
	data, err := os.ReadFile(answersFile)
	if err == nil {
		err = json.Unmarshal(data, &kept)
	}
	return kept, err
}

// writeAnswers writes them down; what shows as much as before stays as it is.
func writeAnswers() error {
	kept, _ := keptAnswers()
	shownAnswers.Lock()
	defer shownAnswers.Unlock()
	all := map[string]json.RawMessage{}
	for op, a := range shownAnswers.of {
		if all[op] = a.text; slices.Equal(outline(kept[op]), a.members) {
			all[op] = kept[op]
		}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(all); err != nil {
		return err
	}
	return os.WriteFile(answersFile, b.Bytes(), 0o644)
}

// TestEveryAnswerHasAnExample looks at the document: each answer that is no file and not empty shows one, and it fits.
func TestEveryAnswerHasAnExample(t *testing.T) {
	shown := 0
	for path, item := range load(t).Paths.Map() {
		for method, o := range item.Operations() {
			for status, response := range o.Responses.Map() {
				if !strings.HasPrefix(status, "2") {
					continue
				}
				for kind, media := range response.Value.Content {
					if !strings.Contains(kind, "json") && kind != "text/csv" {
						continue
					}
					if media.Example == nil {
						t.Errorf("%s %s: answer %s has no example", method, path, status)
						continue
					}
					shown++
					if err := media.Schema.Value.VisitJSON(media.Example, openapi3.EnableJSONSchema2020(), openapi3.VisitAsResponse()); err != nil {
						t.Errorf("%s %s: the example does not fit: %v", method, path, err)
					}
				}
			}
		}
	}
	if shown < 150 {
		t.Errorf("only %d answers are shown", shown)
	}
}
