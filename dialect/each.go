package dialect

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"

	"waybill"
)

// atOnce is how many items of one request are worked on at the same time.
const atOnce = 8

// Result is how one item of a request ended.
type Result[T any] struct {
	Value T
	Err   error
}

// Each does one thing for each item of a request that answers item by item: the results stand in the order of the
// items, and what goes wrong with one, a panic included, harms no other. Some are done at the same time, so do must
// be safe for that.
func Each[In, Out any](ctx context.Context, log *slog.Logger, items []In, do func(context.Context, In) (Out, error)) []Result[Out] {
	results := make([]Result[Out], len(items))
	slots := make(chan struct{}, atOnce)
	var wait sync.WaitGroup
	for i, item := range items {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			results[i] = one(ctx, log, item, do)
		})
	}
	wait.Wait()
	return results
}

func one[In, Out any](ctx context.Context, log *slog.Logger, item In, do func(context.Context, In) (Out, error)) (r Result[Out]) {
	defer func() {
		if p := recover(); p != nil {
			log.Error("panic", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			r = Result[Out]{Err: waybill.E("serve", waybill.ReasonBug, "internal error")}
		}
	}()
	r.Value, r.Err = do(ctx, item)
	return r
}
