package upssim_test

import (
	"encoding/json"
	"strings"
	"testing"

	"waybill/carrier/ups/upssim"
)

// doc is a JSON object.
type doc = map[string]any

// sample is a request body that is right, to be changed by a test.
type sample struct{ body doc }

// set replaces the member at a dotted path ("Package.0.Weight"), making the objects on the way; nil deletes it.
func (s sample) set(path string, value any) sample {
	steps := strings.Split(path, ".")
	here := s.body
	for i, step := range steps[:len(steps)-1] {
		if list, ok := here[step].([]any); ok {
			if child, ok := list[int(steps[i+1][0]-'0')].(doc); ok {
				return sample{child}.set(strings.Join(steps[i+2:], "."), value).in(s)
			}
		}
		child, ok := here[step].(doc)
		if !ok {
			child = doc{}
			here[step] = child
		}
		here = child
	}
	if value == nil {
		delete(here, steps[len(steps)-1])
	} else {
		here[steps[len(steps)-1]] = value
	}
	return s
}

func (sample) in(outer sample) sample { return outer }

// text is the sample as JSON.
func (s sample) text(t *testing.T) []byte {
	t.Helper()
	text, err := json.Marshal(s.body)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func place(name, street, city, state, zip, country string) doc {
	return doc{
		"Name": name, "AttentionName": name + " Desk", "Phone": doc{"Number": "4105551234"},
		"Address": doc{"AddressLine": []any{street}, "City": city, "StateProvinceCode": state, "PostalCode": zip, "CountryCode": country},
	}
}

func shipper() doc {
	p := place("Harbour Tea", "2311 York Rd", "Timonium", "MD", "21093", "US")
	p["ShipperNumber"] = upssim.DefaultAccount
	return p
}

func parcel(lbs string) doc {
	return doc{
		"Description":   "Tea",
		"Packaging":     doc{"Code": "02"},
		"Dimensions":    doc{"UnitOfMeasurement": doc{"Code": "IN"}, "Length": "10", "Width": "8", "Height": "4"},
		"PackageWeight": doc{"UnitOfMeasurement": doc{"Code": "LBS"}, "Weight": lbs},
	}
}

// order is a shipment from Maryland to Georgia, of one parcel a weight.
func order(reference string, weights ...string) sample {
	var parcels []any
	for _, w := range weights {
		p := parcel(w)
		p["ReferenceNumber"] = []any{doc{"Code": "PO", "Value": reference}}
		parcels = append(parcels, p)
	}
	return sample{doc{"ShipmentRequest": doc{
		"Request": doc{"RequestOption": "nonvalidate", "SubVersion": "2409", "TransactionReference": doc{"CustomerContext": reference}},
		"Shipment": doc{
			"Description": "Tea", "Shipper": shipper(), "ShipFrom": place("Harbour Tea", "2311 York Rd", "Timonium", "MD", "21093", "US"),
			"ShipTo":             place("Ada Long", "12380 Morris Rd", "Alpharetta", "GA", "30005", "US"),
			"PaymentInformation": doc{"ShipmentCharge": []any{doc{"Type": "01", "BillShipper": doc{"AccountNumber": upssim.DefaultAccount}}}},
			"Service":            doc{"Code": "03", "Description": "Ground"},
			"Package":            parcels,
		},
		"LabelSpecification": doc{"LabelImageFormat": doc{"Code": "ZPL"}, "LabelStockSize": doc{"Height": "6", "Width": "4"}},
	}}}
}

// abroad is a shipment from Maryland to Germany, with a customs invoice.
func abroad(reference string) sample {
	o := order(reference, "4.5")
	o.set("ShipmentRequest.Shipment.ShipTo", place("Jürgen Groß", "Potsdamer Str. 12", "Berlin", "", "10785", "DE"))
	o.set("ShipmentRequest.Shipment.ShipTo.Address.StateProvinceCode", nil)
	o.set("ShipmentRequest.Shipment.Service.Code", "07")
	o.set("ShipmentRequest.Shipment.Package.0.ReferenceNumber", nil)
	o.set("ShipmentRequest.Shipment.ReferenceNumber", []any{doc{"Value": reference}})
	o.set("ShipmentRequest.Shipment.ShipmentServiceOptions.InternationalForms", doc{
		"FormType": []any{"01"}, "InvoiceNumber": "INV-1", "InvoiceDate": "20261123", "ReasonForExport": "SALE", "CurrencyCode": "USD",
		"Product": []any{doc{
			"Description": []any{"Green tea"}, "CommodityCode": "090210", "OriginCountryCode": "JP",
			"Unit": doc{"Number": "3", "UnitOfMeasurement": doc{"Code": "EA"}, "Value": "12.50"},
		}},
	})
	return o
}

// quoteFor is a rate request for the order that order makes.
func quoteFor(weight string) sample {
	p := parcel(weight)
	p["PackagingType"] = doc{"Code": "02"}
	delete(p, "Packaging")
	delete(p, "Description")
	p["Dimensions"].(doc)["UnitOfMeasurement"] = doc{"Code": "IN", "Description": "Inches"}
	p["PackageWeight"].(doc)["UnitOfMeasurement"] = doc{"Code": "LBS", "Description": "Pounds"}
	from, to := shipper(), place("Ada Long", "12380 Morris Rd", "Alpharetta", "GA", "30005", "US")
	delete(from, "Phone")
	delete(to, "Phone")
	return sample{doc{"RateRequest": doc{
		"Request": doc{"RequestOption": "Rate", "SubVersion": "2409", "TransactionReference": doc{"CustomerContext": "quote"}},
		"Shipment": doc{
			"Shipper": from, "ShipTo": to, "Service": doc{"Code": "03"}, "Package": []any{p},
			"PaymentDetails":          doc{"ShipmentCharge": []any{doc{"Type": "01", "BillShipper": doc{"AccountNumber": upssim.DefaultAccount}}}},
			"ShipmentRatingOptions":   doc{"NegotiatedRatesIndicator": "Y"},
			"DeliveryTimeInformation": doc{"PackageBillType": "03", "Pickup": doc{"Date": "20261123"}},
		},
	}}}
}

// pickupOn is a pickup order for a day.
func pickupOn(day string) sample {
	return sample{doc{"PickupCreationRequest": doc{
		"Request": doc{}, "RatePickupIndicator": "Y", "AlternateAddressIndicator": "Y", "PaymentMethod": "01",
		"Shipper":        doc{"Account": doc{"AccountNumber": upssim.DefaultAccount, "AccountCountryCode": "US"}},
		"PickupDateInfo": doc{"ReadyTime": "0900", "CloseTime": "1700", "PickupDate": day},
		"PickupAddress": doc{
			"CompanyName": "Harbour Tea", "ContactName": "Shipping", "AddressLine": []any{"2311 York Rd"}, "City": "Timonium",
			"StateProvince": "MD", "PostalCode": "21093", "CountryCode": "US", "ResidentialIndicator": "N", "Phone": doc{"Number": "4105551234"},
		},
		"PickupPiece": []any{doc{"ServiceCode": "003", "Quantity": "2", "DestinationCountryCode": "US", "ContainerCode": "01"}},
		"TotalWeight": doc{"Weight": "12.5", "UnitOfMeasurement": "LBS"},
	}}}
}

// recoveryOf asks for labels by tracking number.
func recoveryOf(number, format string) sample {
	s := sample{doc{"LabelRecoveryRequest": doc{
		"Request": doc{}, "TrackingNumber": number, "LabelSpecification": doc{"LabelImageFormat": doc{"Code": format}},
	}}}
	return s
}

// recoveryByReference asks for labels by the shipper's reference.
func recoveryByReference(reference string) sample {
	return sample{doc{"LabelRecoveryRequest": doc{
		"Request":         doc{},
		"ReferenceValues": doc{"ReferenceNumber": doc{"Value": reference}, "ShipperNumber": upssim.DefaultAccount},
	}}}
}

func TestSamplesAreWhatTheSchemasAllow(t *testing.T) {
	for name, s := range map[string]sample{
		"ship": order("R-1", "2.5", "7"), "rate": quoteFor("3"), "pickup": pickupOn("20261124"),
		"label-recovery": recoveryOf("1Z5R89390357567127", "ZPL"),
	} {
		judge(t, name+".request", s.text(t))
	}
	judge(t, "ship.request", abroad("R-2").text(t))
	judge(t, "label-recovery.request", recoveryByReference("R-1").text(t))
}
