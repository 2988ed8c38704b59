package dialecttest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"waybill/dialect"
)

// Ask sends a generated request to a dialect's handler and takes the answer; of one without end, its beginning.
func (r Generated) Ask(ctx context.Context, handler http.Handler, authorization string) *httptest.ResponseRecorder {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	q := httptest.NewRequest(r.Method, r.Target, bytes.NewReader(r.Body)).WithContext(ctx)
	if r.Header != nil {
		q.Header = r.Header.Clone()
	}
	if authorization != "" {
		q.Header.Set("Authorization", authorization)
	}
	w := &listener{httptest.NewRecorder(), cancel}
	handler.ServeHTTP(w, q)
	return w.ResponseRecorder
}

// listener goes away as soon as a stream has begun.
type listener struct {
	*httptest.ResponseRecorder
	leave func()
}

// WriteHeader begins an answer.
func (l *listener) WriteHeader(status int) {
	l.ResponseRecorder.WriteHeader(status)
	if strings.HasPrefix(l.Header().Get("Content-Type"), "text/event-stream") {
		l.leave()
	}
}

// Judge says what is wrong with the answer to a generated request: a failure of ours, a body that the document does not
// promise, a broken constraint that was not noticed.
func (r Generated) Judge(a *httptest.ResponseRecorder) error {
	if a.Code >= http.StatusInternalServerError {
		return fmt.Errorf("status %d: %s", a.Code, a.Body)
	}
	if r.Path != "" && a.Code < http.StatusBadRequest {
		return fmt.Errorf("%s of %s was broken, and nobody minded (%d)", r.Broken, r.Path, a.Code)
	}
	response := r.Operation.Responses.Status(a.Code)
	if response == nil {
		response = r.Operation.Responses.Default()
	}
	if response == nil {
		return fmt.Errorf("the document has no answer %d", a.Code)
	}
	kind := a.Header().Get("Content-Type")
	if a.Body.Len() == 0 && len(response.Value.Content) == 0 {
		return nil
	}
	media := response.Value.Content.Get(kind)
	if media == nil {
		return fmt.Errorf("the document has no %q in answer %d", kind, a.Code)
	}
	if !strings.Contains(kind, "json") || media.Schema == nil {
		return nil
	}
	var v any
	if err := json.Unmarshal(a.Body.Bytes(), &v); err != nil {
		return fmt.Errorf("answer %d is not JSON: %w", a.Code, err)
	}
	if err := media.Schema.Value.VisitJSON(v, openapi3.EnableJSONSchema2020(), openapi3.VisitAsResponse()); err != nil {
		return fmt.Errorf("answer %d does not fit the document: %w\n%s", a.Code, err, a.Body)
	}
	return nil
}

// String is the request, for a report.
func (r Generated) String() string {
	text := string(r.Body)
	if len(text) > 2000 {
		text = text[:2000] + "…"
	}
	return fmt.Sprintf("%s %s %v\n%s\n(broken: %q of %q)", r.Method, r.Target, r.Header, text, r.Broken, r.Path)
}

// Unlimited takes every limit of requests away: a generator asks more than a client may.
func Unlimited(d dialect.Dialect) dialect.Dialect {
	d.Limit.Requests = 1 << 40
	return d
}
