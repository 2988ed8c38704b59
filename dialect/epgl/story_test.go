package epgl_test

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill"
	"waybill/dialect/dialecttest"
	"waybill/engine"
	"waybill/store/storetest"
)

// letter is a small shipment of a number and a status.
func letter(t *testing.T, number, status string) tree {
	t.Helper()
	body := treeOf(t, everything)
	body["trackingNumber"] = number
	set(body, "details.deliveryStatus", status)
	return body
}

// TestStatusMovesTheShipment: the page's words move the shipment that others see, in any case; other text is
// answered and moves nothing.
func TestStatusMovesTheShipment(t *testing.T) {
	app := installation(t).Start(t)
	for _, c := range []struct {
		status string
		at     waybill.Transit
	}{
		{"PENDING", waybill.TransitNone}, {"In Transit", waybill.InTransit}, {"held by customs", waybill.InTransit}, {"out for delivery", waybill.OutForDelivery},
		{"Delivered", waybill.Delivered}, {"rEtUrNeD", waybill.Returned}, {"Cancelled", waybill.TransitVoided},
	} {
		app.Clock.Advance(time.Minute)
		body := letter(t, "W-1", c.status)
		set(body, "details.deliveryDate", nil)
		data := declared(t, app, text(body))
		if got := data["details"].(tree)["deliveryStatus"]; got != c.status {
			t.Errorf("%q is answered as %v", c.status, got)
		}
		if sh := shipment(t, app, "W-1"); sh.Transit != c.at || sh.Booking != waybill.Declared {
			t.Errorf("%q: %s %s, want %s", c.status, sh.Booking, sh.Transit, c.at)
		}
	}
}

// TestOtherAPIsSeeTheShipment: a declared shipment is listed with its number, parties, weight and parcels.
func TestOtherAPIsSeeTheShipment(t *testing.T) {
	app := installation(t).Start(t)
	body := letter(t, "W-1", "In Transit")
	set(body, "details.numberOfPieces", 3)
	declared(t, app, text(body))
	sh := shipment(t, app, "W-1")
	if sh.Tracking != "W-1" || sh.Dialect != "epgl" || sh.CreatedBy != seedClient || len(sh.Parcels) != 3 || sh.Grams() != 2500 || sh.Options.COD.Value != "1" {
		t.Errorf("%+v", sh)
	}
	if sh.From.Contact.Mobile != "+97142223345" || sh.To.Address.Street3 != "Gate 5" || sh.To.Address.State != "Abu Dhabi" || sh.Items[0].Commodity.Code != "4907" {
		t.Errorf("%+v\n%+v", sh.From, sh.To)
	}
	if sh.ActualPickup == nil || !sh.ActualPickup.Equal(time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)) {
		t.Errorf("picked up %v", sh.ActualPickup)
	}
	_, err := admin(t, app).CancelShipment(context.Background(), engine.CancelShipment{Ref: engine.Ref{Reference: "W-1"}})
	if waybill.AsError(err).Reason != waybill.ReasonCancelNotOffered {
		t.Errorf("cancelling somebody else's shipment: %v", err)
	}
}

// TestFirstDeclarationsAtOnce: of many that come at the same moment one is the first; all get one number.
func TestFirstDeclarationsAtOnce(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) { firstAtOnce(t, installation(t)) })
	t.Run("PostgreSQL", func(t *testing.T) {
		i := installation(t)
		i.Store = storetest.PostgreSQL
		firstAtOnce(t, i)
	})
}

func firstAtOnce(t *testing.T, i *dialecttest.Installation) {
	app := i.Start(t)
	body := text(letter(t, "W-1", "Pending"))
	const callers = 8
	answers := make([]frame, callers)
	var wait sync.WaitGroup
	for n := range callers {
		wait.Go(func() {
			w := ask(app, createPath, body)
			if w.Code != 201 {
				t.Errorf("%d: %s", w.Code, w.Body)
				return
			}
			_, answers[n] = told(t, w)
		})
	}
	wait.Wait()
	if t.Failed() {
		return
	}
	created := 0
	for _, a := range answers {
		if a.Message == "Shipment created successfully." {
			created++
		} else if a.Message != "Shipment updated successfully." {
			t.Errorf("message %q", a.Message)
		}
		if string(a.Data) != string(answers[0].Data) {
			t.Errorf("one is answered\n%s\nanother\n%s", a.Data, answers[0].Data)
		}
	}
	list, err := admin(t, app).ListShipments(context.Background(), engine.ListShipments{Page: engine.Page{Limit: 10}})
	if err != nil || created != 1 || len(list.Items) != 1 {
		t.Errorf("%v: %d were the first, %d shipments", err, created, len(list.Items))
	}
}

// bill is an invoice of a number and an amount.
func bill(number, total, currency string) string {
	return `{"trackingNumber": "W-1", "chargeableWeight": {"unit": "KG", "value": 3},
		"charges": [{"type": "Base Rate", "amount": {"currencyCode": "` + currency + `", "amount": ` + total + `}}],
		"invoice": {"invoiceNumber": "` + number + `", "invoiceDate": "2026-11-20T08:00:00Z", "billingAccountNumber": "A", "billingAccountName": "B",
			"taxAmount": 0, "totalAmountIncludingTax": ` + total + `, "currencyCode": "` + currency + `"}}`
}

// TestInvoicesAddUp: charges of all invoices are summed by currency; an invoice sent again counts once.
func TestInvoicesAddUp(t *testing.T) {
	app := installation(t).Start(t)
	declared(t, app, text(letter(t, "W-1", "Pending")))
	for _, body := range []string{
		bill("I-1", "0.1", "AED"), bill("I-2", "0.2", "AED"), bill("I-3", "10.125", "BHD"), bill("I-2", "0.25", "AED"),
	} {
		if w := ask(app, invoicePath, body); w.Code != 201 {
			t.Fatalf("%d: %s", w.Code, w.Body)
		}
	}
	declared(t, app, text(letter(t, "W-1", "Delivered"))) // an update keeps them
	d := declaration(t, app, "W-1")
	var numbers []string
	for _, i := range d.Invoices {
		numbers = append(numbers, i.Number)
	}
	if !slices.Equal(numbers, []string{"I-1", "I-2", "I-3"}) {
		t.Errorf("invoices %v", numbers)
	}
	want := []waybill.Amount{{Value: "0.35", Currency: "AED"}, {Value: "10.125", Currency: "BHD"}}
	if got := d.Charged(); !slices.Equal(got, want) {
		t.Errorf("charged %v, want %v", got, want)
	}
}

// TestEveryMemberOfAnInvoiceIsKept changes each member of an invoice in turn, and sees what is stored and
// answered change with it.
func TestEveryMemberOfAnInvoiceIsKept(t *testing.T) {
	app := installation(t).Start(t)
	declared(t, app, text(letter(t, "W-1", "Pending")))
	issue := func(body tree) (stored, answered string) {
		t.Helper()
		w := ask(app, invoicePath, text(body))
		if w.Code != 201 {
			t.Fatalf("%d: %s", w.Code, w.Body)
		}
		_, f := told(t, w)
		number := body["invoice"].(tree)["invoiceNumber"]
		for _, i := range declaration(t, app, "W-1").Invoices {
			if i.Number == number {
				return text(i), string(f.Data)
			}
		}
		t.Fatalf("invoice %v is not stored", number)
		return "", ""
	}
	body := treeOf(t, bill("I-1", "5", "AED"))
	set(body, "invoice.totalDiscountAmount", 1)
	body = treeOf(t, text(body))
	stored, answered := issue(body)
	paths := members("", body)
	for _, path := range paths {
		if path == "trackingNumber" {
			continue
		}
		inner, last := at(body, path)
		old := inner.(tree)[last]
		other := changed(path, old)
		switch path {
		case "chargeableWeight.unit":
			other = "LB"
		case "invoice.invoiceDate":
			other = "2026-11-19T08:00:00Z"
		}
		set(body, path, other)
		if nowStored, nowAnswered := issue(body); nowStored == stored || nowAnswered == answered {
			t.Errorf("%s: stored anew %t, answered anew %t", path, nowStored != stored, nowAnswered != answered)
		}
		set(body, path, old)
	}
	if len(paths) != 14 {
		t.Errorf("%d members were tried: %v", len(paths), paths)
	}
}

// TestManyPieces: the most pieces that a courier may declare cost no more than few.
func TestManyPieces(t *testing.T) {
	app := installation(t).Start(t)
	body := letter(t, "W-1", "Pending")
	set(body, "details.numberOfPieces", 9999)
	items := []any{}
	for n := range 1000 {
		items = append(items, tree{"description": strconv.Itoa(n)})
	}
	body["items"] = items
	data := declared(t, app, text(body))
	if got := len(data["items"].([]any)); got != 1000 {
		t.Errorf("%d items are answered", got)
	}
	if sh := shipment(t, app, "W-1"); sh.ParcelCount != 9999 || len(sh.Items) != 1000 {
		t.Errorf("%d parcels, %d items", sh.ParcelCount, len(sh.Items))
	}
}

// TestLargeBodies are refused in the envelope, on the token endpoint too.
func TestLargeBodies(t *testing.T) {
	app := installation(t).Start(t)
	for _, path := range []string{authenticatePath, createPath, invoicePath} {
		status, f := told(t, ask(app, path, `{"a": "`+strings.Repeat("x", 1<<20)+`"}`))
		if status != 413 || f.Status != "Error" || len(f.Errors) != 1 || f.Errors[0].Code != "REQUEST_TOO_LARGE" {
			t.Errorf("%s: %d %+v", path, status, f)
		}
	}
}
