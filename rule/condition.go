package rule

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"waybill"
)

// Condition is one node of a stored rule's When. It is exactly one of
//
//	{"all": [condition, …]}                          every one holds
//	{"any": [condition, …]}                          at least one holds
//	{"not": condition}                               it does not hold
//	{"field": name, "op": operator, "value": value}  a criterion: see [Vocabulary]
//	{"expr": "grams > 2000 and parcels == 1"}        a criterion in the expr language: see [environment]
//
// An empty When, {} and {"all": []} hold for every shipment.
type Condition struct {
	All   []Condition     `json:"all,omitempty"`
	Any   []Condition     `json:"any,omitempty"`
	Not   *Condition      `json:"not,omitempty"`
	Field string          `json:"field,omitempty"`
	Op    Op              `json:"op,omitempty"`
	Value json.RawMessage `json:"value,omitempty"`
	Expr  string          `json:"expr,omitempty"`
}

var conditionMembers = []string{"all", "any", "not", "field", "op", "value", "expr"}

// condition reads the root of a tree; false: there is nothing to compile.
func (p *parser) condition(raw []byte, path string) (Condition, bool) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" || string(raw) == "{}" {
		return Condition{}, true
	}
	if !p.document(raw, path) {
		return Condition{}, false
	}
	before := len(p.problems)
	c := p.branch(raw, path, 1)
	return c, len(p.problems) == before
}

func (p *parser) branch(raw json.RawMessage, path string, depth int) Condition {
	if depth > maxDepth {
		p.wrong(path, waybill.RuleRange, nil, "conditions go at most %d deep", maxDepth)
		return Condition{}
	}
	members, ok := p.members(raw, path, conditionMembers)
	if !ok {
		return Condition{}
	}
	var kinds []string
	for _, kind := range []string{"all", "any", "not", "field", "expr"} {
		if members[kind] != nil {
			kinds = append(kinds, kind)
		}
	}
	if len(kinds) != 1 || (kinds[0] != "field" && (members["op"] != nil || members["value"] != nil)) {
		p.wrong(path, waybill.RuleFormat, raw, "a condition is one of all, any, not, expr, or a field with op and value")
		return Condition{}
	}
	value := members[kinds[0]]
	switch at := path + "." + kinds[0]; kinds[0] {
	case "all":
		return Condition{All: p.branches(value, at, depth)}
	case "any":
		list := p.branches(value, at, depth)
		if list != nil && len(list) == 0 {
			p.wrong(at, waybill.RuleEmpty, value, "one of nothing never holds: add a condition")
		}
		return Condition{Any: list}
	case "not":
		inner := p.branch(value, at, depth+1)
		return Condition{Not: &inner}
	case "expr":
		source, ok := text(value)
		if !ok || source == "" {
			p.wrong(at, waybill.RuleString, value, "an expression is text")
		}
		return Condition{Expr: source}
	}
	return p.criterion(members, path)
}

func (p *parser) branches(raw json.RawMessage, path string, depth int) []Condition {
	list, ok := p.elements(raw, path)
	if !ok {
		return nil
	}
	all := make([]Condition, len(list))
	for i, element := range list {
		all[i] = p.branch(element, fmt.Sprintf("%s[%d]", path, i), depth+1)
	}
	return all
}

func (p *parser) criterion(members map[string]json.RawMessage, path string) Condition {
	name, ok := text(members["field"])
	if !ok || name == "" {
		p.wrong(path+".field", waybill.RuleString, members["field"], "a field's name is text")
	}
	op, ok := text(members["op"])
	if !ok {
		p.wrong(path+".op", waybill.RuleRequired, members["op"], "an operator is wanted: is, in, lt…")
	}
	value := members["value"]
	switch {
	case value == nil && Op(op) == Exists:
		value = json.RawMessage("true")
	case value == nil:
		p.wrong(path+".value", waybill.RuleRequired, nil, "a value is wanted")
	}
	return Condition{Field: name, Op: Op(op), Value: value}
}

// node is a condition ready to run.
type node struct {
	kind  string // all, any, not, leaf
	kids  []node
	leaf  *leaf
	words string
}

// leaf is one criterion ready to run.
type leaf struct {
	words string             // what it wants: "weight to be over 2 kg"
	test  func(*view) bool   // does it hold?
	got   func(*view) string // what it found, for the trace
	rated bool               // speaks of a rate

	extent *extent // what it lets through, for who holds rules against each other
}

// compile checks a tree against the vocabulary and makes it ready to run.
func (p *parser) compile(c Condition, path string) node {
	switch {
	case c.Expr != "" || c.Field != "":
		p.leaves++
		if p.leaves == maxLeaves+1 {
			p.wrong(path, waybill.RuleMaxItems, nil, "a rule has at most %d criteria", maxLeaves)
		}
		compiled := p.leaf(c, path)
		return node{kind: "leaf", leaf: compiled, words: compiled.words}
	case c.Not != nil:
		inner := p.compile(*c.Not, path+".not")
		return node{kind: "not", kids: []node{inner}, words: "not (" + inner.words + ")"}
	case c.Any != nil:
		kids := p.compileAll(c.Any, path+".any")
		return node{kind: "any", kids: kids, words: joined(kids, " or ")}
	default:
		kids := p.compileAll(c.All, path+".all")
		return node{kind: "all", kids: kids, words: joined(kids, " and ")}
	}
}

func (p *parser) compileAll(list []Condition, path string) []node {
	kids := make([]node, len(list))
	for i, c := range list {
		kids[i] = p.compile(c, fmt.Sprintf("%s[%d]", path, i))
	}
	return kids
}

func (p *parser) leaf(c Condition, path string) *leaf {
	if c.Expr != "" {
		l := p.expression(c.Expr, path+".expr")
		l.extent = &extent{field: expressionField, words: c.Expr}
		return l
	}
	f, ok := lookup(c.Field)
	if !ok {
		p.wrong(path+".field", waybill.RuleEnum, []byte(c.Field), "there is no field %q", shorten(c.Field, 60))
		return &leaf{}
	}
	if !slices.Contains(f.Operators, c.Op) {
		p.wrong(path+".op", waybill.RuleEnum, []byte(c.Op), "%s has no operator %q; it has %s", f.Name, shorten(string(c.Op), 20), words(f.Operators))
		return &leaf{}
	}
	l := p.test(f, c.Op, c.Value, path+".value")
	if l.extent == nil {
		l.extent = &extent{field: f.Name}
	}
	l.extent.words = f.Name + " " + string(c.Op) + " " + string(c.Value)
	return l
}

// holds reports whether the condition holds and, if not, the criterion to blame.
func (n *node) holds(v *view) (bool, *node) {
	switch n.kind {
	case "leaf":
		return n.leaf.test(v), n
	case "not":
		ok, _ := n.kids[0].holds(v)
		return !ok, n
	case "any":
		for i := range n.kids {
			if ok, _ := n.kids[i].holds(v); ok {
				return true, nil
			}
		}
		return false, n
	}
	for i := range n.kids {
		if ok, failed := n.kids[i].holds(v); !ok {
			return false, failed
		}
	}
	return true, nil
}

// complaint says in words why the node does not hold.
func (n *node) complaint(v *view) string {
	if n.kind == "leaf" {
		return "it wants " + n.words + "; it is " + n.leaf.got(v)
	}
	return "it wants " + n.words
}

// criteria counts what must hold: see [Compiled.Criteria].
func (n *node) criteria() int {
	switch n.kind {
	case "leaf":
		return 1
	case "any":
		least := n.kids[0].criteria()
		for i := range n.kids {
			least = min(least, n.kids[i].criteria())
		}
		return least
	}
	sum := 0
	for i := range n.kids {
		sum += n.kids[i].criteria()
	}
	return sum
}

func (n *node) rated() bool {
	if n.kind == "leaf" {
		return n.leaf.rated
	}
	return slices.ContainsFunc(n.kids, func(kid node) bool { return kid.rated() })
}

// everything is what an empty condition wants.
const everything = "every shipment"

func joined(kids []node, by string) string {
	if len(kids) == 0 {
		return everything
	}
	parts := make([]string, len(kids))
	for i, kid := range kids {
		parts[i] = kid.words
		if len(kids) > 1 && (kid.kind == "any" || kid.kind == "all") {
			parts[i] = "(" + kid.words + ")"
		}
	}
	return shorten(strings.Join(parts, by), 400)
}
