package enginetest

import (
	"context"
	"errors"

	"waybill"
	"waybill/store"
)

// errOnceMore undoes the first run of a closure.
var errOnceMore = errors.New("enginetest: once more")

// twice runs every closure that writes a first time for nothing, as a database that was asked by too many at once may.
// A closure that changes what it started from then fails, or does something else the second time.
type twice struct{ store.Store }

// Update implements store.Store.
func (t twice) Update(ctx context.Context, actor waybill.Actor, write func(store.Tx) error) error {
	_ = t.Store.Update(ctx, actor, func(tx store.Tx) error {
		if err := write(tx); err != nil {
			return err
		}
		return errOnceMore
	})
	return t.Store.Update(ctx, actor, write)
}
