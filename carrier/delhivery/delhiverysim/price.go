package delhiverysim

import (
	"encoding/json"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// The simulator's own tariff, in paise: what the first half kilogram costs in a zone, and each further one. Express is
// dearer than Surface everywhere.
var tariff = map[string]map[string][2]int64{
	"E": {"A": {3600, 2900}, "B": {4400, 3600}, "C": {5000, 4200}, "D": {5800, 4800}, "E": {7800, 6600}},
	"S": {"A": {3000, 1900}, "B": {3600, 2300}, "C": {4000, 2600}, "D": {4400, 2900}, "E": {6200, 4200}},
}

// days is how many days a mode takes in a zone.
var days = map[string]map[string]int{
	"E": {"A": 1, "B": 2, "C": 2, "D": 3, "E": 5},
	"S": {"A": 2, "B": 4, "C": 5, "D": 6, "E": 9},
}

const (
	slab       = 500  // grams
	gstPercent = 18   // on everything
	codLeast   = 3500 // paise; what collecting money costs at least
	codPerMill = 18   // and in thousandths of what is collected
	divisor    = 5000 // cubic centimetres to a kilogram
)

// zone is how far apart two pincodes are: A the same sorting district (three digits), B the same sub-region (two), C the
// same region (one), E where one of them is in the north-east (78, 79) or in Jammu and Kashmir (18, 19), D elsewhere.
func zone(from, to string) string {
	for _, code := range []string{from, to} {
		switch code[:2] {
		case "78", "79", "18", "19":
			if from[:2] != to[:2] {
				return "E"
			}
		}
	}
	switch {
	case from[:3] == to[:3]:
		return "A"
	case from[:2] == to[:2]:
		return "B"
	case from[0] == to[0]:
		return "C"
	}
	return "D"
}

// price is what a carriage costs, in paise.
type price struct {
	zone               string
	freight, cod, back int64 // back: the way back of a parcel that was not accepted
	charged            int64 // grams
}

func (p price) gross() int64 { return p.freight + p.cod + p.back }

func (p price) tax() int64 { return (p.gross()*gstPercent + 50) / 100 }

func (p price) total() int64 { return p.gross() + p.tax() }

// most is the most grams, or paise, that a price is worked out for: all beyond cost as much.
const most = 1_000_000_000_000

// priced prices a carriage: mode E or S, status Delivered, RTO or DTO, collect in paise.
func priced(mode, status, from, to string, grams, collect int64) price {
	p := price{zone: zone(from, to), charged: min(max(grams, 1), most)}
	collect = min(collect, most)
	steps := tariff[mode][p.zone]
	p.freight = steps[0] + steps[1]*((p.charged+slab-1)/slab-1)
	switch status {
	case "RTO":
		p.back = p.freight
	case "DTO": // fetched at a door: a tenth more
		p.freight += p.freight / 10
	}
	if collect > 0 {
		p.cod = max(codLeast, collect*codPerMill/1000)
	}
	return p
}

// idle are the charges that the simulator never makes; they are answered all the same, as 0.
var idle = []string{
	"AIR", "AWB", "CCOD", "CNC", "COVID", "CWH", "DEMUR", "DOCUMENT", "DPH", "E2E", "FOD", "FOV", "FS", "FSC", "INS", "LABEL", "LM",
	"MPS", "PEAK", "POD", "QC", "REATTEMPT", "ROV", "WOD", "pickup",
}

// charges prices a carriage. The answer is an array of one.
func (s *Sim) charges(r *http.Request) (any, error) {
	q := r.URL.Query()
	refuse := func(why string) (any, error) {
		return &answer{status: http.StatusBadRequest, json: map[string]string{"error": why}}, nil
	}
	mode, status := q.Get("md"), q.Get("ss")
	from, served := lookup(q.Get("o_pin"))
	if !served {
		return refuse("o_pin: Non serviceable pincode " + q.Get("o_pin"))
	}
	to, served := lookup(q.Get("d_pin"))
	if !served {
		return refuse("d_pin: Non serviceable pincode " + q.Get("d_pin"))
	}
	grams, err := strconv.ParseInt(q.Get("cgm"), 10, 64)
	switch {
	case mode != "E" && mode != "S":
		return refuse("md must be E or S")
	case status != "Delivered" && status != "RTO" && status != "DTO":
		return refuse("ss must be Delivered, RTO or DTO")
	case q.Get("pt") != "Pre-paid" && q.Get("pt") != "COD":
		return refuse("pt must be Pre-paid or COD")
	case err != nil || grams < 0:
		return refuse("cgm must be a weight in grams")
	}
	collect := int64(0)
	if q.Get("pt") == "COD" {
		collect = max(text(q.Get("cod")).paise(), 1)
	}
	p := priced(mode, status, from.code, to.code, max(grams, volume(q)), collect)
	out := map[string]any{
		"zone": p.zone, "zonal_cl": nil, "charged_weight": json.Number(strconv.FormatInt(p.charged, 10) + ".0"), "divisor": divisor,
		"gross_amount": rupees(p.gross()), "total_amount": rupees(p.total()), "status": status, "wt_rule_id": nil, "wt_sop_type": nil,
		"adhoc_data": map[string]any{},
		"tax_data": map[string]any{
			"IGST": rupees(p.tax()), "CGST": 0, "SGST": 0, "service_tax": 0, "swacch_bharat_tax": 0, "krishi_kalyan_cess": 0,
		},
		"charge_DL": rupees(p.freight), "charge_DTO": 0, "charge_COD": rupees(p.cod), "charge_RTO": rupees(p.back),
	}
	if status == "DTO" {
		out["charge_DL"], out["charge_DTO"] = 0, rupees(p.freight)
	}
	for _, name := range idle {
		out["charge_"+name] = 0
	}
	return []any{out}, nil
}

// volume is a box as grams, where its edges (centimetres) were given.
func volume(q url.Values) int64 {
	product := 1.0
	for _, name := range []string{"l", "b", "h"} {
		edge, err := strconv.ParseFloat(q.Get(name), 64)
		if err != nil {
			return 0
		}
		product *= edge
	}
	if math.IsNaN(product) {
		return 0
	}
	return int64(math.Ceil(max(0, min(product*1000/divisor, most))))
}

// tat answers in how many days a parcel arrives.
func (s *Sim) tat(r *http.Request) (any, error) {
	q := r.URL.Query()
	refuse := func(why string) (any, error) {
		return &answer{status: http.StatusBadRequest, json: map[string]any{"msg": why, "data": "", "success": false}}, nil
	}
	from, served := lookup(q.Get("origin_pin"))
	to, alsoServed := lookup(q.Get("destination_pin"))
	mode := q.Get("mot")
	if !served || !alsoServed {
		return refuse("Invalid origin or destination pin")
	}
	if days[mode] == nil || (q.Get("pdt") != "" && q.Get("pdt") != "B2C") {
		return refuse("mot must be S or E and pdt B2C")
	}
	leaves := s.Clock.Now().In(ist)
	if given := q.Get("expected_pickup_date"); given != "" {
		at, err := time.ParseInLocation("2006-01-02 15:04", given, ist)
		if err != nil {
			return refuse("expected_pickup_date must be YYYY-MM-DD HH:mm")
		}
		leaves = at
	}
	n := days[mode][zone(from.code, to.code)]
	return map[string]any{
		"msg": "", "success": true,
		"data": map[string]any{"tat": n, "expected_delivery_date": leaves.AddDate(0, 0, n).Format("2006-01-02") + " 23:59"},
	}, nil
}
