package native_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"waybill"
	"waybill/engine"
)

// The words that each account's records are marked with. None is in anybody else's.
var marks = map[string]string{"shop": "zqparent", "child": "zqelder", "younger": "zqyounger", "stranger": "zqstranger"}

// reaches says whose data a caller may see: a parent its children's, everyone their own.
var reaches = map[string][]string{
	"shop": {"shop", "child", "younger"}, "child": {"child"}, "younger": {"younger"}, "stranger": {"stranger"},
}

// cost is what the shop's van costs the shop, in pence: a child pays a tenth more, and must see neither this nor the markup.
const cost, markup = "43719", "4372"

var seesCost = regexp.MustCompile(`(^|[^0-9a-f])(` + cost + `|437\.19|` + markup + `|43\.72)([^0-9a-f]|$)`)

// unlimited lets a caller of an account ask as much as it wants.
func (w *world) unlimited(names ...string) {
	for _, name := range names {
		s := w.app.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Role: waybill.RoleAdmin, Account: w.id[name]})
		_, err := s.ChangeFamily(w.t.Context(), engine.ChangeRecord[waybill.Account]{Change: func(a *waybill.Account) error {
			a.Settings.Limits = map[string]waybill.RateLimit{"native": {Requests: 1 << 30, Period: 1 << 40}}
			return nil
		}})
		w.check(err)
	}
}

// quietly asks without holding the answer against the document.
func (w *world) quietly(key, method, path string, body any, headers ...with) answer {
	w.t.Helper()
	var data []byte
	if text, ok := body.(string); ok {
		data = []byte(text)
	} else if body != nil {
		var err error
		data, err = json.Marshal(body)
		w.check(err)
	}
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, bytes.NewReader(data))
	w.check(err)
	if len(data) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Authorization", "Bearer "+w.key[key])
	for _, h := range headers {
		r.Header.Set(h.name, h.value)
	}
	response, err := http.DefaultClient.Do(r)
	w.check(err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	w.check(err)
	return answer{w.t, method + " " + path, response.StatusCode, response.Header, text}
}

// family makes the accounts' records, each with its account's mark in every text.
func (w *world) family() {
	made := w.ask("admin", "POST", "/accounts", object{"name": "younger", "settings": object{"currency": "GBP"}}).is(201)
	w.id["younger"] = waybill.ID(made.text("id"))
	key := w.ask("admin", "POST", "/api-keys?account="+made.text("id"), object{"name": "younger", "role": "admin"}).is(201)
	w.key["younger"] = key.text("key")
	key = w.ask("admin", "POST", "/api-keys", object{"name": "both", "role": "admin", "grants": []string{string(w.id["child"]), made.text("id")}}).is(201)
	w.key["shop"] = key.text("key")
	s := w.app.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "fixture", Role: waybill.RoleAdmin, Account: w.id["younger"]})
	w.furnish(s, "younger")
	w.key["younger"] = w.ask("admin", "POST", "/api-keys?account="+made.text("id"), object{"name": "younger", "role": "admin"}).is(201).text("key")
	shop := w.app.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "fixture", Role: waybill.RoleAdmin, Account: w.id["shop"]})
	c, err := shop.SaveConnection(w.t.Context(), engine.SaveConnection{Connection: waybill.Connection{
		ExternalID: "lorry", Carrier: "house", Name: "lorry", DisplayName: "LORRY", Mode: waybill.ModeLive,
		Settings: map[string]string{"rate_card": card(43719), "display_name": "lorry", "number_prefix": "NL"},
	}})
	w.check(err)
	_ = c
	for _, child := range []string{"child", "younger"} {
		_, err := shop.LendConnection(w.t.Context(), engine.LendConnection{ExternalID: "lorry", To: w.id[child], Markup: 100})
		w.check(err)
	}
	w.ids = map[string][]string{}
	w.unlimited(slices.Collect(maps.Keys(marks))...)
	for name, mark := range marks {
		w.ship(name, mark)
		w.stock(name, mark)
	}
	w.app.Drain(w.t)
}

// ship has an account book, return and pay.
func (w *world) ship(name, mark string) {
	for i := range 2 {
		parcel := and(parcelTo(fmt.Sprintf("%s-%d", mark, i)), "instructions", mark)
		parcel = and(parcel, "to", object{"name": mark, "street1": mark, "city": "Bristol", "postcode": "BS1 5LN", "country": "GB", "email": mark + "@example.com"})
		if name != "stranger" {
			parcel = and(and(parcel, "book", object{}), "carrier_choice", object{"connection": "lorry"})
		}
		a := w.quietly(name, "POST", "/shipments", parcel)
		if a.status != 201 || (name != "stranger" && a.text("booking") != "booked") {
			w.t.Fatal(name, string(a.body))
		}
	}
	if name != "stranger" { // which has no carrier
		w.quietly(name, "PATCH", "/locations/bath", object{"connections": []string{"lorry"}})
		if a := w.quietly(name, "POST", "/manifests", object{"location": "bath", "connection": "lorry", "shipments": []string{mark + "-1"}}); a.status != 201 {
			w.t.Fatal(name, string(a.body))
		}
	}
}

// free are the members of an example that take any text.
var free = map[string]bool{
	"name": true, "label": true, "reference": true, "title": true, "description": true, "instructions": true, "company": true, "street1": true, "note": true,
	"sku": true, "display_name": true, "email": true, "reason": true, "tenant_id": true,
}

// marked is an example with a mark in its texts.
func marked(v any, mark string) any {
	switch x := v.(type) {
	case map[string]any:
		out := object{}
		for name, member := range x {
			out[name] = marked(member, mark)
			if text, ok := member.(string); ok && free[name] {
				out[name] = mark + "-" + text
			}
		}
		return out
	case []any:
		var out []any
		for _, member := range x {
			out = append(out, marked(member, mark))
		}
		return out
	}
	return v
}

// stock makes one of everything that the document has an example of.
func (w *world) stock(name, mark string) {
	var provider string // who sells services: the connection that is made before them, with the rates of card
	for _, o := range everyOperation(w.doc) {
		if o.method != "POST" || strings.Contains(o.path, "{") || o.open() || o.Responses.Value("201") == nil || o.path == "/shipments" {
			continue
		}
		body := and2(marked(plain(o.body()), mark), fitting[o.OperationID])
		if o.OperationID == "create-service" {
			body = and2(body, object{"provider": provider, "code": "express"})
		}
		a := w.quietly(name, "POST", o.path, body)
		if o.OperationID == "create-connection" {
			provider = a.text("name")
		}
		if a.status != 201 && !unstocked[o.OperationID] {
			w.t.Errorf("%s: no record of %s was made to look for: %d %s", name, o.OperationID, a.status, a.body)
		}
	}
}

// fitting is what an example needs to fit the accounts of this test.
var fitting = map[string]object{
	"create-connection": {"carrier": "house", "credentials": nil, "settings": object{"rate_card": card(1000), "number_prefix": "NX"}, "mode": "simulator", "base": nil, "services": nil},
	"create-location":   {"connections": nil, "return_location": nil, "brand": nil},
	"create-client":     {"client_id": nil},
}

// unstocked are creations that need more than an account which ships, or that make nothing of the account's own; others of
// them are made by ship.
var unstocked = map[string]bool{
	"book-pickup": true, "create-return": true, "close-manifest": true, "create-account": true, "publish-rules": true, "create-shipments": true,
}

// and2 is an object with other members; nil takes one away.
func and2(v any, members object) any {
	o, ok := v.(map[string]any)
	if !ok || members == nil {
		return v
	}
	out := maps.Clone(o)
	for name, value := range members {
		if out[name] = value; value == nil {
			delete(out, name)
		}
	}
	return out
}

// plain is an example as JSON knows it.
func plain(v any) any {
	text, _ := json.Marshal(v)
	var out any
	_ = json.Unmarshal(text, &out)
	return out
}

// names are what an account's records of one list are called by: ids, references, names, numbers.
func (w *world) names(owner, path string) (names []string) {
	a := w.quietly(owner, "GET", path+"?limit=100", nil)
	if a.status != 200 {
		a = w.quietly(owner, "GET", path, nil)
	}
	var part struct{ Items []map[string]any }
	if a.status != 200 || json.Unmarshal(a.body, &part) != nil {
		return nil
	}
	for _, item := range part.Items {
		if account, ok := item["account"].(string); ok && account != string(w.id[owner]) {
			continue
		}
		for _, member := range []string{"id", "reference", "name", "sku", "email", "tracking_number", "number", "key", "client_id"} {
			if text := fmt.Sprint(item[member]); item[member] != nil && text != "" && !slices.Contains(names, text) {
				names = append(names, text)
			}
		}
	}
	return names[:min(len(names), 8)]
}

// absent is a name of the same form that nobody has, and had not been asked for.
func (w *world) absent(name string) string {
	w.turn++
	switch {
	case strings.Trim(name, "0123456789") == "":
		return fmt.Sprintf("8%0*d", len(name)-1, w.turn)
	case len(name) == 24 && strings.Trim(name, "0123456789abcdef") == "":
		return fmt.Sprintf("f%023x", w.turn)
	}
	return fmt.Sprintf("n%0*d", len(name)-1, w.turn)
}

// fresh is a body whose names nothing has been made with yet.
func (w *world) fresh(body any) any {
	w.turn++
	return marked(body, fmt.Sprintf("qq%dqq", w.turn))
}

var freshness = regexp.MustCompile(`qq\d+qq`)

// foreign is one caller and somebody whose data is not theirs.
type foreign struct{ caller, owner string }

func everyPair() (list []foreign) {
	for caller, sees := range reaches {
		for owner := range marks {
			if !slices.Contains(sees, owner) {
				list = append(list, foreign{caller, owner})
			}
		}
	}
	slices.SortFunc(list, func(a, b foreign) int { return strings.Compare(a.caller+a.owner, b.caller+b.owner) })
	return list
}

// TestNoOperationTellsOfOthers walks every operation of the document as a parent, two children and a stranger, with the
// ids, references, names and numbers of the others: no answer holds a word of theirs, and what is not the caller's is
// answered as what is not there. A child never sees what its parent paid.
func TestNoOperationTellsOfOthers(t *testing.T) {
	w := begin(t)
	w.family()
	operations := slices.DeleteFunc(everyOperation(w.doc), func(o oneOperation) bool {
		return o.open() || o.OperationID == "stream-events" // for all, or of the same words as list-events
	})
	for _, o := range operations { // before anybody has asked after others, and left their names in logs
		for _, pair := range everyPair() {
			if o.method == "GET" && !strings.Contains(o.path, "{") {
				w.blind(pair, o, w.quietly(pair.caller, o.method, o.path, nil), nil)
			}
		}
	}
	asked := 0
	for _, o := range operations {
		for _, pair := range everyPair() {
			if o.destroys() {
				continue // of the caller's own, without a name
			}
			asked += w.byPath(pair, o)
			if pair == (foreign{"child", "shop"}) || pair == (foreign{"stranger", "child"}) {
				asked += w.byQuery(pair, o) + w.byBody(pair, o)
			}
		}
	}
	t.Logf("%d answers compared", asked)
	if asked < 3000 {
		t.Error("too little was asked to tell anything")
	}
}

// open reports whether an operation needs no key.
func (o oneOperation) open() bool { return o.Security == nil || len(*o.Security) == 0 }

// destroys reports whether an operation takes something of the caller's own away that it does not name.
func (o oneOperation) destroys() bool {
	return o.method == "DELETE" && !strings.Contains(o.path, "{")
}

// byPath asks for another's records by what they are called.
func (w *world) byPath(pair foreign, o oneOperation) (asked int) {
	if !strings.Contains(o.path, "{") {
		return 0
	}
	body := plain(o.body())
	for _, name := range w.called(pair, "/"+strings.SplitN(o.path, "/", 3)[1]) {
		none := w.absent(name)
		ask := func(n string) answer {
			return w.quietly(pair.caller, o.method, inPath.ReplaceAllString(o.path, escape(n)), body)
		}
		w.compare(pair, o, "the path", ask(name), ask(none), name, none, body)
		asked++
	}
	return asked
}

// byQuery asks with ids of another's as a filter.
func (w *world) byQuery(pair foreign, o oneOperation) (asked int) {
	own := inPath.ReplaceAllString(o.path, strings.Repeat("e", 24))
	for _, p := range o.Parameters {
		if p.Value.In != "query" || !isText(p.Value.Schema) || p.Value.Name == "cursor" {
			continue
		}
		for _, name := range w.some(pair.owner) {
			none := w.absent(name)
			ask := func(n string) answer {
				return w.quietly(pair.caller, o.method, own+"?"+p.Value.Name+"="+escape(n), w.fresh(plain(o.body())))
			}
			w.compare(pair, o, p.Value.Name, ask(name), ask(none), name, none, nil)
			asked++
		}
	}
	return asked
}

// byBody asks with ids of another's in each member that takes any text.
func (w *world) byBody(pair foreign, o oneOperation) (asked int) {
	own := inPath.ReplaceAllString(o.path, strings.Repeat("e", 24))
	for _, at := range texts(schemaOf(o), "", 0) {
		if free[at] {
			continue // the caller's own words for what is made
		}
		for _, name := range w.some(pair.owner) {
			none := w.absent(name)
			ask := func(n string) answer {
				return w.quietly(pair.caller, o.method, own, put(and2(w.fresh(plain(o.body())), fitting[o.OperationID]), at, n))
			}
			w.compare(pair, o, at, ask(name), ask(none), name, none, nil)
			asked++
		}
	}
	return asked
}

// compare holds the answer about what is another's against the one about what is nowhere.
func (w *world) compare(pair foreign, o oneOperation, at string, there, nowhere answer, name, none string, body any) {
	w.blind(pair, o, there, body)
	if there.status < 300 && nowhere.status < 300 && o.method != "GET" {
		return // it is a word like any other here, and something was made
	}
	if a, b := unnamed(there, name), unnamed(nowhere, none); a != b {
		w.t.Errorf("%s asks %s with %s's %q in %s:\n%.500s, but of what is not there\n%.500s", pair.caller, o.OperationID, pair.owner, name, at, a, b)
	}
}

// called are the names of another's records in a list.
func (w *world) called(pair foreign, list string) []string {
	key := pair.owner + list
	if _, read := w.ids[key]; !read {
		w.ids[key] = w.names(pair.owner, list)
	}
	own := pair.caller + list
	if _, read := w.ids[own]; !read {
		w.ids[own] = w.names(pair.caller, list)
	}
	theirs := slices.DeleteFunc(slices.Clone(w.ids[key]), func(name string) bool { return slices.Contains(w.ids[own], name) })
	if list != "/connections" || pair.caller == "stranger" {
		return theirs
	}
	lent := map[string]bool{}
	for _, name := range w.names("shop", "/connections") { // what is lent is seen, and is not another's alone
		lent[name] = w.quietly(pair.caller, "GET", "/connections/"+name, nil).status == 200
	}
	return slices.DeleteFunc(theirs, func(name string) bool { return lent[name] })
}

// some are ids of an account that a member might refer to. None has its mark: what is made with it would be told as its own.
func (w *world) some(owner string) []string {
	if w.ids[owner] == nil {
		w.ids[owner] = []string{string(w.id[owner])}
		for _, list := range []string{"/shipments", "/locations", "/addresses"} {
			if names := w.names(owner, list); len(names) > 0 {
				w.ids[owner] = append(w.ids[owner], names[0])
			}
		}
	}
	return w.ids[owner]
}

// blind fails where an answer holds what its caller must not see.
func (w *world) blind(pair foreign, o oneOperation, a answer, body any) {
	sent := fmt.Sprint(body)
	for owner, mark := range marks {
		if slices.Contains(reaches[pair.caller], owner) || !strings.Contains(strings.ToLower(string(a.body)), mark) {
			continue
		}
		if !strings.Contains(a.asked, mark) && !strings.Contains(sent, mark) {
			w.t.Errorf("%s asks %s and reads of %s: %.400s", pair.caller, o.OperationID, owner, a.body)
		}
	}
	if (pair.caller == "child" || pair.caller == "younger") && (seesCost.Match(a.body) || bytes.Contains(a.body, []byte(`"bought":{`))) {
		w.t.Errorf("%s asks %s and sees what its parent pays: %.600s", pair.caller, o.OperationID, a.body)
	}
	if a.status >= 500 {
		w.t.Errorf("%s asks %s: %d %s", pair.caller, o.OperationID, a.status, a.body)
	}
}

var varying = regexp.MustCompile(`"(request_id|instance)":"[^"]*",?`)

// unnamed is an answer without the name that was asked with.
func unnamed(a answer, name string) string {
	text := varying.ReplaceAllString(string(a.body), "")
	return fmt.Sprint(a.status, " ", freshness.ReplaceAllString(strings.NewReplacer(name, "?", escape(name), "?").Replace(text), "!"))
}

func escape(name string) string {
	return strings.ReplaceAll(strings.ReplaceAll(name, "/", "%2F"), " ", "%20")
}

func isText(s *openapi3.SchemaRef) bool {
	return s != nil && s.Value != nil && s.Value.Type.Is("string") && len(s.Value.Enum) == 0 && s.Value.Format == ""
}

func schemaOf(o oneOperation) *openapi3.SchemaRef {
	if o.RequestBody == nil {
		return nil
	}
	if media := o.RequestBody.Value.Content.Get("application/json"); media != nil {
		return media.Schema
	}
	return nil
}

// texts are the places of a body where any text may stand, down to the third level, lists by their first element.
func texts(s *openapi3.SchemaRef, at string, depth int) (list []string) {
	if s == nil || s.Value == nil || depth > 2 {
		return nil
	}
	switch {
	case isText(s) && at != "":
		return []string{at}
	case s.Value.Type.Is("array"):
		return texts(s.Value.Items, at+".0", depth+1)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Value.Properties)) {
		list = append(list, texts(s.Value.Properties[name], strings.TrimPrefix(at+"."+name, "."), depth+1)...)
	}
	return list
}

// put is a body with a text at a place.
func put(body any, at, text string) any {
	step, rest, more := strings.Cut(at, ".")
	if step == "0" {
		if !more {
			return []any{text}
		}
		var first any
		if list, ok := body.([]any); ok && len(list) > 0 {
			first = list[0]
		}
		return []any{put(first, rest, text)}
	}
	out := object{}
	if o, ok := body.(map[string]any); ok {
		out = maps.Clone(o)
	}
	if more {
		out[step] = put(out[step], rest, text)
	} else {
		out[step] = text
	}
	return out
}
