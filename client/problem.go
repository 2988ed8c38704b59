package client

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// Problem is a refusal (RFC 9457).
type Problem struct {
	Type       string          `json:"type"`
	Title      string          `json:"title"`
	Status     int             `json:"status"`
	Detail     string          `json:"detail"`
	Code       string          `json:"code"`     // what sort: invalid, not_found, conflict…
	Reason     string          `json:"reason"`   // what exactly: no_label, wallet_short…
	Severity   string          `json:"severity"` // hard: the same request will fail again; transient: it may succeed later
	RequestID  string          `json:"request_id"`
	Unsure     bool            `json:"unsure,omitempty"` // it may have happened all the same: look before you ask again
	Errors     []ProblemField  `json:"errors,omitempty"`
	Carrier    *ProblemCarrier `json:"carrier,omitempty"`
	RetryAfter int             `json:"retry_after,omitempty"` // seconds
	Members    map[string]any  `json:"-"`                     // all of it, as it came
	Op         string          `json:"-"`                     // the operation that was refused
}

// ProblemField is what is wrong with one member.
type ProblemField struct {
	Path    string `json:"path"`
	Rule    string `json:"rule"`
	Value   string `json:"value,omitempty"`
	Limit   string `json:"limit,omitempty"`
	Message string `json:"message"`
}

// ProblemCarrier is what a carrier said, in its own words, with what it means and what helps where that is known.
type ProblemCarrier struct {
	Name    string `json:"name,omitempty"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message"`
	Cause   string `json:"cause,omitempty"`
	Remedy  string `json:"remedy,omitempty"`
}

// Error is the problem in a line.
func (p *Problem) Error() string {
	text := p.Detail
	if text == "" {
		text = p.Title
	}
	if text == "" {
		text = fmt.Sprintf("the server answered %d", p.Status)
	}
	return text
}

// Transient reports whether the same request may succeed later.
func (p *Problem) Transient() bool { return p.Severity == "transient" }

// problemOf reads a refusal. What is none of Waybill's, such as a proxy's page, has its status alone.
func problemOf(op string, a reply) error {
	p := &Problem{Op: op}
	if kind := a.header.Get("Content-Type"); strings.HasPrefix(kind, "application/problem+json") {
		_ = json.Unmarshal(a.body, p) // what could be read of it is better than nothing
		_ = json.Unmarshal(a.body, &p.Members)
	}
	p.Status = a.status
	if p.RequestID == "" {
		p.RequestID = a.header.Get("X-Request-ID")
	}
	if p.Title == "" {
		p.Title = strings.TrimSpace(fmt.Sprintf("the server answered %d %s", a.status, http.StatusText(a.status)))
	}
	if seconds, err := strconv.Atoi(a.header.Get("Retry-After")); err == nil && p.RetryAfter == 0 {
		p.RetryAfter = seconds
	}
	return p
}
