package waybill

import (
	"math"
	"strings"
)

// Contact is whom to ring. A caller gives either a whole name or first and last; both are kept.
type Contact struct {
	Name    string
	First   string
	Last    string
	Company string
	Phone   string
	Mobile  string
	Email   string
}

// FullName is the person's name however it was given, else the company's.
func (c Contact) FullName() string {
	if c.Name != "" {
		return c.Name
	}
	if n := strings.TrimSpace(c.First + " " + c.Last); n != "" {
		return n
	}
	return c.Company
}

// AnyPhone is the first number given.
func (c Contact) AnyPhone() string {
	if c.Phone != "" {
		return c.Phone
	}
	return c.Mobile
}

// Point is a place on Earth in degrees (WGS 84).
type Point struct{ Lat, Lng float64 }

// earthRadius is the mean radius of the Earth in metres (IUGG R1).
const earthRadius = 6_371_008.8

// Metres is how far the other point lies as the crow flies (haversine on a sphere; within 0.6 % of the
// ellipsoid). It prices and ranks local courier trips; roads are longer.
func (p Point) Metres(other Point) int64 {
	const rad = math.Pi / 180
	sinLat := math.Sin((other.Lat - p.Lat) * rad / 2)
	sinLng := math.Sin((other.Lng - p.Lng) * rad / 2)
	h := sinLat*sinLat + math.Cos(p.Lat*rad)*math.Cos(other.Lat*rad)*sinLng*sinLng
	// Rounding may carry h past 1 for points on opposite sides of the Earth.
	return int64(math.Round(2 * earthRadius * math.Asin(math.Sqrt(min(h, 1)))))
}

// Address is where a parcel leaves or arrives, as the caller wrote it.
type Address struct {
	Street1     string
	Street2     string
	Street3     string
	House       string
	Apartment   string
	City        string
	State       string // code or name, as given
	Postcode    string
	Country     string // ISO 3166-1 alpha-2, upper case
	What3Words  string
	Residential *bool
	Point       *Point // the caller's own, or found from the postal code
	PointFound  bool   // true: the point came from the postal code, not from the caller
}

// Lines are the street lines that are not empty, house and apartment joined to where they are read.
func (a Address) Lines() []string {
	first := strings.TrimSpace(strings.TrimSpace(a.Street1) + " " + a.House)
	var lines []string
	for _, s := range []string{first, a.Street2, a.Street3} {
		if s = strings.TrimSpace(s); s != "" {
			lines = append(lines, s)
		}
	}
	if apt := strings.TrimSpace(a.Apartment); apt != "" {
		lines = append(lines, apt)
	}
	return lines
}

// TaxID is a number customs knows a party by.
type TaxID struct {
	Type    string // VAT, EORI, PID, IOSS…
	Number  string
	Country string
}

// Party is someone at an address.
type Party struct {
	Contact Contact
	Address Address
	TaxIDs  []TaxID
}

// SavedAddress is an address that an account sends to often.
type SavedAddress struct {
	Row
	Reference string // the account's own key for it
	Name      string // what it is called in lists
	Party     Party
}
