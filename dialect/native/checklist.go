package native

import (
	"time"

	"waybill"
	"waybill/engine"
)

// checklistOut is what a connection has shown.
type checklistOut struct {
	Connection string      `json:"connection" doc:"Reference."`
	Mode       string      `json:"mode" enum:"simulator,sandbox,live" doc:"What was shown in another mode does not count."`
	Ready      bool        `json:"ready" doc:"Nothing is missing."`
	Items      []checkItem `json:"items" nullable:"false"`
}

type checkItem struct {
	Kind    string     `json:"kind" enum:"login,rates,booked,printed,scanned,voided,tracked,pushed,pickup,approved" doc:"login: the carrier took the credentials. rates: it told prices under the account's number. booked, printed, scanned, voided: a label was bought, fetched, read by a scanner, given back. tracked: it told of a parcel; pushed: by itself. pickup: it was asked to come, or a manifest was handed over. approved: a person says that the carrier approves."`
	State   string     `json:"state" enum:"done,missing,not_offered" doc:"not_offered: this carrier has nothing of the kind."`
	At      *time.Time `json:"at,omitempty" doc:"Since when; of rates and login the last time."`
	Subject string     `json:"subject,omitempty" doc:"Id of the shipment, purchase or pickup that shows it."`
	Note    string     `json:"note,omitempty"`
	By      string     `json:"by,omitempty" doc:"Who said so, of an approval."`
	Next    string     `json:"next,omitempty" doc:"What to do, where it is missing."`
}

type approveIn struct {
	Conditional
	SetupID
	Acting
	Body struct {
		On   string `json:"on,omitempty" format:"date" doc:"The day of the approval; left out, it is taken back." example:"2026-11-20"`
		Note string `json:"note,omitempty" maxLength:"500" doc:"Who approved, and how."`
	}
}

type checkIn struct {
	SetupID
	Acting
	Body *struct {
		Live bool   `json:"live,omitempty" doc:"Buy a label of a live connection, with money, and give it back."`
		From string `json:"from,omitempty" maxLength:"100" doc:"Id or reference of a location; without one, the first that the connection is assigned to."`
		To   string `json:"to,omitempty" maxLength:"100" doc:"The same; without one, another location in the same country."`
	}
}

type checkOut struct {
	Passed    bool         `json:"passed" doc:"No step failed."`
	Lowest    *money       `json:"lowest_price,omitempty"`
	Steps     []checkStep  `json:"steps" nullable:"false"`
	Shipment  string       `json:"shipment_id,omitempty" doc:"What was bought with."`
	Left      string       `json:"unsettled_purchase,omitempty" doc:"Id of a purchase that was NOT given back, or of which nobody knows: see /purchases."`
	Checklist checklistOut `json:"checklist"`
}

type checkStep struct {
	Name    string `json:"name" enum:"rates,buy,label,scan,track,void"`
	Outcome string `json:"outcome" enum:"passed,failed,skipped"`
	Detail  string `json:"detail" doc:"For a person."`
}

func checklists(a *api) {
	const tagName = "Connections"
	op(a, operation{
		ID: "get-connection-checklist", Method: "GET", Path: "/connections/{id}/checklist", Tag: tagName, Summary: "What a connection has shown", Scope: waybill.ScopeRead,
		About: "Computed from what happened, never ticked by hand but for the carrier's approval: what is to be seen before customers' parcels go by it.",
	}, func(_ *call, in *readSetupIn) (acting[engine.RecordRef], error) {
		return acting[engine.RecordRef]{waybill.ID(in.Account), recordRef(in.ID)}, nil
	}, within(engine.Session.GetChecklist, nil), showChecklist)
	op(a, operation{
		ID: "approve-connection", Method: "PUT", Path: "/connections/{id}/approval", Tag: tagName, Summary: "Say since when the carrier approves", Scope: waybill.ScopeSetup,
		About:   "If-Match takes the ETag of the connection or its checklist.",
		Example: map[string]string{"on": "2026-11-20", "note": "labels approved by certification desk"},
	}, toApproval, within(engine.Session.ApproveConnection, nil), showChecklist)
	op(a, operation{
		ID: "check-connection", Method: "POST", Path: "/connections/{id}/check", Tag: tagName, Summary: "Run what can be run of a checklist", Scope: waybill.ScopeSetup,
		About: "Rates are asked for; a label is bought, fetched, scanned, tracked and given back. A live connection is bought from only with live: true, and then a purchase " +
			"that could not be given back is named in unsettled_purchase. That a step failed is an answer, not an error.",
		Example: map[string]any{"from": "7709"},
	}, func(_ *call, in *checkIn) (acting[engine.CheckConnection], error) {
		check := engine.CheckConnection{Ref: recordRef(in.ID)}
		if b := in.Body; b != nil {
			check.Live, check.From, check.To = b.Live, b.From, b.To
		}
		return acting[engine.CheckConnection]{waybill.ID(in.Account), check}, nil
	}, within(engine.Session.CheckConnection, nil), showCheck)
	for _, path := range []string{"checklist", "approval", "check"} {
		a.named("/connections/{id}/"+path, "ups")
	}
}

func toApproval(_ *call, in *approveIn) (acting[engine.Approve], error) {
	approve := engine.Approve{Ref: recordRef(in.ID), Note: in.Body.Note}
	var err error
	if in.Body.On != "" {
		approve.On, err = time.Parse(time.DateOnly, in.Body.On)
	}
	if err != nil {
		err = waybill.FieldErrors("approval", []waybill.FieldError{{Path: "on", Rule: waybill.RuleFormat, Value: in.Body.On, Message: "write a day as YYYY-MM-DD"}})
	}
	return acting[engine.Approve]{waybill.ID(in.Account), approve}, err
}

func showChecklist(_ *call, l engine.Checklist) *tagged[checklistOut] {
	return &tagged[checklistOut]{tag(l.Connection.Row), checklistOf(l)}
}

func checklistOf(l engine.Checklist) checklistOut {
	out := checklistOut{Connection: l.Connection.ExternalID, Mode: string(l.Connection.Mode), Ready: l.Ready, Items: []checkItem{}}
	for _, i := range l.Items {
		item := checkItem{Kind: string(i.Kind), State: string(i.State), Subject: string(i.Proof.Subject), Note: i.Proof.Note, By: i.Proof.By, Next: i.Next}
		if !i.Proof.At.IsZero() {
			item.At = &i.Proof.At
		}
		out.Items = append(out.Items, item)
	}
	return out
}

func showCheck(_ *call, r engine.ConnectionCheck) *one[checkOut] {
	out := checkOut{
		Passed: r.Passed, Lowest: maybeMoney(r.Lowest), Steps: []checkStep{}, Shipment: string(r.Shipment.ID), Left: string(r.Left), Checklist: checklistOf(r.Checklist),
	}
	for _, s := range r.Steps {
		out.Steps = append(out.Steps, checkStep{s.Name, string(s.Outcome), s.Detail})
	}
	return &one[checkOut]{out}
}
