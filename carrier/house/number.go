package house

import (
	"strconv"
	"strings"
	"time"

	"waybill"
)

const (
	letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits  = "0123456789"
	// serialDigits is how many digits a serial number is filled up to; a longer one is written whole.
	serialDigits = 9
)

// Number is the tracking number of a serial number: the prefix, the serial number in at least nine
// digits, and a check digit that shows any one mistyped digit and most swaps of neighbours.
//
// The check digit is GS1's: digits weigh 3, 1, 3, … from the right, and it fills the sum up to a
// multiple of ten. A letter counts as its place in the alphabet, modulo ten.
func Number(prefix string, serial int64) string {
	var buffer [32]byte
	text := append(buffer[:0], prefix...)
	for room := int64(1e8); room > max(serial, 1); room /= 10 { // 1e8 has serialDigits digits
		text = append(text, '0')
	}
	text = strconv.AppendInt(text, serial, 10)
	return string(append(text, check(text)))
}

// SSCC is the serial shipping container code of a serial number, 18 digits: the prefix (extension digit
// and GS1 company prefix), the last digits of the serial number, GS1's check digit. A prefix leaves six
// to nine digits; after a million (to a billion) parcels codes come again, which GS1 allows a year after
// the first parcel's arrival.
func SSCC(prefix string, serial int64) string {
	var buffer [18]byte
	text := append(buffer[:0], prefix...)
	room := int64(1)
	for range 17 - len(prefix) {
		room *= 10
	}
	serial %= room
	for room /= 10; room > 0; room /= 10 {
		text = append(text, byte('0'+serial/room%10))
	}
	return string(append(text, check(text)))
}

// check is the check digit of a text of capital letters and digits.
func check(text []byte) byte {
	sum, weight := 0, 3
	for i := len(text) - 1; i >= 0; i-- {
		value := int(text[i] - '0')
		if text[i] >= 'A' {
			value = int(text[i]-'A'+1) % 10
		}
		sum += value * weight
		weight = 4 - weight
	}
	return byte('0' + (10-sum%10)%10)
}

// numbering is how a connection writes tracking numbers. Each number belongs to one serial number, which can be
// read out of it again.
type numbering interface {
	number(service string, now time.Time, serial int64) string
	serial(number string) (int64, bool)
}

// courier writes a prefix, the serial number and a check digit: see [Number].
type courier struct{ prefix string }

func (c courier) number(_ string, _ time.Time, serial int64) string { return Number(c.prefix, serial) }

// serial is the serial number of a tracking number; false: not one of this prefix, or mistyped.
func (c courier) serial(number string) (int64, bool) {
	text, ok := strings.CutPrefix(number, c.prefix)
	if !ok || len(text) <= serialDigits {
		return 0, false
	}
	serial, err := strconv.ParseInt(text[:len(text)-1], 10, 64)
	return serial, err == nil && serial >= 0 && Number(c.prefix, serial) == number
}

// readSerials reads the numbers reserved for a purchase.
func readSerials(op string, reserved []string, parcels int) ([]int64, error) {
	if parcels == 0 || len(reserved) != parcels {
		return nil, waybill.FieldErrors(op, []waybill.FieldError{{
			Path: "numbers", Rule: waybill.RuleRange, Value: strconv.Itoa(len(reserved)), Limit: strconv.Itoa(parcels),
			Message: "one reserved serial number a parcel is needed",
		}})
	}
	out := make([]int64, parcels)
	for i, text := range reserved {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 {
			return nil, waybill.FieldErrors(op, []waybill.FieldError{{
				Path: "numbers[" + strconv.Itoa(i) + "]", Rule: waybill.RuleInteger, Value: text,
				Message: "a reserved serial number is a plain decimal",
			}})
		}
		out[i] = n
	}
	return out, nil
}
