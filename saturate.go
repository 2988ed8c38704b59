package waybill

import (
	"math"
	"math/big"
	"math/bits"
)

// MostMoney is more than anything costs that a parcel carrier does, in minor units: what is beyond is no price.
const MostMoney = 1_000_000_000_000

// Beyond reports whether an amount is below zero, or more than anything can cost.
func (m Money) Beyond() bool { return m.Minor < 0 || m.Minor > MostMoney }

// Multiply multiplies whole numbers of which none is negative. What leaves 64 bits is the largest number there is: a
// caller's measures may be any, and a volume must never turn negative.
func Multiply(factors ...int64) int64 {
	product := uint64(1)
	for _, f := range factors {
		if f <= 0 {
			return 0
		}
		high, low := bits.Mul64(product, uint64(f))
		if high != 0 || low > math.MaxInt64 {
			low = math.MaxInt64
		}
		product = low
	}
	return int64(product)
}

// Add adds two numbers and holds the result within 64 bits.
func Add(a, b int64) int64 {
	switch {
	case b > 0 && a > math.MaxInt64-b:
		return math.MaxInt64
	case b < 0 && a < math.MinInt64-b:
		return math.MinInt64
	}
	return a + b
}

// held is a number of any size, held within 64 bits.
func held(n *big.Int) int64 {
	switch {
	case n.IsInt64():
		return n.Int64()
	case n.Sign() < 0:
		return math.MinInt64
	}
	return math.MaxInt64
}
