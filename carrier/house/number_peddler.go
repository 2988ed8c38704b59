package house

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// peddler writes tracking numbers as Peddler does, 19 characters: P, the day of the booking counted from 1 January
// 1970 (5 digits), the service level (2), a number that does not show how many there were before it (10), and the
// Luhn digit of all these.
type peddler struct{}

const (
	peddlerLength = 19
	// scrambled is how many serial numbers there are before they come again: ten digits.
	scrambled = 10_000_000_000
	// scramble spreads neighbouring serial numbers; unscramble is its inverse modulo scrambled, so that no two
	// serial numbers share a number and each can be read out again.
	scramble   = 6_180_339_887
	unscramble = 4_931_679_823
)

func (peddler) number(service string, now time.Time, serial int64) string {
	days := now.UTC().Unix() / int64(24*time.Hour/time.Second)
	data := fmt.Sprintf("%05d%s%010d", days, level(service), times(serial%scrambled, scramble))
	return "P" + data + string(luhn(data))
}

// serial reads a number of ours; false: another's, or mistyped.
func (peddler) serial(number string) (int64, bool) {
	data, ok := strings.CutPrefix(number, "P")
	if !ok || len(number) != peddlerLength || strings.Trim(data, digits) != "" || luhn(data[:17]) != data[17] {
		return 0, false
	}
	hidden, err := strconv.ParseInt(data[7:17], 10, 64)
	return times(hidden, unscramble), err == nil
}

// times is a product modulo scrambled, whatever its size.
func times(a, b int64) int64 {
	high, low := bits.Mul64(uint64(a), uint64(b))
	_, rest := bits.Div64(high, low, scrambled)
	return int64(rest)
}

// level is a service level in two digits: those that its last number begins with, as 48 of NEXT_DAY_48 and 09 of
// EXPRESS_0900; 00 of a service that ends with no number.
func level(service string) string {
	number := service[strings.LastIndexByte(service, '_')+1:]
	if len(number) < 2 || strings.Trim(number, digits) != "" {
		return "00"
	}
	return number[:2]
}

// luhn is the mod 10 digit that doubles every other digit from the right and adds up the digits of the products
// (ISO/IEC 7812-1, annex B).
func luhn(data string) byte {
	sum := 0
	for i := len(data) - 1; i >= 0; i-- {
		d := int(data[i] - '0')
		if (len(data)-i)%2 == 1 {
			d = d*2/10 + d*2%10
		}
		sum += d
	}
	return byte('0' + (10-sum%10)%10)
}
