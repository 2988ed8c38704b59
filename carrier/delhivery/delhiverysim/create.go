package delhiverysim

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// order is one package of a booking, as the client writes it.
type order struct {
	Name        string `json:"name"`
	Order       string `json:"order"`
	Phone       text   `json:"phone"`
	Add         string `json:"add"`
	Pin         text   `json:"pin"`
	City        string `json:"city,omitempty"`
	State       string `json:"state,omitempty"`
	Country     string `json:"country,omitempty"`
	AddressType string `json:"address_type,omitempty"`
	PaymentMode string `json:"payment_mode"`
	Client      string `json:"client,omitempty"`
	Waybill     text   `json:"waybill,omitempty"`

	Weight       text   `json:"weight,omitempty"` // grams
	Length       text   `json:"shipment_length,omitempty"`
	Width        text   `json:"shipment_width,omitempty"`
	Height       text   `json:"shipment_height,omitempty"`
	ShippingMode string `json:"shipping_mode,omitempty"`
	CODAmount    text   `json:"cod_amount,omitempty"`
	TotalAmount  text   `json:"total_amount,omitempty"`
	ProductsDesc string `json:"products_desc,omitempty"`
	Quantity     text   `json:"quantity,omitempty"`
	HSN          string `json:"hsn_code,omitempty"`
	Ewaybill     string `json:"ewbn,omitempty"`

	SellerName string `json:"seller_name,omitempty"`
	SellerAdd  string `json:"seller_add,omitempty"`
	SellerInv  string `json:"seller_inv,omitempty"`
	SellerGST  string `json:"seller_gst_tin,omitempty"`

	ReturnName  string `json:"return_name,omitempty"`
	ReturnAdd   string `json:"return_add,omitempty"`
	ReturnCity  string `json:"return_city,omitempty"`
	ReturnState string `json:"return_state,omitempty"`
	ReturnPin   text   `json:"return_pin,omitempty"`
	ReturnPhone text   `json:"return_phone,omitempty"`

	Fragile   bool `json:"fragile_shipment,omitempty"`
	Dangerous bool `json:"dangerous_good,omitempty"`

	ShipmentType string `json:"shipment_type,omitempty"`
	MasterID     text   `json:"master_id,omitempty"`
	MPSChildren  text   `json:"mps_children,omitempty"`
	MPSAmount    text   `json:"mps_amount,omitempty"`
}

// reverse tells a parcel that is fetched from the consignee.
func (o order) reverse() bool { return o.PaymentMode == "Pickup" }

// payment is how the reply and tracking name the payment mode.
func (o order) payment() string {
	if o.PaymentMode == "Prepaid" {
		return "Pre-paid"
	}
	return o.PaymentMode
}

// mode is E or S: Surface unless the client says Express.
func (o order) mode() string {
	if strings.EqualFold(o.ShippingMode, "Express") {
		return "E"
	}
	return "S"
}

// booking is the body of a create call.
type booking struct {
	PickupLocation json.RawMessage `json:"pickup_location"`
	Shipments      []order         `json:"shipments"`
}

// created is the reply of a create call, whatever its outcome.
type created struct {
	CashPickupsCount float64   `json:"cash_pickups_count"`
	PackageCount     int       `json:"package_count"`
	UploadWBN        string    `json:"upload_wbn"`
	ReplacementCount int       `json:"replacement_count"`
	PickupsCount     int       `json:"pickups_count"`
	Packages         []pkg     `json:"packages"`
	CashPickups      float64   `json:"cash_pickups"`
	CODCount         int       `json:"cod_count"`
	Success          bool      `json:"success"`
	PrepaidCount     int       `json:"prepaid_count"`
	CODAmount        float64   `json:"cod_amount"`
	Rmk              string    `json:"rmk,omitempty"`
	Error            *bool     `json:"error,omitempty"`
	bought           []*parcel // what the packages became
}

type pkg struct {
	Status      string      `json:"status"`
	Client      string      `json:"client"`
	SortCode    *string     `json:"sort_code"`
	Remarks     []string    `json:"remarks"`
	Waybill     string      `json:"waybill"`
	CODAmount   json.Number `json:"cod_amount"`
	Payment     string      `json:"payment"`
	Serviceable bool        `json:"serviceable"`
	Refnum      string      `json:"refnum"`
	ErrCode     string      `json:"err_code,omitempty"`
}

// genericRmk is what a failed booking says beside its real reason.
const genericRmk = "An internal Error has occurred, Please get in touch with client.support@delhivery.com"

// refusedWhole is a booking of which no package was even looked at.
func refusedWhole(rmk string) created {
	flag := true
	return created{Packages: []pkg{}, Rmk: rmk, Error: &flag}
}

// createSlashed is the path with a slash at its end, at which the body is not read.
func (s *Sim) createSlashed(*http.Request) (any, error) {
	return refusedWhole("format key missing in POST"), nil
}

// create books packages. Every outcome is HTTP 200.
func (s *Sim) create(r *http.Request) (any, error) {
	data, why := form(r)
	if why != "" {
		return refusedWhole(why), nil
	}
	var in booking
	if err := json.Unmarshal([]byte(data), &in); err != nil {
		return refusedWhole("Unable to parse the data: " + err.Error()), nil
	}
	var where struct {
		Name string `json:"name"`
	}
	if json.Unmarshal(in.PickupLocation, &where) != nil {
		return refusedWhole("pickup_location must be an object with a name"), nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	at, known := s.memory.places[where.Name]
	switch {
	case !known:
		return refusedWhole("ClientWarehouse matching query does not exist."), nil
	case !at.Active:
		return refusedWhole("Client-Warehouse is not active"), nil
	case len(in.Shipments) == 0:
		return refusedWhole("shipment list contains no data"), nil
	}
	out := s.book(in.Shipments, at)
	if len(out.bought) > 0 {
		if err := s.remember(entry{Parcels: out.bought}); err != nil {
			return nil, err
		}
		for _, p := range out.bought {
			s.Mischief().Note(OpCreate, p.Waybill)
		}
	}
	return out, nil
}

// form reads the two fields of the body. The documented form has the JSON as it is behind "format=json&data="; then
// everything after a & is lost, as it is at Delhivery.
func form(r *http.Request) (data, why string) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		return "", "format key missing in POST"
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return "", "Unable to read the data"
	}
	fields, err := url.ParseQuery(string(body))
	if err != nil {
		return "", "Unable to parse the data: " + err.Error()
	}
	if fields.Get("format") != "json" {
		return "", "format key missing in POST"
	}
	return fields.Get("data"), ""
}

// book decides about each package. The caller holds the lock.
func (s *Sim) book(orders []order, at place) created {
	out := created{Packages: []pkg{}, PackageCount: len(orders), UploadWBN: s.upload(), Success: true}
	taken := map[string]bool{} // waybills of this very call
	for i, o := range orders {
		if o.Client == "" {
			o.Client = s.opts.ClientName
		}
		line := pkg{Status: "Success", Client: o.Client, Remarks: []string{""}, CODAmount: rupees(o.CODAmount.paise()), Payment: o.payment(), Refnum: o.Order}
		remark, code := s.flaw(o, i, orders, at, taken)
		if remark != "" {
			line.Status, line.Remarks, line.ErrCode = "Fail", []string{remark}, code
			line.Waybill = string(o.Waybill)
			out.Success, out.Rmk = false, genericRmk
			out.Packages = append(out.Packages, line)
			continue
		}
		to, _ := lookup(string(o.Pin))
		sort := to.sortCode()
		number := string(o.Waybill)
		if number == "" {
			number = s.number()
		}
		taken[number] = true
		line.Waybill, line.Serviceable, line.SortCode = number, true, &sort
		out.count(o)
		out.Packages = append(out.Packages, line)
		out.bought = append(out.bought, s.sell(number, out.UploadWBN, o, at))
	}
	return out
}

func (c *created) count(o order) {
	switch o.PaymentMode {
	case "COD":
		c.CODCount++
		c.CODAmount += float64(o.CODAmount.paise()) / 100
	case "Pickup":
		c.PickupsCount++
	case "REPL":
		c.ReplacementCount++
	default:
		c.PrepaidCount++
	}
}

// sell makes a parcel of an order.
func (s *Sim) sell(number, upload string, o order, at place) *parcel {
	p := &parcel{Waybill: number, Upload: upload, Place: at.Name, Order: o, BookedAt: s.Clock.Now()}
	cost := s.cost(o, at)
	p.Cost, p.Charged = cost.total(), cost.charged
	p.Plan = s.plan(p, at)
	p.catchUp(p.BookedAt)
	return p
}

// cost is what a package costs. A box of several pays its own carriage; the money of all is collected once.
func (s *Sim) cost(o order, at place) price {
	status, from, to := "Delivered", at.Pin, string(o.Pin)
	if o.reverse() {
		status, from, to = "DTO", string(o.Pin), at.Pin
		if o.ReturnPin != "" {
			to = string(o.ReturnPin)
		}
	}
	collect := int64(0)
	if o.PaymentMode == "COD" && (o.MasterID == "" || o.MasterID == o.Waybill) {
		collect = o.CODAmount.paise()
	}
	grams := scaled(string(o.Weight), 0)
	box := url.Values{"l": {string(o.Length)}, "b": {string(o.Width)}, "h": {string(o.Height)}}
	return priced(o.mode(), status, from, to, max(grams, volume(box)), collect)
}

var (
	phoneForm   = regexp.MustCompile(`^(?:\+?91|0)?[6-9][0-9]{9}$`)
	waybillForm = regexp.MustCompile(`^[0-9]{13,14}$`)
)

// flaw is why a package is refused, in Delhivery's words, and its code where there is one. Empty: it is not.
func (s *Sim) flaw(o order, at int, all []order, where place, taken map[string]bool) (remark, code string) {
	to, served := lookup(string(o.Pin))
	phone := strings.NewReplacer(" ", "", "-", "").Replace(string(o.Phone))
	switch {
	case o.Order == "" || len(o.Order) >= 50:
		return "Crashing while saving package due to exception 'oid does not pass the length check'. Package might have been partially saved.", ""
	case o.Name == "" || o.Add == "":
		return "Name and address of the consignee are mandatory", ""
	case !phoneForm.MatchString(phone):
		return fmt.Sprintf("Incorrect phone number %s", o.Phone), ""
	case !served:
		return fmt.Sprintf("Non serviceable pincode %s", o.Pin), ""
	case to.embargo:
		return fmt.Sprintf("Non serviceable pincode %s: Embargo", o.Pin), ""
	case o.reverse() && !to.pickup:
		return fmt.Sprintf("Non serviceable pincode %s for pickup", o.Pin), ""
	case o.PaymentMode == "COD" && !to.cod, o.PaymentMode == "Prepaid" && !to.prepaid:
		return fmt.Sprintf("Non serviceable pincode %s for %s", o.Pin, o.PaymentMode), ""
	}
	if remark = s.paymentFlaw(o); remark != "" {
		return remark, ""
	}
	if remark, code = fated(o.Name, at); remark != "" {
		return remark, code
	}
	if remark = pieces(o, all); remark != "" {
		return remark, ""
	}
	if remark = s.numberFlaw(o, taken); remark != "" {
		return remark, ""
	}
	for _, p := range s.memory.parcels {
		if h := p.Order; h.Client == o.Client && h.Order == o.Order && h.TotalAmount.paise() == o.TotalAmount.paise() &&
			h.ProductsDesc == o.ProductsDesc && h.PaymentMode == o.PaymentMode && h.Name == o.Name {
			return fmt.Sprintf("Duplicate order id %s", o.Order), ""
		}
	}
	if left := s.opts.Balance - s.memory.spent; s.opts.Balance > 0 && left < s.cost(o, where).total() {
		return "Prepaid client manifest charge API failed due to insufficient balance", ""
	}
	return "", ""
}

// paymentFlaw is what is wrong with a payment mode and its amounts.
func (s *Sim) paymentFlaw(o order) string {
	switch o.PaymentMode {
	case "Prepaid", "REPL":
	case "COD":
		if o.CODAmount.paise() <= 0 {
			return "COD amount is mandatory for COD packages"
		}
	case "Pickup":
		if back, served := lookup(string(o.ReturnPin)); o.ReturnAdd == "" || !served || back.embargo {
			return fmt.Sprintf("Non serviceable pincode %s to return to", o.ReturnPin)
		}
	default:
		return fmt.Sprintf("Invalid payment mode %q", o.PaymentMode)
	}
	return ""
}

// pieces is what is wrong with a box of a shipment of several.
func pieces(o order, all []order) string {
	if o.ShipmentType != "MPS" && o.MasterID == "" {
		if o.ShipmentType != "" {
			return "shipment_type is for multi piece shipments"
		}
		return ""
	}
	group := 0
	for _, other := range all {
		if other.MasterID == o.MasterID {
			group++
		}
	}
	switch {
	case o.ShipmentType != "MPS":
		return "shipment_type must be MPS where there is a master_id"
	case o.Waybill == "" || o.MasterID == "":
		return "Waybill and master_id are mandatory for MPS packages"
	case string(o.MPSChildren) != fmt.Sprint(group) || group < 2:
		return fmt.Sprintf("mps_children is %s and there are %d packages", o.MPSChildren, group)
	case o.PaymentMode == "COD" && o.MPSAmount.paise() <= 0:
		return "mps_amount is mandatory for COD MPS packages"
	}
	return ""
}

// numberFlaw is what is wrong with a number that the client brings.
func (s *Sim) numberFlaw(o order, taken map[string]bool) string {
	number := string(o.Waybill)
	if number == "" {
		return ""
	}
	if s.memory.byNumber[number] != nil || taken[number] {
		return fmt.Sprintf("Duplicate waybill %s", number)
	}
	usable, issued := s.memory.issued[number]
	if !waybillForm.MatchString(number) || !issued || s.Clock.Now().Before(usable) {
		return fmt.Sprintf("Unable to consume waybill %s", number)
	}
	return ""
}
