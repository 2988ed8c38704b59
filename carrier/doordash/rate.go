package doordash

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"waybill"
	"waybill/carrier"
)

// quoteLife is how long a quote can be accepted (Create Quote), and early is how long before its end it is no
// longer tried, so that it does not run out on the way.
const (
	quoteLife = 5 * time.Minute
	early     = 10 * time.Second
)

// notServed is DoorDash's code for a delivery that it does not make: too far, out of its area, out of hours.
// Nothing is offered then, and nothing is wrong.
const notServed = "invalid_delivery_parameters/"

// Quote asks for a price, which DoorDash keeps for five minutes.
func (a *adapter) Quote(ctx context.Context, q carrier.QuoteRequest) ([]waybill.Rate, error) {
	if q.Direction == waybill.Incoming || (len(q.Services) > 0 && !slices.Contains(q.Services, service)) {
		return nil, nil
	}
	leftOut := func(why string) {
		if q.Refused != nil {
			q.Refused(service, why)
		}
	}
	for _, p := range []waybill.Party{q.Shipment.From, q.Shipment.To} {
		if countries[p.Address.Country].code == "" {
			leftOut("DoorDash does not deliver in " + p.Address.Country)
			return nil, nil
		}
	}
	o, err := a.order(q.Shipment, q.Now, true)
	if err != nil {
		return nil, err
	}
	o.ID = a.quoteID(q.Shipment.ID, o)
	now := a.clock.Now()
	var answer delivery
	question := call("doordash.quote", http.MethodPost, quotes, o, false)
	err = a.client.Do(ctx, question, &answer)
	if e := waybill.AsError(err); err != nil && e.Fault != nil && strings.HasPrefix(e.Fault.Code+"/", notServed) {
		leftOut(e.Message)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	total, charges, ok := answer.price()
	if !ok || answer.ID != o.ID {
		return nil, a.client.Unusable(question, "no price, or another quote's", nil)
	}
	ends := now.Add(quoteLife)
	return []waybill.Rate{{
		Service: service, ServiceName: serviceName, Abilities: abilities, Total: total, Charges: charges, Token: answer.ID, Expires: &ends,
		Pickup: moment(answer.PickupEstimated), Delivery: moment(answer.DropoffEstimated),
	}}, nil
}

// quoteID names a quote, and the delivery it may become: fifteen digits, made of what is asked, for which
// shipment, when, and of a count, since DoorDash takes an id once. It is the number that people see.
func (a *adapter) quoteID(shipment waybill.ID, o order) string {
	asked, err := json.Marshal(o)
	if err != nil {
		asked = []byte(o.DropoffAddress) // a decimal that is none: DoorDash will refuse the order
	}
	sum := sha256.Sum256(fmt.Appendf(asked, "|%s|%d|%d", shipment, a.clock.Now().UnixNano(), a.asked.Add(1)))
	const least, span = 100_000_000_000_000, 900_000_000_000_000
	return fmt.Sprint(least + binary.BigEndian.Uint64(sum[:8])%span)
}

// price is what a delivery costs: DoorDash's fee, the tax on it and the tip. False: it says none.
func (d delivery) price() (waybill.Money, []waybill.Charge, bool) {
	if d.Fee == nil || len(d.Currency) != 3 {
		return waybill.Money{}, nil, false
	}
	money := func(cents int64) waybill.Money { return waybill.Money{Minor: cents, Currency: d.Currency} }
	var list []waybill.Charge
	left := *d.Fee
	for _, part := range d.FeeComponents {
		kind := row(charges, part.Type)
		list = append(list, waybill.Charge{Kind: kind[1], Name: kind[2], Amount: money(part.Amount)})
		left -= part.Amount
	}
	if left != 0 {
		list = []waybill.Charge{{Kind: "base", Name: serviceName, Amount: money(*d.Fee)}}
	}
	if d.Tax != 0 {
		list = append(list, waybill.Charge{Kind: "tax", Name: "Tax", Amount: money(d.Tax)})
	}
	if d.Tip != 0 {
		list = append(list, waybill.Charge{Kind: "other", Name: "Tip", Amount: money(d.Tip)})
	}
	return money(*d.Fee + d.Tax + d.Tip), list, true
}
