package main

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// progress is a bar on the terminal of a person who waits. Programs see nothing of it.
type progress struct {
	mu           sync.Mutex
	done, failed int
	of           int
	what         string
	begun        time.Time
	seen         bool // somebody looks
}

func newProgress(of int, what string) *progress {
	return &progress{of: of, what: what, begun: time.Now(), seen: term.IsTerminal(int(os.Stderr.Fd()))}
}

const barWidth = 30

// step is one more that is done.
func (p *progress) step(well bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	if !well {
		p.failed++
	}
	if !p.seen {
		return
	}
	full := barWidth * p.done / p.of
	left := ""
	if spent := time.Since(p.begun); p.done < p.of && spent > time.Second {
		left = ", " + (spent / time.Duration(p.done) * time.Duration(p.of-p.done)).Round(time.Second).String() + " left"
	}
	fmt.Fprintf(os.Stderr, "\r[%s%s] %d of %d %s, %d failed%s \x1b[K", strings.Repeat("#", full), strings.Repeat(".", barWidth-full), p.done, p.of, p.what, p.failed, left)
}

// end leaves the line.
func (p *progress) end() {
	if p.seen {
		fmt.Fprintln(os.Stderr)
	}
}

// progressNote is one line that says what is waited for; the next takes its place, and an empty one takes it away.
func progressNote(text string) {
	if term.IsTerminal(int(os.Stderr.Fd())) {
		fmt.Fprintf(os.Stderr, "\r%s\x1b[K", text)
	}
}
