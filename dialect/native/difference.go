package native

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
)

// difference is a member that two documents have differently.
type difference struct {
	Path   string `json:"path"`
	Before any    `json:"before,omitempty" doc:"None: it was not there."`
	After  any    `json:"after,omitempty" doc:"None: it is not there."`
}

// mostDifferences is how many are told.
const mostDifferences = 200

// differences are told of two documents that are JSON; of others none are.
func differences(before, after string) []difference {
	list := []difference{}
	var a, b any
	if json.Unmarshal([]byte(before), &a) != nil || json.Unmarshal([]byte(after), &b) != nil {
		return list
	}
	compare(&list, "", a, b)
	return list
}

func compare(list *[]difference, path string, a, b any) {
	if len(*list) == mostDifferences || reflect.DeepEqual(a, b) {
		return
	}
	switch was := a.(type) {
	case map[string]any:
		if is, ok := b.(map[string]any); ok {
			names := maps.Clone(was)
			maps.Copy(names, is)
			for _, name := range slices.Sorted(maps.Keys(names)) {
				at := name
				if path != "" {
					at = path + "." + name
				}
				compare(list, at, was[name], is[name])
			}
			return
		}
	case []any:
		if is, ok := b.([]any); ok {
			for i := range max(len(was), len(is)) {
				compare(list, path+"["+strconv.Itoa(i)+"]", nth(was, i), nth(is, i))
			}
			return
		}
	}
	*list = append(*list, difference{path, a, b})
}

func nth(list []any, i int) any {
	if i < len(list) {
		return list[i]
	}
	return nil
}
