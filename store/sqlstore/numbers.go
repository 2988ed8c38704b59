package sqlstore

import (
	"context"
	"sync"

	"waybill"
)

// block is how many record numbers a process takes from the counter at a time.
const block = 100

// afar is how far ahead of the counter a number that was brought along may lie to move the counter past it. One
// further off is stepped over when the counter gets there: a warehouse that an old vendor numbered beyond two
// thousand million must not carry all orders there.
const afar = 1_000_000

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
			for free := false; !free; {
				if _, err := t.exec("update counter set next = next + $1 where name = 'number'", size); err != nil {
					return err
				}
				next, err := t.int("select next from counter where name = 'number'")
				if err != nil {
					return err
				}
				brought, err := t.int("select count(*) from setup where number >= $1 and number < $2", next-size, next)
				if err != nil {
					return err
				}
				end, free = next, brought == 0
			}
			return nil
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
