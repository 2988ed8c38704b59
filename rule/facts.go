package rule

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"waybill"
)

// Facts are all that a decision rests on.
type Facts struct {
	Shipment waybill.Shipment
	Location waybill.Location // where it leaves; zero when the sender was written out
	Now      time.Time        // in the time zone of the place it leaves
	// Connections are those the location has, in the order of preference between equals.
	Connections []Connection
	// RequireMatch: a shipment that no rule matches is ignored, as Shiptheory does. Else any carrier may
	// carry it.
	RequireMatch bool
}

// Connection is a connection that may be asked for rates.
type Connection struct {
	Provider  waybill.Provider // the service members are not read
	Increment int              // instance number among the connections of one carrier, from 1
	Services  []Service        // enabled ones; nil: known only once rates come in
}

// Service is one service of a connection.
type Service struct {
	Code      string // the carrier's
	Name      string
	Number    int64    // the account's; 0 none
	Abilities []string // nil: known only once rates come in
}

// view reads facts for criteria, each derived form once and only when a rule asks for it. It belongs
// to one decision and one goroutine.
type view struct {
	facts     *Facts
	candidate *waybill.Candidate // the rate in question; nil before rating

	grams       int64
	gramsRead   bool
	worth       int64
	worthState  int8 // 0 not read, 1 known, -1 missing
	destined    *place
	originated  *place
	skuList     []string
	tagList     []string
	coldList    []string
	attributeOf map[string]string
	env         *environment
}

func (v *view) shipment() *waybill.Shipment { return &v.facts.Shipment }
func (v *view) to() *waybill.Address        { return &v.facts.Shipment.To.Address }

// from is the sender's address, else the location's.
func (v *view) from() *waybill.Address {
	if s := v.shipment(); s.From.Address.Country != "" {
		return &s.From.Address
	}
	return &v.facts.Location.Address
}

func (v *view) location() string {
	if key := v.shipment().LocationKey; key != "" {
		return key
	}
	return v.facts.Location.ExternalID
}

func (v *view) destination() *place {
	if v.destined == nil {
		v.destined = readPlace(v.to().Country, v.to().Postcode)
	}
	return v.destined
}

func (v *view) origin() *place {
	if v.originated == nil {
		v.originated = readPlace(v.from().Country, v.from().Postcode)
	}
	return v.originated
}

// value is the value of the goods in millionths of the currency unit.
func (v *view) value() (int64, bool) {
	if v.worthState == 0 {
		v.worthState = -1
		if n, ok := v.shipment().Value.Value.Scaled(million, 1); ok && v.shipment().Value.Value != "" {
			v.worth, v.worthState = n, 1
		}
	}
	return v.worth, v.worthState == 1
}

func (v *view) weight() (int64, bool) {
	if !v.gramsRead {
		v.grams, v.gramsRead = v.shipment().Grams(), true
	}
	return v.grams, v.grams > 0
}

func (v *view) parcels() (int64, bool) {
	return int64(pieces(v.shipment())), true
}

// pieces is how many parcels a shipment has; one when nobody counted.
func pieces(s *waybill.Shipment) int {
	if len(s.Parcels) > 0 {
		return len(s.Parcels)
	}
	return max(s.ParcelCount, 1)
}

func (v *view) quantity() (int64, bool) {
	sum := 0
	for i := range v.shipment().Items {
		sum += v.shipment().Items[i].Quantity
	}
	if sum == 0 {
		for i := range v.shipment().Parcels {
			sum += v.shipment().Parcels[i].Items
		}
	}
	return int64(sum), sum > 0
}

func (v *view) skus() []string {
	if v.skuList == nil {
		v.skuList = make([]string, 0, len(v.shipment().Items))
		for i := range v.shipment().Items {
			if sku := v.shipment().Items[i].SKU; sku != "" {
				v.skuList = append(v.skuList, sku)
			}
		}
	}
	return v.skuList
}

func (v *view) tags() []string {
	if v.tagList == nil {
		v.tagList = make([]string, 0, len(v.shipment().Tags))
		for _, number := range v.shipment().Tags {
			v.tagList = append(v.tagList, strconv.FormatInt(number, 10))
		}
	}
	return v.tagList
}

func (v *view) temperatures() []string {
	if v.coldList == nil {
		v.coldList = temperatures(v.shipment())
	}
	return v.coldList
}

// temperatures lists what the shipment or a parcel of it must be kept at, each word once.
func temperatures(s *waybill.Shipment) []string {
	list := []string{}
	add := func(word string) {
		if word == "" || strings.EqualFold(word, "none") {
			return
		}
		for _, known := range list {
			if strings.EqualFold(known, word) {
				return
			}
		}
		list = append(list, word)
	}
	add(s.Options.Temperature)
	for i := range s.Parcels {
		add(s.Parcels[i].Temperature)
	}
	return list
}

func (v *view) residential() (value, known bool) {
	home := v.to().Residential
	return home != nil && *home, home != nil
}

func (v *view) dangerous() (value, known bool) { return v.shipment().Options.DangerousGoods, true }

// attributes are the caller's free keys: text as it is, anything else as it is written in JSON.
func (v *view) attributes() map[string]string {
	if v.attributeOf == nil {
		var raw map[string]json.RawMessage
		v.attributeOf = map[string]string{}
		if len(v.shipment().Attributes) > 0 && json.Unmarshal(v.shipment().Attributes, &raw) == nil {
			for key, value := range raw {
				if s, ok := text(value); ok {
					v.attributeOf[key] = s
				} else if string(value) != "null" {
					v.attributeOf[key] = string(value)
				}
			}
		}
	}
	return v.attributeOf
}

func (v *view) weekday() (int64, bool) {
	return (int64(v.facts.Now.Weekday()) + 6) % 7, true // Monday is 0
}

func (v *view) clock() (int64, bool) {
	return int64(v.facts.Now.Hour()*60 + v.facts.Now.Minute()), true
}

func (v *view) shipDate() (int64, bool) {
	if given := v.shipment().Options.ShipDate; given != "" {
		if n, problem := readDate(given); problem == "" {
			return n, true
		}
	}
	return dateOf(v.facts.Now), true
}

// product is the service of the rate: the carrier's code and the account's number.
func (v *view) product() (code string, number int64) {
	return serviceOf(v.candidate)
}

func serviceOf(c *waybill.Candidate) (code string, number int64) {
	if c.Rate.Service != "" {
		return c.Rate.Service, c.Provider.ServiceNo
	}
	return c.Provider.Service, c.Provider.ServiceNo
}

// price is what the account pays, in millionths of the currency unit.
func (v *view) price() (int64, bool) {
	return micros(v.candidate.Sold), v.candidate.Sold.Currency != ""
}

// million is the scale money is compared in: two more places than any currency has.
const million = 1_000_000

func micros(m waybill.Money) int64 {
	n := m.Minor
	for range 6 - waybill.Exponent(m.Currency) {
		n *= 10
	}
	return n
}

func (v *view) transit() (int64, bool) {
	return int64(v.candidate.Rate.TransitDays), v.candidate.Rate.TransitDays > 0
}

// delivery is the promise in Unix seconds.
func (v *view) delivery() (int64, bool) {
	if v.candidate.Rate.Delivery == nil {
		return 0, false
	}
	return v.candidate.Rate.Delivery.Unix(), true
}
