package engine

import (
	"cmp"
	"context"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"

	"waybill"
	"waybill/store"
)

// place is where a record stands in a list.
type place struct {
	at int64 // microseconds
	id waybill.ID
}

func (p place) compare(q place) int {
	return cmp.Or(cmp.Compare(p.at, q.at), cmp.Compare(p.id, q.id))
}

func placeOf(row *waybill.Row, order store.Order) place {
	if order == store.ByUpdated {
		return place{row.Updated.UnixMicro(), row.ID}
	}
	return place{row.Created.UnixMicro(), row.ID}
}

func (p place) cursor(order store.Order) string {
	return base64.RawURLEncoding.EncodeToString([]byte(string(order) + "." + strconv.FormatInt(p.at, 36) + "." + string(p.id)))
}

func readPlace(order store.Order, cursor string) (p place, err error) {
	bad := waybill.E("list", waybill.ReasonBadCursor, "the cursor is not of this list")
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	part := strings.Split(string(text), ".")
	if err != nil || len(part) != 3 || part[0] != string(order) {
		return p, bad
	}
	if p.at, err = strconv.ParseInt(part[1], 36, 64); err != nil {
		return p, bad
	}
	p.id = waybill.ID(part[2])
	return p, nil
}

// settledFor is up to when a page may tell, where it asks for no more than what is settled.
func (s Session) settledFor(ctx context.Context, page store.Page) (at time.Time, err error) {
	if !page.Settled || !page.Ascending || page.Before != "" {
		return at, nil
	}
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		at, err = tx.Settled()
		return err
	})
	return at, err
}

// paged is the part of a list that a page asks for, of what is from before a time, where there is one.
func paged[T any](all []T, page store.Page, until time.Time) (slice store.Slice[T], err error) {
	if page.Order == "" {
		page.Order = store.ByCreated
	}
	if !until.IsZero() {
		all = slices.DeleteFunc(all, func(r T) bool { return placeOf(rowOf(&r), page.Order).at >= until.UnixMicro() })
	}
	at := func(i int) place { return placeOf(rowOf(&all[i]), page.Order) }
	slices.SortFunc(all, func(a, b T) int {
		c := placeOf(rowOf(&a), page.Order).compare(placeOf(rowOf(&b), page.Order))
		if page.Ascending {
			return c
		}
		return -c
	})
	from, to := 0, len(all)
	if cursor := cmp.Or(page.After, page.Before); cursor != "" {
		p, err := readPlace(page.Order, cursor)
		if err != nil {
			return slice, err
		}
		beyond := func(i int) bool { return (at(i).compare(p) > 0) == page.Ascending && at(i) != p }
		split := len(all)
		for i := range all {
			if beyond(i) {
				split = i
				break
			}
		}
		if from = split; page.Before != "" {
			if to = split; to > 0 && at(to-1) == p {
				to--
			}
			from = max(0, to-page.Limit)
		}
	}
	to = min(to, from+page.Limit)
	slice.Items = all[from:to]
	if len(slice.Items) == 0 {
		return slice, nil
	}
	if to < len(all) {
		slice.Next = at(to - 1).cursor(page.Order)
	}
	if from > 0 {
		slice.Prev = at(from).cursor(page.Order)
	}
	return slice, nil
}
