package app

import (
	"context"
	"errors"
	"time"

	"waybill"
	"waybill/label"
	"waybill/store"
)

// LabelReport is how long one label takes, in milliseconds: the median of many.
type LabelReport struct {
	Format  waybill.LabelFormat `json:"format"`
	DPI     int                 `json:"dpi"`
	Median  float64             `json:"median"`
	Goal    float64             `json:"goal"`
	Reached bool                `json:"reached"`
}

// labelTurns is how often each label is drawn.
const labelTurns = 301

// labels draws the label of a stored order in every format and resolution, by turns.
func (b Bench) labels(ctx context.Context, p *product, tell func(string, ...any)) ([]LabelReport, error) {
	face, err := p.face(ctx)
	if err != nil {
		return nil, err
	}
	tell("\nLabels: one 4x6 inch label of a stored order")
	var reports []LabelReport
	for _, dpi := range []int{203, 300} {
		reports = append(reports,
			LabelReport{Format: waybill.ZPL, DPI: dpi, Goal: milliseconds(goalZPL)},
			LabelReport{Format: waybill.PDF, DPI: dpi, Goal: milliseconds(goalPDF)},
			LabelReport{Format: waybill.PNG, DPI: dpi, Goal: milliseconds(goalPNG)})
	}
	times := make([][]time.Duration, len(reports))
	for range labelTurns {
		for i, r := range reports {
			began := time.Now()
			if _, err := label.Render(face, waybill.LabelSpec{Format: r.Format, DPI: r.DPI}); err != nil {
				return nil, err
			}
			times[i] = append(times[i], time.Since(began))
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	for i := range reports {
		r := &reports[i]
		r.Median = milliseconds(median(times[i]))
		r.Reached = r.Median < r.Goal
		tell("  %s at %d dpi   %.3f ms (goal under %.1f: %s)", r.Format, r.DPI, r.Median, r.Goal, verdict(r.Reached))
	}
	return reports, nil
}

// face is what is printed on the label of an order that was booked.
func (p *product) face(ctx context.Context) (face waybill.Face, err error) {
	err = p.app.Store.View(ctx, waybill.System(""), func(tx store.Tx) error {
		list, err := tx.Shipments().Find(store.ShipmentQuery{}, store.Page{Limit: 1, Order: store.ByCreated})
		if err != nil {
			return err
		}
		if len(list.Items) == 0 {
			return errors.New("bench: no order was booked")
		}
		documents, err := tx.Documents().Of(list.Items[0].ID)
		if err != nil {
			return err
		}
		for _, d := range documents {
			if d.Face != nil {
				face = *d.Face
				return nil
			}
		}
		return errors.New("bench: the order has no label of ours")
	})
	return face, err
}
