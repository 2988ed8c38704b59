package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"waybill/app"
)

// vendor is how the examples of one vendor's API hang together.
type vendor struct {
	first, last []string // operations out of the document's order
	maker       string   // called once more before each of those that use up what it made
	users       []string
	token       string            // where the first operation tells it
	fresh       map[string]string // what an operation's example names, which can be had only once
	told        []learnt
	refused     map[string]int // what cannot be shown on the demo
}

// learnt is a member of an answer that later examples name, and what it is in them.
type learnt struct{ op, member, example string }

var vendors = map[string]vendor{
	"epgl": {token: "accessToken"},
	"lynkup": {
		last: []string{"cancel", "retry"}, token: "access_token", fresh: map[string]string{"create": "ORDER-1001"},
		refused: map[string]int{"retry": http.StatusConflict}, // what it is for is an order that nobody took
	},
	"peddler": {
		token: "access_token", fresh: map[string]string{"createShipments": "ORDER-1001"},
		maker: "createShipments", users: []string{"cancelShipment", "deleteShipment", "cancelNamedShipment", "labelAsZPL"},
		told: []learnt{{"createShipments", "0.trackingNumber", "P1000000017"}},
	},
	"shiplee": {
		first: []string{"login", "order", "rates", "createShipment"}, token: "token",
		last: []string{"cancelShipment"},
		told: []learnt{
			{"order", "order_id", "100041"}, {"createShipment", "awb_number", "1490810000012"}, {"reverseOrder", "id", "100042"},
			{"rates", "data.carrier_info.0.carrier_id", "delhivery_s_prepaid"}, {"rates", "data.carrier_info.0.carrier_name", "Delhivery Surface"},
		},
	},
	"shiptheory": {
		token: "data.token", fresh: map[string]string{"book": "ORDER-1001", "newProduct": "darjeeling", "newTag": "Fragile"},
		told: []learnt{{"newTag", "id", "100917"}},
	},
}

// TestTheExamplesOfVendors carries out every operation of the vendors' documents with the document's own examples at a
// demo: each succeeds, and its answer is of the form that the document promises.
func TestTheExamplesOfVendors(t *testing.T) {
	t.Parallel()
	demo := installation{data: t.TempDir(), env: []string{"WAYBILL_DEMO=true"}}.serve(t)
	for name, v := range vendors {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("..", "..", "dialect", name, "openapi.yaml"))
			check(t, err)
			document, err := openapi3.NewLoader().LoadFromData(text)
			check(t, err)
			c := &caller{t: t, vendor: v, document: document, base: demo.base + "/" + name, known: map[string]string{
				"2030-01-21": time.Now().AddDate(0, 0, 14).Format(time.DateOnly), // within what a return label may last
			}}
			var order []string
			for _, m := range regexp.MustCompile(`(?m)operationId: (\w+)`).FindAllSubmatch(text, -1) {
				if id := string(m[1]); c.operation(id) != nil && !slices.Contains(slices.Concat(v.first, v.last), id) {
					order = append(order, id)
				}
			}
			for _, id := range slices.Concat(v.first, order, v.last) {
				if slices.Contains(v.users, original(id)) {
					c.call(v.maker)
				}
				c.call(id)
			}
		})
	}
}

// caller is a client that knows the examples of one document.
type caller struct {
	t *testing.T
	vendor
	document *openapi3.T
	base     string
	bearer   string
	known    map[string]string // what an example's words are on this demo
	turn     int
}

type calledOperation struct {
	method, path string
	parameters   openapi3.Parameters
	*openapi3.Operation
}

func (c *caller) operation(id string) *calledOperation {
	for path, item := range c.document.Paths.Map() {
		for method, o := range item.Operations() {
			if o.OperationID == id {
				return &calledOperation{method, path, slices.Concat(item.Parameters, o.Parameters), o}
			}
		}
	}
	return nil
}

// here puts this demo's words in the place of an example's.
func (c *caller) here(text string) string {
	var pairs []string
	for example, word := range c.known {
		pairs = append(pairs, example, word)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// call carries an operation out as its examples say.
func (c *caller) call(id string) {
	c.t.Helper()
	o := c.operation(id)
	if word := c.fresh[original(id)]; word != "" {
		c.turn++
		c.known[word] = fmt.Sprintf("%s-%s%d", word, filepath.Base(c.base), c.turn)
	}
	path, query := o.path, url.Values{}
	for _, p := range o.parameters {
		switch text := c.here(fmt.Sprint(p.Value.Example)); {
		case p.Value.Example == nil && p.Value.Required:
			c.t.Errorf("%s: %s has no example", id, p.Value.Name)
		case p.Value.Example == nil:
		case p.Value.In == "path":
			path = strings.ReplaceAll(path, "{"+p.Value.Name+"}", url.PathEscape(text))
		case p.Value.In == "query":
			query.Set(p.Value.Name, text)
		}
	}
	kind, body := c.body(o)
	request, err := http.NewRequestWithContext(c.t.Context(), o.method, c.base+path+"?"+query.Encode(), strings.NewReader(body))
	check(c.t, err)
	if request.Header.Set("Accept", "application/json"); kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	if c.bearer == "" {
		request.SetBasicAuth(app.DemoClient, app.DemoSecret)
	} else {
		request.Header.Set("Authorization", "Bearer "+c.bearer)
	}
	response, err := http.DefaultClient.Do(request)
	check(c.t, err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	check(c.t, err)
	want, excused := c.refused[id]
	failed := response.StatusCode/100 != 2 || bytes.Contains(answer, []byte(`"success":false`)) || bytes.Contains(answer, []byte(`"ERROR"`))
	if excused && response.StatusCode != want || !excused && failed {
		c.t.Errorf("%s %s: %s\n%s\n%.600s", id, path, response.Status, body, answer)
		return
	}
	c.fits(o, response, answer)
	c.learn(original(id), answer)
}

// original is what an operation is called that is there a second time, under an older path.
func original(id string) string {
	id = strings.TrimSuffix(id, "2023")
	if rest, ok := strings.CutPrefix(id, "api"); ok {
		return strings.ToLower(rest[:1]) + rest[1:]
	}
	return id
}

// body is the example of what an operation takes, in the first of its media types.
func (c *caller) body(o *calledOperation) (kind, text string) {
	if o.RequestBody == nil {
		return "", ""
	}
	content := o.RequestBody.Value.Content
	for kind = range content {
		if strings.Contains(kind, "json") {
			break
		}
	}
	example := content[kind].Example
	if example == nil {
		c.t.Errorf("%s: the body has no example", o.OperationID)
		return "", ""
	}
	if err := content[kind].Schema.Value.VisitJSON(example, openapi3.EnableJSONSchema2020()); err != nil {
		c.t.Errorf("%s: the example does not fit: %v", o.OperationID, err)
	}
	data, err := json.Marshal(example)
	check(c.t, err)
	if text = c.here(string(data)); !strings.Contains(kind, "urlencoded") {
		return kind, text
	}
	var members map[string]any
	check(c.t, json.Unmarshal([]byte(text), &members))
	form := url.Values{}
	for name, v := range members {
		form.Set(name, fmt.Sprint(v))
	}
	return kind, form.Encode()
}

// fits holds an answer against the document, and so the document's example of it.
func (c *caller) fits(o *calledOperation, response *http.Response, answer []byte) {
	described := o.Responses.Status(response.StatusCode)
	if described == nil {
		c.t.Errorf("%s: the document has no answer %d", o.OperationID, response.StatusCode)
		return
	}
	if len(described.Value.Content) == 0 && len(answer) == 0 {
		return
	}
	media := described.Value.Content.Get(response.Header.Get("Content-Type"))
	if media == nil {
		c.t.Errorf("%s: the document has no %q", o.OperationID, response.Header.Get("Content-Type"))
		return
	}
	var v any
	if json.Unmarshal(answer, &v) != nil || media.Schema == nil {
		return // a file
	}
	if err := media.Schema.Value.VisitJSON(v, openapi3.EnableJSONSchema2020(), openapi3.VisitAsResponse()); err != nil {
		c.t.Errorf("%s: %v\n%.600s", o.OperationID, err, answer)
	}
	if response.StatusCode/100 != 2 {
		return
	}
	if media.Example == nil {
		c.t.Errorf("%s: the answer has no example", o.OperationID)
	} else if err := media.Schema.Value.VisitJSON(media.Example, openapi3.EnableJSONSchema2020(), openapi3.VisitAsResponse()); err != nil {
		c.t.Errorf("%s: the example of the answer does not fit: %v", o.OperationID, err)
	}
}

// learn keeps what later examples name.
func (c *caller) learn(id string, answer []byte) {
	if strings.HasSuffix(strings.ToLower(id), "token") || id == "login" || id == "authenticate" {
		token, err := member(answer, strings.Split(c.token, ".")...)
		check(c.t, err)
		c.bearer = token
	}
	for _, l := range c.told {
		if l.op == id {
			word, err := toldIn(answer, strings.Split(l.member, "."))
			check(c.t, err)
			c.known[l.example] = word
		}
	}
}

// toldIn reads a nested member of an object or a list.
func toldIn(raw []byte, path []string) (string, error) {
	var v any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(&v); err != nil {
		return "", err
	}
	for _, step := range path {
		switch at := v.(type) {
		case map[string]any:
			v = at[step]
		case []any:
			if len(at) == 0 {
				return "", fmt.Errorf("%s is empty", raw)
			}
			v = at[0]
		}
	}
	if v == nil {
		return "", fmt.Errorf("%s has no %s", raw, strings.Join(path, "."))
	}
	return fmt.Sprint(v), nil
}
