package engine

import (
	"crypto/sha256"
	"sync"
)

// tokens remembers what good tokens say, by their hash. The zero value is ready.
type tokens struct {
	mu    sync.Mutex
	known map[[sha256.Size]byte]claims
}

const tokensKept = 10_000

func tokenKey(dialect, token string) [sha256.Size]byte {
	return sha256.Sum256([]byte(dialect + "\x00" + token))
}

func (t *tokens) get(dialect, token string) (claims, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, ok := t.known[tokenKey(dialect, token)]
	return c, ok
}

func (t *tokens) put(dialect, token string, c claims) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known == nil || len(t.known) >= tokensKept {
		t.known = map[[sha256.Size]byte]claims{}
	}
	t.known[tokenKey(dialect, token)] = c
}
