package native

import (
	"mime"
	"strconv"
	"strings"
	"time"

	"waybill"
	"waybill/engine"
)

type labelIn struct {
	ID      string `path:"id" maxLength:"310" doc:"The shipment's id, or your reference." example:"ORDER-1001"`
	Format  string `query:"format" enum:"pdf,png,zpl" doc:"As it was booked where it is left out, else PDF. Several parcels come in one PDF or ZPL."`
	DPI     string `query:"dpi" enum:"203,300"`
	Printed bool   `query:"printed" doc:"Note in the history that it was printed."`
	Returns bool   `query:"returns" doc:"With the labels of returns that a rule attached."`
}

type documentIn struct {
	ID       string `path:"id" maxLength:"310" doc:"The shipment's id, or your reference." example:"ORDER-1001"`
	Document string `path:"document" maxLength:"24" doc:"Id of the document."`
	Format   string `query:"format" enum:"pdf,png,zpl" doc:"Of a label."`
	DPI      string `query:"dpi" enum:"203,300"`
}

// documentOut is a paper as it is listed.
type documentOut struct {
	ID       string    `json:"id"`
	Kind     string    `json:"kind" doc:"label, return_label, customs or manifest."`
	Parcel   int       `json:"parcel" doc:"Which parcel, from 0."`
	Tracking string    `json:"tracking_number,omitempty"`
	Format   string    `json:"format" enum:"pdf,png,zpl" doc:"As it comes when no other is asked for."`
	DPI      int       `json:"dpi,omitempty"`
	Bytes    int       `json:"bytes,omitempty"`
	Return   string    `json:"return_id,omitempty"`
	URL      string    `json:"url" doc:"Where it can be had, with your key."`
	Created  time.Time `json:"created_at"`
}

// files are the formats of labels.
var files = []waybill.LabelFormat{waybill.PDF, waybill.PNG, waybill.ZPL}

func labels(a *api) {
	op(a, operation{
		ID: "get-label", Method: "GET", Path: "/shipments/{id}/label", Tag: "Labels", Summary: "The labels of a shipment in one file", Scope: waybill.ScopeRead, Files: files,
	}, readLabel, engine.Session.GetLabel, showLabel)
	op(a, operation{
		ID: "list-documents", Method: "GET", Path: "/shipments/{id}/documents", Tag: "Labels", Summary: "Labels and papers of a shipment", Scope: waybill.ScopeRead,
	}, readNamedSince, changedSince(engine.Session.ShipmentDocuments, func(d waybill.Document) time.Time { return d.Updated }), showDocuments)
	op(a, operation{
		ID: "get-document", Method: "GET", Path: "/shipments/{id}/documents/{document}", Tag: "Labels", Summary: "One paper as a file", Scope: waybill.ScopeRead, Files: append(files, waybill.GIF),
	}, readDocument, engine.Session.GetDocument, showLabel)
}

// dots is a resolution, which is a word in a query: 0 where none was given.
func dots(text string) int {
	n, _ := strconv.Atoi(text) // the words are given
	return n
}

func readLabel(_ *call, in *labelIn) (engine.GetLabel, error) {
	return engine.GetLabel{Ref: ref(in.ID), Format: waybill.LabelFormat(in.Format), DPI: dots(in.DPI), Printed: in.Printed, Returns: in.Returns}, nil
}

func readDocument(_ *call, in *documentIn) (engine.GetDocument, error) {
	return engine.GetDocument{Ref: ref(in.ID), ID: waybill.ID(in.Document), Format: waybill.LabelFormat(in.Format), DPI: dots(in.DPI)}, nil
}

func showLabel(_ *call, l engine.LabelFile) *file {
	name := strings.Trim(l.Tracking+"."+string(l.Format), ".")
	return &file{l.Format.MediaType(), mime.FormatMediaType("inline", map[string]string{"filename": name}), "private, no-store", l.Data}
}

func showDocuments(c *call, all []waybill.Document) *one[list[documentOut]] {
	out := list[documentOut]{Items: make([]documentOut, 0, len(all))}
	for _, d := range all {
		out.Items = append(out.Items, documentOut{
			string(d.ID), string(d.Kind), d.Parcel, d.Tracking, string(engine.ComesAs(d)), d.DPI, d.Size, string(d.Return),
			c.Base + "/shipments/" + string(d.Shipment) + "/documents/" + string(d.ID), d.Created,
		})
	}
	return &one[list[documentOut]]{out}
}
