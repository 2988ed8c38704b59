package upssim

import (
	"embed"
	"encoding/csv"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The rules are what UPS's documents say of each member of a request: its type, whether it is required, its length
// and its values. One line a member: path, kind, "!" if required, shortest, longest, error code, values.
//
//go:embed rules/*.csv
var ruleFiles embed.FS

var (
	rateRules     = mustRules("rules/rate.csv")
	shipRules     = mustRules("rules/ship.csv")
	recoveryRules = mustRules("rules/label-recovery.csv")
	pickupRules   = mustRules("rules/pickup.csv")
)

// rule is what a document says of one member.
type rule struct {
	parents  []string // names from the root; "[]" at the end means each element
	name     string
	kind     string // object, objects, text, texts, number, date, flag
	required bool
	min, max int
	code     string
	values   []string
}

func mustRules(file string) []rule {
	rules, err := readRules(file)
	if err != nil {
		panic(fmt.Errorf("rules %s: %w", file, err)) // a mistake in an embedded table is a mistake in the program
	}
	return rules
}

func readRules(file string) ([]rule, error) {
	f, err := ruleFiles.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comment = '#'
	lines, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	rules := make([]rule, 0, len(lines))
	for _, line := range lines {
		path := strings.Split(line[0], ".")
		last := len(path) - 1
		one := rule{
			parents: path[:last], name: strings.TrimSuffix(path[last], "[]"), kind: line[1], required: line[2] != "",
			code: line[5], values: strings.Fields(line[6]),
		}
		one.min, _ = strconv.Atoi(line[3]) // empty: no bound
		one.max, _ = strconv.Atoi(line[4])
		rules = append(rules, one)
	}
	return rules, nil
}

// maxProblems bounds how many problems one refusal lists.
const maxProblems = 5

// check holds a decoded request against the rules and names everything that is wrong, up to maxProblems.
func check(doc any, rules []rule) []problem {
	var problems []problem
	for _, r := range rules {
		for _, at := range r.find(doc) {
			problems = append(problems, r.judge(at)...)
		}
	}
	if len(problems) == 0 { // members that no rule speaks of
		problems = numbersAsStrings(doc, "")
	}
	return problems[:min(len(problems), maxProblems)]
}

// spot is an object that ought to hold the member a rule speaks of, and its path for the message.
type spot struct {
	object map[string]any
	path   string
}

// find returns every object that the rule's parents lead to. A parent that is missing or of the wrong type leads
// nowhere: its own rule speaks of it.
func (r rule) find(doc any) []spot {
	root, ok := doc.(map[string]any)
	if !ok {
		if len(r.parents) == 0 {
			return []spot{{}}
		}
		return nil
	}
	spots := []spot{{object: root}}
	for _, name := range r.parents {
		var next []spot
		for _, s := range spots {
			next = append(next, s.into(name)...)
		}
		spots = next
	}
	return spots
}

func (s spot) into(name string) []spot {
	plain, each := strings.CutSuffix(name, "[]")
	path := join(s.path, plain)
	if !each {
		child, ok := s.object[plain].(map[string]any)
		if !ok {
			return nil
		}
		return []spot{{child, path}}
	}
	var spots []spot
	list, _ := s.object[plain].([]any)
	for i, element := range list {
		if child, ok := element.(map[string]any); ok {
			spots = append(spots, spot{child, fmt.Sprintf("%s[%d]", path, i)})
		}
	}
	return spots
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// judge says what is wrong with the rule's member of one object.
func (r rule) judge(at spot) []problem {
	path := join(at.path, r.name)
	value, present := at.object[r.name]
	if !present {
		if r.required {
			return r.problem(path, "is required")
		}
		return nil
	}
	switch r.kind {
	case "object":
		if _, ok := value.(map[string]any); !ok {
			return r.problem(path, "must be an object")
		}
	case "objects", "texts":
		return r.judgeList(path, value)
	default:
		return r.judgeText(path, value)
	}
	return nil
}

func (r rule) judgeList(path string, value any) []problem {
	list, ok := value.([]any)
	if !ok {
		return r.problem(path, "must be an array")
	}
	if len(list) == 0 && r.required && (r.kind == "objects" || r.min > 0) {
		return r.problem(path, "must not be empty")
	}
	if r.name == "AddressLine" && len(list) > 3 {
		return r.problem(path, "can have at most 3 lines")
	}
	var problems []problem
	for i, element := range list {
		at := fmt.Sprintf("%s[%d]", path, i)
		if r.kind == "texts" {
			problems = append(problems, r.judgeText(at, element)...)
		} else if _, ok := element.(map[string]any); !ok {
			problems = append(problems, r.problem(at, "must be an object")...)
		}
	}
	return problems
}

var (
	decimal = regexp.MustCompile(`^\d+(\.\d+)?$`)
	day     = regexp.MustCompile(`^\d{8}$`)
)

func (r rule) judgeText(path string, value any) []problem {
	text, ok := value.(string)
	if !ok {
		return r.problem(path, "must be a string")
	}
	n := utf8.RuneCountInString(text)
	switch {
	case r.min > 0 && n < r.min:
		return r.problem(path, fmt.Sprintf("must have at least %d characters", r.min))
	case r.max > 0 && n > r.max:
		return r.problem(path, fmt.Sprintf("cannot exceed a length of %d", r.max))
	case len(r.values) > 0 && !slices.Contains(r.values, text):
		return r.problem(path, fmt.Sprintf("must be one of %s, not %q", strings.Join(r.values, " "), text))
	case r.kind == "number" && !decimal.MatchString(text):
		return r.problem(path, fmt.Sprintf("must be a decimal number, not %q", text))
	case r.kind == "date" && !day.MatchString(text):
		return r.problem(path, fmt.Sprintf("must be a date YYYYMMDD, not %q", text))
	}
	return nil
}

// problem words a refusal. Members without a code of their own get the common one, "well formed but not valid".
func (r rule) problem(path, what string) []problem {
	code := r.code
	if code == "" {
		code = "10002"
	}
	return []problem{{code, fmt.Sprintf("Missing/Invalid %s: %s", path, what)}}
}

// numbersAsStrings finds JSON numbers, booleans and nulls: UPS's documents have none in any request.
func numbersAsStrings(v any, path string) []problem {
	var problems []problem
	switch v := v.(type) {
	case map[string]any:
		for name, child := range v {
			problems = append(problems, numbersAsStrings(child, join(path, name))...)
		}
		slices.SortFunc(problems, func(a, b problem) int { return strings.Compare(a.Message, b.Message) })
	case []any:
		for i, child := range v {
			problems = append(problems, numbersAsStrings(child, fmt.Sprintf("%s[%d]", path, i))...)
		}
	case string:
	default:
		problems = append(problems, problem{"10002", fmt.Sprintf("Invalid %s: must be a string, not %v", path, v)})
	}
	return problems
}
