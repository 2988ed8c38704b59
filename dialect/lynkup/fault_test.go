package lynkup_test

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/dialect"
	"waybill/dialect/lynkup"
	"waybill/engine"
)

type failure struct {
	Type    string
	Message string
	Errors  []struct{ Type, Message, Parameter, Provider string }
}

func failureOf(t *testing.T, body []byte) failure {
	t.Helper()
	var f failure
	if err := json.Unmarshal(body, &f); err != nil || len(f.Errors) == 0 {
		t.Fatalf("not an error of this API: %s", body)
	}
	return f
}

// documented are the rows of the vendor's error tables: operation, type, status and text, as printed. Where the
// page gives an example of a value, the reason that makes this very text is named.
var documented = []struct {
	op, kind string
	status   int
	text     string
	err      *waybill.Error
}{
	{"create", "UNAUTHORIZED", 401, "Unauthorized: Invalid or missing authentication token", reason(waybill.ReasonTokenMissing)},
	{"create", "INTERNAL_SERVER_ERROR", 500, "Internal Server Error: An unexpected error occurred while processing the request", reason(waybill.ReasonBug)},
	{"create", "VALIDATION_ERROR", 400, "Invalid Data: locationExternalId is a required field", field("locationExternalId", "locationExternalId is a required field")},
	{"create", "VALIDATION_ERROR", 400, "Invalid Data: Delivery Address not provided", field("deliveryAddress", "Delivery Address not provided")},
	{"create", "INVALID_DATA", 422, "Invalid Data: No such locationExternalId exists in our system. Please provide a valid locationExternalId.", reason(waybill.ReasonUnknownLocation)},
	{"create", "DUPLICATE_ID", 422, "Resource with provided id already exists.", reason(waybill.ReasonDuplicate)},
	{"create", "DUPLICATE_NAME", 422, "Resource with provided name already exists.", reason(waybill.ReasonTaken)},
	{"create", "DUPLICATE_RESOURCE", 422, "Resource already exists.", reason(waybill.ReasonKeyReused)},
	{"create", "NO_PROVIDER_ASSIGNED", 422, "No Provider has been assigned to the mentioned location.", reason(waybill.ReasonNoConnection)},
	{"create", "NO_PROVIDER_MATCHED", 422, "No Provider matched the criteria for the requested delivery.", reason(waybill.ReasonNoRate)},
	{"create", "PLACE_ORDER_FAILED", 422, "Failed to place the requested order with the configured providers.", reason(waybill.ReasonBookingFailed)},
	{"create", "GEOCODING_FAILED", 422, "Geocoding Service for the given address failed.", reason(waybill.ReasonNotLocated)},
	{"create", "TOO_MANY_REQUESTS", 429, "Too many requests received per second.", reason(waybill.ReasonRateLimit)},
	{"create", "UNMAPPED_ERROR", 422, "Request received unidentifiable error response.", reason(waybill.ReasonCarrier)},
	{"list", "UNAUTHORIZED", 401, "Unauthorized: Invalid or missing authentication token", reason(waybill.ReasonTokenExpired)},
	{"list", "INTERNAL_SERVER_ERROR", 500, "Internal Server Error: An unexpected error occurred while processing the request", reason(waybill.ReasonBug)},
	{"list", "INVALID_DATA", 400, "Invalid Data: lastUpdatedAt date range cannot be greater than 30 days", waybill.E("list", waybill.ReasonRange, "lastUpdatedAt date range cannot be greater than 30 days")},
	{"get", "UNAUTHORIZED", 401, "Unauthorized: Invalid or missing authentication token", reason(waybill.ReasonTokenBad)},
	{"get", "INTERNAL_SERVER_ERROR", 500, "Internal Server Error: An unexpected error occurred while processing the request", reason(waybill.ReasonBug)},
	{"get", "INVALID_DATA", 422, "Invalid data: Invalid Order Id", reason(waybill.ReasonBadID)},
	{"get", "NOT_FOUND", 404, "Not Found: Order with id, 1908241-0061, is not found", reason(waybill.ReasonUnknownShipment)},
	{"cancel", "UNAUTHORIZED", 401, "Unauthorized: Invalid or missing authentication token", reason(waybill.ReasonTokenMissing)},
	{"cancel", "INTERNAL_SERVER_ERROR", 500, "Internal Server Error: An unexpected error occurred while processing the request", reason(waybill.ReasonBug)},
	{"cancel", "NOT_FOUND", 404, "Order with id, 1908241-0061, is not found", reason(waybill.ReasonUnknownShipment)},
	{"cancel", "CANCELLATION_NOT_ALLOWED", 403, "Provider does not allow cancellation of orders.", reason(waybill.ReasonCancelNotOffered)},
	{"cancel", "ORDER_CANCELLATION_FAILED", 422, "Provider failed to cancel order", reason(waybill.ReasonCancelRefused)},
	{"cancel", "ORDER_ALREADY_CANCELED", 409, "Requested order is already in Cancelled state.", reason(waybill.ReasonAlreadyCancelled)},
	{"cancel", "TOO_MANY_REQUESTS", 429, "Too many requests received per second.", reason(waybill.ReasonRateLimit)},
	{"cancel", "UNMAPPED_ERROR", 422, "Request received unidentifiable error response.", reason(waybill.ReasonCarrierOutage)},
	{"edit", "UNAUTHORIZED", 401, "Unauthorized: Invalid or missing authentication token", reason(waybill.ReasonTokenMissing)},
	{"edit", "INTERNAL_SERVER_ERROR", 500, "Internal Server Error: An unexpected error occurred while processing the request", reason(waybill.ReasonBug)},
	{"edit", "INVALID_DATA", 400, "Invalid data: The value for the orderValue field is invalid", field("orderValue", "orderValue must be a number")},
	{"edit", "VALIDATION_ERROR", 400, "packages parameter cannot be changed post order dispatch", frozen("parcels")},
	{"edit", "NOT_FOUND", 404, "Order with id, 1908241-0061, is not found", reason(waybill.ReasonUnknownShipment)},
	{"edit", "NO_PROVIDER_ASSIGNED", 422, "No Provider has been assigned to the mentioned location.", reason(waybill.ReasonNoConnection)},
	{"edit", "NO_PROVIDER_MATCHED", 422, "No Provider matched the criteria for the requested delivery.", reason(waybill.ReasonNoRate)},
	{"edit", "PLACE_ORDER_FAILED", 422, "Failed to place the requested order with the configured providers.", reason(waybill.ReasonBookingFailed)},
	{"edit", "GEOCODING_FAILED", 422, "Geocoding Service for the given address failed.", reason(waybill.ReasonNotLocated)},
	{"edit", "TOO_MANY_REQUESTS", 429, "Too many requests received per second.", reason(waybill.ReasonRateLimit)},
	{"edit", "UNMAPPED_ERROR", 422, "Request received unidentifiable error response.", reason(waybill.ReasonCarrier)},
	{"history", "UNAUTHORIZED", 401, "Unauthorized: Invalid or missing authentication token", reason(waybill.ReasonTokenMissing)},
	{"history", "INTERNAL_SERVER_ERROR", 500, "Internal Server Error: An unexpected error occurred while processing the request", reason(waybill.ReasonBug)},
	{"retry", "UNAUTHORIZED", 401, "Unauthorized: Invalid or missing authentication token", reason(waybill.ReasonTokenMissing)},
	{"retry", "INTERNAL_SERVER_ERROR", 500, "Internal Server Error: An unexpected error occurred while processing the request", reason(waybill.ReasonBug)},
	{"retry", "NOT_FOUND", 404, "Order with id, 1908241-0061, is not found", reason(waybill.ReasonUnknownShipment)},
	{"retry", "INVALID_DATA", 422, "Order Id value is invalid", reason(waybill.ReasonBadID)},
	{"retry", "INVALID_OPERATION", 409, "The Order can no longer be retried", reason(waybill.ReasonNotRetryable)},
	{"retry", "NO_PROVIDER_ASSIGNED", 422, "No Provider has been assigned to the mentioned location.", reason(waybill.ReasonNoConnection)},
	{"retry", "NO_PROVIDER_MATCHED", 422, "No Provider matched the criteria for the requested delivery.", reason(waybill.ReasonNoRate)},
	{"retry", "PLACE_ORDER_FAILED", 422, "Failed to place the requested order with the configured providers.", reason(waybill.ReasonCarrierOutage)},
	{"retry", "TOO_MANY_REQUESTS", 429, "Too many requests received per second.", reason(waybill.ReasonRateLimit)},
	{"retry", "UNMAPPED_ERROR", 422, "Request received unidentifiable error response.", reason(waybill.ReasonCarrier)},
}

func reason(r waybill.Reason) *waybill.Error { return waybill.E("test", r, "in other words") }

func field(path, message string) *waybill.Error {
	return waybill.AsError(waybill.FieldErrors("test", []waybill.FieldError{{Path: path, Message: message}}))
}

func frozen(path string) *waybill.Error {
	e := reason(waybill.ReasonFrozen)
	e.Fields = []waybill.FieldError{{Path: path, Message: "no"}}
	return e
}

// TestDocumentedErrorsReadAsPrinted holds the fault table against the vendor's tables, row by row. That each can
// be provoked from outside is what the errors-*.txtar conversations show.
func TestDocumentedErrorsReadAsPrinted(t *testing.T) {
	for _, d := range documented {
		r := &dialect.Request{Op: d.op, Params: map[string]string{"shipment_external_id": "1908241-0061"}}
		reply := lynkup.Dialect().Fault(r, d.err)
		f := failureOf(t, reply.Body)
		if reply.Status != d.status || f.Type != d.kind || f.Message != d.text {
			t.Errorf("%s %s: %d %s %q, want %d %q", d.op, d.kind, reply.Status, f.Type, f.Message, d.status, d.text)
		}
		if strings.Contains(string(reply.Body), `"severity"`) {
			t.Errorf("%s %s: severity is in no body of the vendor's", d.op, d.kind)
		}
	}
}

// TestCallsAreLimited: fifty a second, then 429 with when to come back, on every operation; a second later all is
// well again.
func TestCallsAreLimited(t *testing.T) {
	w := newWorld(t)
	if err := w.setAccount("default limit"); err != nil {
		t.Fatal(err)
	}
	calls := [][2]string{
		{"POST", "/shipments"}, {"POST", "/shipments/list"}, {"GET", "/shipments/x"}, {"PUT", "/shipments/x"},
		{"DELETE", "/shipments/x"}, {"GET", "/shipments/x/status-history"}, {"POST", "/shipments/x/retry"},
	}
	var refused *httptest.ResponseRecorder
	for n := range 50 {
		if rec := w.ask("GET", "/shipments/x", nil); rec.Code != 404 {
			t.Fatalf("call %d: %d %s", n+1, rec.Code, rec.Body)
		}
	}
	for _, c := range calls {
		refused = w.ask(c[0], c[1], nil)
		if f := failureOf(t, refused.Body.Bytes()); refused.Code != 429 || f.Type != "TOO_MANY_REQUESTS" || refused.Header().Get("Retry-After") != "1" {
			t.Errorf("%s %s: %d %s, Retry-After %q", c[0], c[1], refused.Code, f.Type, refused.Header().Get("Retry-After"))
		}
	}
	w.Clock.Advance(time.Second)
	if rec := w.ask("GET", "/shipments/x", nil); rec.Code != 404 {
		t.Errorf("a second later: %d %s", rec.Code, rec.Body)
	}
}

// TestABrokenStoreIsOurFault: when nothing can be read, every operation answers 500 or 503 in the API's words and
// says nothing of the inside.
func TestABrokenStoreIsOurFault(t *testing.T) {
	w := newWorld(t)
	if err := w.store.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{
		{"POST", "/shipments"}, {"POST", "/shipments/list"}, {"GET", "/shipments/x"}, {"PUT", "/shipments/x"},
		{"DELETE", "/shipments/x"}, {"GET", "/shipments/x/status-history"}, {"POST", "/shipments/x/retry"},
	} {
		rec := w.ask(c[0], c[1], nil)
		f := failureOf(t, rec.Body.Bytes())
		if (rec.Code != 500 && rec.Code != 503) || f.Type != "INTERNAL_SERVER_ERROR" {
			t.Errorf("%s %s: %d %s", c[0], c[1], rec.Code, rec.Body)
		}
		if strings.Contains(rec.Body.String(), "sql") || strings.Contains(rec.Body.String(), "store") {
			t.Errorf("%s %s tells of the inside: %s", c[0], c[1], rec.Body)
		}
	}
}

// TestAPanicIsAnInternalError: 500 with the vendor's own text.
func TestAPanicIsAnInternalError(t *testing.T) {
	w := newWorld(t)
	d := lynkup.Dialect()
	for pattern, r := range d.Routes {
		r.Call = func(context.Context, engine.Session, *dialect.Request) (dialect.Reply, error) { panic("secret") }
		d.Routes[pattern] = r
	}
	handler := dialect.Serve(d, dialect.Deps{Engine: w.engine})
	r := httptest.NewRequest("GET", "/shipments/x", nil)
	r.Header.Set("Authorization", w.Authorization)
	rec := httptest.NewRecorder()
	handler.ServeHTTP(rec, r)
	const text = "Internal Server Error: An unexpected error occurred while processing the request"
	if f := failureOf(t, rec.Body.Bytes()); rec.Code != 500 || f.Type != "INTERNAL_SERVER_ERROR" || f.Message != text || strings.Contains(rec.Body.String(), "secret") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

// TestWebhooksAreSigned: the signature is the HMAC-SHA256 of the bytes that were sent.
func TestWebhooksAreSigned(t *testing.T) {
	w := newWorld(t)
	if err := w.subscribe("s3cret"); err != nil {
		t.Fatal(err)
	}
	if rec := w.ask("POST", "/shipments", whole); rec.Code != 201 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	w.Drain(t)
	var said []string
	for _, h := range w.Hooks() {
		if want := dialect.Sign("s3cret", h.Body); h.Header.Get("X-DS-Signature") != want {
			t.Errorf("signed %q, want %q", h.Header.Get("X-DS-Signature"), want)
		}
		var n struct{ Event, Status string }
		if err := json.Unmarshal(h.Body, &n); err != nil || n.Event != n.Status {
			t.Errorf("event %q, status %q (%v)", n.Event, n.Status, err)
		}
		said = append(said, n.Event)
	}
	if got := strings.Join(said, " "); got != "REQUEST_RECEIVED ESTIMATES_RECEIVED ORDER_DISPATCHED" {
		t.Errorf("the endpoint heard %s", got)
	}
}
