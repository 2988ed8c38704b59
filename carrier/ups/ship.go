package ups

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"waybill"
	"waybill/carrier"
	"waybill/internal/wire"
)

// Ship buys one shipment of one or more packages (Shipping). Our key is its first reference number and
// its customer context, which UPS echoes: an answer to somebody else's purchase is thus recognised.
func (a *adapter) Ship(ctx context.Context, q carrier.ShipRequest) (carrier.Booking, error) {
	w := q.Shipment
	r := &request{}
	s := shipment{
		Description: goods(w.Items, 50),
		Shipper:     r.who("from", w.From),
		ShipFrom:    r.who("from", w.From),
		ShipTo:      r.who("to", w.To),
		Package:     r.packs(w.Parcels, w.TotalWeight, w.From.Address.Country, r.packaging(w.Options, a.packaging)),
	}
	s.ShipTo.EMailAddress = r.email("to.contact.email", w.To)
	s.ShipTo.Address.ResidentialAddressIndicator = residential(w.To.Address)
	r.options(&s, w.Options, a.codFunds)
	r.customs(&s, w, shipDay(w, q.Now))
	s.InvoiceLineTotal = invoiceTotal(w)
	references(&s, q.Key, w.Reference)
	if err := waybill.FieldErrors("ups.ship", unique(r.problems)); err != nil {
		return carrier.Booking{}, err
	}
	return a.buy(ctx, "ups.ship", s, q.Service, q.Key, q.Label)
}

// buy places an order and reads what was sold.
func (a *adapter) buy(ctx context.Context, op string, s shipment, service, key string, label waybill.LabelSpec) (carrier.Booking, error) {
	s.Shipper.ShipperNumber = a.account
	s.Service = &coded{Code: service}
	s.PaymentInformation = a.bill()
	if a.negotiated {
		s.ShipmentRatingOptions = &ratingOptions{NegotiatedRatesIndicator: present(true)}
	}
	var body shipRequest
	body.ShipmentRequest.Request = head{
		RequestOption: "nonvalidate", SubVersion: subVersion, TransactionReference: &transaction{CustomerContext: key},
	}
	body.ShipmentRequest.Shipment = s
	body.ShipmentRequest.LabelSpecification = specification(label)
	var answer shipResponse
	call := wire.Call{Op: op, Method: http.MethodPost, Path: "/api/shipments/" + version + "/ship", Body: body, Effect: true}
	if err := a.client.Do(ctx, call, &answer); err != nil {
		return carrier.Booking{}, err
	}
	if echo := answer.ShipmentResponse.Response.TransactionReference; echo != nil && echo.CustomerContext != "" && echo.CustomerContext != key {
		return carrier.Booking{}, a.client.Unusable(call, "it answers another purchase", nil)
	}
	return a.booking(call, answer, label)
}

// booking is what was sold. The price is the negotiated one where the account has one.
func (a *adapter) booking(call wire.Call, answer shipResponse, label waybill.LabelSpec) (carrier.Booking, error) {
	results := answer.ShipmentResponse.ShipmentResults
	total, items := results.ShipmentCharges.TotalCharges, results.ShipmentCharges.ItemizedCharges
	if n := results.Negotiated; a.negotiated && n != nil && n.TotalCharge != nil {
		total, items = *n.TotalCharge, n.ItemizedCharges
	}
	sum, ok := total.money()
	if !ok || results.ShipmentIdentificationNumber == "" {
		return carrier.Booking{}, a.client.Unusable(call, "a shipment without a number or a price", nil)
	}
	var b carrier.Booking
	b.CarrierID = results.ShipmentIdentificationNumber
	b.Price, b.Charges = sum, itemise(sum, items)
	b.TrackingURL = trackingURL(b.CarrierID)
	for i, p := range results.PackageResults {
		b.Numbers = append(b.Numbers, p.TrackingNumber)
		b.Labels = append(b.Labels, printed(i, p.ShippingLabel.ImageFormat.Code, p.ShippingLabel.GraphicImage))
	}
	if form := results.Form; form != nil && form.Image != nil && len(form.Image.GraphicImage) > 0 {
		b.Documents = append(b.Documents, carrier.Paper{
			Kind: waybill.DocumentCustoms, Format: carrier.Sniff(form.Image.GraphicImage), Data: form.Image.GraphicImage,
		})
	}
	for _, alert := range answer.ShipmentResponse.Response.Alert {
		b.Warnings = append(b.Warnings, fmt.Sprintf("UPS %s: %s", alert.Code, alert.Description))
	}
	if label.Format == waybill.ZPL && label.DPI > labelDPI {
		b.Warnings = append(b.Warnings, fmt.Sprintf("UPS prints ZPL for %d dpi only", labelDPI))
	}
	return b, nil
}

// email is an address UPS may write to; one that is too long is left out, since nothing depends on it.
func (r *request) email(path string, p waybill.Party) string {
	address := strings.TrimSpace(p.Contact.Email)
	if len(address) > emailLength {
		return ""
	}
	return r.text(path, address)
}

// trackingURL is UPS's public page of a number.
func trackingURL(number string) string { return "https://www.ups.com/track?tracknum=" + number }
