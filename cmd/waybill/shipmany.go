package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

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
	begun, end := underWay(ctx)
	defer end()
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(atOnce, len(rows)) {
		workers.Go(func() {
			for i := range next {
				if results[i] = (shipped{row: rows[i], err: errNotSent}); ctx.Err() == nil {
					results[i] = s.ship(begun, api, rows[i], keys[i])
					bar.step(results[i].err == nil)
				}
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

// errNotSent is what there is to say of an order when it was ended before it came to it.
var errNotSent = errors.New("not sent")

// lastWait is how long what is under way may take when it is ended.
const lastWait = 20 * time.Second

// underWay is the context of orders that have been sent: when it is ended, those are waited for, as nobody would know
// otherwise what became of them. A second Ctrl-C, or a carrier that takes too long, ends that too.
func underWay(ctx context.Context) (begun context.Context, end func()) {
	begun, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	unheard := context.AfterFunc(ctx, func() {
		defer giveUp()
		again, stop := signal.NotifyContext(begun, os.Interrupt, syscall.SIGTERM)
		defer stop()
		fmt.Fprintln(os.Stderr, "\nwaybill: no more orders are sent; waiting for those under way (Ctrl-C again: not even that)")
		select {
		case <-again.Done():
		case <-time.After(lastWait):
		}
	})
	return begun, func() { unheard(); giveUp() }
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

// fate is what became of an order with an error: it was shipped and its label could not be written, nobody heard whether it
// was shipped, it was not sent, or it was refused.
func (r shipped) fate() string {
	switch {
	case errors.Is(r.err, errNotSent):
		return "not sent"
	case r.shipment != nil && r.shipment.Booking == "booked":
		return "without its label"
	case exitOf(r.err) == exitUnsure:
		return "unknown"
	}
	return "not shipped"
}

// summary tells what became of each row, and fails if any was not shipped.
func (s shipCmd) summary(c *cli, results []shipped) error {
	var worst error
	count := map[string]int{}
	t := table{head: []string{"ROW", "REFERENCE", "BOOKING", "CARRIER", "TRACKING", "PRICE"}}
	var items []json.RawMessage
	for _, r := range results {
		if r.err != nil {
			count[r.fate()]++
			worst = graver(worst, r.err)
		}
		if r.shipment == nil {
			t.rows = append(t.rows, []string{fmt.Sprint(r.row.at), r.row.order.Reference, r.fate(), "", "", ""})
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
		if r.err != nil && !errors.Is(r.err, errNotSent) {
			fmt.Fprintf(os.Stderr, "row %d: ", r.row.at)
			complain(r.err)
		}
	}
	if worst == nil {
		return nil
	}
	fmt.Fprintln(os.Stderr, "waybill:", conclusion(len(results), count))
	return told{worst}
}

// conclusion says how many were shipped and what of the others, and how to go on.
func conclusion(of int, count map[string]int) string {
	shipped := of
	var rest []string
	for _, fate := range []string{"without its label", "not shipped", "not sent", "unknown"} {
		if n := count[fate]; n > 0 {
			if fate != "without its label" {
				shipped -= n
			}
			rest = append(rest, fmt.Sprintf("%d %s", n, fate))
		}
	}
	text := fmt.Sprintf("%d of %d were shipped, %s. Send the same file again: what was shipped is not shipped twice", shipped, of, strings.Join(rest, ", "))
	if count["unknown"] > 0 {
		text += ", and what is unknown is found out"
	}
	return text
}

// list prints items as they came to a program, as a table to a person.
func (c *cli) list(items []json.RawMessage, t table) error {
	if c.JSON {
		return printItems(items)
	}
	return t.print()
}
