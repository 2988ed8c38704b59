package shiplee

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// The kinds of shipment that rates are asked for.
const (
	forward = "forward"
	back    = "reverse"
)

// asked is an order or a reverse order to be priced between its address and a warehouse.
type asked struct {
	reverse   bool
	number    int64
	warehouse engine.Place
}

func decodeRates(r *dialect.Request) (asked, error) {
	v, err := document(r)
	if err != nil {
		return asked{}, err
	}
	order, kind := v.At("orderId").Required(), v.At("shipmentType").Required()
	in := asked{reverse: kind.Among(forward, back) == back}
	if in.reverse {
		in.number = reverseNumber(order)
	} else {
		in.number = order.Integer(1, maxID)
	}
	in.warehouse.Number = v.At("warehouseId").Required().Integer(1, maxID)
	return in, v.Errors(opRates)
}

func rates(s engine.Session, ctx context.Context, in asked) (engine.Offers, error) {
	if in.reverse {
		return s.RateReturn(ctx, engine.RateReturn{Ref: engine.RefReturn{Number: in.number}, To: in.warehouse, Unpaid: true})
	}
	return s.RateShipment(ctx, engine.RateShipment{Ref: engine.Ref{Number: in.number}, From: in.warehouse, Unpaid: true})
}

type rated struct {
	said
	Data rateData `json:"data"`
}

type rateData struct {
	CarrierInfo []carrierInfo `json:"carrier_info"`
}

// carrierInfo is an offer. Charges are in rupees, each with its share of tax and markup.
type carrierInfo struct {
	CarrierID      string       `json:"carrier_id"`
	CarrierName    string       `json:"carrier_name"`
	Cost           *json.Number `json:"cost"`
	FreightCharges *json.Number `json:"freight_charges"`
	CODCharges     *json.Number `json:"cod_charges"`
	TAT            string       `json:"tat"`
}

func encodeRates(_ *dialect.Request, o engine.Offers) dialect.Reply {
	out := rated{said{true, "Rates fetched successfully"}, rateData{[]carrierInfo{}}}
	for _, c := range o.Candidates {
		if c.Rejected != "" || c.Sold.Currency != rupees {
			continue
		}
		freight, cod := split(c)
		info := carrierInfo{
			CarrierID: carrierID(o.Shipment, c), CarrierName: carrierName(c), TAT: transit(c.Rate.TransitDays),
			Cost: rupee(c.Sold.Minor), FreightCharges: rupee(freight), CODCharges: rupee(cod),
		}
		// Of two connections that offer the same, a booking takes the better one.
		if !slices.ContainsFunc(out.Data.CarrierInfo, func(i carrierInfo) bool {
			return i.CarrierID == info.CarrierID && i.CarrierName == info.CarrierName
		}) {
			out.Data.CarrierInfo = append(out.Data.CarrierInfo, info)
		}
	}
	if len(out.Data.CarrierInfo) == 0 {
		out.Message = strings.TrimSpace("No courier serves this order. " + why(o))
	}
	return dialect.JSON(http.StatusOK, out)
}

// carrierID names an offer: the carrier, the first letter of its service (the whole code of one that is a number), and
// how the order is paid.
func carrierID(s waybill.Shipment, c waybill.Candidate) string {
	payment := "prepaid"
	if s.Options.COD.Value != "" { // of an order worth nothing that is 0
		payment = "cod"
	}
	service := strings.ToLower(c.Provider.Service)
	if first, size := utf8.DecodeRuneInString(service); unicode.IsLetter(first) {
		service = service[:size]
	}
	return c.Provider.Carrier + "_" + service + "_" + payment
}

// carrierName is the service's name, which says which is meant where two begin with one letter.
func carrierName(c waybill.Candidate) string { return c.Provider.ServiceName }

// split parts what an offer costs in freight and the fee for collecting cash. Tax and markup are shared out in
// proportion, since both are on everything.
func split(c waybill.Candidate) (freight, cod int64) {
	var fee, net int64
	for _, charge := range c.Charges {
		switch charge.Kind {
		case "tax", "markup":
			continue
		case "cod":
			fee += charge.Amount.Minor
		}
		net += charge.Amount.Minor
	}
	if net <= 0 || fee <= 0 {
		return c.Sold.Minor, 0
	}
	share := new(big.Rat).Mul(big.NewRat(c.Sold.Minor, 1), big.NewRat(fee, net))
	cod, _ = strconv.ParseInt(share.FloatString(0), 10, 64) // of a number that has no fraction left
	return c.Sold.Minor - cod, cod
}

// rupee is an amount of paise in rupees.
func rupee(paise int64) *json.Number {
	return dialect.Number(waybill.Money{Minor: paise, Currency: rupees}.Decimal().Convert(1, 1, 2))
}

// transit is how long an offer takes, as the vendor writes it: from the carrier's promise to half as much again.
// Empty when nothing is promised.
func transit(days int) string {
	if days <= 0 {
		return ""
	}
	return fmt.Sprintf("%d-%d days", days, days+max(1, days/2))
}

// why says shortly what kept offers out.
func why(o engine.Offers) string {
	var said []string
	add := func(text string) {
		if text != "" && len(said) < 3 && !slices.Contains(said, text) {
			said = append(said, text)
		}
	}
	for _, c := range o.Candidates {
		switch {
		case c.Rejected != "":
			add(carrierName(c) + ": " + c.Rejected)
		case c.Sold.Currency != rupees:
			add(carrierName(c) + ": its price is not in rupees")
		}
	}
	for _, step := range o.Steps {
		if step.Stage != waybill.StageRank && (step.Outcome == waybill.StepFailed || step.Outcome == waybill.StepRejected) {
			add(step.Subject + ": " + step.Detail)
		}
	}
	return strings.Join(said, "; ")
}
