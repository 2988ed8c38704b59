package dialecttest

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/dialect"
)

// routesAreProven finds operations that no conversation ends well.
func routesAreProven(t *testing.T, h Harness, conversations []*conversation) {
	proven := map[string]bool{}
	for _, c := range conversations {
		for i, step := range c.steps {
			if step.Name != "request" || i+1 == len(c.steps) || !strings.HasPrefix(string(c.steps[i+1].Data), "2") {
				continue
			}
			if method, pattern, found := route(h.Dialect, parse(step.Data).first); found {
				proven[h.Dialect.Routes[method+" "+pattern].Op] = true
			}
		}
	}
	for pattern, r := range h.Dialect.Routes {
		switch reason := h.Unproven[r.Op]; {
		case reason == "" && !proven[r.Op]:
			t.Errorf("no conversation has %s (%s) succeed", pattern, r.Op)
		case reason != "" && proven[r.Op]:
			t.Errorf("%s has a conversation; take it out of Unproven", r.Op)
		case reason != "":
			t.Logf("unproven: %s: %s", r.Op, reason)
		}
	}
}

// secret must never show in an internal fault.
const secret = "secret-text-of-an-internal-error"

// faultsAreTotal puts every reason and every bare code through every operation's fault.
func faultsAreTotal(t *testing.T, h Harness) {
	var errs []*waybill.Error
	for _, reason := range slices.Sorted(maps.Keys(waybill.Reasons)) {
		e := waybill.E("suite", reason, "what went wrong")
		if reason == waybill.ReasonFields {
			e.Fields = []waybill.FieldError{{Path: "a.b[0].c", Rule: waybill.RuleRequired, Message: "a.b[0].c is a required field"}}
		}
		if e.Code == waybill.CarrierRejected {
			e.Fault = &waybill.CarrierFault{Carrier: "house", Code: "17", Message: "no"}
		}
		errs = append(errs, e)
	}
	for _, code := range waybill.Codes {
		errs = append(errs, &waybill.Error{Op: "suite", Code: code, Severity: waybill.Hard, Message: "what went wrong"})
	}
	ops := []string{"unknown"}
	for _, r := range h.Dialect.Routes {
		ops = append(ops, r.Op)
	}
	for _, op := range ops {
		for _, e := range errs {
			checkFault(t, h, op, e)
		}
	}
}

func checkFault(t *testing.T, h Harness, op string, e *waybill.Error) {
	t.Helper()
	at := op + "/" + string(e.Code) + "/" + string(e.Reason)
	if e.Code == waybill.Internal {
		copied := *e
		copied.Message = secret
		e = &copied
	}
	r := &dialect.Request{
		Dialect: h.Dialect.Name, Op: op, Method: "GET", Path: "/", RawPath: "/", Header: http.Header{}, ID: "request", Params: map[string]string{},
		Now: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC),
	}
	reply := h.Dialect.Fault(r, e)
	var body any
	_ = json.Unmarshal(reply.Body, &body) // what is no JSON stays nil
	object, _ := body.(map[string]any)
	if text, _ := body.(string); len(object) == 0 && (text == "" || h.Bare[op] == "") {
		t.Errorf("%s: the fault is no JSON object: %s", at, reply.Body)
	}
	if strings.Contains(string(reply.Body), secret) {
		t.Errorf("%s: the fault tells what an internal error says", at)
	}
	allowed := statuses(e.Code)
	if !slices.Contains(allowed, reply.Status) && (allowed != nil || reply.Status < 200 || reply.Status > 499) {
		t.Errorf("%s: status %d, want %v (none: 200 to 499)", at, reply.Status, allowed)
	}
}

// statuses lists what a code may be on any API; nil: any answer that does not blame the server. (Some
// APIs refuse with 200 and success false.)
func statuses(code waybill.Code) []int {
	switch code {
	case waybill.Unauthenticated:
		return []int{401, 403, 498} // the last is no standard, and one API's word for an expired token
	case waybill.Forbidden:
		return []int{401, 403, 404, 409}
	case waybill.TooManyRequests:
		return []int{429}
	case waybill.Unavailable:
		return []int{500, 503}
	case waybill.Internal:
		return []int{500}
	case waybill.CarrierUnavailable:
		return []int{200, 409, 422, 424, 429, 500, 502, 503, 504}
	}
	return nil
}

// eventsAreSpoken has the dialect speak every kind of event about a whole shipment.
func eventsAreSpoken(t *testing.T, h Harness) {
	for _, kind := range waybill.EventKinds {
		spoken := false
		if h.Dialect.Speak != nil {
			var event waybill.Event
			Fill(&event)
			event.Kind = kind
			message, ok := h.Dialect.Speak(event, dialect.Endpoint{
				ID: "0123456789abcdef01234567", Base: "http://example.test", Now: event.At, Link: func(string, waybill.ID) string { return "" },
			})
			if spoken = ok; ok && !json.Valid(message.Body) {
				t.Errorf("%s: the message is not JSON: %s", kind, message.Body)
			}
			if known := h.Dialect.Statuses; spoken && message.Status != "" && !slices.Contains(known, message.Status) {
				t.Errorf("%s: its status %q is none of Statuses %v", kind, message.Status, known)
			}
		}
		if queued := slices.Contains(h.Dialect.Speaks, kind); queued != spoken {
			t.Errorf("%s: spoken is %v, but Speaks lists it: %v", kind, spoken, queued)
		}
		switch reason := h.Unspoken[kind]; {
		case !spoken && reason == "":
			t.Errorf("%s: there is no word for it, and Unspoken gives no reason", kind)
		case spoken && reason != "":
			t.Errorf("%s is spoken; take it out of Unspoken", kind)
		}
	}
}

// doorHolds tries what no API documents: unknown paths, other methods, no token, a foreign token, a body
// that is too large.
func doorHolds(t *testing.T, h Harness) {
	app := h.Start(t)
	try := func(name, first string, header http.Header, body []byte, want ...int) {
		t.Helper()
		if header == nil {
			header = http.Header{}
		}
		h.pace(app)
		got := app.ask(message{first: first, header: header, body: body})
		if !slices.Contains(want, got.Code) {
			t.Errorf("%s: %s answers %d, want %v: %s", name, first, got.Code, want, got.Body)
		}
		if !json.Valid(got.Body.Bytes()) {
			t.Errorf("%s: %s answers no JSON: %s", name, first, got.Body)
		}
		if got.Code == http.StatusMethodNotAllowed && got.Header().Get("Allow") == "" {
			t.Errorf("%s: %s answers 405 without Allow", name, first)
		}
	}
	for _, path := range []string{"/", "/nowhere", "/nowhere/", "//", "/%2F", "/%00"} {
		try("unknown path", "GET "+path, nil, nil, 404)
	}
	for pattern, r := range h.Dialect.Routes {
		path := concrete(pattern)
		try("double slash", path[:strings.Index(path, " ")+1]+"/"+path[strings.Index(path, " ")+1:], nil, nil, 404)
		try("trailing slash", path+"/", nil, nil, 404)
		try("unknown method", "BREW "+path[strings.Index(path, " ")+1:], nil, nil, 405)
		try("large body", path, nil, make([]byte, max(r.MaxBody, 1<<20)+1), 400, 413, 422)
		if r.Open || app.Authorization == "" {
			continue
		}
		try("no token", path, http.Header{"Authorization": {"none"}}, nil, 401, 403)
		try("nonsense token", path, http.Header{"Authorization": {"Bearer nonsense"}}, nil, 401, 403)
		try("wrong scheme", path, http.Header{"Authorization": {"Digest nonsense"}}, nil, 401, 403)
	}
}

// concrete is a pattern with something plain for each parameter.
func concrete(pattern string) string {
	method, path, _ := strings.Cut(pattern, " ")
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if strings.HasPrefix(s, "{") {
			segments[i] = "something"
		}
	}
	return method + " " + strings.Join(segments, "/")
}
