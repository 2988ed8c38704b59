package native_test

import (
	"cmp"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"waybill"
)

const (
	rolesPage   = "../../docs/roles.md"
	rolesMarker = "<!-- operations: go test ./dialect/native -run TestEveryRole -update -->\n"
)

// oneOperation is an operation of the document.
type oneOperation struct {
	method, path string
	*openapi3.Operation
}

// everyOperation lists the document's operations, reading ones first, those that take away last.
func everyOperation(d *document) (list []oneOperation) {
	for path, item := range d.Paths.Map() {
		for method, o := range item.Operations() {
			list = append(list, oneOperation{method, path, o})
		}
	}
	rank := func(o oneOperation) int { return strings.Index("GET POST PUT PATCH DELETE", o.method) }
	slices.SortFunc(list, func(a, b oneOperation) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.path, b.path))
	})
	return list
}

var (
	needsScope = regexp.MustCompile("Needs the scope `([a-z]+)`")
	inPath     = regexp.MustCompile(`\{[^}]+\}`)
)

// needed is the scope that an operation says it needs; empty: none.
func (o oneOperation) needed() waybill.Scope {
	if m := needsScope.FindStringSubmatch(o.Description); m != nil {
		return waybill.Scope(m[1])
	}
	return ""
}

// body is the example of what an operation takes.
func (o oneOperation) body() any {
	if o.RequestBody == nil {
		return nil
	}
	if media := o.RequestBody.Value.Content.Get("application/json"); media != nil && media.Example != nil {
		return media.Example
	}
	if o.RequestBody.Value.Content.Get("application/json") == nil {
		return "x"
	}
	return object{}
}

// roleOrder is the order of the columns.
var roleOrder = []waybill.Role{waybill.RoleAdmin, waybill.RoleDeveloper, waybill.RoleOperations, waybill.RoleRatesOnly, waybill.RoleReadOnly}

// lacksScope reports whether a caller was refused for want of a scope.
func (a answer) lacksScope() bool {
	return a.status == 403 && strings.Contains(string(a.body), "this needs the scope")
}

// TestEveryRole asks every role for every operation of the document, and holds what they may against docs/roles.md.
func TestEveryRole(t *testing.T) {
	w := begin(t)
	w.unlimited("shop")
	var table strings.Builder
	table.WriteString("\n| operation | needs | admin | developer | operations | rates-only | read-only | test key |\n|---|---|---|---|---|---|---|---|\n")
	for _, o := range everyOperation(w.doc) {
		scope := o.needed()
		path := inPath.ReplaceAllString(o.path, strings.Repeat("0", 24))
		row := fmt.Sprintf("| `%s` | %s |", o.OperationID, cmp.Or(string(scope), map[bool]string{true: "nothing", false: "anyone"}[o.open()]))
		if !o.open() && o.OperationID != "stream-events" && w.quietly("test", o.method, path, o.body()).wantsLogin() {
			row = fmt.Sprintf("| `%s` | a login |", o.OperationID)
		}
		for _, role := range roleOrder {
			if o.OperationID == "stream-events" { // without end: its scope is tried where it is refused
				row += streamMay(w, role, scope)
				continue
			}
			may := !w.quietly(string(role), o.method, path, nil).lacksScope()
			if want := scope == "" || slices.Contains(waybill.Roles[role], scope); may != want {
				t.Errorf("%s, %s: the document says %v, the API %v", role, o.OperationID, want, may)
			}
			row += mark(may)
		}
		table.WriteString(row + testKey(w, o, path) + "\n")
	}
	holdPage(t, rolesPage, rolesMarker, table.String())
}

// streamMay asks for events without end by a role that may not, and takes the rest from the document.
func streamMay(w *world, role waybill.Role, scope waybill.Scope) string {
	may := slices.Contains(waybill.Roles[role], scope)
	if !may && !w.quietly(string(role), "GET", "/events/stream", nil).lacksScope() {
		w.t.Error("the stream is open to", role)
	}
	return mark(may)
}

// testKey is what an administrator's test key may: all of it, but where it would let somebody reach what is live, or
// only a person may.
func testKey(w *world, o oneOperation, path string) string {
	if o.OperationID == "stream-events" || o.open() {
		return mark(true)
	}
	a := w.quietly("test", o.method, path, o.body())
	return mark(a.status != 403 || a.text("reason") != string(waybill.ReasonRole))
}

// wantsLogin reports whether a key was refused because only a person may, whatever the role.
func (a answer) wantsLogin() bool {
	return a.status == 403 && strings.Contains(string(a.body), "for people who have logged in")
}

func mark(may bool) string {
	if may {
		return " yes |"
	}
	return " – |"
}

// holdPage compares what comes after a marker in a page, or writes it.
func holdPage(t *testing.T, page, marker, want string) {
	t.Helper()
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, found, ok := strings.Cut(string(data), marker)
	if !ok {
		t.Fatalf("%s has no line %q", page, marker)
	}
	if *update {
		if err := os.WriteFile(page, []byte(head+marker+want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if found != want {
		t.Errorf("%s is out of step: run the test with -update, and look at the difference", page)
	}
}
