package engine

import (
	"waybill"
	"waybill/store"
)

// mayReach refuses a test key what would change something that goes by a live connection, where no carrier needs to be
// opened for it: Forbidden, ReasonRole.
func (s Session) mayReach(p waybill.Provider) error {
	if s.Actor.Reaches(p.Mode) {
		return nil
	}
	return waybill.E("open", waybill.ReasonRole, "%s; %s is live", testOnly, p.DisplayName)
}

// mayReachParcels is mayReach of what a connection carries. One that is gone, or that the parcel never had, is nobody's
// live one.
func (s Session) mayReachParcels(tx store.Tx, connection waybill.ID) error {
	if !s.Actor.Test || connection == "" {
		return nil
	}
	c, err := tx.Connections().Get(connection)
	if err != nil {
		return ignoreMissing(err)
	}
	return s.mayReach(provider(c))
}
