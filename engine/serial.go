package engine

import (
	"context"
	"sync"
)

// serials hands out record numbers from blocks, so that no row of the store is asked for each one.
// A block lost in a crash is a gap, and gaps are allowed.
type serials struct {
	mu   sync.Mutex
	next int64
	end  int64
}

const serialBlock = 1000

// take is the first of n consecutive numbers.
func (e *Engine) take(ctx context.Context, n int) (int64, error) {
	s := &e.serials
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next+int64(n) > s.end {
		block := max(serialBlock, n)
		first, err := e.Store.Numbers(ctx, block)
		if err != nil {
			return 0, err
		}
		s.next, s.end = first, first+int64(block)
	}
	first := s.next
	s.next += int64(n)
	return first, nil
}
