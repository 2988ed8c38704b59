package engine

import (
	"context"
	"fmt"
	"slices"

	"waybill"
	"waybill/store"
)

// CheckConnection runs what a connection can be made to show. A simulated one and a carrier's sandbox are bought from,
// and what was bought is given back; a live one only where Live says so. From and To are as in [TestConnection], but
// that From is one of the connection's own locations when nothing is said.
type CheckConnection struct {
	Ref      RecordRef
	From, To string
	Live     bool
}

// The steps of a check, in their order.
const (
	CheckRates = "rates"
	CheckBuy   = "buy"
	CheckLabel = "label"
	CheckScan  = "scan"
	CheckTrack = "track"
	CheckVoid  = "void"
)

// CheckStep is one thing that was tried.
type CheckStep struct {
	Name    string
	Outcome CheckOutcome
	Detail  string // in words
}

// CheckOutcome is how a step of a check ended.
type CheckOutcome string

// The closed list of outcomes.
const (
	StepPassed CheckOutcome = "passed"
	StepFailed CheckOutcome = "failed"
	StepLeft   CheckOutcome = "skipped"
)

// ConnectionCheck is what came of a check. Left is a purchase that could not be given back, or of which nobody knows:
// it is settled by its job or by a person, and given back by a job.
type ConnectionCheck struct {
	Steps     []CheckStep
	Checklist Checklist
	Shipment  waybill.Shipment // empty: none was made
	Lowest    waybill.Money    // of the prices told
	Left      waybill.ID
	Passed    bool // no step failed
}

// CheckConnection tests, buys, prints, scans, tracks and voids, as far as the connection's mode lets it, and tells its
// checklist. That a step failed is a value.
func (s Session) CheckConnection(ctx context.Context, in CheckConnection) (out ConnectionCheck, err error) {
	c, err := s.owned(ctx, in.Ref)
	if err != nil {
		return out, err
	}
	if err := s.Store.Update(ctx, s.Actor, func(tx store.Tx) error { return s.noteUse(tx, &c, "check") }); err != nil {
		return out, err
	}
	if in.From == "" {
		if in.From, err = s.homeOf(ctx, c); err != nil {
			return out, err
		}
	}
	test, err := s.TestConnection(ctx, TestConnection{Ref: in.Ref, From: in.From, To: in.To})
	if err != nil {
		return out, err
	}
	r := &checkRun{s: s, c: c, out: &out}
	if r.rated(test) {
		switch {
		case c.Paused:
			r.step(CheckBuy, StepLeft, "the connection is paused")
		case c.Mode == waybill.ModeLive && !in.Live:
			r.step(CheckBuy, StepLeft, "a live connection is bought from only when that is asked for")
		default:
			r.sample(ctx, test)
		}
	}
	out.Passed = !slices.ContainsFunc(out.Steps, func(step CheckStep) bool { return step.Outcome == StepFailed })
	out.Checklist, err = s.GetChecklist(ctx, in.Ref)
	return out, err
}

// homeOf is a location that the connection is assigned to; empty: none is, and any will do.
func (s Session) homeOf(ctx context.Context, c waybill.Connection) (string, error) {
	set, err := s.world(ctx)
	if err != nil {
		return "", err
	}
	for _, l := range set.locations {
		if l.Account == c.Account && slices.Contains(l.Connections, c.ID) {
			return l.ExternalID, nil
		}
	}
	return "", nil
}

// checkRun is a check under way.
type checkRun struct {
	s   Session
	c   waybill.Connection
	out *ConnectionCheck
}

func (r *checkRun) step(name string, outcome CheckOutcome, format string, args ...any) bool {
	r.out.Steps = append(r.out.Steps, CheckStep{name, outcome, fmt.Sprintf(format, args...)})
	return outcome == StepPassed
}

func (r *checkRun) ended(name string, err error, format string, args ...any) bool {
	if err != nil {
		return r.step(name, StepFailed, "%s", waybill.AsError(err).Message)
	}
	return r.step(name, StepPassed, format, args...)
}

// rated reports whether prices came.
func (r *checkRun) rated(test ConnectionTest) bool {
	switch {
	case test.Fault != nil:
		return r.ended(CheckRates, test.Fault, "")
	case len(test.Offers) == 0:
		return r.step(CheckRates, StepFailed, "no price from %s to %s: %s", test.From.ExternalID, test.To.ExternalID, why(test.Refused))
	}
	r.out.Lowest = lowest(test.Offers)
	return r.step(CheckRates, StepPassed, "%d prices from %s to %s, the lowest %s", len(test.Offers), test.From.ExternalID, test.To.ExternalID, r.out.Lowest)
}

func why(refused []waybill.Step) string {
	if len(refused) == 0 {
		return "the carrier gives no reason"
	}
	return refused[0].Detail
}

// lowest is what the cheapest offer costs the account.
func lowest(offers []waybill.Candidate) waybill.Money {
	best := offers[0].Sold
	for _, o := range offers[1:] {
		if o.Sold.Currency == best.Currency && o.Sold.Minor < best.Minor {
			best = o.Sold
		}
	}
	return best
}

// sample buys, and sees to it that what is bought is given back, whatever becomes of this process.
func (r *checkRun) sample(ctx context.Context, test ConnectionTest) {
	id := r.s.IDs.New()
	if err := r.s.sampled(ctx, r.c.Account, id); err != nil {
		r.ended(CheckBuy, err, "")
		return
	}
	r.buy(ctx, test, sampleReference(id))
	if r.out.Left == "" {
		r.s.sampleDone(context.WithoutCancel(ctx), id)
	}
}

// buy books a kilogram, does with it what can be done, and gives it back.
func (r *checkRun) buy(ctx context.Context, test ConnectionTest, reference string) {
	sh, err := r.s.CreateShipment(ctx, CreateShipment{
		Location: test.From.ExternalID,
		Shipment: waybill.Shipment{
			Reference: reference, To: waybill.Party{Contact: test.To.Contact, Address: test.To.Address},
			Parcels: []waybill.Parcel{{
				Name: "custom", Items: 1, Weight: waybill.WeightOf(1000),
				Size: waybill.Size{Length: "20", Width: "15", Height: "10", Unit: waybill.Centimetre},
			}},
			Choice: waybill.Choice{Connection: r.c.ExternalID},
		},
	})
	r.out.Shipment = sh
	switch {
	case err != nil:
		r.ended(CheckBuy, err, "")
		return
	case sh.Booking == waybill.Unsettled:
		r.out.Left = sh.Purchase
		r.step(CheckBuy, StepFailed, "the carrier has not answered: purchase %s is left to be settled, and is given back then", sh.Purchase)
		if _, err := r.s.CancelShipment(context.WithoutCancel(ctx), CancelShipment{Ref: Ref{ID: sh.ID}}); err != nil {
			r.s.Log.Warn("a check's shipment is left to its job", "shipment", string(sh.ID), "error", waybill.Logged(err))
		}
		return
	case sh.Booking != waybill.Booked:
		said := words(string(sh.Booking))
		if sh.Failure != nil {
			said = sh.Failure.Message
		}
		r.step(CheckBuy, StepFailed, "%s", said)
		return
	}
	r.step(CheckBuy, StepPassed, "%s for %s, number %s", sh.Provider.ServiceName, sh.Sold, sh.Tracking)
	r.use(ctx, sh)
	r.giveBack(ctx, sh)
}

// use prints, scans and tracks. That a live label can be scanned is for a person with a scanner to show.
func (r *checkRun) use(ctx context.Context, sh waybill.Shipment) {
	if !sh.Provider.NoLabel {
		file, err := r.s.GetLabel(ctx, GetLabel{Ref: Ref{ID: sh.ID}})
		if r.ended(CheckLabel, err, "%s, %d bytes", file.Format, len(file.Data)) {
			r.scan(ctx, sh)
		}
	}
	driver, _ := r.s.Carriers.Driver(r.c.Carrier)
	if driver.Local {
		return
	}
	_, err := r.s.TrackShipment(ctx, GetShipment{Ref: Ref{ID: sh.ID}})
	r.ended(CheckTrack, err, "the carrier was asked after %s", sh.Tracking)
}

func (r *checkRun) scan(ctx context.Context, sh waybill.Shipment) {
	if r.c.Mode == waybill.ModeLive {
		r.step(CheckScan, StepLeft, "print the label, scan it, and send what was read to /scan")
		return
	}
	found, err := r.s.ResolveScan(ctx, ResolveScan{Text: sh.Tracking})
	if err == nil && (len(found.Things) != 1 || found.Things[0].Shipment.ID != sh.ID) {
		r.step(CheckScan, StepFailed, "the number %s stands for %d things", sh.Tracking, len(found.Things))
		return
	}
	r.ended(CheckScan, err, "the number %s leads back to the shipment", sh.Tracking)
}

// giveBack voids what was bought. If that fails it is said with the purchase, which stays to be settled.
func (r *checkRun) giveBack(ctx context.Context, sh waybill.Shipment) {
	_, err := r.s.CancelShipment(context.WithoutCancel(ctx), CancelShipment{Ref: Ref{ID: sh.ID}}) // also where nobody waits any more
	if err == nil {
		r.step(CheckVoid, StepPassed, "the carrier took %s back", sh.Tracking)
		return
	}
	r.out.Left = sh.Purchase
	r.step(CheckVoid, StepFailed, "NOT GIVEN BACK: purchase %s of %s is still to be settled: %s", sh.Purchase, sh.Sold, waybill.AsError(err).Message)
}

// proveTest notes what a test call has shown.
func (s Session) proveTest(ctx context.Context, c waybill.Connection, t ConnectionTest) error {
	if !s.Actor.Sees(c.Account) || (t.Fault != nil && len(t.Offers) == 0) {
		return nil
	}
	if driver, _ := s.Carriers.Driver(c.Carrier); concerns(driver, waybill.ProofLogin) {
		if err := s.renew(ctx, c, waybill.ProofLogin, "", "the carrier answered"); err != nil {
			return err
		}
	}
	if len(t.Offers) == 0 {
		return nil
	}
	return s.renew(ctx, c, waybill.ProofRates, "",
		fmt.Sprintf("%d prices from %s to %s, the lowest %s", len(t.Offers), t.From.ExternalID, t.To.ExternalID, lowest(t.Offers)))
}
