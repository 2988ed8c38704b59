package native

import (
	"waybill"
	"waybill/engine"
)

// scanned is a text as a scanner sent it.
type scanned struct {
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"500" doc:"As the scanner sent it: a tracking number alone or in a carrier's barcode (UPS 1Z; FedEx 12, 15, 22, 32 or 34 digits; USPS 420 and ZIP code; DPD 28 characters; SSCC behind 00, alone or among other GS1 identifiers), the 2D code of a label of yours, the address in a QR code, a reference, an id, a SKU, an article number."`
	}
}

// resolvedOut is what it stands for.
type resolvedOut struct {
	Outcome  string    `json:"outcome" enum:"found,ambiguous,unknown"`
	Text     string    `json:"text" doc:"Without what the scanner added."`
	Matches  []match   `json:"matches" nullable:"false" doc:"One where it was found, several where it is ambiguous."`
	Readings []reading `json:"readings" nullable:"false" doc:"What the text may be by its form, the surest first."`
}

type match struct {
	Kind      string   `json:"kind" enum:"shipment,return,product"`
	ID        string   `json:"id"`
	By        string   `json:"by" enum:"tracking_number,reference,reference2,id,sku,barcode" doc:"Which of its names was scanned."`
	Parcel    int      `json:"parcel,omitempty" doc:"Which of its parcels, from 1; left out: all of it."`
	Reference string   `json:"reference,omitempty" doc:"Yours; of a product its SKU."`
	Tracking  string   `json:"tracking_number,omitempty"`
	Title     string   `json:"title" doc:"For a person: who it goes to, or what it is."`
	Booking   string   `json:"booking,omitempty" doc:"Of a shipment or return."`
	Transit   string   `json:"transit,omitempty" doc:"Of a shipment or return."`
	Actions   []string `json:"actions" nullable:"false" enum:"rate,book,retry,edit,cancel,label,track,return,scan,ship" doc:"What may be done with it now, the likeliest first."`
}

type reading struct {
	Form    string `json:"form" enum:"ups,fedex,usps,dpd,dhl,s10,sscc,gtin,peddler,label,link,text"`
	Carrier string `json:"carrier,omitempty" doc:"Who writes numbers of this form."`
	Number  string `json:"number"`
	Checked bool   `json:"checked" doc:"Its check digit agrees."`
}

func scan(a *api) {
	op(a, operation{
		ID: "resolve-scan", Method: "POST", Path: "/scan", Tag: "Find", Summary: "What a scanned text stands for", Scope: waybill.ScopeRead,
		About:   "One thing and what may be done with it next, or all that it may be. Nothing is changed by it.",
		Example: map[string]string{"text": "1Z5R89390357567127"},
	}, func(_ *call, in *scanned) (engine.ResolveScan, error) {
		return engine.ResolveScan{Text: in.Body.Text}, nil
	}, engine.Session.ResolveScan, showScan)
}

func showScan(_ *call, r engine.Resolved) *one[resolvedOut] {
	out := resolvedOut{Outcome: "ambiguous", Text: r.Text, Matches: []match{}, Readings: []reading{}}
	switch len(r.Things) {
	case 0:
		out.Outcome = "unknown"
	case 1:
		out.Outcome = "found"
	}
	for _, t := range r.Things {
		out.Matches = append(out.Matches, showThing(t))
	}
	for _, k := range r.Readings {
		out.Readings = append(out.Readings, reading{string(k.Form), k.Carrier, k.Number, k.Checked})
	}
	return &one[resolvedOut]{out}
}

func showThing(t engine.Thing) match {
	m := match{Kind: string(t.Kind), By: t.By, Parcel: t.Parcel, Actions: append([]string{}, t.Actions...)}
	switch t.Kind {
	case engine.ThingShipment:
		sh := t.Shipment
		m.ID, m.Reference, m.Tracking, m.Title = string(sh.ID), sh.Reference, sh.Tracking, goesTo(sh.To)
		m.Booking, m.Transit = string(sh.Booking), string(sh.Transit)
	case engine.ThingReturn:
		r := t.Return
		m.ID, m.Reference, m.Tracking, m.Title = string(r.ID), r.Reference, r.Tracking, goesTo(r.From)
		m.Booking, m.Transit = string(r.Booking), string(r.Transit)
	default:
		m.ID, m.Reference, m.Title = string(t.Product.ID), t.Product.SKU, t.Product.Name
	}
	return m
}

// goesTo is somebody and where, in a line.
func goesTo(p waybill.Party) string {
	name := p.Contact.FullName()
	if name == "" {
		name = p.Contact.Company
	}
	if name != "" && p.Address.City != "" {
		name += ", "
	}
	return name + p.Address.City
}
