package peddler

import (
	"bytes"
	"context"
	"encoding/base64"
	"net/http"
	"strings"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// The sorts of labels that could be asked for in 2023. There is one label here, with all that a route needs.
const (
	labelManifest = "MANIFEST"
	labelRoute    = "ROUTE"
	labelReturn   = "RETURN_TO_SENDER"
)

// labelRequest asks for a label of a sort.
type labelRequest struct {
	engine.GetLabel
	kind string
}

// sortedLabel is a label of a sort, as it was asked for.
type sortedLabel struct {
	engine.LabelFile
	number, kind string
}

func decodeZPL(r *dialect.Request) (engine.GetLabel, error) { return decodeFormat(r, waybill.ZPL) }

func decodePDF(r *dialect.Request) (engine.GetLabel, error) { return decodeFormat(r, waybill.PDF) }

func decodeFormat(r *dialect.Request, format waybill.LabelFormat) (engine.GetLabel, error) {
	v, err := labelBody(r)
	if err != nil {
		return engine.GetLabel{}, err
	}
	return labelIn(v, format), v.Errors(opLabel)
}

// decodeLabel reads a request of 2023: the sort and the format are members of it.
func decodeLabel(r *dialect.Request) (labelRequest, error) {
	v, err := labelBody(r)
	if err != nil {
		return labelRequest{}, err
	}
	in := labelRequest{kind: v.At("type").Among(labelManifest, labelRoute, labelReturn)}
	if in.kind == "" {
		in.kind = labelManifest
	}
	format := waybill.PDF
	if v.At("format").Among("ZPL", "PDF") == "ZPL" {
		format = waybill.ZPL
	}
	in.GetLabel = labelIn(v, format)
	return in, v.Errors(opLabel)
}

func labelIn(v dialect.Value, format waybill.LabelFormat) engine.GetLabel {
	number := strings.TrimSpace(v.At("trackingNumber").Required().Text(maxText))
	return engine.GetLabel{Ref: engine.Ref{Tracking: number}, Format: format, Printed: true}
}

// labelBody reads the request from the body of the GET, as the vendor documents it, or from the query, since many
// programs cannot send the former.
func labelBody(r *dialect.Request) (dialect.Value, error) {
	if len(bytes.TrimSpace(r.Body)) == 0 {
		return r.Asked(), nil
	}
	v, err := r.JSON()
	if err != nil {
		return v, err
	}
	v.Required().Object()
	return v, v.Errors(opLabel)
}

// labelOf gets a label of a sort: that of the shipment, or that of the latest return made from it.
func labelOf(s engine.Session, ctx context.Context, in labelRequest) (sortedLabel, error) {
	out := sortedLabel{number: in.Ref.Tracking, kind: in.kind}
	var err error
	if in.kind != labelReturn {
		out.LabelFile, err = s.GetLabel(ctx, in.GetLabel)
		return out, err
	}
	sh, err := s.GetShipment(ctx, engine.GetShipment{Ref: in.Ref})
	if err != nil {
		return out, err
	}
	if len(sh.Returns) == 0 {
		return out, waybill.E(opLabel, waybill.ReasonNoLabel, "the shipment has no return")
	}
	out.LabelFile, err = s.ReturnLabel(ctx, engine.RefReturn{ID: sh.Returns[len(sh.Returns)-1].ID})
	if err == nil && out.Format != in.Format {
		err = waybill.E(opLabel, waybill.ReasonFormat, "the label of a return can be had as %s", out.Format)
	}
	return out, err
}

func encodeZPL(_ *dialect.Request, file engine.LabelFile) dialect.Reply {
	return dialect.Reply{Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}}, Body: file.Data}
}

// encodePDF answers the file as base64 text, as the vendor does and says in a header.
func encodePDF(_ *dialect.Request, file engine.LabelFile) dialect.Reply {
	return dialect.Reply{
		Status: http.StatusOK,
		Header: http.Header{
			"Content-Type":              {"application/pdf"},
			"Content-Disposition":       {`attachment; filename="` + string(file.Shipment.ID) + `.pdf"`},
			"Content-Transfer-Encoding": {"base64"},
		},
		Body: []byte(base64.StdEncoding.EncodeToString(file.Data)),
	}
}

type labelAnswer struct {
	TrackingNumber string `json:"trackingNumber"`
	Type           string `json:"type"`
	Format         string `json:"format"`
	Label          string `json:"label"` // ZPL as it is, a PDF as base64
}

func encodeLabel(_ *dialect.Request, l sortedLabel) dialect.Reply {
	answer := labelAnswer{TrackingNumber: l.number, Type: l.kind, Format: strings.ToUpper(string(l.Format)), Label: string(l.Data)}
	if l.Format != waybill.ZPL {
		answer.Label = base64.StdEncoding.EncodeToString(l.Data)
	}
	return dialect.JSON(http.StatusOK, answer)
}
