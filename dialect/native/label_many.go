package native

import (
	"waybill"
	"waybill/engine"
)

// printIn asks for the labels of many shipments.
type printIn struct {
	Body printBody
}

type printBody struct {
	Shipments []string `json:"shipments" minItems:"1" maxItems:"100" doc:"Ids or references, in the order they are to be printed in."`
	Format    string   `json:"format,omitempty" enum:"pdf,zpl" doc:"Left out: pdf, a page a label."`
	DPI       int      `json:"dpi,omitempty" enum:"203,300" doc:"Left out: as the first was booked."`
	Returns   bool     `json:"returns,omitempty" doc:"With the labels of returns that a rule attached."`
	Printed   bool     `json:"printed,omitempty" doc:"Note in the history of each that it was printed."`
}

func manyLabels(a *api) {
	op(a, operation{
		ID: "print-labels", Method: "POST", Path: "/labels", Tag: "Labels", Summary: "The labels of many shipments in one file", Scope: waybill.ScopeRead,
		About: "If one of the shipments has none, nothing is printed, and the error names it.", Files: []waybill.LabelFormat{waybill.PDF, waybill.ZPL},
		Example: printBody{Shipments: []string{"ORDER-1001", "ORDER-1002"}, Format: "pdf"},
	}, func(_ *call, in *printIn) (engine.PrintLabels, error) {
		b := in.Body
		return engine.PrintLabels{
			Shipments: refs(b.Shipments), Format: waybill.LabelFormat(b.Format), DPI: b.DPI, Returns: b.Returns, Printed: b.Printed,
		}, nil
	}, engine.Session.PrintLabels, showLabel)
}
