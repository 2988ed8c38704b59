package sqlstore

import (
	"context"
	"sync"

	"waybill"
)

// block is how many record numbers a process takes from the counter at a time.
const block = 100

// numbers hands out record numbers from the process's block.
type numbers struct {
	mu         sync.Mutex
	next, last int64 // last is the first number after the block
}

// Numbers reserves n consecutive record numbers and answers the first.
func (s *Store) Numbers(ctx context.Context, n int) (int64, error) {
	s.numbers.mu.Lock()
	defer s.numbers.mu.Unlock()
	if s.closed.Load() {
		return 0, errClosed()
	}
	if s.numbers.next+int64(n) > s.numbers.last {
		size := int64(max(n, block))
		var end int64
		take := func(t *tx) error {
			if _, err := t.exec("update counter set next = next + $1 where name = 'number'", size); err != nil {
				return err
			}
			next, err := t.int("select next from counter where name = 'number'")
			end = next
			return err
		}
		if err := s.engine.update(ctx, waybill.System(""), take, take); err != nil {
			return 0, err
		}
		s.numbers.next, s.numbers.last = end-size, end
	}
	first := s.numbers.next
	s.numbers.next += int64(n)
	return first, nil
}
