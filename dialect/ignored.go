package dialect

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// reads are the paths of a document's members that a decoder asked for. One that ends in a star was taken with all below it.
type reads struct{ list []string }

// read notes that the member was asked for.
func (v Value) read() {
	if v.reads == nil || !v.given {
		return
	}
	path := v.path
	if v.under != "" {
		path = below(v.under, path)
	}
	if v.reads.list == nil {
		v.reads.list = make([]string, 0, 64)
	}
	v.reads.list = append(v.reads.list, path)
}

// below joins two paths.
func below(path, inner string) string {
	if path == "" || inner == "" {
		return path + inner
	}
	return path + "." + inner
}

// Whole says that the member is taken as it is, with all below it.
func (v Value) Whole() {
	if v.reads != nil && v.given {
		v.reads.list = append(v.reads.list, below(v.under, v.path)+"*")
	}
}

// Alone is an item of a list on its own: what is wrong with it is told of it alone, its path begins with it, and numbers may
// come as text.
func (v Value) Alone() Value {
	v.read()
	alone := Root(v.raw, true)
	alone.under, alone.reads = below(v.under, v.path), v.reads
	return alone
}

// document makes a value of the body.
func (r *Request) document(tree any, words bool) Value {
	r.tree = tree
	v := Root(tree, words)
	v.reads = &r.body
	return v
}

// mostIgnored is how many members are named.
const mostIgnored = 50

// ignored names what a caller sent and nobody asked for: the outermost members of the body, and parameters of the query with
// a question mark in front.
func (r *Request) ignored() (names []string) {
	known := map[string]bool{}
	for _, path := range r.body.list {
		known[path] = true
	}
	left(&names, known, "", r.tree)
	for _, name := range slices.Sorted(maps.Keys(r.Query)) {
		base, _, _ := strings.Cut(name, "[")
		if !slices.Contains(r.asked.list, name) && !slices.Contains(r.asked.list, base) && name != "access_token" {
			names = append(names, "?"+name)
		}
	}
	if len(names) > mostIgnored {
		names = names[:mostIgnored]
	}
	for i := range names {
		names[i] = shorten(names[i])
	}
	return names
}

// left gathers what is not known, below a member that is.
func left(names *[]string, known map[string]bool, path string, tree any) {
	if known[path+"*"] || len(*names) > mostIgnored {
		return
	}
	visit := func(at string, inner any) {
		if known[at] || known[at+"*"] {
			left(names, known, at, inner)
			return
		}
		*names = append(*names, at)
	}
	switch t := tree.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(t)) {
			visit(below(path, name), t[name])
		}
	case []any:
		for i, inner := range t {
			left(names, known, path+"["+strconv.Itoa(i)+"]", inner)
		}
	}
}
