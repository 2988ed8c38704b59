package geo

// zoneByState is the time zone of the states of countries that span several, where a state lies in
// one zone or nearly so (IANA time zone database). What is not here is in its country's main zone.
var zoneByState = map[string]map[string]string{
	"US": {
		"AK": "America/Anchorage", "AL": "America/Chicago", "AR": "America/Chicago", "AZ": "America/Phoenix",
		"CA": "America/Los_Angeles", "CO": "America/Denver", "HI": "Pacific/Honolulu", "IA": "America/Chicago",
		"ID": "America/Boise", "IL": "America/Chicago", "IN": "America/Indiana/Indianapolis", "KS": "America/Chicago",
		"LA": "America/Chicago", "MI": "America/Detroit", "MN": "America/Chicago", "MO": "America/Chicago",
		"MS": "America/Chicago", "MT": "America/Denver", "ND": "America/Chicago", "NE": "America/Chicago",
		"NM": "America/Denver", "NV": "America/Los_Angeles", "OK": "America/Chicago", "OR": "America/Los_Angeles",
		"SD": "America/Chicago", "TN": "America/Chicago", "TX": "America/Chicago", "UT": "America/Denver",
		"WA": "America/Los_Angeles", "WI": "America/Chicago", "WY": "America/Denver", "MH": "Pacific/Majuro",
		"AP": "Asia/Tokyo", "AE": "Europe/Berlin",
	},
	"CA": {
		"AB": "America/Edmonton", "BC": "America/Vancouver", "MB": "America/Winnipeg", "NB": "America/Moncton",
		"NL": "America/St_Johns", "NS": "America/Halifax", "NT": "America/Edmonton", "NU": "America/Iqaluit",
		"PE": "America/Halifax", "SK": "America/Regina", "YT": "America/Whitehorse",
	},
	"AU": {
		"ACT": "Australia/Sydney", "NT": "Australia/Darwin", "QLD": "Australia/Brisbane", "SA": "Australia/Adelaide",
		"TAS": "Australia/Hobart", "VIC": "Australia/Melbourne", "WA": "Australia/Perth",
	},
	"BR": {
		"AC": "America/Rio_Branco", "AL": "America/Maceio", "AM": "America/Manaus", "AP": "America/Belem", "BA": "America/Bahia",
		"CE": "America/Fortaleza", "MA": "America/Fortaleza", "MS": "America/Campo_Grande", "MT": "America/Cuiaba",
		"PA": "America/Belem", "PB": "America/Fortaleza", "PE": "America/Recife", "PI": "America/Fortaleza",
		"RN": "America/Fortaleza", "RO": "America/Porto_Velho", "RR": "America/Boa_Vista", "SE": "America/Maceio",
		"TO": "America/Araguaina",
	},
}

// zoneByPostcode are the corners of a country or state that keep other hours than the rest of it, by
// the first digits of the postal code.
var zoneByPostcode = map[string]map[string]string{
	"US": {
		"463": "America/Chicago", "464": "America/Chicago", // Indiana by Lake Michigan
		"476": "America/Chicago", "477": "America/Chicago", // Evansville
		"324": "America/Chicago", "325": "America/Chicago", // Florida's panhandle
		"373": "America/New_York", "374": "America/New_York", "376": "America/New_York", // eastern Tennessee
		"377": "America/New_York", "378": "America/New_York", "379": "America/New_York",
		"420": "America/Chicago", "421": "America/Chicago", "422": "America/Chicago", // western Kentucky
		"423": "America/Chicago", "424": "America/Chicago",
		"577": "America/Denver", "586": "America/Denver", // the west of the Dakotas
		"691": "America/Denver", "693": "America/Denver", // Nebraska's panhandle
		"798": "America/Denver", "799": "America/Denver", "885": "America/Denver", // El Paso
		"835": "America/Los_Angeles", "838": "America/Los_Angeles", // northern Idaho
		"979": "America/Boise", // Oregon by the Snake
	},
	"ES": {"35": "Atlantic/Canary", "38": "Atlantic/Canary"},
	"EC": {"20": "Pacific/Galapagos"},
	"FM": {"96942": "Pacific/Chuuk", "96943": "Pacific/Chuuk"},
}

// zone is the IANA time zone of an address, by what is known of it.
func zone(country, state, postcode string) string {
	if corners := zoneByPostcode[country]; corners != nil {
		for n := min(len(postcode), 5); n >= 2; n-- {
			if z, ok := corners[postcode[:n]]; ok {
				return z
			}
		}
	}
	if z, ok := zoneByState[country][state]; ok {
		return z
	}
	c, _ := CountryByCode(country)
	return c.zone
}
