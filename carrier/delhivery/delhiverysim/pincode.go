package delhiverysim

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
)

// Pincodes with a meaning of their own. No post office of India has them. Every other code of six digits that does not
// begin with 0 is served.
const (
	PinUnknown   = "999999" // not served
	PinEmbargo   = "999998" // closed for the time being
	PinNoCOD     = "999997" // no cash on delivery
	PinNoPrepaid = "999996" // nothing but cash on delivery
	PinNoPickup  = "999995" // nothing is fetched there
)

var pinForm = regexp.MustCompile(`^[1-9][0-9]{5}$`)

// pin is what is known of a pincode.
type pin struct {
	code                       string
	embargo                    bool
	prepaid, cod, cash, pickup bool
}

// lookup finds a pincode; false: not served.
func lookup(code string) (pin, bool) {
	code = strings.TrimSpace(code)
	if !pinForm.MatchString(code) || code == PinUnknown {
		return pin{}, false
	}
	p := pin{code: code, prepaid: true, cod: true, cash: true, pickup: true}
	switch code {
	case PinEmbargo:
		p.embargo = true
	case PinNoCOD:
		p.cod, p.cash = false, false
	case PinNoPrepaid:
		p.prepaid = false
	case PinNoPickup:
		p.pickup = false
	}
	return p, true
}

// regions name the postal circles by a pincode's first digit, and a city of each.
var regions = map[byte][2]string{
	'1': {"New Delhi", "DL"}, '2': {"Lucknow", "UP"}, '3': {"Jaipur", "RJ"}, '4': {"Mumbai", "MH"}, '5': {"Bengaluru", "KA"},
	'6': {"Chennai", "TN"}, '7': {"Kolkata", "WB"}, '8': {"Patna", "BR"}, '9': {"Army Post Office", "AP"},
}

func (p pin) city() string  { return regions[p.code[0]][0] }
func (p pin) state() string { return regions[p.code[0]][1] }

// center names the place where parcels of the pincode are sorted, in Delhivery's manner.
func (p pin) center() string {
	return strings.ReplaceAll(p.city(), " ", "") + "_" + p.code[:3] + "_D (" + p.state() + ")"
}

// sortCode is what is printed large on the label.
func (p pin) sortCode() string { return p.state() + "/" + p.code[3:] }

type postalCode struct {
	Pin             int      `json:"pin"`
	City            string   `json:"city"`
	District        string   `json:"district"`
	StateCode       string   `json:"state_code"`
	CountryCode     string   `json:"country_code"`
	PrePaid         string   `json:"pre_paid"`
	COD             string   `json:"cod"`
	Cash            string   `json:"cash"`
	Pickup          string   `json:"pickup"`
	Repl            string   `json:"repl"`
	IsODA           string   `json:"is_oda"`
	SortCode        string   `json:"sort_code"`
	MaxAmount       float64  `json:"max_amount"`
	MaxWeight       float64  `json:"max_weight"`
	CovidZone       *string  `json:"covid_zone"`
	Inc             string   `json:"inc"`
	Remarks         string   `json:"remarks"`
	SunTAT          bool     `json:"sun_tat"`
	ProtectBlack    bool     `json:"protect_blacklist"`
	WeightThreshold float64  `json:"srv_wt_th"`
	Center          []center `json:"center"`
}

type center struct {
	Code     string `json:"code"`
	CN       string `json:"cn"`
	S        string `json:"s"`
	E        string `json:"e"`
	U        string `json:"u"`
	UD       string `json:"ud"`
	SortCode string `json:"sort_code"`
}

func yes(b bool) string {
	if b {
		return "Y"
	}
	return "N"
}

// pincodes answers which of the codes asked for are served; an empty list means none.
func (s *Sim) pincodes(r *http.Request) (any, error) {
	codes := []map[string]postalCode{}
	for _, code := range strings.Split(r.URL.Query().Get("filter_codes"), ",") {
		p, served := lookup(code)
		if !served {
			continue
		}
		out := postalCode{
			City: p.city(), District: p.city(), StateCode: p.state(), CountryCode: "IN", PrePaid: yes(p.prepaid), COD: yes(p.cod),
			Cash: yes(p.cash), Pickup: yes(p.pickup), Repl: yes(p.pickup), IsODA: "N", SortCode: p.sortCode(), Inc: p.center(),
			Center: []center{{Code: "IN" + p.code + "AAA", CN: p.center(), SortCode: p.sortCode(), UD: "1"}},
		}
		if p.embargo {
			out.Remarks = "Embargo"
		}
		if err := json.Unmarshal([]byte(p.code), &out.Pin); err != nil {
			return nil, err
		}
		codes = append(codes, map[string]postalCode{"postal_code": out})
	}
	return map[string]any{"delivery_codes": codes}, nil
}
