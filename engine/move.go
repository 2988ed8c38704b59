package engine

import (
	"context"
	"slices"

	"waybill"
	"waybill/store"
)

// partFrom ends what a parent had of a child that is about to be another's, or nobody's: what its people, clients and keys
// were granted there, and the connections that it lent.
func (s Session) partFrom(ctx context.Context, moved waybill.Account) error {
	var old waybill.Account
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
		old, err = tx.Accounts().ByKey(moved.Name)
		return ignoreMissing(err)
	})
	if err != nil || old.Parent == "" || old.Parent == moved.Parent {
		return err
	}
	return again(0, func() error {
		return s.Store.Update(ctx, s.system(old.Parent), func(tx store.Tx) error {
			granted := func(id waybill.ID) bool { return id == old.ID }
			return firstError(
				rewritten(s, tx, tx.Users(), func(u *waybill.User) {
					was := *u
					u.Grants = slices.DeleteFunc(slices.Clone(u.Grants), granted)
					turnUser(was, u)
				}),
				rewritten(s, tx, tx.Clients(), func(c *waybill.Client) {
					was := *c
					c.Grants = slices.DeleteFunc(slices.Clone(c.Grants), granted)
					turnClient(was, c)
				}),
				rewritten(s, tx, tx.APIKeys(), func(k *waybill.APIKey) { k.Grants = slices.DeleteFunc(slices.Clone(k.Grants), granted) }),
				rewritten(s, tx, tx.Connections(), func(c *waybill.Connection) {
					c.Lent = slices.DeleteFunc(slices.Clone(c.Lent), func(l waybill.Loan) bool { return l.Account == old.ID })
				}),
			)
		})
	})
}

// rewritten changes all records of a table, and stores those that are another one then.
func rewritten[T any, P meta[T]](s Session, tx store.Tx, table store.Keyed[T], change func(P)) error {
	all, err := table.All()
	for i := 0; err == nil && i < len(all); i++ {
		next := all[i]
		change(P(&next))
		if len(changedMembers(P(&all[i]), P(&next))) == 0 {
			continue
		}
		if err = table.Put(&next); err == nil {
			err = s.noteChange(tx, P(&all[i]), P(&next))
		}
	}
	return err
}
