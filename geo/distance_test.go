package geo_test

import (
	"math"
	"testing"

	"waybill/geo"
)

func TestValidPoint(t *testing.T) {
	for _, p := range [][2]float64{{0, 0}, {90, 180}, {-90, -180}, {42.3, -71.1}} {
		if !geo.ValidPoint(p[0], p[1]) {
			t.Errorf("%v refused", p)
		}
	}
	for _, p := range [][2]float64{{90.001, 0}, {-91, 0}, {0, 180.5}, {0, -181}, {math.NaN(), 0}, {0, math.NaN()}, {math.Inf(1), 0}, {0, math.Inf(-1)}} {
		if geo.ValidPoint(p[0], p[1]) {
			t.Errorf("%v taken", p)
		}
	}
}
