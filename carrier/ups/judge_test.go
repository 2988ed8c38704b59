package ups

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"waybill"
	"waybill/carrier/carriertest"
	"waybill/carrier/ups/upssim"
)

// judge stands between adapter and simulator, holds every request and answer against the schemas made
// of UPS's documents, and remembers what was ordered.
type judge struct {
	t       *testing.T
	sim     *upssim.Sim
	mux     *http.ServeMux
	schemas map[string]*jsonschema.Schema
	mu      sync.Mutex
	orders  map[string]orderSeen // by our key
	last    map[string]any       // the newest ship request
}

type orderSeen struct {
	street  string
	weights []waybill.Weight
}

// backend starts a simulator behind a judge.
func backend(t *testing.T, clock *waybill.ManualClock) carriertest.Backend {
	j, server := judged(t, clock)
	return carriertest.Backend{
		Base:     server.URL,
		Mischief: carriertest.Spoil(t, j.sim),
		Hung:     carriertest.Hung(j.sim),
		Sold:     j.sold,
	}
}

func judged(t *testing.T, clock *waybill.ManualClock) (*judge, *httptest.Server) {
	sim := upssim.New(upssim.Options{Clock: clock, Seed: 7, MaxHang: 30 * time.Second})
	j := &judge{t: t, sim: sim, schemas: schemas(t), orders: map[string]orderSeen{}, mux: http.NewServeMux()}
	for pattern, op := range routes {
		j.mount(pattern, op)
	}
	return j, carriertest.Serve(t, sim, j)
}

// schemas compiles testdata/schema/<operation>.<request|response>.json, and sees each of them refuse an
// empty object, so that a schema that says nothing is noticed.
func schemas(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	files, err := filepath.Glob("testdata/schema/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no schemas: %v", err)
	}
	compiled := map[string]*jsonschema.Schema{}
	for _, file := range files {
		schema, err := jsonschema.NewCompiler().Compile(file)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		if schema.Validate(map[string]any{}) == nil {
			t.Errorf("%s accepts anything", file)
		}
		compiled[name] = schema
	}
	return compiled
}

// routes are UPS's paths with the names that its documents give their parts, and the operation each is.
var routes = map[string]string{
	"POST /security/v1/oauth/token":                                              "token",
	"POST /api/rating/{version}/{requestoption}":                                 "rate",
	"POST /api/shipments/{version}/ship":                                         "ship",
	"DELETE /api/shipments/{version}/void/cancel/{shipmentidentificationnumber}": "void",
	"GET /api/track/v1/details/{inquiryNumber}":                                  "track",
	"GET /api/track/v1/reference/details/{referenceNumber}":                      "track-reference",
	"POST /api/labels/{version}/recovery":                                        "label-recovery",
	"POST /api/pickupcreation/{version}/pickup":                                  "pickup",
	"DELETE /api/shipments/{version}/pickup/{CancelBy}":                          "pickup-cancel",
}

func (j *judge) ServeHTTP(w http.ResponseWriter, r *http.Request) { j.mux.ServeHTTP(w, r) }

// mount judges one operation: its request, then the simulator's answer.
func (j *judge) mount(pattern, op string) {
	j.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the adapter gave up
		}
		judged := body
		if r.Header.Get("Content-Type") != "application/json" {
			judged = envelope(pattern, r, body)
		}
		j.hold(op+".request", judged)
		if op == "ship" {
			j.remember(body)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		copied := &tee{ResponseWriter: w, status: http.StatusOK}
		j.sim.ServeHTTP(copied, r)
		switch isJSON := strings.HasPrefix(w.Header().Get("Content-Type"), "application/json"); {
		case isJSON && copied.status == http.StatusOK:
			j.hold(op+".response", copied.body.Bytes())
		case isJSON:
			j.hold("fault.response", copied.body.Bytes())
		}
	})
}

var pathName = regexp.MustCompile(`\{(\w+)\}`)

// envelope writes a request without a JSON body as the object that its schema speaks of.
func envelope(pattern string, r *http.Request, body []byte) []byte {
	in := map[string]map[string]string{"header": {}}
	put := func(part, name, value string) {
		if in[part] == nil {
			in[part] = map[string]string{}
		}
		in[part][name] = value
	}
	for _, name := range pathName.FindAllStringSubmatch(pattern, -1) {
		put("path", name[1], r.PathValue(name[1]))
	}
	for name := range r.URL.Query() {
		put("query", name, r.URL.Query().Get(name))
	}
	if form, err := url.ParseQuery(string(body)); err == nil {
		for name := range form {
			put("form", name, form.Get(name))
		}
	}
	for _, name := range []string{"Authorization", "transId", "transactionSrc", "Prn", "x-merchant-id"} {
		if value := r.Header.Get(name); value != "" {
			put("header", name, value)
		}
	}
	data, err := json.Marshal(in)
	if err != nil {
		panic(err) // strings always marshal
	}
	return data
}

// hold validates a body by the schema of a name, if there is one.
func (j *judge) hold(name string, body []byte) {
	schema := j.schemas[name]
	if schema == nil {
		j.t.Errorf("no schema judges %s", name)
		return
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err == nil {
		err = schema.Validate(value)
	}
	if err != nil {
		j.t.Errorf("UPS's document does not allow this %s: %v\n%s", name, err, body)
	}
}

func (j *judge) remember(body []byte) {
	var in struct{ ShipmentRequest struct{ Shipment shipment } }
	if json.Unmarshal(body, &in) != nil {
		return
	}
	s := in.ShipmentRequest.Shipment
	var whole map[string]any
	if json.Unmarshal(body, &whole) != nil {
		return
	}
	seen := orderSeen{street: strings.Join(s.ShipTo.Address.AddressLine, " ")}
	keys := s.ReferenceNumber
	for _, p := range s.Package {
		unit := map[string]waybill.WeightUnit{"LBS": waybill.Pound, "KGS": waybill.Kilogram}[p.PackageWeight.UnitOfMeasurement.Code]
		seen.weights = append(seen.weights, waybill.Weight{Value: waybill.Decimal(p.PackageWeight.Weight), Unit: unit})
		keys = append(keys, p.ReferenceNumber...)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.last = whole
	for _, key := range keys {
		j.orders[key.Value] = seen
	}
}

// sold is the simulator's own account of its shipments, with what was ordered beside it.
func (j *judge) sold() []carriertest.Sold {
	var list []carriertest.Sold
	for _, s := range j.sim.State().Shipments {
		one := carriertest.Sold{ID: s.ID, Keys: s.References, Name: s.Recipient, Voided: s.Voided}
		for _, p := range s.Parcels {
			one.Numbers = append(one.Numbers, p.Number)
		}
		j.mu.Lock()
		for _, key := range s.References {
			if seen, ok := j.orders[key]; ok {
				one.Street, one.Weights = seen.street, seen.weights
				break
			}
		}
		j.mu.Unlock()
		list = append(list, one)
	}
	return slices.Clip(list)
}

// tee keeps a copy of an answer.
type tee struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (t *tee) WriteHeader(status int) {
	t.status = status
	t.ResponseWriter.WriteHeader(status)
}

func (t *tee) Write(p []byte) (int, error) {
	t.body.Write(p)
	return t.ResponseWriter.Write(p)
}

func TestSchemasRefuse(t *testing.T) {
	compiled := schemas(t)
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(`{"ShipmentRequest":{"Shipment":1}}`))
	if err != nil || compiled["ship.request"].Validate(value) == nil {
		t.Error("the ship schema lets nonsense pass")
	}
}
