package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// register sees to it that the carrier knows a place, and answers the name it is known by there. It is told of it
// once, and once more under a new name when what it was told is no longer true. A carrier that would not take it
// is ReasonRegistration, with its own words.
func (s Session) register(
	ctx context.Context, c waybill.Connection, opened *carrier.Carrier, l *waybill.Location,
) (alias string, err error) {
	known := waybill.Registration{
		Row: waybill.Row{ID: s.IDs.New(), Account: l.Account}, Connection: c.ID, Location: l.ID,
	}
	digest := placeDigest(l)
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		found, err := tx.Registrations().ByKey(string(c.ID) + "/" + string(l.ID))
		if err == nil {
			known = found
		}
		if waybill.IsCode(err, waybill.NotFound) {
			return nil
		}
		return err
	})
	if err != nil {
		return "", err
	}
	there, err := s.stillAt(c, known.Access)
	if err != nil || there && known.Digest == digest {
		return known.Alias, err
	}
	if known.Access, err = s.access(c); err != nil {
		return "", err
	}
	// The first bookings from a new place come together, and carriers count registrations: one of them tells it.
	told, err, _ := s.places.Do(string(c.ID)+"/"+string(l.ID)+"/"+digest+"/"+known.Access, func() (any, error) {
		return s.tellPlace(context.WithoutCancel(ctx), opened, l, known, digest)
	})
	if err != nil {
		return "", err
	}
	return told.(string), nil
}

// tellPlace registers a place and remembers it. A registration is repeated at will, so it may be broken off: the
// caller waits for rates and purchase too.
func (s Session) tellPlace(
	ctx context.Context, opened *carrier.Carrier, l *waybill.Location, known waybill.Registration, digest string,
) (string, error) {
	bounded, cancel := context.WithTimeout(ctx, s.Rating)
	defer cancel()
	alias, err := opened.Register(bounded, carrier.RegisterRequest{Location: *l, Name: placeName(l, digest)})
	if err != nil {
		return "", unregistered(l, err)
	}
	known.Alias, known.Digest = alias, digest
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		fresh := known
		return tx.Registrations().Put(&fresh)
	})
	if waybill.IsCode(err, waybill.Conflict) {
		err = nil // another node registered it at the same moment, in the same words
	}
	return alias, err
}

// placeName is what a place is proposed to be called: its own name, which carriers print, and what makes it the
// only one of that name.
func placeName(l *waybill.Location, digest string) string {
	return strings.Join(strings.Fields(l.Name+" "+itoa(int(l.Number))+"-"+digest[:4]), " ")
}

// placeDigest tells two states of a place apart by what a carrier is told of it.
func placeDigest(l *waybill.Location) string {
	address := l.Address
	address.Point = nil
	text, err := json.Marshal([]any{l.Name, l.Contact, address, l.PickupInstructions, l.Cutoff, l.Return})
	if err != nil {
		panic("register: " + err.Error()) // plain text and numbers
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func unregistered(l *waybill.Location, cause error) error {
	told := waybill.AsError(cause)
	e := waybill.E("register", waybill.ReasonRegistration, "the carrier would not take the location %s into its books: %s", l.ExternalID, told.Message)
	e.Severity, e.RetryAfter, e.Fault, e.Err = told.Severity, told.RetryAfter, told.Fault, told
	if e.Fault == nil {
		e.Fault = &waybill.CarrierFault{Message: told.Message}
	}
	return e
}
