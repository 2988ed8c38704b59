package upssim

import "fmt"

// trackingNumber makes the n-th 1Z number of a shipper: 1Z, shipper, service, seven digits, check digit.
func trackingNumber(account, service string, seed uint64, n int) string {
	serial := (seed*7919 + 1_000_000 + uint64(n)) % 10_000_000
	body := fmt.Sprintf("%s%2.2s%07d", account, service, serial)
	return "1Z" + body + string(checkDigit(body))
}

// checkDigit closes the 15 characters between "1Z" and itself: a digit counts as itself, a letter as (ASCII - 3) mod
// 10, every second one twice, and all together with the check digit make a multiple of ten.
func checkDigit(body string) byte {
	sum := 0
	for i := range len(body) {
		value := int(body[i] - '0')
		if body[i] > '9' {
			value = int(body[i]-3) % 10
		}
		if i%2 == 1 {
			value *= 2
		}
		sum += value
	}
	return byte('0' + (10-sum%10)%10)
}

// is1Z tells whether text is a well-formed tracking number with a valid check digit.
func is1Z(text string) bool {
	if len(text) != 18 || text[:2] != "1Z" {
		return false
	}
	for i := 2; i < 18; i++ {
		if c := text[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return text[17] == checkDigit(text[2:17])
}
