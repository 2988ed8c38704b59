package native_test

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"waybill"
	"waybill/store"
)

// money are the operations that decide about money, whatever scope they need.
var money = []string{"decide-purchase"}

// unaudited says why an operation that changes what others rely on leaves nothing in the audit log.
var unaudited = map[string]string{
	"test-connection": "asks for rates, and buys nothing", "preview-erasure": "counts, and takes nothing",
	"advance-parcel": "moves a parcel that is simulated: nobody and nothing real hangs on it",
}

// audited are the operations that left an entry in the audit log in any test.
var audited sync.Map

// answerable reports whether an operation is one whose doer is to be found later.
func (o oneOperation) answerable() bool {
	return o.method != "GET" && (slices.Contains([]waybill.Scope{waybill.ScopeSetup, waybill.ScopeAdmin, waybill.ScopeDevelop}, o.needed()) || slices.Contains(money, o.OperationID))
}

// logged counts the entries of the audit log.
func (w *world) logged() (n int) {
	w.t.Helper()
	err := w.app.Engine.Store.View(w.t.Context(), waybill.System(""), func(tx store.Tx) error {
		for page := (store.Page{Limit: 500}); ; {
			part, err := tx.Audit().Find(store.AuditQuery{}, page)
			n += len(part.Items)
			if page.After = part.Next; err != nil || page.After == "" {
				return err
			}
		}
	})
	w.check(err)
	return n
}

// witness notes whether a request that succeeds leaves an entry in the audit log.
func (w *world) witness(r *http.Request) func(answer) {
	pattern, found := w.doc.routes.Find(r.Method, r.URL.EscapedPath())
	_, path, _ := strings.Cut(pattern, " ")
	item := w.doc.Paths.Value(path)
	if !found || item == nil || item.GetOperation(r.Method) == nil {
		return func(answer) {}
	}
	o := oneOperation{r.Method, path, item.GetOperation(r.Method)}
	if _, known := audited.Load(o.OperationID); known || !o.answerable() {
		return func(answer) {}
	}
	before := w.logged()
	return func(a answer) {
		if a.status < 300 && w.logged() > before {
			audited.Store(o.OperationID, true)
		}
	}
}

// unanswered lists the operations that nobody can be held to: no test saw them leave an entry, and no reason says why.
func unanswered(all []oneOperation) (list []string) {
	for _, o := range all {
		_, left := audited.Load(o.OperationID)
		switch why := unaudited[o.OperationID]; {
		case o.answerable() && !left && why == "":
			list = append(list, o.OperationID+" leaves no entry in the audit log")
		case why != "" && (left || !o.answerable()):
			list = append(list, fmt.Sprintf("%s needs no reason: it %s", o.OperationID, cmp.Or(map[bool]string{true: "leaves an entry"}[left], "is not asked for one")))
		}
	}
	return list
}
