package lynkup

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"waybill"
	"waybill/dialect"
)

// linker makes the signed address of a file, such as kind "label" of a shipment; empty: there is none.
type linker func(kind string, id waybill.ID) string

// encodeOrder answers one whole order.
func encodeOrder(r *dialect.Request, s waybill.Shipment) dialect.Reply {
	return dialect.JSON(http.StatusOK, orderOf(&s, statusOf(&s, retried(r, &s)), r.Link))
}

// encodePlaced answers what came of placing an order, first or again. An order that is stored but found
// no carrier is an error of this API, unless the account has it tried again by itself.
func encodePlaced(r *dialect.Request, s waybill.Shipment) dialect.Reply {
	again := retried(r, &s)
	if err := s.Refusal(); err != nil && !again {
		return fault(r, waybill.AsError(err))
	}
	return dialect.JSON(http.StatusCreated, orderOf(&s, statusOf(&s, again), r.Link))
}

// orderOf writes a shipment as an order under a status. What it points at belongs to the shipment, which
// must not change until the order is on the wire.
func orderOf(s *waybill.Shipment, status string, link linker) order {
	o := order{
		ID: string(s.ID), BrandExternalID: given(&s.Brand), LocationExternalID: given(&s.LocationKey),
		OrderExternalID: s.Reference, GroupID: given(&s.Group), TenantID: s.Tenant,
		OrderValue: dialect.Number(s.Value.Value), CurrencyCode: given(&s.Value.Currency),
		ItemList: itemsOf(s.Items), Package: packageOf(s), PickupTime: spanOf(s.PickupTime), DeliveryTime: spanOf(s.DeliveryTime),
		DeliveryContact: contactOf(s.To.Contact), DeliveryAddress: addressOf(&s.To.Address),
		PickupContact: contactOf(s.From.Contact), PickupAddress: addressOf(&s.From.Address),
		DeliveryNotes: given(&s.Instructions), PickupNotes: given(&s.PickupNotes), OrderAttributes: s.Attributes,
		Signature: given(&s.Options.Signature), Locale: given(&s.Locale), CreatedDate: millis(s.Placed),
		EstimatedPickup: windowOf(s.EstimatedPick), EstimatedDelivery: windowOf(s.EstimatedDrop),
		ActualPickup: millis(s.ActualPickup), ActualDelivery: millis(s.ActualDelivery),
		ReferenceLinks: links{TrackingURL: given(&s.TrackingURL)}, ProposedProviders: proposalsOf(s.Choice.Proposed),
		ReturnLocationID: given(&s.ReturnKey), Status: status,
		CreatedAt: stamp(s.Created), LastUpdatedAt: stamp(s.Updated), Warnings: warningsOf(s.Notices),
	}
	if len(o.OrderAttributes) == 0 {
		o.OrderAttributes = json.RawMessage("{}")
	}
	switch {
	case carried(s):
		o.carry(s, link)
	case s.Booking == waybill.Declared: // somebody else carries it, under a number of theirs
		o.TrackingID = given(&s.Tracking)
	}
	if s.ReturnTo != nil {
		o.ReturnLocation = &returnPlace{addressOf(&s.ReturnTo.Address), contactOf(s.ReturnTo.Contact), s.ReturnName}
	}
	if n := len(s.Returns); n > 0 {
		o.ReturnRequest = returnOf(&s.Returns[n-1], link)
	}
	return o
}

// carried reports whether a carrier has or had the order: one that is only being booked, or was refused,
// shows no provider.
func carried(s *waybill.Shipment) bool {
	return s.Provider != nil && (s.Booking == waybill.Booked || s.Tracking != "")
}

// carry fills in what only a carried order has.
func (o *order) carry(s *waybill.Shipment, link linker) {
	p := s.Provider
	o.Provider = provider{p.ExternalID, p.Name, p.DisplayName, given(&p.Service), given(&p.ServiceName)}
	o.TrackingID = given(&s.Tracking)
	if s.Sold.Currency == s.Value.Currency { // the wire has one currency, the order's
		o.Amount = dialect.Number(s.Sold.Decimal())
		o.Fee = o.Amount
	}
	if s.Booking != waybill.Booked || p.NoLabel {
		return
	}
	file := link("label", s.ID)
	o.ReferenceLinks.LabelLink = given(&file)
	o.Label = &label{TrackingNumber: s.Tracking, URL: given(&s.TrackingURL), Code: s.Tracking, File: given(&file), FileType: string(waybill.PDF)}
	if len(s.Parcels) > 0 && s.Parcels[0].SSCC != "" {
		o.Label.Code = s.Parcels[0].SSCC
	}
}

func returnOf(back *waybill.ReturnRef, link linker) *returnRequest {
	file := ""
	if !back.Unlabelled {
		file = link("return", back.ID)
	}
	r := &returnRequest{TrackingNumber: given(&back.Tracking), TrackingURL: given(&back.TrackingURL), LabelLink: given(&file)}
	if back.Price.Currency != "" {
		r.Amount = dialect.Number(back.Price.Decimal())
	}
	return r
}

func proposalsOf(picks []waybill.Pick) []proposal {
	list := make([]proposal, len(picks))
	for i, p := range picks {
		list[i] = proposal{p.Provider, make([]proposalService, len(p.Services))}
		for j, service := range p.Services {
			list[i].Services[j].ID = service
		}
	}
	return list
}

func warningsOf(notices []string) []warning {
	var list []warning
	for _, notice := range notices {
		list = append(list, warning{Type: "WARNING", Message: notice})
	}
	return list
}

// given is the text itself, nil (null) when it is empty.
func given(s *string) *string {
	if *s == "" {
		return nil
	}
	return s
}

// stamp writes a time as ISO 8601 with milliseconds and Z.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func millis(t *time.Time) *int64 {
	if t == nil {
		return nil
	}
	n := t.UnixMilli()
	return &n
}

func windowOf(w waybill.Window) window { return window{millis(w.Starts), millis(w.Ends)} }

// spanOf is a window that may be missing altogether.
func spanOf(w waybill.Window) *window {
	if w.Starts == nil && w.Ends == nil {
		return nil
	}
	span := windowOf(w)
	return &span
}

func contactOf(c waybill.Contact) contact {
	return contact{Name: c.FullName(), Phone: c.AnyPhone(), Email: c.Email}
}

// addressOf writes an address in two lines: what another API keeps in a house number or a third line is
// joined to where it is read.
func addressOf(a *waybill.Address) address {
	out := address{
		Street1: join(a.Street1, " ", a.House), Street2: join(a.Street2, ", ", a.Street3), ApartmentNumber: a.Apartment,
		City: a.City, State: a.State, PostalCode: a.Postcode, CountryCode: a.Country,
	}
	if a.Point != nil {
		out.Latitude, out.Longitude = &a.Point.Lat, &a.Point.Lng
	}
	return out
}

func join(a, between, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return strings.Join([]string{a, b}, between)
}
