package upssim

import (
	"slices"
	"strconv"
	"strings"
)

// checks holds an order, whose form the rules have passed, against UPS's business rules. Rating and Shipping refuse
// the same things under codes 10,000 apart (seen in several pairs, taken to be so in all [K]); the codes written here
// are Shipping's, from its published list.
type checks struct {
	order
	sim    *Sim
	rating bool
}

func (c checks) refuse(code int, format string, args ...any) error {
	if c.rating {
		code -= 10_000
	}
	return refuse(strconv.Itoa(code), format, args...)
}

// examine returns the first thing wrong with the order.
func (c checks) examine() error {
	steps := []func() error{c.account, c.places, c.service, c.packages, c.services}
	if !c.rating {
		steps = append(steps, c.payer, c.contacts, c.references, c.customs)
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (c checks) account() error {
	if n := c.Shipper.ShipperNumber; (n != "" || !c.rating) && !c.sim.known(n) {
		return c.refuse(120100, "Missing or Invalid shipper number %q", n)
	}
	return nil
}

func (c checks) places() error {
	parties := []struct {
		name  string
		block int
		at    *address
	}{{"Shipper", 120100, c.Shipper.Address}, {"ShipTo", 120200, c.ShipTo.Address}, {"ShipFrom", 120300, nil}}
	if c.ShipFrom != nil {
		parties[2].at = c.ShipFrom.Address
	}
	for i, p := range parties {
		if p.at == nil {
			continue
		}
		offset, why := postalFault(*p.at)
		field := map[int]string{6: "StateProvinceCode", 7: "PostalCode", 8: "CountryCode"}[offset]
		switch {
		case offset == 0 || c.rating && offset == 6: // a rate needs no state
		case offset == 802 && c.rating:
			if p.at.StateProvinceCode == "" {
				continue
			}
			return refuse("111285", "The postal code %s is invalid for %s %s.", p.at.PostalCode, p.at.StateProvinceCode, p.at.CountryCode)
		case offset == 802:
			return c.refuse(120801+i, "Address Validation Error on %s address: %s", p.name, why)
		default:
			return c.refuse(p.block+offset, "Missing/Invalid %s %s: %s", p.name, field, why)
		}
	}
	return nil
}

func (c checks) service() error {
	if c.Service == nil {
		return nil // shopping
	}
	from, to := *c.from().Address, *c.ShipTo.Address
	if _, ok := serviceFor(c.Service.Code, from, to); !ok {
		return c.refuse(121210, "The requested service %s is unavailable between the selected locations.", c.Service.Code)
	}
	return nil
}

// packages checks weights and sizes. 150 pounds, 70 kilograms and 108 inches are UPS's limits for a package; the
// limits on length plus girth are those of the Shipping document.
func (c checks) packages() error {
	weights, sizes := map[string]bool{}, map[string]bool{}
	for i, p := range c.Package {
		if p.PackageWeight == nil && p.letter() {
			continue
		}
		if p.PackageWeight == nil {
			return c.refuse(120608, "Package weight is required (Package[%d])", i)
		}
		if err := c.weight(i, *p.PackageWeight); err != nil {
			return err
		}
		weights[p.PackageWeight.UnitOfMeasurement.Code] = true
		if p.Dimensions == nil || p.letter() {
			continue
		}
		if err := c.size(i, *p.Dimensions); err != nil {
			return err
		}
		sizes[p.Dimensions.UnitOfMeasurement.Code] = true
	}
	switch {
	case len(weights) > 1:
		return c.refuse(120529, "A shipment can have only one type of UnitOfMeasurement for Weight")
	case len(sizes) > 1:
		return c.refuse(120528, "A shipment can have only one type of UnitOfMeasurement for Dimensions")
	case weights["KGS"] && sizes["IN"] || weights["LBS"] && sizes["CM"]:
		return c.refuse(120548, "A shipment cannot have a KGS/IN or LBS/CM as its unit of measurements")
	}
	return nil
}

func (c checks) weight(i int, w weight) error {
	unit, n := w.UnitOfMeasurement.Code, hundredths(w.Weight)
	limit := map[string]int64{"LBS": 150_00, "KGS": 70_00}[unit]
	switch {
	case limit == 0:
		return c.refuse(120546, "%s is not a valid unit of measurement for weight for this shipment (Package[%d])", unit, i)
	case unit != "LBS" && zips(c.from().Address.CountryCode):
		return c.refuse(121057, "The measurement system is not valid for the selected country: %s (Package[%d])", unit, i)
	case n <= 0:
		return c.refuse(121030, "Packages must weigh more than zero (Package[%d] PackageWeight)", i)
	case n > limit:
		return c.refuse(121035, "The maximum per package weight for the selected service from the selected country is %d %s (Package[%d])", limit/100, unit, i)
	}
	return nil
}

func (c checks) size(i int, d dimensions) error {
	unit := d.UnitOfMeasurement.Code
	length, width, height := hundredths(d.Length), hundredths(d.Width), hundredths(d.Height)
	sides := []int64{length, width, height}
	slices.Sort(sides)
	longest, total := int64(108_00), int64(165_00)
	if unit == "CM" || unit == "00" {
		longest, total = 270_00, 330_00
	}
	switch {
	case sides[0] <= 0:
		return c.refuse(120609, "All Package Dimensions are required and each must be greater than 0 (Package[%d])", i)
	case (unit == "CM" || unit == "00") && zips(c.from().Address.CountryCode):
		return c.refuse(121057, "The measurement system is not valid for the selected country: %s (Package[%d])", unit, i)
	case sides[2] > longest:
		return c.refuse(121056, "Package exceeds the maximum length constraint of %d %s (Package[%d])", longest/100, unit, i)
	case sides[2]+2*(sides[0]+sides[1]) > total:
		return c.refuse(121050, "Package exceeds the maximum size total constraints of %d %s, length plus girth (Package[%d])", total/100, unit, i)
	}
	return nil
}

// services checks the extras: where each may be had, and with what.
func (c checks) services() error {
	opts := c.options()
	returned := c.returned() || opts.ReturnService != nil
	if opts.SaturdayDeliveryIndicator != nil {
		if returned {
			return c.refuse(121015, "The Saturday Delivery option cannot be combined with the Return Services option.")
		}
		if s, ok := c.chosen(); ok && !s.saturday {
			return c.refuse(121045, "The Saturday Delivery option is unavailable with the requested service.")
		}
	}
	if opts.DeliveryConfirmation != nil && (c.domestic() || returned) {
		return c.refuse(121085, "The requested accessory cannot be added to the shipment: shipment-level DeliveryConfirmation")
	}
	if opts.COD != nil && (!countries[c.from().Address.CountryCode].eu || returned) {
		return c.refuse(121155, "The COD option is unavailable with the shipment's origin/destination pair.")
	}
	for i, p := range c.Package {
		if err := c.packageServices(i, p, returned); err != nil {
			return err
		}
	}
	return nil
}

func (c checks) chosen() (service, bool) {
	if c.Service == nil {
		return service{}, false
	}
	return serviceFor(c.Service.Code, *c.from().Address, *c.ShipTo.Address)
}

func (c checks) packageServices(i int, p pack, returned bool) error {
	opts := p.options()
	region := countries[c.from().Address.CountryCode].region
	atHome := c.domestic() && (region == "us" || region == "ca")
	if opts.DeliveryConfirmation != nil {
		switch {
		case returned:
			return c.refuse(121020, "The Delivery Confirmation option cannot be combined with the Return Services option (Package[%d])", i)
		case !atHome:
			return c.refuse(120598, "Package Delivery Confirmation is not allowed with the shipment origin/destination (Package[%d])", i)
		case opts.DeliveryConfirmation.DCISType == "1":
			return c.refuse(120599, "Invalid package Delivery Confirmation type 1 (Package[%d])", i)
		}
	}
	if opts.COD != nil {
		switch cents := hundredths(opts.COD.CODAmount.MonetaryValue); {
		case returned:
			return c.refuse(121005, "The COD option cannot be combined with the Return Services option (Package[%d])", i)
		case !atHome:
			return c.refuse(121156, "Package Level COD is not valid for the shipment origin and/or destination (Package[%d])", i)
		case !strings.Contains("0189", opts.COD.CODFundsCode):
			return c.refuse(120626, "The COD Funds Code is invalid (Package[%d])", i)
		case cents <= 0:
			return c.refuse(121115, "The COD amount must be greater than zero (Package[%d])", i)
		case cents > 50_000_00:
			return c.refuse(121125, "The COD amount cannot exceed $50,000 (Package[%d])", i)
		}
	}
	if v := opts.DeclaredValue; v != nil && hundredths(v.MonetaryValue) > 50_000_00 {
		return c.refuse(121025, "The maximum declared amount $50,000 is exceeded (Package[%d] DeclaredValue)", i)
	}
	return nil
}

// payer checks who pays: one way of paying for the transport, and the shipper's own account if it is the shipper.
func (c checks) payer() error {
	if c.PaymentInformation == nil {
		return c.refuse(120410, "One payment method is required: PaymentInformation")
	}
	transport := false
	for i, charge := range c.PaymentInformation.ShipmentCharge {
		ways := 0
		for _, given := range []bool{charge.BillShipper != nil, charge.BillReceiver != nil, charge.BillThirdParty != nil, charge.ConsigneeBilled != nil} {
			if given {
				ways++
			}
		}
		if ways != 1 {
			return c.refuse(121529, "A single payment method is required per shipment charge (ShipmentCharge[%d])", i)
		}
		if charge.BillShipper != nil && charge.BillShipper.AccountNumber != c.Shipper.ShipperNumber {
			return c.refuse(120415, "PaymentInformation BillShipper AccountNumber must be the same shipper number as Shipper/ShipperNumber")
		}
		transport = transport || charge.Type == "01"
		if charge.Type == "02" && c.domestic() {
			return c.refuse(121521, "Invalid payer of Duty and Tax: the shipment is domestic (ShipmentCharge[%d])", i)
		}
	}
	if !transport {
		return c.refuse(121527, "The payer of Transportation charges is required: ShipmentCharge Type 01")
	}
	return nil
}

// contacts checks names and telephone numbers, which UPS wants for what crosses a border and for the earliest service.
func (c checks) contacts() error {
	abroad := !c.domestic()
	if to := c.ShipTo; abroad || c.Service.Code == "14" {
		if to.AttentionName == "" {
			return c.refuse(120201, "Missing/Invalid ShipTo AttentionName")
		}
		if to.Phone == nil {
			return c.refuse(120209, "Missing/Invalid ShipTo PhoneNumber")
		}
	}
	if abroad && c.Shipper.AttentionName == "" {
		return c.refuse(120110, "Missing/Invalid Shipper AttentionName")
	}
	if abroad && c.Shipper.Phone == nil {
		return c.refuse(120109, "Missing/Invalid Shipper PhoneNumber")
	}
	for _, p := range []struct {
		name string
		code int
		*party
	}{{"Shipper", 120115, &c.Shipper}, {"ShipTo", 120213, &c.ShipTo}, {"ShipFrom", 120309, c.ShipFrom}} {
		if p.party == nil || p.Phone == nil {
			continue
		}
		if n := len(digits(p.Phone.Number)); n < 10 && (zips(p.Address.CountryCode) || p.Address.CountryCode == "CA") {
			return c.refuse(p.code, "%s PhoneNumber must be at least 10 alphanumeric characters", p.name)
		}
	}
	return nil
}

func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
}

// references checks at which level references stand: at the package within the United States, else at the shipment.
func (c checks) references() error {
	from, to := c.from().Address.CountryCode, c.ShipTo.Address.CountryCode
	perPackage := from == to && zips(from)
	if perPackage && len(c.ReferenceNumber) > 0 {
		return c.refuse(120541, "Shipment/ReferenceNumber is not allowed for this shipment")
	}
	for i, p := range c.Package {
		if !perPackage && len(p.ReferenceNumber) > 0 {
			return c.refuse(120542, "Package/ReferenceNumber is not allowed for this shipment (Package[%d])", i)
		}
	}
	return nil
}

// customs checks what a border, or a return, asks for beside that.
func (c checks) customs() error {
	from, to := c.from().Address.CountryCode, c.ShipTo.Address.CountryCode
	union := countries[from].eu && countries[to].eu
	if from != to && c.Description == "" && !(union && c.Service.Code == "11") && !c.Package[0].letter() {
		return c.refuse(120512, "Shipment Description is required for this shipment.")
	}
	if from == "US" && (to == "CA" || to == "PR") && !c.returned() && (c.InvoiceLineTotal == nil || hundredths(c.InvoiceLineTotal.MonetaryValue) == 0) {
		return c.refuse(120502, "InvoiceLineTotal/MonetaryValue must be greater than 0")
	}
	if !c.returned() {
		return nil
	}
	if c.ShipFrom == nil {
		return c.refuse(120300, "Missing/Invalid ShipFrom CompanyName: a return needs ShipFrom")
	}
	if zips(from) && len(c.Package) > 1 {
		return c.refuse(120624, "Only one package is allowed for this movement.")
	}
	for i, p := range c.Package {
		if p.Description == "" {
			return c.refuse(120622, "Package description is required (Package[%d])", i)
		}
	}
	return nil
}

// examine checks what a ship request says beside the shipment.
func (r shipRequest) examine() error {
	label := r.LabelSpecification
	needed := r.Shipment.ReturnService == nil || r.Shipment.ReturnService.Code == "9"
	if needed && label == nil {
		return refuse("120702", "Missing/Invalid LabelSpecification/LabelImageFormat/Code")
	}
	if n := len(r.Shipment.Package); n > 200 {
		return refuse("120020", "Max packages per shipment exceeded: %d", n)
	}
	return nil
}
