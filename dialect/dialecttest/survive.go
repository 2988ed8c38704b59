package dialecttest

import (
	"os"
	"strconv"
	"testing"
)

// requestsAreSurvived asks what the document allows and what it does not, made up at random. Nothing fails, and an
// answer with a status that the document knows is as it promises. What a vendor lets pass is its own affair.
func requestsAreSurvived(t *testing.T, h Harness, document *spec) {
	if testing.Short() {
		t.Skip("hundreds of requests")
	}
	n := 200
	if os.Getenv("WAYBILL_TORTURE") != "" {
		n = 2000
	}
	generator := NewGenerator(document.document, 1)
	var app *App
	failures := 0
	for i := range n {
		if i%200 == 0 { // one may have taken the rights of the caller away
			app = h.Start(t)
		}
		h.pace(app)
		r := generator.Next()
		r.Path = "" // the vendors' own checks are in their conversations
		a := r.Ask(t.Context(), app.Handler, app.Authorization)
		if known := r.Operation.Responses.Value(strconv.Itoa(a.Code)) != nil; a.Code < 500 && !known {
			continue
		}
		if err := r.Judge(a); err != nil {
			t.Errorf("%v\n%v", r, err)
			if failures++; failures > 10 {
				t.Fatal("and so on")
			}
		}
	}
}
