package native

import (
	_ "embed"
	"encoding/json"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// answersText are answers as the tests of this package got them, by operation; they write it (-update), and hold it
// against what they get.
//
//go:embed answers.json
var answersText []byte

func answers() (all map[string]json.RawMessage) {
	if err := json.Unmarshal(answersText, &all); err != nil {
		panic("native: the examples of answers cannot be read: " + err.Error())
	}
	return all
}

// exemplified shows an answer in the description of an operation.
func exemplified(d *huma.Operation, example json.RawMessage) {
	if example == nil {
		return
	}
	for status, response := range d.Responses {
		if !strings.HasPrefix(status, "2") {
			continue
		}
		for kind, media := range response.Content {
			if strings.Contains(kind, "json") || kind == "text/csv" {
				media.Example = example
			}
		}
	}
}
