package main

import (
	"fmt"
	"strings"
	"time"

	"waybill"
	"waybill/client"
)

// page is one thing as a person sees it: names and values, line by line.
type page struct{ b strings.Builder }

// line adds a value, unless there is none.
func (p *page) line(name, value string) {
	if value != "" {
		fmt.Fprintf(&p.b, "%-12s %s\n", name, value)
	}
}

func (p *page) table() table { return table{text: strings.TrimRight(p.b.String(), "\n")} }

// price is money as people write it.
func price(m *client.Money) string {
	if m == nil || m.Currency == "" {
		return ""
	}
	return waybill.Money{Minor: m.Amount, Currency: m.Currency}.String()
}

// moment is a time on this machine's clock; nothing where there is none.
func moment(t *time.Time) string {
	if t == nil || t.IsZero() {
		return ""
	}
	return t.Local().Format("2006-01-02 15:04")
}

func carrierOf(k *client.CarriedBy) string {
	if k == nil {
		return ""
	}
	return strings.TrimSpace(k.Name + " " + k.ServiceName)
}

func address(p *client.Party) string {
	if p == nil {
		return ""
	}
	name := p.Name
	if name == "" {
		name = strings.TrimSpace(p.FirstName + " " + p.LastName)
	}
	var parts []string
	for _, part := range []string{name, p.Company, p.Street1, p.Street2, strings.TrimSpace(p.Postcode + " " + p.City), p.State, p.Country} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

// sheet is a shipment on a page.
func sheet(s *client.ShipmentOut) table {
	var p page
	p.line("reference", s.Reference)
	p.line("id", s.ID)
	p.line("booking", s.Booking)
	p.line("transit", s.Transit)
	p.line("carrier", carrierOf(s.Carrier))
	p.line("tracking", s.TrackingNumber)
	p.line("price", price(s.Price))
	p.line("to", address(&s.To))
	if s.EstimatedDelivery != nil {
		p.line("expected", moment(s.EstimatedDelivery.Ends))
	}
	if s.Failure != nil {
		p.line("failure", s.Failure.Message)
	}
	for _, n := range s.Notices {
		p.line("notice", n)
	}
	if s.LabelURL != "" {
		p.line("label", s.LabelURL)
	}
	return p.table()
}
