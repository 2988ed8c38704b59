package engine

import (
	"context"
	"slices"

	"waybill"
)

// mayReach refuses a test key what would change something that goes by a live connection, where no carrier needs to be
// opened for it and nothing is written: Forbidden, ReasonRole.
func (s Session) mayReach(p waybill.Provider) error {
	if s.Actor.Reaches(p.Mode) {
		return nil
	}
	return waybill.E("open", waybill.ReasonRole, "%s; %s is live", testOnly, p.DisplayName)
}

// mayWant refuses a test key that names a live connection: in a wish, in the shipment's own choice, or by a rate that
// somebody else was told. Of several that are proposed one has to be within reach.
func (s Session) mayWant(set *setup, rate *quoted, wishes ...Wish) error {
	if !s.Actor.Test {
		return nil
	}
	var shut error // of several that are proposed
	open := false
	for _, w := range wishes {
		err := s.mayMean(set, w)
		switch {
		case w.Connection.Value == "":
		case err != nil && !w.ByName:
			return err
		case w.ByName:
			shut, open = err, open || err == nil
		}
	}
	if shut != nil && !open {
		return shut
	}
	if rate == nil {
		return nil
	}
	if c := set.connection(rate.Connection); c != nil {
		return s.mayReach(provider(*c))
	}
	return nil
}

func (s Session) mayMean(set *setup, w Wish) error {
	meant := slices.DeleteFunc(slices.Clone(set.connections), func(c waybill.Connection) bool { return !w.means(provider(c)) })
	if len(meant) == 0 || slices.ContainsFunc(meant, func(c waybill.Connection) bool { return s.Actor.Reaches(c.Mode) }) {
		return nil
	}
	return s.mayReach(provider(meant[0]))
}

// notOurMoney is why a test key buys nothing with a connection that is paid from the wallet of an account that ships live.
func (s Session) notOurMoney(set *setup, c waybill.Connection) string {
	live := func(k waybill.Connection) bool { return !s.Actor.Reaches(k.Mode) }
	if c.Billed == waybill.BilledWallet && slices.ContainsFunc(set.connections, live) {
		return "it is paid from the wallet that live parcels are paid from, which a test key takes nothing of"
	}
	return ""
}

// mayOrder is mayWant of all that an order names.
func (s Session) mayOrder(o *order) error {
	wishes := append(o.wishes(), Wish{Connection: Said{Value: o.shipment.Choice.Connection}})
	if o.choice == nil {
		return s.mayWant(o.set, nil, wishes...)
	}
	return s.mayWant(o.set, o.choice.quoted, wishes...)
}

// mayErase refuses a test key that would erase what was sent live.
func (s Session) mayErase(ctx context.Context, who sought) error {
	if !s.Actor.Test {
		return nil
	}
	return s.eachSought(ctx, who, func(sh waybill.Shipment) error {
		if sh.Provider == nil {
			return nil
		}
		return s.mayReach(*sh.Provider)
	})
}
