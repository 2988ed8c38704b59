package label

import "testing"

// The numbers are the published examples of each scheme.
func TestCheckDigits(t *testing.T) {
	for _, c := range []struct {
		name   string
		check  Check
		number string // the data and its check character
	}{
		{"SSCC", GS1, "340123451234567895"},
		{"GTIN-13", GS1, "4006381333931"},
		{"S10", S10, "123456785"},
		{"S10 with 5 for eleven", S10, "000000005"},
		{"UPS", UPS, "5R89390357567127"},
		{"UPS of letters and digits", UPS, "12345E1512345676"},
		{"FedEx", FedEx, "986578788855"},
		{"DHL", DHL, "3318810025"},
		{"Luhn", Luhn, "79927398713"},
		{"DPD parcel", DPD, "09980000020033F"},
		{"DPD barcode", DPD, "008182709980000020033350276C"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !Valid(c.check, c.number) {
				got, ok := c.check(c.number[:len(c.number)-1])
				t.Fatalf("%s: check is %q (%v)", c.number, got, ok)
			}
			last := len(c.number) - 1
			for _, wrong := range base36 {
				if byte(wrong) != c.number[last] && Valid(c.check, c.number[:last]+string(wrong)) {
					t.Errorf("%s with %c passes too", c.number, wrong)
				}
			}
		})
	}
}

func TestCheckRefusesForeignData(t *testing.T) {
	for name, check := range map[string]Check{"GS1": GS1, "S10": S10, "UPS": UPS, "FedEx": FedEx, "DHL": DHL, "Luhn": Luhn, "DPD": DPD} {
		for _, data := range []string{"", "12 345678", "12345é78901", "-1234567"} {
			if c, ok := check(data); ok {
				t.Errorf("%s(%q) = %q", name, data, c)
			}
		}
		if Valid(check, "") {
			t.Errorf("%s: the empty number is valid", name)
		}
	}
	if _, ok := UPS("5R893903575671"); ok {
		t.Error("UPS takes 14 characters")
	}
}
