package native

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"waybill"
	"waybill/dialect"
)

// number is a decimal with the caller's own digits: a JSON number.
type number waybill.Decimal

// Schema is what the document says of it.
func (number) Schema(huma.Registry) *huma.Schema { return &huma.Schema{Type: "number"} }

// MarshalJSON writes the digits as they were given.
func (n number) MarshalJSON() ([]byte, error) {
	return json.Marshal(dialect.Number(waybill.Decimal(n)))
}

// UnmarshalJSON reads a number of at most 30 characters; null is none.
func (n *number) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	d, err := waybill.ParseDecimal(string(data))
	*n = number(d)
	return err
}

// money is an amount in minor units.
type money struct {
	Amount   int64  `json:"amount" doc:"In minor units: cents, pence, paise." example:"1295"`
	Currency string `json:"currency" pattern:"^[A-Z]{3}$" format:"currency" doc:"ISO 4217." example:"GBP"`
}

func showMoney(m waybill.Money) money { return money{m.Minor, m.Currency} }

// maybeMoney is nothing where there is no currency.
func maybeMoney(m waybill.Money) *money {
	if m.Currency == "" {
		return nil
	}
	return &money{m.Minor, m.Currency}
}

// amount is money as the engine keeps what callers gave.
func (m *money) amount() waybill.Amount {
	if m == nil {
		return waybill.Amount{}
	}
	return waybill.Amount{Value: waybill.Money{Minor: m.Amount, Currency: m.Currency}.Decimal(), Currency: m.Currency}
}

// over is money in place of an amount: nothing leaves the currency, which prices are in.
func (m *money) over(currency string) waybill.Amount {
	if m == nil {
		return waybill.Amount{Currency: currency}
	}
	return m.amount()
}

func showAmount(a waybill.Amount) *money {
	if a.Value == "" {
		return nil
	}
	return maybeMoney(a.Money())
}

// weight is a weight in the caller's unit.
type weight struct {
	Value number `json:"value" minimum:"0" maximum:"1000000"`
	Unit  string `json:"unit" enum:"g,kg,oz,lb"`
}

func (w *weight) domain() waybill.Weight {
	if w == nil {
		return waybill.Weight{}
	}
	return waybill.Weight{Value: waybill.Decimal(w.Value), Unit: waybill.WeightUnit(w.Unit)}
}

func showWeight(w waybill.Weight) *weight {
	if w.Value == "" {
		return nil
	}
	return &weight{number(w.Value), string(w.Unit)}
}

// size is a box in the caller's unit.
type size struct {
	Length number `json:"length" minimum:"0" maximum:"1000000"`
	Width  number `json:"width" minimum:"0" maximum:"1000000"`
	Height number `json:"height" minimum:"0" maximum:"1000000"`
	Unit   string `json:"unit" enum:"mm,cm,m,in,ft"`
}

func (s *size) domain() waybill.Size {
	if s == nil {
		return waybill.Size{}
	}
	return waybill.Size{
		Length: waybill.Decimal(s.Length), Width: waybill.Decimal(s.Width), Height: waybill.Decimal(s.Height), Unit: waybill.LengthUnit(s.Unit),
	}
}

func showSize(s waybill.Size) *size {
	if s.Unit == "" {
		return nil
	}
	return &size{number(s.Length), number(s.Width), number(s.Height), string(s.Unit)}
}

// window is a span of time.
type window struct {
	Starts *time.Time `json:"starts,omitempty"`
	Ends   *time.Time `json:"ends,omitempty"`
}

func (w *window) domain() waybill.Window {
	if w == nil {
		return waybill.Window{}
	}
	return waybill.Window{Starts: w.Starts, Ends: w.Ends}
}

func showWindow(w waybill.Window) *window {
	if w.Starts == nil && w.Ends == nil {
		return nil
	}
	return &window{w.Starts, w.Ends}
}

// charge is a line of a price.
type charge struct {
	Kind   string `json:"kind" doc:"base, fuel, remote_area, residential, signature, insurance, cod, tax, markup, discount or other."`
	Name   string `json:"name"`
	Amount money  `json:"amount"`
}

// charges shows what a price consists of. Where it is marked up, that would tell a child account what the carrier
// charges: it is shown none.
func (c *call) charges(list []waybill.Charge) []charge {
	shown := make([]charge, 0, len(list))
	if c.child && slices.ContainsFunc(list, func(k waybill.Charge) bool { return k.Kind == "markup" }) {
		return shown
	}
	for _, k := range list {
		shown = append(shown, charge{k.Kind, k.Name, showMoney(k.Amount)})
	}
	return shown
}

// moment is a time, or nothing where it is zero.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
