package engine

import (
	"context"
	"strconv"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

func itoa(n int) string { return strconv.Itoa(n) }

// attempt is one try to get a shipment carried: the decision with its ranked candidates, and the
// purchase under way. It lives from the first write to the settlement; a job can build it anew from what
// is stored.
type attempt struct {
	set        *setup
	shipment   waybill.Shipment
	decision   waybill.Decision
	tried      []int // candidates asked so far, by index
	purchase   waybill.Purchase
	closed     []waybill.Purchase // earlier ones of this attempt that are not written yet
	connection waybill.Connection
	carrier    *carrier.Carrier // nil: the connection is gone or does not open
	shut       error            // and why
	key        *store.Key
	hook       *waybill.Subscription // that is not written yet
	picked     bool                  // by the caller: nothing else will do
	began      time.Time
	before     *waybill.Failure // of a try that nobody asked for: how the one before it ended

	booking waybill.Booking       // of the shipment as it is stored; empty: it is not
	state   waybill.PurchaseState // of the purchase as it is stored; empty: it is not
}

// legal refuses to write a state that the one before cannot lead to: a fault of ours, which must not
// become a fact.
func (a *attempt) legal() error {
	if !a.booking.May(a.shipment.Booking) {
		return waybill.E("write", waybill.ReasonBug, "a shipment may not go from %q to %q", a.booking, a.shipment.Booking)
	}
	if a.purchase.ID != "" && a.state != a.purchase.State && !a.state.May(a.purchase.State) {
		return waybill.E("write", waybill.ReasonBug, "a purchase may not go from %q to %q", a.state, a.purchase.State)
	}
	return nil
}

// local reports whether the carrier is a pure function.
func (a *attempt) local() bool { return a.carrier != nil && a.carrier.Driver().Local }

// note is an event that a write is going to emit.
type note struct {
	kind  waybill.EventKind
	facts waybill.Facts
}

// provider is whose offer is being bought.
func (a *attempt) provider() waybill.Provider {
	if n := len(a.tried); n > 0 {
		return a.decision.Candidates[a.tried[n-1]].Provider
	}
	p := provider(a.connection) // the decision is not kept any more
	p.Service, p.ServiceName = a.purchase.Service, a.purchase.Rate.ServiceName
	return p
}

// choose makes the candidate the one to buy from: its purchase, its carrier.
func (s Session) choose(a *attempt, index int) error {
	c := a.decision.Candidates[index]
	connection := a.set.connection(c.Connection)
	if connection == nil {
		return waybill.E("ship", waybill.ReasonNoConnection, "the connection of %s is gone", c.Provider.DisplayName)
	}
	if why := idle(connection, s.Clock.Now()); why != "" {
		return waybill.E("ship", waybill.ReasonNoConnection, "%s cannot be asked: %s", c.Provider.DisplayName, why)
	}
	leaving := departing(a.set, a.shipment, s.Clock.Now())
	opened, err := s.openFor(*connection, &leaving)
	if err != nil {
		return err
	}
	a.tried = append(a.tried, index)
	a.connection, a.carrier = *connection, opened
	a.shipment.Attempt++
	a.purchase = waybill.Purchase{
		Row:      waybill.Row{ID: s.IDs.New(), Account: a.shipment.Account},
		Shipment: a.shipment.ID, Sequence: a.shipment.Attempt, Connection: c.Connection, Service: c.Rate.Service,
		Key: string(a.shipment.ID) + "-" + itoa(a.shipment.Attempt), State: waybill.Intent, Rate: c.Rate, Sold: c.Sold,
		Charges: c.Charges, Deadline: s.Clock.Now().Add(s.Purchase),
	}
	a.purchase.Counted = a.connection.Spend.Set()
	s.billed(&a.purchase, a.connection)
	a.shipment.Purchase, a.state = a.purchase.ID, ""
	provider := c.Provider
	a.shipment.Provider = &provider
	a.shipment.Failure = nil
	return nil
}

// forget takes the provider off a shipment that nobody carries.
func (a *attempt) forget() {
	a.shipment.Provider = nil
	a.shipment.Purchase = ""
}

// testOnly is why a connection is not asked.
const testOnly = "a test key reaches simulators and carriers' test systems only"

// open is the connection's carrier, for who may reach it: for a test key the carrier of a live connection is
// Forbidden, ReasonRole.
func (s Session) open(c waybill.Connection) (*carrier.Carrier, error) {
	return s.openAt(c, s.Clock.Now())
}

// openAt is the connection's carrier as it is at a time.
func (s Session) openAt(c waybill.Connection, at time.Time) (*carrier.Carrier, error) {
	if !s.Actor.Reaches(c.Mode) {
		return nil, waybill.E("open", waybill.ReasonRole, "%s; %s is live", testOnly, c.DisplayName)
	}
	return s.Engine.openAt(c, at)
}

// open is the connection's carrier; its secrets are unsealed only when it is opened anew.
func (e *Engine) open(c waybill.Connection) (*carrier.Carrier, error) {
	return e.openAt(c, e.Clock.Now())
}

// openWith opens a connection with secrets at hand; one without an id is a trial and not kept.
func (e *Engine) openWith(c waybill.Connection, secrets carrier.Settings) (*carrier.Carrier, error) {
	if c.Mode == waybill.ModeSimulator && c.Base == "" && e.Simulator != nil {
		var err error
		if c.Base, err = e.Simulator(c.Carrier); err != nil {
			return nil, err
		}
	}
	return e.Carriers.Open(c, secrets, e.Env)
}

// request is what the carrier is told.
func (s Session) request(a *attempt) carrier.ShipRequest {
	return carrier.ShipRequest{
		Shipment: departing(a.set, a.shipment, s.Clock.Now()), Service: a.purchase.Service, Rate: a.purchase.Rate, Key: a.purchase.Key,
		Label: labelSpec(a.set, a.shipment, a.connection), Numbers: a.purchase.Numbers, Place: a.purchase.Place, Now: s.Clock.Now(),
	}
}

// labelSpec is the label wanted: the request's, else the connection's, else by inherited settings, else
// PDF at 203 dpi. A lender's own settings are nobody else's business: only its connection's count.
func labelSpec(set *setup, sh waybill.Shipment, c waybill.Connection) waybill.LabelSpec {
	spec := sh.Label
	fill := func(format waybill.LabelFormat, dpi int) {
		if spec.Format == "" {
			spec.Format = format
		}
		if spec.DPI == 0 {
			spec.DPI = dpi
		}
	}
	fill(c.LabelFormat, c.LabelDPI)
	for _, settings := range set.settings(set.location(sh.Location)) {
		fill(settings.LabelFormat, settings.LabelDPI)
	}
	fill(waybill.PDF, 203)
	return spec
}

// write stores the attempt as it stands, with what else belongs to the moment, in one transaction.
// The attempt's own records take their new versions only when all of it was kept.
func (s Session) write(ctx context.Context, a *attempt, notes []note, more func(store.Tx) error) error {
	var sh waybill.Shipment
	var decision waybill.Decision
	var purchase waybill.Purchase
	if err := a.legal(); err != nil {
		return err
	}
	err := s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		sh, decision, purchase = a.shipment, a.decision, a.purchase
		if a.key != nil {
			if err := putKey(tx, *a.key); err != nil {
				return err
			}
		}
		if err := tx.Shipments().Put(&sh); err != nil {
			return err
		}
		s.Actor.Subject.Saw(sh)
		if a.hook != nil {
			if err := putHook(tx, *a.hook); err != nil {
				return err
			}
		}
		if decision.ID != "" {
			if err := tx.Decisions().Put(&decision); err != nil {
				return err
			}
		}
		for _, earlier := range a.closed {
			if err := tx.Purchases().Put(&earlier); err != nil {
				return err
			}
		}
		if purchase.ID != "" {
			if err := tx.Purchases().Put(&purchase); err != nil {
				return err
			}
			if err := s.noteDecided(tx, &purchase); err != nil {
				return err
			}
		}
		for _, n := range notes {
			tell := s.emit
			if a.toldBefore(n.kind) {
				tell = s.record
			}
			if err := tell(tx, a.set, n.kind, &sh, n.facts); err != nil {
				return err
			}
		}
		if more != nil {
			if err := more(tx); err != nil {
				return err
			}
		}
		return s.pay(tx, a, &purchase)
	})
	if err != nil {
		return err
	}
	a.shipment, a.decision, a.purchase, a.closed = sh, decision, purchase, nil
	a.booking, a.state, a.hook = sh.Booking, purchase.State, nil
	return nil
}

// toldBefore reports whether a try that nobody asked for brings no news: endpoints hear of a failure once, and not each time
// that it is seen to last. In the history it stands all the same.
func (a *attempt) toldBefore(kind waybill.EventKind) bool {
	if a.before == nil {
		return false
	}
	switch now := a.shipment.Failure; kind {
	case waybill.ShipmentRetried, waybill.ShipmentRated, waybill.ShipmentUnsettled:
		return true
	case waybill.ShipmentNoProvider, waybill.ShipmentFailed:
		return now != nil && now.Reason == a.before.Reason && now.Message == a.before.Message
	}
	return false
}

// putKey writes what a caller's key stands for. It never takes a key over that stands for something else:
// of two creates that began at once with one key the second is refused.
func putKey(tx store.Tx, key store.Key) error {
	old, known, err := tx.Keys().Get(key.Surface, key.Key)
	if err != nil {
		return err
	}
	if known && old.Subject != key.Subject {
		return waybill.E("create", waybill.ReasonKeyRunning, "another request with this Idempotency-Key came first")
	}
	if !known && !key.Running {
		first := key // a running key is put only where there is none
		first.Running = true
		if err := tx.Keys().Put(first); err != nil {
			return err
		}
	}
	return tx.Keys().Put(key)
}

// settleKey names the job that finds out how a purchase ended.
func settleKey(purchase waybill.ID) string { return "settle:" + string(purchase) }

// settleJob is due when the call must be over one way or the other.
func (s Session) settleJob(a *attempt, due time.Time) waybill.Job {
	return waybill.Job{
		ID: s.IDs.New(), Account: a.shipment.Account, Kind: waybill.JobSettle, Key: settleKey(a.purchase.ID),
		Subject: a.purchase.ID, Due: due, Created: s.Clock.Now(),
	}
}
