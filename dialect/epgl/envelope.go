package epgl

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"time"

	"waybill/dialect"
)

// The two words of the envelope's status. The vendor's page says "success" and "failure", its sample and its
// service say these.
const (
	success = "Success"
	failure = "Error"
)

// clock is how times are written: UTC, up to seven digits of a second, zeros at the end left out.
const clock = "2006-01-02T15:04:05.9999999Z"

func stamp(t time.Time) string { return t.UTC().Format(clock) }

// succeeded is data in the envelope.
func succeeded(r *dialect.Request, status int, message string, data any) dialect.Reply {
	return framed(r, status, envelope{Status: success, Message: message, Data: data})
}

// failed is what was wrong, in the envelope.
func failed(r *dialect.Request, status int, message string, mistakes []mistake) dialect.Reply {
	return framed(r, status, envelope{Status: failure, Message: message, Errors: mistakes})
}

func framed(r *dialect.Request, status int, e envelope) dialect.Reply {
	e.CorrelationID, e.Timestamp = correlation(r.ID), stamp(r.Now)
	return dialect.JSON(status, e)
}

var (
	uuid   = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	hexID  = regexp.MustCompile(`^[0-9a-f]{24}$`)
	filler = "000000"
)

// correlation is the request's id as a UUID, so that an answer can be found in the logs. One that is a UUID
// stands as it is; an id of ours is written into a UUID of version 8 (RFC 9562), from which its 24 digits
// can be read; any other goes in as its hash.
func correlation(id string) string {
	if lower := strings.ToLower(id); uuid.MatchString(lower) {
		return lower
	}
	if !hexID.MatchString(id) {
		sum := sha256.Sum256([]byte(id))
		id = hex.EncodeToString(sum[:12])
	}
	return id[:8] + "-" + id[8:12] + "-8" + id[12:15] + "-8" + id[15:18] + "-" + id[18:] + filler
}
