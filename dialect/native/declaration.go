package native

import (
	"time"

	"waybill"
	"waybill/engine"
)

// declarationOut is what a courier declared of a parcel that it carries.
type declarationOut struct {
	Kept
	Shipment  string     `json:"shipment_id"`
	Track     string     `json:"tracking_number" doc:"The courier's own."`
	Licence   string     `json:"licence" doc:"The number that it was answered with."`
	Linked    bool       `json:"linked" doc:"It is a parcel that was booked here, too."`
	Status    string     `json:"status,omitempty" doc:"In the courier's own words."`
	Product   string     `json:"product,omitempty" doc:"The courier's service."`
	Category  string     `json:"category,omitempty"`
	Goods     string     `json:"goods,omitempty"`
	Pieces    int        `json:"pieces"`
	Weight    *weight    `json:"weight,omitempty"`
	COD       *money     `json:"cod,omitempty"`
	Customs   *money     `json:"customs_value,omitempty"`
	Charges   *money     `json:"delivery_charges,omitempty"`
	Sender    *party     `json:"sender,omitempty"`
	Receiver  *party     `json:"receiver,omitempty"`
	PickedUp  *time.Time `json:"picked_up_at,omitempty"`
	Delivered *time.Time `json:"delivered_at,omitempty"`
	Attempts  *int       `json:"attempts,omitempty"`
	Invoices  []invoice  `json:"invoices" nullable:"false"`
}

// invoice is what the courier charged for it.
type invoice struct {
	Number string    `json:"number"`
	Date   time.Time `json:"date"`
	Total  *money    `json:"total,omitempty" doc:"With tax."`
	Tax    *money    `json:"tax,omitempty"`
}

type listDeclarationsIn struct {
	Paged
	Shipment string `query:"shipment" maxLength:"310" doc:"Only those of this shipment, by id or reference."`
}

type declarationPath struct {
	ID string `path:"id" maxLength:"200" doc:"Id or licence." example:"0123456789abcdef01234567"`
}

func declarations(a *api) {
	const tagName = "Declarations"
	op(a, operation{
		ID: "list-declarations", Method: "GET", Path: "/declarations", Tag: tagName, Summary: "What couriers declared", Scope: waybill.ScopeRead,
		About: "Couriers declare by EPGL what they carry themselves; each declaration hangs on a shipment.",
	}, func(_ *call, in *listDeclarationsIn) (engine.ListDeclarations, error) {
		list := engine.ListDeclarations{Updated: in.UpdatedSince, Page: in.page()}
		if in.Shipment != "" {
			list.Shipment = ref(in.Shipment)
		}
		return list, nil
	}, engine.Session.ListDeclarations, func(c *call, s engine.Slice[waybill.Declaration]) *many[declarationOut] {
		return listed(c, s.Items, s.Next, s.Prev, showDeclaration)
	})
	op(a, operation{
		ID: "get-declaration", Method: "GET", Path: "/declarations/{id}", Tag: tagName, Summary: "Read a declaration", Scope: waybill.ScopeRead,
	}, func(_ *call, in *declarationPath) (engine.RecordRef, error) { return recordRef(in.ID), nil }, engine.Session.GetDeclaration,
		func(_ *call, d waybill.Declaration) *tagged[declarationOut] {
			return &tagged[declarationOut]{tag(d.Row), showDeclaration(d)}
		})
}

func showDeclaration(d waybill.Declaration) declarationOut {
	out := declarationOut{
		Kept: keptOf(d.Row), Shipment: string(d.Shipment), Track: d.Number, Licence: d.Licence, Linked: d.Linked, Status: d.Status, Product: d.Product,
		Category: d.Category, Goods: d.Goods, Pieces: d.Pieces, Weight: showWeight(d.Weight), COD: showAmount(d.COD), Customs: showAmount(d.Customs),
		Charges: showAmount(d.DeliveryCharges), Sender: showParty(d.Sender), Receiver: showParty(d.Receiver), Delivered: d.Delivery, Attempts: d.Attempts,
		Invoices: []invoice{},
	}
	if !d.PickedUp.IsZero() {
		out.PickedUp = &d.PickedUp
	}
	for _, i := range d.Invoices {
		out.Invoices = append(out.Invoices, invoice{i.Number, i.Date, showAmount(i.Total), showAmount(i.Tax)})
	}
	return out
}
