package geo

import (
	"math"

	"waybill"
)

// DistanceMetres is how far two points lie apart as the crow flies.
func DistanceMetres(lat1, lng1, lat2, lng2 float64) int64 {
	return waybill.Point{Lat: lat1, Lng: lng1}.Metres(waybill.Point{Lat: lat2, Lng: lng2})
}

// ValidPoint reports whether a caller's latitude and longitude are numbers and lie on Earth.
func ValidPoint(lat, lng float64) bool {
	return math.Abs(lat) <= 90 && math.Abs(lng) <= 180 // NaN compares false
}
