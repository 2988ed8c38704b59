package house

import (
	"context"

	"waybill"
	"waybill/carrier"
	"waybill/label"
)

// manifestPrefix begins the number of every manifest; a serial number follows.
const manifestPrefix = "MF-"

// Manifest draws the sheet that a driver signs for what he takes over.
func (a *Adapter) Manifest(_ context.Context, r carrier.ManifestRequest) (carrier.Closing, error) {
	if r.Number == "" {
		return carrier.Closing{}, waybill.FieldErrors("house.manifest", []waybill.FieldError{{
			Path: "number", Rule: waybill.RuleRequired, Message: "a manifest needs a serial number to be known by",
		}})
	}
	m := label.Manifest{Number: manifestPrefix + r.Number, Carrier: a.heading, Sample: a.sample, Place: r.Name, Address: r.At.Address, Day: r.Day}
	for _, line := range r.Lines {
		for i, number := range line.Numbers {
			parcel := label.ManifestLine{Number: number, Name: line.Name, Postcode: line.Postcode, Service: line.ServiceName}
			if line.Country != r.At.Address.Country {
				parcel.Postcode += " " + line.Country
			}
			if len(line.Weights) == len(line.Numbers) {
				parcel.Grams = line.Weights[i]
			} else if i == 0 {
				parcel.Grams = line.Grams
			}
			m.Lines = append(m.Lines, parcel)
		}
	}
	sheet, err := label.RenderManifest(m)
	if err != nil {
		return carrier.Closing{}, err
	}
	return carrier.Closing{ID: m.Number, Documents: []carrier.Paper{{Kind: waybill.DocumentManifest, Format: waybill.PDF, Data: sheet}}}, nil
}
