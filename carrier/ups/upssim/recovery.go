package upssim

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"

	"codeberg.org/go-pdf/fpdf"
)

type recoveryRequest struct {
	LabelRecoveryRequest struct {
		Request            requestHead `json:"Request"`
		LabelSpecification *labelSpec  `json:"LabelSpecification"`
		TrackingNumber     string      `json:"TrackingNumber"`
		ReferenceValues    *struct {
			ReferenceNumber struct {
				Value string `json:"Value"`
			} `json:"ReferenceNumber"`
			ShipperNumber string `json:"ShipperNumber"`
		} `json:"ReferenceValues"`
	} `json:"LabelRecoveryRequest"`
}

type recoveryResponse struct {
	LabelRecoveryResponse struct {
		Response                     responseHead  `json:"Response"`
		ShipmentIdentificationNumber string        `json:"ShipmentIdentificationNumber"`
		LabelResults                 []labelResult `json:"LabelResults"`
	} `json:"LabelRecoveryResponse"`
}

type labelResult struct {
	TrackingNumber string      `json:"TrackingNumber"`
	LabelImage     *labelImage `json:"LabelImage,omitempty"`
}

type labelImage struct {
	LabelImageFormat coded  `json:"LabelImageFormat"`
	GraphicImage     []byte `json:"GraphicImage"`
	HTMLImage        []byte `json:"HTMLImage,omitempty"`
}

// recoverLabel prints the labels of a shipment again, found by a tracking number or by a reference of the shipper's.
// The document's schema demands the tracking numbers of another carrier and a reference in every request; its text
// and its examples do not, nor does the simulator. 9801031, 9801040 and 9801050 are what the live service is reported
// to answer; 300001 and 300005 are from its older list of codes [K].
func (s *Sim) recoverLabel(r *http.Request) (any, error) {
	if err := version(r, "v1", "v1701", "v1903", "v2603"); err != nil {
		return nil, err
	}
	var in recoveryRequest
	if err := read(r, recoveryRules, &in); err != nil {
		return nil, err
	}
	req := in.LabelRecoveryRequest
	format := "GIF"
	if spec := req.LabelSpecification; spec != nil {
		if spec.LabelImageFormat.Code != "" {
			format = spec.LabelImageFormat.Code
		}
		if spec.LabelStockSize.Height != "" && (format == "GIF" || format == "PDF") {
			return nil, refuse("9801050", "Label Stock Size not allowed for specified Label Image Type")
		}
	}
	if req.TrackingNumber == "" && req.ReferenceValues == nil {
		return nil, refuse("300005", "Either tracking number or combination of reference plus shipper number required: TrackingNumber or ReferenceValues")
	}
	s.mu.Lock()
	found := s.memory.find(in)
	for i, b := range found {
		found[i] = b.clone()
	}
	s.mu.Unlock()

	live := slices.DeleteFunc(slices.Clone(found), (*shipment).voided)
	switch {
	case len(found) == 0:
		return nil, refuse("9801031", "The shipment for the requested tracking number or the combination of reference number plus shipper number could not be found. Please check the submitted data or wait until the shipment is processed.")
	case len(live) == 0:
		return nil, refuse("9801040", "The shipment for which you are trying to recover a label or Receipt has been voided.")
	case len(live) > 1:
		return nil, refuse("300001", "Multiple shipments found for the request")
	}
	return reprint(req.Request, live[0], format)
}

// find looks for what a recovery asks for.
func (m *memory) find(in recoveryRequest) []*shipment {
	req := in.LabelRecoveryRequest
	if req.TrackingNumber != "" {
		if b := m.parcels[req.TrackingNumber]; b != nil {
			return []*shipment{b}
		}
		return nil
	}
	var found []*shipment
	for _, b := range m.shipments {
		if b.Order.Shipper.ShipperNumber == req.ReferenceValues.ShipperNumber && slices.Contains(b.references(), req.ReferenceValues.ReferenceNumber.Value) {
			found = append(found, b)
		}
	}
	return found
}

// reprint draws the labels of what is left of a shipment. A PDF holds all of them and comes with the first.
func reprint(head requestHead, b *shipment, format string) (any, error) {
	var out recoveryResponse
	res := &out.LabelRecoveryResponse
	res.Response, res.ShipmentIdentificationNumber = success(head), b.ID
	var pages [][]byte
	for i, p := range b.Parcels {
		if p.Voided {
			continue
		}
		raw := format
		if format == "PDF" {
			raw = "GIF"
		}
		image, err := b.label(i, raw)
		if err != nil {
			return nil, err
		}
		one := labelResult{TrackingNumber: p.Number}
		if format == "PDF" {
			pages = append(pages, image.GraphicImage)
		} else {
			one.LabelImage = &labelImage{coded{Code: format}, image.GraphicImage, image.HTMLImage}
		}
		res.LabelResults = append(res.LabelResults, one)
	}
	if format == "PDF" {
		pdf, err := bind(b, pages)
		if err != nil {
			return nil, err
		}
		res.LabelResults[0].LabelImage = &labelImage{LabelImageFormat: coded{Code: format}, GraphicImage: pdf}
	}
	return out, nil
}

// bind puts label pictures on pages of their size.
func bind(b *shipment, pages [][]byte) ([]byte, error) {
	doc := fpdf.NewCustom(&fpdf.InitType{UnitStr: "in", Size: fpdf.SizeType{Wd: gifWidth / 200.0, Ht: gifHeight / 200.0}, OrientationStr: "P"})
	doc.SetCreationDate(b.BookedAt)
	doc.SetModificationDate(b.BookedAt)
	opts := fpdf.ImageOptions{ImageType: "GIF"}
	for i, page := range pages {
		doc.AddPage()
		name := fmt.Sprint(i)
		doc.RegisterImageOptionsReader(name, opts, bytes.NewReader(page))
		doc.ImageOptions(name, 0, 0, gifWidth/200.0, gifHeight/200.0, false, opts, 0, "")
	}
	var buf bytes.Buffer
	if err := doc.Output(&buf); err != nil {
		return nil, fmt.Errorf("bind labels: %w", err)
	}
	return buf.Bytes(), nil
}
