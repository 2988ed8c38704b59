package shiptheory

import (
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"strings"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

func decodeView(r *dialect.Request) (engine.GetShipment, error) {
	return engine.GetShipment{Ref: engine.Ref{Reference: r.Params["reference"]}}, nil
}

// view is a shipment with its history. It carries no message at the top: existing clients take any
// message for a failure.
type view struct {
	Shipment viewed     `json:"shipment"`
	Tags     []shortTag `json:"tags"`
	Messages []message  `json:"messages"`
	Label    *string    `json:"label"` // base64 of one PDF with the labels of all parcels and attached returns
}

// viewed is a shipment as a view shows it. Members that nothing here can fill are always null.
type viewed struct {
	Reference          string          `json:"channel_reference_id"`
	Reference2         string          `json:"channel_reference_id_2"`
	Reference3         *string         `json:"channel_reference_id_3"`
	Created            string          `json:"created"`
	Modified           string          `json:"modified"`
	Status             string          `json:"status"`
	Tracking           *string         `json:"tracking_number"`
	Carrier            *string         `json:"carrier"`
	DutyNumber         *string         `json:"duty_tax_number"`
	DutyType           *string         `json:"duty_tax_number_type"`
	ShippingPrice      json.RawMessage `json:"shipping_price"`
	PublicReference    *string         `json:"latest_public_reference"`
	EUImport           bool            `json:"is_eu_import"`
	EligibleIOSS       *string         `json:"eligible_ioss_number"`
	IOSS               *string         `json:"ioss_number"`
	IOSSThreshold      *json.Number    `json:"ioss_value_threshold"`
	AustralianImport   bool            `json:"is_australian_import"`
	EligibleARN        *string         `json:"eligible_arn"`
	EligibleABN        *string         `json:"eligible_abn"`
	TotalProductVolume *json.Number    `json:"total_product_volume"` // cubic centimetres
	International      bool            `json:"is_international"`
}

func encodeView(_ *dialect.Request, v engine.ShipmentView) dialect.Reply {
	out := view{Shipment: viewOf(v.Shipment), Tags: []shortTag{}, Messages: messagesOf(v.Shipment, v.Events)}
	for _, t := range v.Tags {
		out.Tags = append(out.Tags, shortTag{t.Number, t.Name})
	}
	if v.Label != nil {
		label := base64.StdEncoding.EncodeToString(v.Label.Data)
		out.Label = &label
	}
	return dialect.JSON(http.StatusOK, out)
}

func viewOf(s waybill.Shipment) viewed {
	from, to := s.From.Address.Country, s.To.Address.Country
	out := viewed{
		Reference: s.Reference, Reference2: s.Reference2, Reference3: orNull(s.Reference3),
		Created: stamp(s.Created), Modified: stamp(s.Updated), Status: statuses[s.Booking],
		Tracking: orNull(s.Tracking), ShippingPrice: extraOf(s, shippingPrice),
		EUImport: inEU(to) && !inEU(from), AustralianImport: to == "AU" && from != "AU", International: from != to,
		TotalProductVolume: volume(s.Items),
	}
	if s.Provider != nil {
		out.Carrier = orNull(s.Provider.Name)
	}
	duty := dutyOf(s)
	out.DutyNumber = orNull(duty.Number)
	if duty.Type != dutyUnnamed {
		out.DutyType = orNull(duty.Type)
	}
	if duty.Type == "IOSS" {
		out.IOSS = orNull(duty.Number)
	}
	return out
}

// union lists the member states of the European Union: goods from elsewhere are imported there. Northern
// Ireland is not told apart.
const union = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"

func inEU(country string) bool { return len(country) == 2 && strings.Contains(union, country) }

// volume is the space that all products take together, in cubic centimetres; null when no product has
// all its sides.
func volume(items []waybill.Item) *json.Number {
	sum, known := new(big.Rat), false
	for _, i := range items {
		one, ok := volumeOf(i.Size)
		if !ok {
			continue
		}
		known = true
		sum.Add(sum, one.Mul(one, big.NewRat(int64(i.Quantity), 1)))
	}
	if !known {
		return nil
	}
	return dialect.Number(waybill.Decimal(sum.FloatString(6)).Convert(1, 1, 6))
}

func volumeOf(s waybill.Size) (*big.Rat, bool) {
	product := big.NewRat(1, 1)
	for _, edge := range []waybill.Decimal{s.Length, s.Width, s.Height} {
		side, ok := rational(s.In(edge, waybill.Centimetre, 6))
		if !ok || side.Sign() == 0 {
			return nil, false
		}
		product.Mul(product, side)
	}
	return product, true
}
