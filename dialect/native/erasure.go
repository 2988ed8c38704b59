package native

import (
	"time"

	"waybill"
	"waybill/engine"
)

// Erasure says who is to be forgotten.
type Erasure struct {
	Email     string   `json:"email,omitempty" maxLength:"254"`
	Phone     string   `json:"phone,omitempty" maxLength:"50" doc:"As it stands in the shipments."`
	Name      string   `json:"name,omitempty" maxLength:"200" doc:"With the postal code; one alone is not one person."`
	Postcode  string   `json:"postcode,omitempty" maxLength:"20"`
	Shipments []string `json:"shipments,omitempty" maxItems:"1000" doc:"Ids or references of shipments whose recipient is meant."`
}

// erasureOut is how far it has come.
type erasureOut struct {
	ID        string         `json:"id,omitempty"`
	State     string         `json:"state" enum:"preview,running,waiting,done" doc:"waiting: shipments are under way, and erased when they have ended."`
	Erased    map[string]int `json:"erased" doc:"How many records of each kind."`
	Deferred  []string       `json:"deferred" nullable:"false" doc:"Ids of shipments that are under way."`
	Actor     string         `json:"actor,omitempty"`
	CreatedAt *time.Time     `json:"created_at,omitempty"`
	Done      *time.Time     `json:"done_at,omitempty"`
}

type erasureIn struct{ Body Erasure }

type erasurePath struct {
	ID string `path:"id" maxLength:"24" doc:"Id of the erasure." example:"0123456789abcdef01234567"`
}

func erasures(a *api) {
	const tag = "Erasures"
	const about = "In shipments, returns, declarations, events, deliveries, papers, saved addresses and the logs. What money and law need stays: " +
		"amounts, weights, dates, who carried it under which number, your own reference, the country and the area of the postal code."
	example := Erasure{Email: "ada@example.com"}
	read := func(_ *call, in *erasureIn) (engine.Erase, error) {
		b := in.Body
		erase := engine.Erase{Email: b.Email, Phone: b.Phone, Name: b.Name, Postcode: b.Postcode}
		for _, name := range b.Shipments {
			erase.Shipments = append(erase.Shipments, ref(name))
		}
		return erase, nil
	}
	one := func(_ *call, e waybill.Erasure) *one[erasureOut] { return &one[erasureOut]{showErasure(e)} }
	op(a, operation{
		ID: "preview-erasure", Method: "POST", Path: "/erasures/preview", Tag: tag, Summary: "What would be erased of a recipient", Scope: waybill.ScopeAdmin, Private: true,
		About: "Nothing is. " + about, Example: example,
	}, read, engine.Session.PreviewErasure, one)
	op(a, operation{
		ID: "create-erasure", Method: "POST", Path: "/erasures", Tag: tag, Summary: "Erase a recipient", Scope: waybill.ScopeAdmin, Status: 202, Private: true,
		About: about + " A job does it; shipments that are under way wait until they have ended. It cannot be taken back.", Example: example,
	}, read, engine.Session.EraseRecipient, one)
	op(a, operation{
		ID: "list-erasures", Method: "GET", Path: "/erasures", Tag: tag, Summary: "List erasures", Scope: waybill.ScopeAdmin,
	}, func(_ *call, in *struct{ Paged }) (engine.ListRecords[waybill.Erasure], error) {
		return records[waybill.Erasure](in.Paged), nil
	}, engine.Session.ListErasures, func(c *call, s engine.Slice[waybill.Erasure]) *many[erasureOut] {
		return listed(c, s.Items, s.Next, s.Prev, showErasure)
	})
	op(a, operation{
		ID: "get-erasure", Method: "GET", Path: "/erasures/{id}", Tag: tag, Summary: "How far an erasure has come: its receipt", Scope: waybill.ScopeAdmin,
		About: "Whom it was about is not kept: ten minutes after it was done the logs are gone through once more, for what was under way then, and the words go.",
	}, func(_ *call, in *erasurePath) (waybill.ID, error) { return waybill.ID(in.ID), nil }, engine.Session.GetErasure, one)
}

func showErasure(e waybill.Erasure) erasureOut {
	out := erasureOut{ID: string(e.ID), State: string(e.State), Erased: e.Erased, Deferred: ids(e.Deferred), Actor: e.Actor, Done: e.Done}
	if out.Erased == nil {
		out.Erased = map[string]int{}
	}
	if e.ID == "" {
		out.State = "preview"
		return out
	}
	out.CreatedAt = &e.Created
	return out
}
