package shiptheory

import (
	"encoding/json"
	"math/big"
	"net/http"
	"strings"
	"time"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// longestSearch is how many days a search may span.
const longestSearch = 365

// decodeSearch reads a search: two dates, both days included, and any filters.
func decodeSearch(r *dialect.Request) (finding, error) {
	v := r.Asked()
	f := finding{paging: paging{ListSetup: engine.ListSetup{Page: 1, Limit: usualLimit}}}
	f.products = asksForProducts(v)
	readFilters(v, &f)
	from, to := day(v.At("created_from").Required()), day(v.At("created_to").Required())
	if limit := v.At("limit"); !limit.Blank() {
		f.Limit, f.limited = int(limit.Integer(1, highestLimit)), true
	}
	switch {
	case from.IsZero() || to.IsZero():
	case to.Before(from):
		v.At("created_to").Note(waybill.RuleRange, "", "created_to must not be before created_from")
	case to.Sub(from) > longestSearch*24*time.Hour:
		v.At("created_to").Note(waybill.RuleRange, "", "The date range must not be longer than %d days", longestSearch)
	}
	f.query.CreatedFrom, f.query.CreatedTo = from, lastOf(to)
	return f, v.Errors(opSearch)
}

// lastOf is the last moment of a day that is told apart.
func lastOf(day time.Time) time.Time { return day.AddDate(0, 0, 1).Add(-time.Microsecond) }

func asksForProducts(v dialect.Value) bool { return v.At("include_products").Text(maxText) == "1" }

// found is a shipment as lists and searches show it.
type found struct {
	Created         string          `json:"created"`
	Modified        string          `json:"modified"`
	Reference       string          `json:"channel_reference_id"`
	Reference2      string          `json:"channel_reference_id_2"`
	Channel         string          `json:"channel_name"`
	Status          string          `json:"status"`
	Courier         *courier        `json:"courier"`
	Service         *courierService `json:"courierservice"`
	Detail          foundDetail     `json:"shipment_detail"`
	Address         deliveryAddress `json:"delivery_address"`
	Products        *[]wireItem     `json:"products,omitempty"` // only when asked for
	PublicReference *string         `json:"latest_public_reference"`
}

type courier struct {
	Name string `json:"couriername"`
}

type courierService struct {
	ID   int64  `json:"id"`
	Name string `json:"serviceName"`
}

type foundDetail struct {
	Tracking *string      `json:"tracking_number"`
	Weight   *json.Number `json:"weight"`
	Value    *json.Number `json:"value"`
	Parcels  int          `json:"parcels"`
	Width    *json.Number `json:"width"` // of the first parcel, centimetres
	Height   *json.Number `json:"height"`
	Depth    *json.Number `json:"depth"`
}

type deliveryAddress struct {
	Company   *string      `json:"company"`
	Line1     string       `json:"address_line_1"`
	Line2     *string      `json:"address_line_2"`
	Line3     *string      `json:"address_line_3"`
	City      string       `json:"city"`
	County    *string      `json:"county"`
	Postcode  string       `json:"postcode"`
	Telephone string       `json:"telephone"`
	Mobile    string       `json:"mobile"`
	Email     string       `json:"email"`
	FirstName string       `json:"firstname"`
	LastName  string       `json:"lastname"`
	Country   *wireCountry `json:"country"`
}

type wireCountry struct {
	Name string `json:"country"`
	Code string `json:"code"` // ISO 3166-1 alpha-3
}

func encodeSearch(_ *dialect.Request, f finds) dialect.Reply {
	return dialect.JSON(http.StatusOK, struct {
		Shipments []found `json:"shipments"`
	}{f.shipments()})
}

func foundOf(s waybill.Shipment, products bool) found {
	out := found{
		Created: stamp(s.Created), Modified: stamp(s.Updated), Reference: s.Reference, Reference2: s.Reference2,
		Channel: channelOf(s), Status: statuses[s.Booking], Detail: detailOf(s), Address: addressOf(s.To),
	}
	if p := s.Provider; p != nil {
		out.Courier = &courier{p.Name}
		if p.ServiceNo != 0 {
			out.Service = &courierService{p.ServiceNo, p.ServiceName}
		}
	}
	if products {
		items := make([]wireItem, 0, len(s.Items))
		for _, i := range s.Items {
			items = append(items, itemOf(i))
		}
		out.Products = &items
	}
	return out
}

func channelOf(s waybill.Shipment) string {
	if s.Channel == "" {
		return defaultChannel
	}
	return s.Channel
}

func detailOf(s waybill.Shipment) foundDetail {
	out := foundDetail{
		Tracking: orNull(s.Tracking), Weight: dialect.Number(kilograms(s)), Value: dialect.Number(s.Value.Value), Parcels: s.ParcelCount,
	}
	if out.Parcels == 0 {
		out.Parcels = len(s.Parcels)
	}
	if len(s.Parcels) > 0 {
		size := s.Parcels[0].Size
		centimetres := func(edge waybill.Decimal) *json.Number { return dialect.Number(size.In(edge, waybill.Centimetre, 2)) }
		out.Width, out.Height, out.Depth = centimetres(size.Width), centimetres(size.Height), centimetres(size.Length)
	}
	return out
}

// kilograms is the weight as the caller gave it, else that of the parcels together, to three places.
func kilograms(s waybill.Shipment) waybill.Decimal {
	if s.TotalWeight.Value != "" {
		return s.TotalWeight.In(waybill.Kilogram, 3)
	}
	sum := new(big.Rat)
	for _, p := range s.Parcels {
		if one, ok := rational(p.Weight.In(waybill.Kilogram, 9)); ok {
			sum.Add(sum, one)
		}
	}
	return waybill.Decimal(sum.FloatString(9)).Convert(1, 1, 3)
}

func addressOf(p waybill.Party) deliveryAddress {
	first, last := names(p.Contact)
	line := streetLines(p.Address)
	out := deliveryAddress{
		Company: orNull(p.Contact.Company), Line1: line[0], Line2: orNull(line[1]), Line3: orNull(line[2]),
		City: p.Address.City, County: orNull(p.Address.State), Postcode: p.Address.Postcode,
		Telephone: p.Contact.Phone, Mobile: p.Contact.Mobile, Email: p.Contact.Email, FirstName: first, LastName: last,
	}
	if country, ok := engine.CountryByCode(p.Address.Country); ok {
		out.Country = &wireCountry{country.Name, country.Alpha3}
	}
	return out
}

// streetLines are the three lines of an address. House and apartment, which other APIs tell apart, go where
// a deliverer reads them: the one behind the street, the other in the first line that is free.
func streetLines(a waybill.Address) [3]string {
	lines := [3]string{strings.TrimSpace(a.Street1 + " " + a.House), a.Street2, a.Street3}
	if a.House == "" {
		lines[0] = a.Street1
	}
	switch {
	case a.Apartment == "":
	case lines[1] == "":
		lines[1] = a.Apartment
	case lines[2] == "":
		lines[2] = a.Apartment
	default:
		lines[2] += ", " + a.Apartment
	}
	return lines
}
