package engine

import (
	"sync"
	"time"

	"waybill"
)

// Who tries passwords has to wait: of one person five wrong ones from one address, or fifty from anywhere, are let
// through in a quarter of an hour. The second number is the larger so that nobody can shut a person out by
// guessing. Each node counts for itself.
const (
	guessesHere  = 5
	guessesAll   = 50
	guessWindow  = 15 * time.Minute
	guessesKnown = 10_000
)

// guesses counts wrong passwords. The zero value is ready.
type guesses struct {
	mu   sync.Mutex
	seen map[guessed]guess
}

// guessed is whose password, and from where; an empty address: from anywhere.
type guessed struct{ email, ip string }

type guess struct {
	wrong int
	since time.Time
}

// allow refuses who has guessed too often.
func (g *guesses) allow(email, ip string, now time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, c := range []struct {
		of   guessed
		most int
	}{{guessed{email, ip}, guessesHere}, {guessed{email, ""}, guessesAll}} {
		if seen := g.seen[c.of]; seen.wrong >= c.most && now.Sub(seen.since) < guessWindow {
			e := waybill.E("login", waybill.ReasonRateLimit, "too many wrong passwords: please wait")
			e.RetryAfter = guessWindow - now.Sub(seen.since)
			return e
		}
	}
	return nil
}

// failed counts a wrong password.
func (g *guesses) failed(email, ip string, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.seen) >= guessesKnown {
		for of, seen := range g.seen {
			if now.Sub(seen.since) >= guessWindow {
				delete(g.seen, of)
			}
		}
	}
	if g.seen == nil || len(g.seen) >= guessesKnown {
		g.seen = map[guessed]guess{}
	}
	for _, of := range []guessed{{email, ip}, {email, ""}} {
		seen := g.seen[of]
		if now.Sub(seen.since) >= guessWindow {
			seen = guess{since: now}
		}
		seen.wrong++
		g.seen[of] = seen
	}
}

// passed forgets what was guessed from an address whose caller knew it in the end.
func (g *guesses) passed(email, ip string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.seen, guessed{email, ip})
}
