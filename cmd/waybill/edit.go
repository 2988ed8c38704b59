package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"waybill"
	"waybill/app"
)

// An `add` of something that is there already changes only what is given.

// editing is a record on its way from the desk and back.
type editing[T any] struct {
	c       *cli
	ctx     context.Context
	desk    app.Desk
	account string
	record  T
	fresh   bool // not there yet
}

// edit finds the record by its key, lets change alter it, and saves what change answers, which is the record
// or an input around it. List and save are the verbs.
func edit[T any](c *cli, account, list, save string, is func(T) bool, change func(*editing[T]) (in any, err error), show func(T) string) error {
	return c.desk(func(ctx context.Context, desk app.Desk) error {
		var all []T
		if err := desk.Do(ctx, account, list, struct{}{}, &all); err != nil {
			return err
		}
		e := &editing[T]{c: c, ctx: ctx, desk: desk, account: account, fresh: true}
		for _, known := range all {
			if is(known) {
				e.record, e.fresh = known, false
			}
		}
		in, err := change(e)
		if err != nil {
			return err
		}
		var saved T
		if err := desk.Do(ctx, account, save, in, &saved); err != nil {
			return err
		}
		return c.print(saved, table{text: show(saved)})
	})
}

// needs names the flags that something new cannot do without.
func (e *editing[T]) needs(flags map[string]bool) error {
	if !e.fresh {
		return nil
	}
	var missing []string
	for _, flag := range slices.Sorted(maps.Keys(flags)) {
		if !flags[flag] {
			missing = append(missing, flag)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("it is new: give %s", strings.Join(missing, ", "))
}

// take sets what was given; a new record gets the default otherwise.
func take[R, T any](e *editing[R], to *T, value *T, byDefault T) {
	switch {
	case value != nil:
		*to = *value
	case e.fresh:
		*to = byDefault
	}
}

// listed sets a list that was given; the word alone makes it empty.
func listed(to *[]string, value []string, empty string) {
	switch {
	case len(value) == 1 && value[0] == empty:
		*to = nil
	case value != nil:
		*to = value
	}
}

// accountIDs finds accounts by their names.
func accountIDs(ctx context.Context, desk app.Desk, names []string) ([]waybill.ID, error) {
	var all []waybill.Account
	if err := desk.Do(ctx, "", "account.list", struct{}{}, &all); err != nil {
		return nil, err
	}
	var ids []waybill.ID
	for _, name := range names {
		a, ok := find(all, func(a waybill.Account) bool { return a.Name == name })
		if !ok {
			return nil, fmt.Errorf("there is no account %q", name)
		}
		ids = append(ids, a.ID)
	}
	return ids, nil
}

func find[T any](all []T, is func(T) bool) (found T, ok bool) {
	for _, v := range all {
		if is(v) {
			return v, true
		}
	}
	return found, false
}

// locationID finds a location by its external id.
func locationID(ctx context.Context, desk app.Desk, account, key string) (waybill.ID, error) {
	var all []waybill.Location
	if err := desk.Do(ctx, account, "location.list", struct{}{}, &all); err != nil {
		return "", err
	}
	l, ok := find(all, func(l waybill.Location) bool { return l.ExternalID == key })
	if !ok {
		return "", fmt.Errorf("there is no location %q", key)
	}
	return l.ID, nil
}

// percent reads a percentage as per mille.
func percent(flag, text string) (int64, error) {
	d, err := waybill.ParseDecimal(text)
	perMille, ok := d.Scaled(10, 1)
	if err != nil || !ok {
		return 0, errors.New("--" + flag + " " + text + " is not a percentage with one decimal at most")
	}
	return perMille, nil
}
