package native_test

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/house"
	"waybill/dialect/dialecttest"
	"waybill/engine"
	"waybill/store/sqlstore"
	"waybill/store/storetest"
)

// generated is how many requests are made up, and of which seed; WAYBILL_TORTURE makes ten times as many,
// WAYBILL_SEED others.
func generated(t *testing.T, n int) (int, uint64) {
	if os.Getenv("WAYBILL_TORTURE") != "" {
		n *= 10
	}
	seed, err := strconv.ParseUint(os.Getenv("WAYBILL_SEED"), 10, 64)
	if err != nil {
		seed = 1
	}
	t.Logf("%d requests of seed %d", n, seed)
	return n, seed
}

// TestGeneratedRequests asks what the document allows, and what breaks each of its constraints. Nothing fails, every
// answer is one that the document promises, and what is broken is named.
func TestGeneratedRequests(t *testing.T) {
	if testing.Short() {
		t.Skip("thousands of requests")
	}
	t.Run("SQLite", func(t *testing.T) { bombard(t, 5000, nil) })
	t.Run("PostgreSQL", func(t *testing.T) { bombard(t, 1000, storetest.PostgreSQL) })
}

// often is after how many requests the installation is thrown away: a generated request may lock its sender out.
const often = 1000

func bombard(t *testing.T, n int, store openStore) {
	n, seed := generated(t, n)
	b := &bombardment{t: t, generator: dialecttest.NewGenerator(load(t).T, seed), answered: map[string]int{}}
	b.generator.Hint = b.hint
	b.place = &dialecttest.Installation{
		Dialect: dialecttest.Unlimited(api()), Now: start, Drivers: []carrier.Driver{house.Driver(), safeDriver(), deafDriver()}, Store: store,
	}
	for i := range n {
		if i%often == 0 || b.lockedOut() {
			b.begin()
		}
		b.once()
		if b.failures > 20 {
			t.Fatal("and so on")
		}
	}
	b.sum(n)
}

type openStore = func(testing.TB, waybill.Clock) *sqlstore.Store

// bombardment is a run of generated requests.
type bombardment struct {
	t         *testing.T
	generator *dialecttest.Generator
	place     *dialecttest.Installation
	app       *dialecttest.App
	key       string
	known     map[string][]any // ids that answers held, by the resource
	numbers   []any            // tracking numbers that they held
	answered  map[string]int   // how many of each operation succeeded
	named     int              // broken constraints that were named
	failures  int
	prepared  bool
}

// begin makes the installation anew.
func (b *bombardment) begin() {
	if !b.prepared || b.place.Store != nil {
		b.place.Seed = func(t *testing.T, e *engine.Engine) string {
			w := &world{t: t, key: map[string]string{}, id: map[string]waybill.ID{}}
			w.seed(e)
			b.key = "Bearer " + w.key["admin"]
			return b.key
		}
		b.place.Prepare(b.t)
		b.prepared = true
	}
	b.app = b.place.Start(b.t)
	b.known, b.numbers = map[string][]any{}, nil
	for pattern, request := range map[string]dialecttest.Generated{
		"/shipments": {Method: "POST", Target: "/shipments", Body: []byte(`{"reference":"ORDER-1001","location":"bath","to":{"name":"Ada","street1":"1 High St","city":"Bath","postcode":"BA1 1AA","country":"GB"},"parcels":[{"weight":{"value":1,"unit":"kg"},"size":{"length":1,"width":1,"height":1,"unit":"cm"}}],"book":{}}`)},
	} {
		request.Pattern, request.Header = pattern, map[string][]string{"Content-Type": {"application/json"}}
		if a := request.Ask(b.t.Context(), b.app.Handler, b.key); a.Code != 201 {
			b.t.Fatal(a.Body)
		} else {
			b.learn(request, a)
		}
	}
}

// lockedOut reports whether a request took the key's rights away.
func (b *bombardment) lockedOut() bool {
	a := dialecttest.Generated{Method: "GET", Target: "/me"}.Ask(b.t.Context(), b.app.Handler, b.key)
	return a.Code != 200
}

func (b *bombardment) once() {
	r := b.generator.Next()
	ctx, cancel := context.WithTimeout(b.t.Context(), time.Minute)
	defer cancel()
	a := r.Ask(ctx, b.app.Handler, b.key)
	err := r.Judge(a)
	switch {
	case err != nil:
	case r.Path != "" && a.Code != 401 && a.Code != 403:
		if !b.names(r, a) {
			b.complain(r, "the answer %d does not name the member: %s", a.Code, a.Body)
		}
		b.named++
	case a.Code < 300:
		b.answered[r.Operation.OperationID]++
		b.learn(r, a)
	}
	if err != nil {
		b.complain(r, "%v", err)
	}
	if b.generator.Often(50) {
		b.app.Clock.Advance(10 * time.Minute)
		b.app.Drain(b.t)
	}
}

func (b *bombardment) complain(r dialecttest.Generated, format string, args ...any) {
	b.failures++
	b.t.Errorf("%v\n"+format, append([]any{r}, args...)...)
}

// names reports whether a refusal names the member that was broken.
func (b *bombardment) names(r dialecttest.Generated, a *httptest.ResponseRecorder) bool {
	var told struct{ Errors []struct{ Path string } }
	if json.Unmarshal(a.Body.Bytes(), &told) != nil {
		return false
	}
	for _, e := range told.Errors {
		if e.Path == r.Path {
			return true
		}
	}
	return false
}

// learn keeps the ids of an answer, for later requests.
func (b *bombardment) learn(r dialecttest.Generated, a *httptest.ResponseRecorder) {
	var told struct {
		ID       string
		Tracking string `json:"tracking_number"`
		Items    []struct{ ID string }
	}
	if json.Unmarshal(a.Body.Bytes(), &told) != nil {
		return
	}
	resource := strings.Split(r.Pattern, "/")[1]
	note := func(id string) {
		if id != "" && !slices.Contains(b.known[resource], any(id)) {
			b.known[resource] = append(b.known[resource], id)
		}
	}
	note(told.ID)
	if told.Tracking != "" {
		b.numbers = append(b.numbers, told.Tracking)
	}
	for _, item := range told.Items {
		note(item.ID)
	}
}

// names are what is there from the beginning, by the resource.
var names = map[string][]any{"accounts": {"self"}, "connections": {"van", "sim"}, "locations": {"bath"}, "clients": {"oauth"}, "shipments": {"ORDER-1001"}}

// hint are words that mean something here.
func (b *bombardment) hint(pattern, name string) []any {
	switch name {
	case "id":
		resource := strings.Split(pattern, "/")[1]
		return append(b.known[resource], names[resource]...)
	case "shipment", "shipment_id":
		return b.known["shipments"]
	case "location", "return_location":
		return []any{"bath"}
	case "connection", "connections":
		return []any{"van", "sim"}
	case "carrier":
		return []any{"house", "safe", "deaf"}
	case "service", "code":
		return []any{"standard", "express", "back"}
	case "country":
		return []any{"GB", "GB", "US", "IN", "NL", "XX"}
	case "currency":
		return []any{"GBP", "GBP", "INR", "JPY"}
	case "account", "child":
		return b.known["accounts"]
	case "client_id":
		return names["clients"]
	case "client_secret":
		return []any{"oauth-secret"}
	case "mode":
		return []any{"simulator", "live"}
	case "number":
		return b.numbers
	case "document":
		return []any{"label", "aaaaaaaaaaaaaaaaaaaaaaaa"}
	case "table":
		return []any{"rates", "zones", "surcharges"}
	}
	return nil
}

// sum holds that the requests were worth making: most operations were carried out, many constraints broken.
func (b *bombardment) sum(n int) {
	operations := 0
	var never []string
	for _, item := range load(b.t).Paths.Map() {
		for _, o := range item.Operations() {
			if operations++; b.answered[o.OperationID] == 0 {
				never = append(never, o.OperationID)
			}
		}
	}
	slices.Sort(never)
	b.t.Logf("%d constraints were broken and named; of %d operations these never succeeded: %v", b.named, operations, never)
	if b.named < n/10 || n >= 20*operations && len(never) > operations/2 {
		b.t.Error("the requests are no good")
	}
}
