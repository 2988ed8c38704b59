package engine

import (
	"waybill"
	"waybill/rule"
)

// Missing is who gives no rate for a shipment, and why: a connection, or one service of it.
type Missing struct {
	Provider waybill.Provider // its Service is empty: the whole connection
	Asked    bool             // the carrier was asked; else it was left out before
	Why      string           // in words
	Failure  *waybill.Error   // of a carrier that was asked and failed
}

// idleMissing is a connection that is not asked.
func idleMissing(c waybill.Connection, why string) Missing {
	return Missing{Provider: provider(c), Why: why}
}

// unselected are the steps that tell of connections that are not asked.
func unselected(missing []Missing) []waybill.Step {
	var steps []waybill.Step
	for _, m := range missing {
		steps = append(steps, waybill.Step{Stage: waybill.StageSelect, Subject: m.Provider.DisplayName, Outcome: waybill.StepRejected, Detail: m.Why})
	}
	return steps
}

// ruledOut are the connections and services that rules, or what the shipment needs, kept from being asked.
func ruledOut(selection rule.Selection) []Missing {
	var list []Missing
	for _, out := range selection.Out {
		m := Missing{Provider: out.Provider, Why: out.Why}
		m.Provider.Service, m.Provider.ServiceName = out.Service, out.ServiceName
		list = append(list, m)
	}
	return list
}

// failedToRate is a connection that was asked and failed.
func failedToRate(c waybill.Connection, e *waybill.Error) Missing {
	return Missing{Provider: provider(c), Asked: true, Why: e.Message, Failure: e}
}

// notOffered is a service that the carrier left out. Nothing is said of one that was not asked for.
func (s Session) notOffered(set *setup, c waybill.Connection, service, why string) Missing {
	m := Missing{Provider: provider(c), Asked: true, Why: why}
	m.Provider.Service = service
	for _, known := range s.offered(set)[c.ID] {
		if known.Code == service {
			m.Provider.ServiceName = known.Name
		}
	}
	return m
}
