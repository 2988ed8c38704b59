package geo

import "math"

// earthRadius is the mean radius of the Earth in metres (IUGG R1).
const earthRadius = 6_371_008.8

// DistanceMetres is how far two points lie apart as the crow flies (haversine on a sphere; within
// 0.6 % of the ellipsoid). It prices and ranks local courier trips; roads are longer.
func DistanceMetres(lat1, lng1, lat2, lng2 float64) int64 {
	const rad = math.Pi / 180
	sinLat := math.Sin((lat2 - lat1) * rad / 2)
	sinLng := math.Sin((lng2 - lng1) * rad / 2)
	h := sinLat*sinLat + math.Cos(lat1*rad)*math.Cos(lat2*rad)*sinLng*sinLng
	// Rounding may carry h past 1 for points on opposite sides of the Earth.
	return int64(math.Round(2 * earthRadius * math.Asin(math.Sqrt(min(h, 1)))))
}

// ValidPoint reports whether a caller's latitude and longitude are numbers and lie on Earth.
func ValidPoint(lat, lng float64) bool {
	return math.Abs(lat) <= 90 && math.Abs(lng) <= 180 // NaN compares false
}
