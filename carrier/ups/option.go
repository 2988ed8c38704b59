package ups

import "waybill"

// What a caller may write in Options.Enhancement: UPS's extras of a whole shipment.
const (
	saturdayDelivery = "saturday_delivery"
	saturdayPickup   = "saturday_pickup"
)

// options puts a shipment's wishes where UPS takes them: at the packages of a domestic shipment, at the
// shipment otherwise. A wish that UPS cannot fulfil is refused, never dropped.
func (r *request) options(s *shipment, o waybill.Options, funds string) {
	from, to := s.ShipFrom.Address.CountryCode, s.ShipTo.Address.CountryCode
	all := &shipmentOptions{}
	switch o.Enhancement {
	case "":
	case saturdayDelivery:
		all.SaturdayDeliveryIndicator = present(true)
	case saturdayPickup:
		all.SaturdayPickupIndicator = present(true)
	default:
		r.report("options.enhancement", waybill.RuleEnum, o.Enhancement, saturdayDelivery+", "+saturdayPickup, "UPS has no extra %q", shorten(o.Enhancement, 30))
	}
	if o.DangerousGoods {
		r.report("options.dangerous_goods", waybill.RuleEnum, "true", "false", "dangerous goods are not sent with UPS through this connection")
	}
	if t := o.Temperature; t != "" && t != "none" {
		r.report("options.temperature", waybill.RuleEnum, t, "none", "UPS does not keep parcels %s here", shorten(t, 30))
	}
	r.signature(s, all, o, from, to)
	if o.Insurance.Value.Positive() {
		for i, part := range r.shares("options.insurance", o.Insurance, len(s.Package)) {
			packageOptionsOf(&s.Package[i]).DeclaredValue = &part
		}
	}
	if o.COD.Value.Positive() {
		r.collect(s, all, o.COD, funds, from, to)
	}
	if *all != (shipmentOptions{}) {
		s.ShipmentServiceOptions = all
	}
}

// signature asks for one: UPS numbers the kinds 2 and 3 at packages, 1 and 2 at shipments.
func (r *request) signature(s *shipment, all *shipmentOptions, o waybill.Options, from, to string) {
	var atPackage, atShipment string
	switch o.Signature {
	case "", "none", "not_required":
		return
	case "required", "signature":
		atPackage, atShipment = "2", "1"
	case "adult", "adult_signature":
		atPackage, atShipment = "3", "2"
	default:
		r.report("options.signature", waybill.RuleEnum, o.Signature, "not_required, required, adult", "UPS has no signature %q", shorten(o.Signature, 30))
		return
	}
	if o.COD.Value.Positive() {
		r.report("options.signature", waybill.RuleNeeds, o.Signature, "", "UPS offers either a signature or collect on delivery")
		return
	}
	if domestic(from, to) && (american(from) || from == "CA") {
		for i := range s.Package {
			packageOptionsOf(&s.Package[i]).DeliveryConfirmation = &confirmation{DCISType: atPackage}
		}
		return
	}
	all.DeliveryConfirmation = &confirmation{DCISType: atShipment}
}

// collect asks for money at the door: at packages in North America, at the shipment from the European
// Union, nowhere else (Shipping, COD). Funds 0 is any kind of payment but cash, 1 is cash.
func (r *request) collect(s *shipment, all *shipmentOptions, o waybill.Amount, funds, from, to string) {
	switch {
	case american(from) && american(to), from == "CA" && (to == "CA" || to == "US"):
		if funds == "" {
			funds = "0"
		}
		for i, part := range r.shares("options.cod", o, len(s.Package)) {
			packageOptionsOf(&s.Package[i]).COD = &cod{CODFundsCode: funds, CODAmount: part}
		}
	case europe[from]:
		if funds == "" {
			funds = "1"
		}
		for _, whole := range r.shares("options.cod", o, 1) {
			all.COD = &cod{CODFundsCode: funds, CODAmount: whole}
		}
	default:
		r.report("options.cod", waybill.RuleEnum, string(o.Value), "", "UPS does not collect money on the way from %s to %s", from, to)
	}
}

// shares splits an amount over so many packages to the minor unit; the first bears what is left over.
func (r *request) shares(path string, a waybill.Amount, n int) []amount {
	if len(a.Currency) != 3 {
		r.report(path+".currency", waybill.RuleRequired, a.Currency, "", "%s needs a currency", path)
		return nil
	}
	whole := a.Money()
	parts := make([]amount, n)
	for i := range parts {
		part := waybill.Money{Minor: whole.Minor / int64(n), Currency: whole.Currency}
		if i == 0 {
			part.Minor += whole.Minor % int64(n)
		}
		parts[i] = price(part)
	}
	return parts
}

// packaging is the package type: the caller's, when it names one of UPS's, else the connection's.
func (r *request) packaging(o waybill.Options, usual string) string {
	if o.Format == "" {
		return usual
	}
	if packagings[o.Format] == "" {
		r.report("options.format", waybill.RuleEnum, o.Format, "", "UPS has no package type %q", shorten(o.Format, 30))
		return usual
	}
	return o.Format
}

func packageOptionsOf(p *pack) *packageOptions {
	if p.PackageServiceOptions == nil {
		p.PackageServiceOptions = &packageOptions{}
	}
	return p.PackageServiceOptions
}

// price is money on the wire.
func price(m waybill.Money) amount {
	return amount{CurrencyCode: m.Currency, MonetaryValue: string(m.Decimal())}
}

// money reads money from the wire; false: it is none.
func (a amount) money() (waybill.Money, bool) {
	value, err := waybill.ParseDecimal(a.MonetaryValue)
	if err != nil || len(a.CurrencyCode) != 3 {
		return waybill.Money{}, false
	}
	return waybill.Amount{Value: value, Currency: a.CurrencyCode}.Money(), true
}
