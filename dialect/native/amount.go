package native

import (
	"regexp"

	"github.com/danielgtaylor/huma/v2"

	"waybill"
	"waybill/engine"
)

// mostMoney is more than any sum that parcels are about, in minor units; with it prices and fees stay within 64 bits.
const mostMoney = 1_000_000_000_000

// Resolve refuses currencies that there are none of, and sums beyond all that is meant.
func (m money) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	var wrong []error
	if formed.MatchString(m.Currency) && !engine.KnownCurrency(m.Currency) { // else it was told already
		wrong = append(wrong, &huma.ErrorDetail{Location: at.With("currency"), Message: notCurrency, Value: m.Currency})
	}
	if m.Amount > mostMoney || m.Amount < -mostMoney {
		wrong = append(wrong, &huma.ErrorDetail{Location: at.With("amount"), Message: tooMuch, Value: m.Amount})
	}
	return wrong
}

var formed = regexp.MustCompile("^[A-Z]{3}$")

const (
	notCurrency = "this is no currency of ISO 4217"
	tooMuch     = "expected number <= 1000000000000"
	tooLittle   = "expected number >= 0"
)

// amounts refuses what an order is worth, insured for and collected for, where that cannot be.
func (o Order) amounts() error {
	wrong := o.Value.unsigned("value")
	return waybill.FieldErrors("order", append(wrong, o.Options.amounts()...))
}

// amountsIn looks at the members that a patch writes; the others are there already.
func (o Order) amountsIn(p patch) error {
	if p["value"] == nil {
		o.Value = nil
	}
	if p["options"] == nil {
		o.Options = nil
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
	for _, err := range m.Resolve(nil, huma.NewPathBuffer([]byte(path), len(path))) {
		if d, ok := err.(*huma.ErrorDetail); ok {
			wrong = append(wrong, fieldError(d))
		}
	}
	if m.Amount < 0 {
		wrong = append(wrong, fieldError(&huma.ErrorDetail{Location: path + ".amount", Message: tooLittle, Value: m.Amount}))
	}
	return wrong
}
