package native

import (
	"github.com/danielgtaylor/huma/v2"

	"waybill"
)

// Resolve refuses sums beyond all that is meant.
func (m money) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	if m.Amount > waybill.MostMoney || m.Amount < -waybill.MostMoney {
		return []error{&huma.ErrorDetail{Location: at.With("amount"), Message: tooMuch, Value: m.Amount}}
	}
	return nil
}

const (
	notCurrency = "this is no currency of ISO 4217"
	tooMuch     = "expected number <= 1000000000000"
	tooLittle   = "expected number >= 0"
)

// amounts refuses what an order is worth, insured for and collected for, and what is in it costs, where that cannot be.
func (o Order) amounts() error {
	wrong := append(o.Value.unsigned("value"), o.Options.amounts()...)
	return waybill.FieldErrors("order", append(wrong, prices(o.Items)...))
}

// amountsIn looks at the members that a patch writes; the others are there already.
func (o Order) amountsIn(p patch) error {
	if p["value"] == nil {
		o.Value = nil
	}
	if p["options"] == nil {
		o.Options = nil
	}
	if p["items"] == nil {
		o.Items = nil
	}
	return o.amounts()
}

func (o *options) amounts() (wrong []waybill.FieldError) {
	if o == nil {
		return nil
	}
	return append(o.Insurance.unsigned("options.insurance"), o.COD.unsigned("options.cod")...)
}

// unsigned tells what is wrong with a sum that cannot be less than nothing.
func (m *money) unsigned(path string) (wrong []waybill.FieldError) {
	if m == nil {
		return nil
	}
	wrong = details(m.Resolve(nil, huma.NewPathBuffer([]byte(path), len(path))))
	if m.Amount < 0 {
		wrong = append(wrong, fieldError(&huma.ErrorDetail{Location: path + ".amount", Message: tooLittle, Value: m.Amount}))
	}
	return wrong
}

// details are what huma would tell of fields.
func details(list []error) (wrong []waybill.FieldError) {
	for _, err := range list {
		if d, ok := err.(*huma.ErrorDetail); ok {
			wrong = append(wrong, fieldError(d))
		}
	}
	return wrong
}
