package dialect

import (
	"bytes"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"waybill"
)

// Limits of a form: deeper or larger ones are nobody's shipment.
const (
	formDepth = 12
	formPairs = 5000
)

// Document reads the body as JSON or as a form, whichever it is. A body that opens with a brace is
// JSON whatever its content type says: command-line clients call everything a form.
func (r *Request) Document() (Value, error) {
	if r.ContentType() == "application/x-www-form-urlencoded" && !opensJSON(r.Body) {
		return r.Form()
	}
	return r.JSON()
}

func opensJSON(body []byte) bool {
	body = bytes.TrimSpace(body)
	return len(body) > 0 && (body[0] == '{' || body[0] == '[')
}

// Form reads the body as a form with nested keys, as PHP writes and reads them: a[b]=1 is an object,
// a[]=1 or a[0]=1 an array. Numbers are text. Of a key given twice the last counts.
func (r *Request) Form() (Value, error) {
	root := &formNode{}
	pairs := strings.Split(string(r.Body), "&")
	if len(pairs) > formPairs {
		return Value{}, badForm("the form has more than %d fields", formPairs)
	}
	for _, pair := range pairs {
		if pair == "" {
			continue
		}
		key, text, _ := strings.Cut(pair, "=")
		key, err := url.QueryUnescape(key)
		if err != nil {
			return Value{}, badForm("the form has a badly escaped key")
		}
		if text, err = url.QueryUnescape(text); err != nil {
			return Value{}, badForm("the value of %s is badly escaped", shorten(key))
		}
		path, ok := formPath(key)
		if !ok {
			return Value{}, badForm("the form key %s cannot be read", shorten(key))
		}
		if !root.put(path, text) {
			return Value{}, badForm("the form key %s does not fit the keys before it", shorten(key))
		}
	}
	tree := root.tree()
	if len(root.children) == 0 {
		tree = map[string]any{}
	}
	return r.document(tree, true), nil
}

func badForm(format string, args ...any) error {
	return waybill.E("decode", waybill.ReasonBadJSON, format, args...)
}

func shorten(s string) string {
	if len(s) > 60 {
		return strings.ToValidUTF8(s[:57], "") + "..."
	}
	return s
}

// formPath splits a[b][] into a, b and "".
func formPath(key string) ([]string, bool) {
	name, rest, nested := strings.Cut(key, "[")
	if name == "" {
		return nil, false
	}
	path := []string{name}
	if !nested {
		return path, true
	}
	if !strings.HasSuffix(rest, "]") {
		return nil, false
	}
	for _, part := range strings.Split(rest[:len(rest)-1], "][") {
		if strings.ContainsAny(part, "[]") {
			return nil, false
		}
		path = append(path, part)
	}
	return path, len(path) <= formDepth
}

// formNode is a text, or children by key. Children whose keys are all numbers are an array.
type formNode struct {
	text     string
	leaf     bool
	array    bool
	children map[string]*formNode
	next     int // the index that [] stands for
}

// put sets a value; false when something of another shape is already there.
func (n *formNode) put(path []string, text string) bool {
	if len(path) == 0 {
		if n.children != nil {
			return false
		}
		n.text, n.leaf = text, true
		return true
	}
	if n.leaf {
		return false
	}
	key, array := path[0], path[0] == ""
	if array {
		key = strconv.Itoa(n.next)
	}
	if index, err := strconv.Atoi(key); err == nil && index >= 0 && index < formPairs && strconv.Itoa(index) == key {
		array = true
		n.next = max(n.next, index+1)
	}
	if n.children == nil {
		n.children, n.array = map[string]*formNode{}, array
	}
	if n.array != array {
		return false
	}
	child := n.children[key]
	if child == nil {
		child = &formNode{}
		n.children[key] = child
	}
	return child.put(path[1:], text)
}

// tree is the node as JSON would decode it. Gaps between indices are closed.
func (n *formNode) tree() any {
	if n.leaf {
		return n.text
	}
	if !n.array {
		object := make(map[string]any, len(n.children))
		for key, child := range n.children {
			object[key] = child.tree()
		}
		return object
	}
	indices := make([]int, 0, len(n.children))
	for key := range n.children {
		index, _ := strconv.Atoi(key)
		indices = append(indices, index)
	}
	slices.Sort(indices)
	items := make([]any, len(indices))
	for i, index := range indices {
		items[i] = n.children[strconv.Itoa(index)].tree()
	}
	return items
}
