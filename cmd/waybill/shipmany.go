package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"waybill/client"
)

// atOnce is how many orders of a file are under way together.
const atOnce = 4

// shipped is what became of a row.
type shipped struct {
	row      orderRow
	shipment *client.ShipmentOut
	body     json.RawMessage
	again    bool // it had been shipped before
	err      error
}

// many ships a file of orders: each by itself, so that one that cannot be shipped stops no other. The key of each is
// made of what it says, so that the file can be sent again after a power cut, or with its wrong rows put right.
func (s shipCmd) many(ctx context.Context, c *cli, api *client.Client, rows []orderRow) error {
	if s.Key != "" {
		return errUsage("--key is for one order; those of a file have keys of their own")
	}
	keys := keysOf(s, rows)
	results := make([]shipped, len(rows))
	bar := newProgress(len(rows), "shipped")
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(atOnce, len(rows)) {
		workers.Go(func() {
			for i := range next {
				results[i] = s.ship(ctx, api, rows[i], keys[i])
				bar.step(results[i].err == nil)
			}
		})
	}
	for i := range rows {
		next <- i
	}
	close(next)
	workers.Wait()
	bar.end()
	return s.summary(c, results)
}

// keysOf are the Idempotency-Keys of the rows. Two rows that say the same are two parcels.
func keysOf(s shipCmd, rows []orderRow) []string {
	seen := map[string]int{}
	keys := make([]string, len(rows))
	for i, row := range rows {
		text, _ := json.Marshal(s.prepared(row)) // it was JSON, or is made of texts
		seen[string(text)]++
		sum := sha256.Sum256(fmt.Appendf(text, "\n%d", seen[string(text)]))
		keys[i] = "ship-" + hex.EncodeToString(sum[:16])
	}
	return keys
}

// ship ships a row.
func (s shipCmd) ship(ctx context.Context, api *client.Client, row orderRow, key string) shipped {
	r := shipped{row: row, err: row.err}
	if r.err == nil {
		r.err = ctx.Err()
	}
	if r.err != nil {
		return r
	}
	var a client.Answer
	r.shipment, r.err = api.CreateShipment(ctx, s.prepared(row), client.WithKey(key), client.Into(&a))
	r.body, r.again = a.Body, a.Replayed
	if r.err != nil {
		r.shipment = nil
		return r
	}
	if r.err = s.verdict(r.shipment); r.err == nil && s.Label != "" && r.shipment.Booking == "booked" {
		r.err = writeLabel(ctx, api, r.shipment.ID, s.Format, filepath.Join(s.Label, fileName(r.shipment.Reference)+"."+s.format()))
	}
	return r
}

func (s shipCmd) format() string {
	if s.Format == "" {
		return "pdf"
	}
	return s.Format
}

// fileName is a reference as a name of a file.
func fileName(reference string) string {
	return strings.NewReplacer("/", "_", "\\", "_", ":", "_").Replace(reference)
}

// summary tells what became of each row, and fails if any was not shipped.
func (s shipCmd) summary(c *cli, results []shipped) error {
	var worst error
	failed := 0
	t := table{head: []string{"ROW", "REFERENCE", "BOOKING", "CARRIER", "TRACKING", "PRICE"}}
	var items []json.RawMessage
	for _, r := range results {
		if r.err != nil {
			failed++
			worst = graver(worst, r.err)
		}
		if r.shipment == nil {
			t.rows = append(t.rows, []string{fmt.Sprint(r.row.at), r.row.order.Reference, "not shipped", "", "", ""})
			continue
		}
		items = append(items, r.body)
		t.rows = append(t.rows, []string{
			fmt.Sprint(r.row.at), r.shipment.Reference, r.shipment.Booking, carrierOf(r.shipment.Carrier), r.shipment.TrackingNumber, price(r.shipment.Price),
		})
	}
	if err := c.list(items, t); err != nil {
		return err
	}
	for _, r := range results {
		if r.err != nil && !errors.Is(r.err, context.Canceled) { // when it was ended, all that was left is no news
			fmt.Fprintf(os.Stderr, "row %d: ", r.row.at)
			complain(r.err)
		}
	}
	if worst == nil {
		return nil
	}
	fmt.Fprintf(os.Stderr, "waybill: %d of %d were not shipped; the same file can be sent again\n", failed, len(results))
	return told{worst}
}

// list prints items as they came to a program, as a table to a person.
func (c *cli) list(items []json.RawMessage, t table) error {
	if c.JSON {
		return printItems(items)
	}
	return t.print()
}
