package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"waybill/client"
)

// Exit statuses.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
	exitUnsure = 3 // it may have happened all the same
)

// told is an error that was shown already.
type told struct{ error }

// Unwrap is the error.
func (t told) Unwrap() error { return t.error }

// unsure is something whose end is not known.
type unsure struct{ text string }

// Error says what.
func (u unsure) Error() string { return u.text }

// exitOf is the exit status of an error.
func exitOf(err error) int {
	var u unsure
	var wrong usage
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &wrong):
		return exitUsage
	case errors.As(err, &u), client.Unsure(err):
		return exitUnsure
	}
	return exitFailed
}

// graver is the one of two errors that is told by the exit status: that something is not known goes before a failure.
func graver(a, b error) error {
	if exitOf(b) >= exitOf(a) {
		return b
	}
	return a
}

// problem tells a refusal of the API to a person: what, which members, what the carrier said, what helps.
func problem(w io.Writer, err error, p *client.Problem) {
	say := func(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }
	if len(p.Errors) > 0 {
		say("waybill: this cannot be done:")
	} else {
		say("waybill: %v", err)
	}
	for _, f := range p.Errors {
		say("  %s: %s", f.Path, f.Message)
	}
	if k := p.Carrier; k != nil {
		say("  %s", strings.TrimSpace(strings.Join([]string{k.Name, k.Code}, " "))+": "+k.Message)
		if k.Cause != "" {
			say("  cause: %s", k.Cause)
		}
		if k.Remedy != "" {
			say("  what helps: %s", k.Remedy)
		}
	}
	switch {
	case p.Unsure:
		say("  It may have happened all the same: look before you do it again.")
	case p.RetryAfter > 0:
		say("  Try again in %d seconds.", p.RetryAfter)
	}
	if p.RequestID != "" {
		say("  reason %s, request %s", p.Reason, p.RequestID)
	}
}

// usage is a command line that was understood word by word, and makes no sense.
type usage struct{ text string }

// Error says why.
func (u usage) Error() string { return u.text }

func errUsage(text string) error { return usage{text} }
