package upssim_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schemaFolder holds our own statement of UPS's wire format, beside the adapter that is judged by it too.
const schemaFolder = "../testdata/schema"

var schemas = struct {
	sync.Mutex
	compiled map[string]*jsonschema.Schema
}{compiled: map[string]*jsonschema.Schema{}}

// schema compiles one of the files, once.
func schema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	schemas.Lock()
	defer schemas.Unlock()
	if s, ok := schemas.compiled[name]; ok {
		return s
	}
	s, err := jsonschema.NewCompiler().Compile(filepath.Join(schemaFolder, name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	schemas.compiled[name] = s
	return s
}

// judge fails the test when body is not what the schema allows.
func judge(t *testing.T, name string, body []byte) {
	t.Helper()
	if err := allows(t, name, body); err != nil {
		t.Fatalf("%s does not allow this: %v\n%.2000s", name, err, body)
	}
}

func allows(t *testing.T, name string, body []byte) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return err
	}
	return schema(t, name).Validate(doc)
}

func TestEverySchemaCompilesAndRefusesAnEmptyObject(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(schemaFolder, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("schemas: %v, %d files", err, len(files))
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		if allows(t, name, []byte(`{}`)) == nil {
			t.Errorf("%s allows {}", name)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(text, []byte(`"additionalProperties": false`)) {
			t.Errorf("%s lets misspelt members pass", name)
		}
	}
}
