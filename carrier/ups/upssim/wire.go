package upssim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"waybill/internal/fixture"
)

// problem is one entry of UPS's error list.
type problem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// fault is a refusal as UPS answers it.
type fault struct {
	status   int
	problems []problem
}

// Error implements error.
func (f *fault) Error() string { return fmt.Sprintf("%d %v", f.status, f.problems) }

// refuse is the usual refusal: 400 with one problem.
func refuse(code, format string, args ...any) *fault {
	return &fault{http.StatusBadRequest, []problem{{code, fmt.Sprintf(format, args...)}}}
}

// writeError answers with UPS's error shape.
func writeError(w http.ResponseWriter, err error) {
	f := new(fault)
	if !errors.As(err, &f) {
		f = &fault{http.StatusInternalServerError, []problem{{"10004", err.Error()}}}
	}
	fixture.WriteJSON(w, f.status, map[string]any{"response": map[string]any{"errors": f.problems}})
}

// writeFault says for mischief what UPS says at each status. 10004 and 10007 are in the Track Alert document's list of
// common errors; the codes of 429 and 503 are [K].
func writeFault(w http.ResponseWriter, status int) {
	p := problem{"10004", "Something went wrong while processing your request, please try again later"}
	switch status {
	case http.StatusTooManyRequests:
		p = problem{"10429", "Too Many Requests"}
	case http.StatusServiceUnavailable:
		p = problem{"10003", "The service is unavailable, please try again later"}
	case http.StatusRequestEntityTooLarge:
		p = problem{"10013", "The message is too large to be processed by the Application"}
	}
	writeError(w, &fault{status, []problem{p}})
}

// read checks a JSON request against the rules of its operation and decodes it into v.
func read(r *http.Request, rules []rule, v any) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return refuse("10007", "Requested Content Type is not supported")
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	var doc any
	if err := json.Unmarshal(body, &doc); err != nil {
		return refuse("10001", "The JSON document is not well formed: %v", err)
	}
	if problems := check(doc, rules); len(problems) > 0 {
		return &fault{http.StatusBadRequest, problems}
	}
	if err := json.Unmarshal(body, v); err != nil {
		return refuse("10002", "The document is well formed but not valid: %v", err)
	}
	return nil
}

// version refuses a path whose version is not one of those that the document lists.
func version(r *http.Request, known ...string) error {
	got := r.PathValue("version")
	for _, v := range known {
		if got == v {
			return nil
		}
	}
	return refuse("20002", "The specified service name and version number %q combination is invalid, have %s", got, strings.Join(known, ", "))
}

// coded is UPS's pair of code and text.
type coded struct {
	Code        string `json:"Code"`
	Description string `json:"Description,omitempty"`
}

// money is an amount on the wire; UPS sends every number as a string.
type money struct {
	CurrencyCode  string `json:"CurrencyCode"`
	MonetaryValue string `json:"MonetaryValue"`
}

// charge is one entry of an itemised price.
type charge struct {
	Code          string `json:"Code"`
	Description   string `json:"Description,omitempty"`
	CurrencyCode  string `json:"CurrencyCode"`
	MonetaryValue string `json:"MonetaryValue"`
}

// weight is a weight on the wire.
type weight struct {
	UnitOfMeasurement coded  `json:"UnitOfMeasurement"`
	Weight            string `json:"Weight"`
}

// transaction is what a client may say about a call and gets back.
type transaction struct {
	CustomerContext string `json:"CustomerContext,omitempty"`
}

// requestHead is the first member of every request body.
type requestHead struct {
	RequestOption        string       `json:"RequestOption"`
	SubVersion           string       `json:"SubVersion"`
	TransactionReference *transaction `json:"TransactionReference"`
}

// since tells whether the client asked for at least the given release (YYMM) of the answer; some members are only
// answered to those who did.
func (h requestHead) since(release int) bool {
	n, err := strconv.Atoi(h.SubVersion)
	return err == nil && n >= release
}

// responseHead is the first member of every answer that succeeded.
type responseHead struct {
	ResponseStatus       coded        `json:"ResponseStatus"`
	Alert                []coded      `json:"Alert,omitempty"`
	TransactionReference *transaction `json:"TransactionReference,omitempty"`
}

func success(h requestHead, alerts ...coded) responseHead {
	out := responseHead{ResponseStatus: coded{"1", "Success"}, Alert: alerts}
	if h.TransactionReference != nil && h.TransactionReference.CustomerContext != "" {
		out.TransactionReference = h.TransactionReference
	}
	return out
}
