package client

import "iter"

// all reads a list by cursor: next answers the part that the cursor names, and the cursor of the one behind it. A list
// that only grows has one at its end too, and it stays the same.
func all[T any](cursor *string, next func() ([]T, string, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for {
			items, after, err := next()
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if after == "" || after == *cursor {
				return
			}
			*cursor = after
		}
	}
}
