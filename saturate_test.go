package waybill_test

import (
	"math"
	"testing"

	"waybill"
)

// No measure and no amount that a caller may write turns negative on the way.
func TestNumbersStayWithin64Bits(t *testing.T) {
	for _, tt := range []struct {
		got, want int64
	}{
		{waybill.Multiply(10_000_000, 10_000_000, 10_000_000), math.MaxInt64},
		{waybill.Multiply(math.MaxInt64, math.MaxInt64, 0), 0},
		{waybill.Multiply(100, 200, 300), 6_000_000},
		{waybill.Add(math.MaxInt64, 1), math.MaxInt64},
		{waybill.Add(math.MinInt64, -1), math.MinInt64},
		{waybill.Add(5, -7), -2},
		{waybill.Money{Minor: math.MaxInt64}.Plus(100).Minor, math.MaxInt64},
		{waybill.Money{Minor: 9e15}.Plus(1100).Minor, 18_900_000_000_000_000},
		{waybill.Money{Minor: -1005}.Plus(50).Minor, -1055},
		{waybill.Amount{Value: "99999999999999999999999", Currency: "USD"}.Money().Minor, math.MaxInt64},
		{waybill.Weight{Value: "99999999999999999999999", Unit: waybill.Kilogram}.Grams(), 1_000_000_000_000},
	} {
		if tt.got != tt.want {
			t.Errorf("got %d, want %d", tt.got, tt.want)
		}
	}
	length, _, _ := waybill.Size{Length: "99999999999999999999999", Width: "1", Height: "1", Unit: waybill.Metre}.Millimetres()
	if length != 1_000_000_000_000 {
		t.Errorf("an edge is %d mm", length)
	}
}
