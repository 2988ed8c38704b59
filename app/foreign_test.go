package app

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"waybill/dialect/all"
	"waybill/dialect/native"
	"waybill/store/storetest"
)

// sees says whose data an account's callers may see without naming another. Each account's people and places are
// marked with its name, which is a word of nobody else's.
var sees = map[string][]string{
	"zqparent": {"zqparent"}, "zqelder": {"zqelder"}, "zqyounger": {"zqyounger"}, "zqstranger": {"zqstranger"},
}

// What the parent's lorry costs the parent, in pence, and the tenth that its children pay on top: no child may read either.
const lorryCost, lorryMarkup = "43719", "4372"

var tellsCost = regexp.MustCompile(`(^|[^0-9a-f])(` + lorryCost + `|437\.19|` + lorryMarkup + `|43\.72)([^0-9a-f]|$)`)

// TestEveryVendorsOperationIsAsked: the list of calls leaves none out.
func TestEveryVendorsOperationIsAsked(t *testing.T) {
	left := map[string]bool{}
	for _, d := range all.Dialects() {
		for pattern, route := range d.Routes {
			if d.Name != native.Name && !route.Open {
				left[d.Name+" "+pattern] = true
			}
		}
		for _, o := range everyCall(names{"order L": "a", "order S": "a", "tracking P": "a", "sku": "a", "tag": "1"}) {
			if pattern, found := d.Routes.Find(o.method, strings.TrimPrefix(o.path, "/"+d.Name)); found && o.api() == d.Name {
				delete(left, d.Name+" "+pattern)
			}
		}
	}
	for pattern := range left {
		t.Errorf("no call asks %s", pattern)
	}
}

// TestNoVendorsApiTellsOfOthers walks every operation of the five vendors' APIs as a parent, two children and a stranger,
// with the ids, references and numbers of the others in each place where one can stand: no answer holds a word of theirs, what
// is not the caller's is answered as what is nowhere, nothing of theirs changes, and no child reads what its parent pays. On
// PostgreSQL a child and the stranger ask for what is their parent's, with one of the names in each place.
func TestNoVendorsApiTellsOfOthers(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { gather(t, fresh(t)).walk(2000, slices.Sorted(maps.Keys(sees))...) })
	t.Run("postgres", func(t *testing.T) {
		cfg := fresh(t)
		cfg.Database = storetest.Postgres(t)
		k := gather(t, cfg)
		k.sparing = true
		k.walk(150, "zqelder", "zqstranger")
	})
}

// walk asks everything as some callers, and must have compared so many answers at least.
func (k *kin) walk(least int, callers ...string) {
	t := k.t
	for _, caller := range callers {
		for _, o := range everyCall(k.names[caller]) { // of its own, before any name of others is in its records
			if o.method == "GET" {
				if a := k.call(caller, o, ""); a.status != 200 {
					t.Errorf("%s cannot ask %s of its own: %d %s", caller, o, a.status, a.body)
				} else {
					k.blind(caller, o, a, "")
				}
			}
		}
	}
	asked := 0
	for _, caller := range callers {
		before := k.theirs(caller)
		for _, kind := range []placeKind{inAddress, inBody, inWords} { // last what makes records with others' names of the caller's own
			for _, o := range everyCall(k.names[caller]) {
				asked += k.probe(caller, o, kind)
			}
		}
		k.check(k.Drain(t.Context()))
		for owner, now := range k.theirs(caller) {
			if was := before[owner]; now != was {
				t.Errorf("%s changed something of %s: %s", caller, owner, firstDifference(was, now))
			}
		}
	}
	t.Logf("%d answers compared", asked)
	if asked < least {
		t.Error("too little was asked to tell anything")
	}
}

// firstDifference is where two texts part.
func firstDifference(a, b string) string {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return fmt.Sprintf("%.300s\nis now\n%.300s", a[max(0, n-100):], b[max(0, n-100):])
}

// theirs is all that the accounts have which are not the caller's, as they see it themselves.
func (k *kin) theirs(caller string) map[string]string {
	k.t.Helper()
	all := map[string]string{}
	for owner := range sees {
		if slices.Contains(sees[caller], owner) {
			continue
		}
		for _, list := range []string{"shipments", "events", "locations", "tags", "products", "package-sizes", "returns", "declarations"} {
			a := k.call(owner, foreignCall{method: "GET", path: "/api/v1/" + list, query: "limit=100"}, "")
			if a.status != 200 {
				k.t.Fatalf("%s: %d %s", list, a.status, a.body)
			}
			all[owner] += a.body + "\n"
		}
	}
	return all
}

// placeKind says where in a request a name can stand.
type placeKind int

const (
	inAddress placeKind = iota // in its path or query
	inBody                     // in its body, where the caller names a record
	inWords                    // in its body, where any words are taken
)

// probe asks one operation with the names of others in each place of a kind, and with names that nobody has.
func (k *kin) probe(caller string, o foreignCall, kind placeKind) (asked int) {
	for _, owner := range slices.Sorted(maps.Keys(sees)) {
		if slices.Contains(sees[caller], owner) || kind == inWords && (o.alias() || owner != "zqparent" && caller != "zqstranger") {
			continue // of mere words: a child with its parent's, and the stranger
		}
		if k.sparing && (kind == inWords || owner != "zqparent") {
			continue
		}
		for _, p := range k.places(caller, o) {
			if p.kind != kind {
				continue
			}
			names := k.probes(caller, owner, p)
			if k.sparing && len(names) > 0 {
				at := k.turn % len(names) // another one each time
				names = names[at : at+1]
			}
			for _, name := range names {
				none := k.absent(name)
				with := p.with(name)
				there, nowhere := k.call(caller, with, ""), k.call(caller, p.with(none), "")
				k.blind(caller, with, there, name)
				asked++
				if there.status < 300 && nowhere.status < 300 && kind == inWords {
					continue // they are the caller's own words here, and something was made with them
				}
				if a, b := bare(there, name), bare(nowhere, none); a != b && !(vendors.MatchString(with.path) && strings.HasPrefix(a, vendorsWord)) {
					k.t.Errorf("%s asks %s with %s's %q:\n%.500s, but of what is not there\n%.500s", caller, with, owner, name, a, b)
				}
			}
		}
	}
	return asked
}

// alias reports whether a call has another address too, and is asked there.
func (o foreignCall) alias() bool {
	return strings.HasPrefix(o.path, "/shiptheory/api/") || strings.HasPrefix(o.path, "/peddler/api/carrier/")
}

// place is where a name can stand in a request.
type place struct {
	kind   placeKind
	number bool
	with   func(name string) foreignCall
}

// places are the parts of a path and a query that are names, and each text and number of a body.
func (k *kin) places(caller string, o foreignCall) (list []place) {
	own := slices.Collect(maps.Values(k.names[caller]))
	for i, part := range strings.Split(o.path, "/") {
		if slices.Contains(own, part) {
			list = append(list, place{kind: inAddress, with: func(name string) foreignCall {
				parts := strings.Split(o.path, "/")
				parts[i] = url.PathEscape(name)
				return foreignCall{o.method, strings.Join(parts, "/"), o.query, o.body}
			}})
		}
	}
	query, _ := url.ParseQuery(o.query)
	for _, member := range slices.Sorted(maps.Keys(query)) {
		list = append(list, place{kind: inAddress, with: func(name string) foreignCall {
			other := maps.Clone(query)
			other[member] = []string{name}
			return foreignCall{o.method, o.path, other.Encode(), o.body}
		}})
	}
	var walk func(v any, with func(any) any)
	walk = func(v any, with func(any) any) {
		switch v := v.(type) {
		case map[string]any:
			for _, member := range slices.Sorted(maps.Keys(v)) {
				walk(v[member], func(other any) any { return with(and(v, map[string]any{member: other})) })
			}
		case []any:
			for i := range v {
				walk(v[i], func(other any) any { return with(slices.Concat(v[:i], []any{other}, v[i+1:])) })
			}
		case string:
			if v == "new" {
				return // what is made has a name of its own, and others' are free: TestAccountsApart
			}
			kind := inWords
			if slices.Contains(own, v) {
				kind = inBody
			}
			list = append(list, place{kind: kind, with: func(name string) foreignCall {
				return foreignCall{o.method, o.path, o.query, with(name)}
			}})
		case json.Number:
			list = append(list, place{kind: inBody, number: true, with: func(name string) foreignCall {
				return foreignCall{o.method, o.path, o.query, with(json.Number(name))}
			}})
		}
	}
	walk(o.body, func(v any) any { return v })
	return list
}

// probes are the names of an owner's records that are tried in a place, without those that the caller's own have too.
func (k *kin) probes(caller, owner string, p place) (list []string) {
	what := []string{"account", "order L", "id S", "tag"}
	switch {
	case p.number:
		what = []string{"sale", "reverse", "warehouse IN", "tag", "back"}
	case p.kind != inWords:
		what = []string{"account", "order L", "order S", "order E", "tracking P", "tracking I", "id S", "place id US", "sku", "tag"}
	}
	own := slices.Collect(maps.Values(k.names[caller]))
	for _, w := range what {
		if name := k.names[owner][w]; !slices.Contains(own, name) {
			list = append(list, name)
		}
	}
	return list
}

// absent is a name of the same form that nobody has, and had not been asked for.
func (k *kin) absent(name string) string {
	k.turn++
	n := fmt.Sprintf("%06d", k.turn)
	switch {
	case strings.Trim(name, "0123456789") == "":
		return "8" + n[max(0, 7-len(name)):]
	case len(name) == 24 && strings.Trim(name, "0123456789abcdef") == "":
		return "f" + strings.Repeat("0", 17) + n
	case strings.ContainsAny(name, "0123456789"):
		return name[:2] + strings.Repeat("9", max(0, len(name)-8)) + n
	}
	return name[:3] + n
}

// blind fails where an answer holds what its caller must not see.
func (k *kin) blind(caller string, o foreignCall, a heardBack, sent string) {
	k.t.Helper()
	text := strings.ToLower(a.body)
	for owner := range sees {
		if slices.Contains(sees[caller], owner) {
			continue
		}
		if strings.Contains(text, owner) {
			k.t.Errorf("%s asks %s and reads of %s: %.500s", caller, o, owner, a.body)
		}
		if sent != "" {
			continue // what was asked with may come back, here and in the caller's own records
		}
		for what, name := range k.names[owner] {
			if len(name) > 6 && !slices.Contains(slices.Collect(maps.Values(k.names[caller])), name) && strings.Contains(a.body, name) {
				k.t.Errorf("%s asks %s and reads %s's %s: %.500s", caller, o, owner, what, a.body)
			}
		}
	}
	if child := caller == "zqelder" || caller == "zqyounger"; child && tellsCost.MatchString(a.body) {
		k.t.Errorf("%s asks %s and reads what its parent pays: %.500s", caller, o, a.body)
	}
	if a.status >= 500 {
		k.t.Errorf("%s asks %s: %d %s", caller, o, a.status, a.body)
	}
}

// unlike are parts of an answer that differ from one time to the next: ids of requests and of what was made, numbers of it.
var unlike = regexp.MustCompile(`"(request_?[iI]d|correlationId|instance|traceId|timestamp)":"[^"]*",?|\b[0-9a-f]{24}\b|\b[A-Z]{0,2}[0-9]{5,}\b`)

// vendors are differences that a vendor's own contract has between what is another's and what is nowhere, by the beginning
// of the address: the whole answer of the first.
var vendors = regexp.MustCompile(`^/shiptheory/(v1|api)/tags/[^/]+$`)

const vendorsWord = `403 {"message":"this tag belongs to another account","url":"` // and no word of whose, or of which

// made are names of what is new each time.
var made = regexp.MustCompile(`new-\d+`)

// bare is an answer without the name that was asked with.
func bare(a heardBack, name string) string {
	text := strings.NewReplacer(url.PathEscape(name), "?", url.QueryEscape(name), "?", name, "?", strings.ToLower(name), "?", strings.ToUpper(name), "?").Replace(a.body)
	return fmt.Sprint(a.status, " ", made.ReplaceAllString(unlike.ReplaceAllString(text, "~"), "new"))
}
