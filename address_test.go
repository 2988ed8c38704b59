package waybill_test

import (
	"testing"

	"waybill"
)

func TestMetres(t *testing.T) {
	for _, tt := range []struct {
		name                   string
		lat1, lng1, lat2, lng2 float64
		metres, within         int64
	}{
		{"nowhere to go", 51.5, -0.1, 51.5, -0.1, 0, 0},
		{"London to Paris", 51.5074, -0.1278, 48.8566, 2.3522, 343_560, 500},
		{"New York to Los Angeles", 40.7128, -74.0060, 34.0522, -118.2437, 3_935_750, 5_000},
		{"a degree of latitude", 0, 0, 1, 0, 111_195, 1},
		{"over the date line", 0, 179.5, 0, -179.5, 111_195, 1},
		{"pole to pole", 90, 0, -90, 0, 20_015_115, 1},
		{"antipodes", 40, 20, -40, -160, 20_015_115, 1},
	} {
		there := waybill.Point{Lat: tt.lat1, Lng: tt.lng1}.Metres(waybill.Point{Lat: tt.lat2, Lng: tt.lng2})
		back := waybill.Point{Lat: tt.lat2, Lng: tt.lng2}.Metres(waybill.Point{Lat: tt.lat1, Lng: tt.lng1})
		if there < tt.metres-tt.within || there > tt.metres+tt.within || there != back {
			t.Errorf("%s: %d m there, %d m back, want %d", tt.name, there, back, tt.metres)
		}
	}
}
