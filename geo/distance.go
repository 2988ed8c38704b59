package geo

import "math"

// ValidPoint reports whether a caller's latitude and longitude are numbers and lie on Earth.
func ValidPoint(lat, lng float64) bool {
	return math.Abs(lat) <= 90 && math.Abs(lng) <= 180 // NaN compares false
}
