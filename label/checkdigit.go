package label

import (
	"strings"
)

// Check computes the character that guards a number against a typing mistake, from the data it is
// computed of, which is the number without that character. False: no data of that scheme.
type Check func(data string) (byte, bool)

// Valid reports whether the last character of number is the check of all before it.
func Valid(check Check, number string) bool {
	if number == "" {
		return false
	}
	last := len(number) - 1
	c, ok := check(number[:last])
	return ok && c == number[last]
}

// GS1 is the mod 10 digit of GTIN and SSCC (GS1 General Specifications, 7.9): weights 3, 1, 3… from
// the rightmost digit.
func GS1(data string) (byte, bool) {
	if !digits(data) {
		return 0, false
	}
	sum := 0
	for i := len(data) - 1; i >= 0; i-- {
		weight := 1 + 2*((len(data)-i)%2)
		sum += weight * int(data[i]-'0')
	}
	return digit((10 - sum%10) % 10), true
}

// Luhn is the mod 10 digit that doubles every other digit from the right and adds up the digits of
// the products (ISO/IEC 7812-1, annex B).
func Luhn(data string) (byte, bool) {
	if !digits(data) {
		return 0, false
	}
	sum := 0
	for i := len(data) - 1; i >= 0; i-- {
		d := int(data[i] - '0')
		if (len(data)-i)%2 == 1 {
			d = d*2/10 + d*2%10
		}
		sum += d
	}
	return digit((10 - sum%10) % 10), true
}

// s10Weights belong to the eight digits of a postal number (UPU standard S10).
var s10Weights = [...]int{8, 6, 4, 2, 3, 5, 9, 7}

// S10 is the check digit of a postal item number such as RB123456785GB, of its eight digits.
func S10(data string) (byte, bool) {
	if len(data) != len(s10Weights) || !digits(data) {
		return 0, false
	}
	sum := 0
	for i, weight := range s10Weights {
		sum += weight * int(data[i]-'0')
	}
	switch c := 11 - sum%11; c {
	case 10:
		return '0', true
	case 11:
		return '5', true
	default:
		return digit(c), true
	}
}

// UPS is the check digit of a 1Z number, of the 15 characters between 1Z and it: shipper, service and
// package. A letter counts as its place in ASCII less 3, mod 10.
func UPS(data string) (byte, bool) {
	if len(data) != 15 {
		return 0, false
	}
	sum := 0
	for i := 0; i < len(data); i++ {
		var v int
		switch c := data[i]; {
		case c >= '0' && c <= '9':
			v = int(c - '0')
		case c >= 'A' && c <= 'Z':
			v = int(c-3) % 10
		default:
			return 0, false
		}
		sum += v * (1 + i%2)
	}
	return digit((10 - sum%10) % 10), true
}

// FedEx is the check digit of a 12-digit FedEx Express number, of its first eleven.
func FedEx(data string) (byte, bool) {
	if len(data) != 11 || !digits(data) {
		return 0, false
	}
	sum := 0
	for i := range len(data) {
		sum += [...]int{3, 1, 7}[i%3] * int(data[i]-'0')
	}
	return digit(sum % 11 % 10), true
}

// DHL is the check digit of a DHL Express waybill: the preceding number mod 7.
func DHL(data string) (byte, bool) {
	if !digits(data) {
		return 0, false
	}
	rest := 0
	for i := range len(data) {
		rest = (rest*10 + int(data[i]-'0')) % 7
	}
	return digit(rest), true
}

const base36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// DPD is the check character (ISO 7064 MOD 37,36) of a DPD parcel number and of the longer form that
// is in DPD's barcode.
func DPD(data string) (byte, bool) {
	if data == "" {
		return 0, false
	}
	product := 36
	for i := range len(data) {
		v := strings.IndexByte(base36, data[i])
		if v < 0 {
			return 0, false
		}
		sum := (product + v) % 36
		if sum == 0 {
			sum = 36
		}
		product = sum * 2 % 37
	}
	return base36[(37-product)%36], true
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func digit(n int) byte { return byte('0' + n) }
