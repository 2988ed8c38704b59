package carrier

import "waybill"

// ID is what the carrier calls the purchase: its own id of it, or the first number where it gives none.
func (q VoidRequest) ID() string {
	if q.CarrierID == "" && len(q.Numbers) > 0 {
		return q.Numbers[0]
	}
	return q.CarrierID
}

// NotVoided says of a carrier's refusal that it is one to cancel. Other errors, such as one about the credentials, stay
// as they are.
func NotVoided(err error) error {
	if e := waybill.AsError(err); err != nil && e.Code == waybill.CarrierRejected && e.Reason != waybill.ReasonCarrierLogin {
		refused := *e
		refused.Reason = waybill.ReasonCancelRefused
		return &refused
	}
	return err
}
