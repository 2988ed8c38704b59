package engine

import (
	"context"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// CheckState is how an item of a checklist stands.
type CheckState string

// The closed list of states.
const (
	CheckDone       CheckState = "done"
	CheckMissing    CheckState = "missing"
	CheckNotOffered CheckState = "not_offered" // the carrier has nothing of the kind
)

// CheckItem is one item of a checklist: the fact that shows it, or what to do next.
type CheckItem struct {
	Kind  waybill.ProofKind
	State CheckState
	Proof waybill.Proof // empty unless done
	Next  string        // empty unless missing
}

// Checklist is what a connection has shown in the mode it is in. Ready: nothing is missing.
type Checklist struct {
	Connection waybill.Connection
	Items      []CheckItem
	Ready      bool
}

// nextStep says how an item is earned.
var nextStep = map[waybill.ProofKind]string{
	waybill.ProofLogin:    "Test the connection: the carrier must take the credentials.",
	waybill.ProofRates:    "Test the connection with two locations that the carrier serves, and compare the prices with your contract.",
	waybill.ProofBooked:   "Book a shipment by it, or run its check.",
	waybill.ProofPrinted:  "Fetch the label of a shipment, and print it.",
	waybill.ProofScanned:  "Scan the printed label, and send what the scanner read to /scan.",
	waybill.ProofVoided:   "Cancel a shipment that was booked by it.",
	waybill.ProofTracked:  "Let a parcel move, and ask after it.",
	waybill.ProofPushed:   "Tell the carrier the connection's hook address, and let a parcel move.",
	waybill.ProofPickup:   "Ask the carrier to come, or hand a day's parcels over with a manifest.",
	waybill.ProofApproved: "When the carrier has approved your labels, set the day.",
}

// GetChecklist tells what a connection has shown, and what is to be done before customers' parcels go by it.
func (s Session) GetChecklist(ctx context.Context, ref RecordRef) (out Checklist, err error) {
	c, err := s.owned(ctx, ref)
	if err != nil {
		return out, err
	}
	out = Checklist{Connection: Connections.shown(s, c), Ready: true}
	out.Connection.Sealed, out.Connection.Settings = nil, nil
	proven := map[waybill.ProofKind]waybill.Proof{}
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		for _, kind := range waybill.ProofKinds {
			p, err := tx.Proofs().ByKey(waybill.Proof{Connection: c.ID, Mode: c.Mode, Kind: kind}.Key())
			if err == nil {
				same, err := s.stillAt(c, p.Access)
				if err != nil {
					return err
				}
				if same {
					proven[kind] = p
				}
			} else if !waybill.IsCode(err, waybill.NotFound) {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return out, err
	}
	if _, yes := proven[waybill.ProofPickup]; !yes { // either will do
		if p, yes := proven[waybill.ProofManifest]; yes {
			proven[waybill.ProofPickup] = p
		}
	}
	driver, _ := s.Carriers.Driver(c.Carrier)
	for _, kind := range waybill.ProofKinds {
		if kind == waybill.ProofManifest {
			continue
		}
		item := CheckItem{Kind: kind, State: CheckDone, Proof: proven[kind]}
		switch {
		case item.Proof.ID != "":
		case !concerns(driver, kind):
			item.State = CheckNotOffered
		default:
			item.State, item.Next, out.Ready = CheckMissing, nextStep[kind], false
			if kind == waybill.ProofTracked && driver.Local {
				item.Next = "Have a driver scan a parcel, or note a scan of it."
			}
		}
		out.Items = append(out.Items, item)
	}
	return out, nil
}

// concerns reports whether a driver's carriers have what a kind of proof is about.
func concerns(d carrier.Driver, kind waybill.ProofKind) bool {
	has := func(abilities ...carrier.Ability) bool {
		for _, mine := range d.Abilities() {
			for _, a := range abilities {
				if mine == a {
					return true
				}
			}
		}
		return false
	}
	switch kind {
	case waybill.ProofLogin, waybill.ProofApproved:
		return !d.Local // nobody is logged in to, and nobody approves, when you carry yourself
	case waybill.ProofPrinted, waybill.ProofScanned:
		return !d.NoLabel
	case waybill.ProofVoided:
		return has(carrier.Voids)
	case waybill.ProofPushed:
		return has(carrier.Pushes)
	case waybill.ProofPickup:
		return has(carrier.Collects, carrier.Manifests)
	}
	return true
}

// owned finds a connection of the account; a borrowed one is the lender's to prove.
func (s Session) owned(ctx context.Context, ref RecordRef) (c waybill.Connection, err error) {
	c, err = Connections.find(s, ctx, ref)
	if err == nil && !s.Actor.Sees(c.Account) {
		err = waybill.E("connection", waybill.ReasonForeign, "this connection is lent to you: whose it is proves it")
	}
	return c, err
}

// Approve says since when the carrier approves of what goes by a connection. A zero day takes the word back.
type Approve struct {
	Ref  RecordRef
	On   time.Time
	Note string
}

// firstApproval is the first day that a carrier can have approved on.
var firstApproval = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// ApproveConnection notes the carrier's approval, which no fact shows: the one item that a person ticks. The connection
// has another version then.
func (s Session) ApproveConnection(ctx context.Context, in Approve) (Checklist, error) {
	if err := again(s.IfVersion, func() error { return s.approve(ctx, in) }); err != nil {
		return Checklist{}, err
	}
	return s.GetChecklist(ctx, in.Ref)
}

func (s Session) approve(ctx context.Context, in Approve) error {
	c, err := s.owned(ctx, in.Ref)
	if err == nil {
		err = s.meant(c.Row)
	}
	if err != nil {
		return err
	}
	if !s.Actor.Reaches(c.Mode) {
		return waybill.E("connection", waybill.ReasonRole, "%s; this connection is live", testOnly)
	}
	if !in.On.IsZero() && (in.On.After(s.Clock.Now()) || in.On.Before(firstApproval)) {
		return wrongField("on", waybill.RuleRange, in.On.Format(time.DateOnly), "the day that the carrier approved on: none to come, and none before 2000")
	}
	if in.On.IsZero() {
		return s.disapprove(ctx, c)
	}
	p := waybill.Proof{Kind: waybill.ProofApproved, At: in.On, Note: in.Note, By: s.Actor.Name}
	return s.putProof(ctx, c, p, func(tx store.Tx, before, after *waybill.Proof) error {
		if err := tx.Connections().Put(&c); err != nil {
			return err
		}
		if before == nil {
			return s.noteChange(tx, nil, after)
		}
		return s.noteChange(tx, before, after)
	})
}

func (s Session) disapprove(ctx context.Context, c waybill.Connection) error {
	return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		p, err := tx.Proofs().ByKey(waybill.Proof{Connection: c.ID, Mode: c.Mode, Kind: waybill.ProofApproved}.Key())
		if err != nil {
			return ignoreMissing(err)
		}
		if err := tx.Proofs().Delete(p.ID, p.Version); err != nil {
			return err
		}
		if err := tx.Connections().Put(&c); err != nil {
			return err
		}
		return s.noteChange(tx, &p, nil)
	})
}
