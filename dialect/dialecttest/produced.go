package dialecttest

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// unproducedFile lists, in a dialect's testdata, the members of answers that no conversation has.
const unproducedFile = "unproduced.txt"

// produced are the members that answers of the document may have, by path, and whether a conversation had
// one with a value. A path begins with the name of the answer's schema or response, or with the operation
// and status of an answer that is described in place.
type produced map[string]bool

// answersAreProduced wants each member that the document promises in an answer to be there, with a value, in
// some conversation; or a reason in testdata/unproduced.txt, one "path: reason" a line, "path.*" for all
// below. A missing file is an empty one.
func answersAreProduced(t *testing.T, h Harness, conversations []*conversation, document *spec) {
	if document.played < len(conversations) {
		t.Skip("not every conversation was played")
	}
	file := filepath.Join(h.Dir, unproducedFile)
	text, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for _, problem := range document.produced.problems(string(text), file) {
		t.Error(problem)
	}
}

// problems holds what was never produced against the reasons, both ways.
func (p produced) problems(text, file string) (problems []string) {
	reasons, problems := reasonsIn(text)
	for _, path := range slices.Sorted(maps.Keys(p)) {
		if !p[path] && !covered(reasons, path) {
			problems = append(problems, fmt.Sprintf("openapi.yaml promises %s, and no conversation has it with a value. Let one have it, or write into %s:\n%s: why it never comes", path, file, path))
		}
	}
	for _, entry := range slices.Sorted(maps.Keys(reasons)) {
		missing := false
		for path, had := range p {
			missing = missing || !had && within(path, entry)
		}
		if !missing {
			problems = append(problems, fmt.Sprintf("%s: %s is in a conversation, or not in openapi.yaml; take it out", file, entry))
		}
	}
	return problems
}

// promises lists what all answers of the document may have.
func promises(document *openapi3.T) produced {
	p := produced{}
	for path, item := range document.Paths.Map() {
		for method, operation := range item.Operations() {
			for status, response := range operation.Responses.Map() {
				for kind, media := range response.Value.Content {
					if isJSON(kind) && media.Schema != nil {
						p.promise(nameOf(media.Schema, response, method+" "+path+" "+status), shapeOf(media.Schema), nil)
					}
				}
			}
		}
	}
	return p
}

// nameOf is what paths of an answer begin with: the name of its schema, else of the response.
func nameOf(schema *openapi3.SchemaRef, response *openapi3.ResponseRef, otherwise string) string {
	for _, ref := range []string{schema.Ref, response.Ref} {
		if ref != "" {
			return ref[strings.LastIndex(ref, "/")+1:]
		}
	}
	return otherwise
}

func isJSON(mediaType string) bool { return strings.Contains(mediaType, "json") }

// promise notes the plain members below a path. Above are the schemas it stands in: one that holds itself is
// described once.
func (p produced) promise(path string, s shape, above []*openapi3.Schema) {
	if s.plain() {
		if !s.onlyNull && !p[path] {
			p[path] = false
		}
		return
	}
	below := func(path string, inner []*openapi3.SchemaRef) {
		if len(inner) > 0 && !slices.Contains(above, inner[0].Value) {
			p.promise(path, shapeOf(inner...), append(above[:len(above):len(above)], inner[0].Value))
		}
	}
	for name, inner := range s.members {
		below(path+"."+name, inner)
	}
	below(path+"[]", s.items)
	below(path+".{}", s.others)
}

// hear notes the members that an answer has.
func (p produced) hear(path string, s shape, v any) {
	switch v := v.(type) {
	case nil:
	case map[string]any:
		if s.plain() {
			p.had(path)
		}
		for name, value := range v {
			if inner := s.members[name]; len(inner) > 0 {
				p.hear(path+"."+name, shapeOf(inner...), value)
			} else if len(s.others) > 0 {
				p.hear(path+".{}", shapeOf(s.others...), value)
			}
		}
	case []any:
		if s.plain() && len(v) > 0 {
			p.had(path)
		}
		for _, value := range v {
			if len(s.items) > 0 {
				p.hear(path+"[]", shapeOf(s.items...), value)
			}
		}
	default:
		p.had(path)
	}
}

func (p produced) had(path string) {
	if _, promised := p[path]; promised {
		p[path] = true
	}
}

// shape is what a schema says of the inside of a value, its allOf, anyOf and oneOf taken together.
type shape struct {
	members       map[string][]*openapi3.SchemaRef
	items, others []*openapi3.SchemaRef
	onlyNull      bool // nothing but null may stand here
}

func (s shape) plain() bool { return len(s.members) == 0 && len(s.items) == 0 && len(s.others) == 0 }

func shapeOf(schemas ...*openapi3.SchemaRef) shape {
	s := shape{members: map[string][]*openapi3.SchemaRef{}}
	typed, nulls := 0, 0
	var add func(*openapi3.SchemaRef)
	add = func(ref *openapi3.SchemaRef) {
		schema := ref.Value
		if types := schema.Type.Slice(); len(types) > 0 {
			typed++
			if len(types) == 1 && types[0] == "null" {
				nulls++
			}
		}
		for name, inner := range schema.Properties {
			s.members[name] = append(s.members[name], inner)
		}
		if schema.Items != nil {
			s.items = append(s.items, schema.Items)
		}
		if schema.AdditionalProperties.Schema != nil {
			s.others = append(s.others, schema.AdditionalProperties.Schema)
		}
		for _, part := range slices.Concat(schema.AllOf, schema.AnyOf, schema.OneOf) {
			add(part)
		}
	}
	for _, ref := range schemas {
		add(ref)
	}
	s.onlyNull = typed > 0 && typed == nulls
	return s
}
