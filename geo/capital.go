package geo

// settlement is a town of a country that has no postal codes, in degrees.
type settlement struct {
	name     string
	lat, lng float64
}

// uncoded are the countries and territories without postal codes (Universal Postal Union, addressing
// sheets), each with its seat of government and the towns far from it that parcels go to. An address
// there is as good as its town: the first entry stands in for towns not listed.
var uncoded = map[string][]settlement{
	"AE": {
		{"Abu Dhabi", 24.4539, 54.3773}, {"Dubai", 25.2048, 55.2708}, {"Sharjah", 25.3463, 55.4209}, {"Ajman", 25.4052, 55.5136},
		{"Ras Al Khaimah", 25.8007, 55.9762}, {"Fujairah", 25.1288, 56.3265}, {"Umm Al Quwain", 25.5647, 55.5552}, {"Al Ain", 24.2075, 55.7447},
	},
	"AG": {{"Saint John's", 17.1274, -61.8468}},
	"AO": {{"Luanda", -8.8390, 13.2894}},
	"AW": {{"Oranjestad", 12.5240, -70.0270}},
	"BF": {{"Ouagadougou", 12.3714, -1.5197}, {"Bobo-Dioulasso", 11.1771, -4.2979}},
	"BI": {{"Gitega", -3.4264, 29.9306}, {"Bujumbura", -3.3614, 29.3599}},
	"BJ": {{"Porto-Novo", 6.4969, 2.6289}, {"Cotonou", 6.3703, 2.3912}},
	"BO": {{"La Paz", -16.4897, -68.1193}, {"Santa Cruz de la Sierra", -17.7833, -63.1821}, {"Santa Cruz", -17.7833, -63.1821}, {"Cochabamba", -17.3895, -66.1568}, {"Sucre", -19.0196, -65.2619}},
	"BQ": {{"Kralendijk", 12.1443, -68.2655}},
	"BS": {{"Nassau", 25.0480, -77.3554}, {"Freeport", 26.5285, -78.6967}},
	"BW": {{"Gaborone", -24.6282, 25.9231}, {"Francistown", -21.1661, 27.5144}},
	"BZ": {{"Belmopan", 17.2510, -88.7590}, {"Belize City", 17.5046, -88.1962}},
	"CD": {{"Kinshasa", -4.4419, 15.2663}, {"Lubumbashi", -11.6647, 27.4794}, {"Goma", -1.6585, 29.2205}},
	"CF": {{"Bangui", 4.3947, 18.5582}},
	"CG": {{"Brazzaville", -4.2634, 15.2429}, {"Pointe-Noire", -4.7692, 11.8664}},
	"CI": {{"Yamoussoukro", 6.8276, -5.2893}, {"Abidjan", 5.3600, -4.0083}},
	"CK": {{"Avarua", -21.2075, -159.7755}},
	"CM": {{"Yaoundé", 3.8480, 11.5021}, {"Douala", 4.0511, 9.7679}},
	"CW": {{"Willemstad", 12.1224, -68.8824}},
	"DJ": {{"Djibouti", 11.5721, 43.1456}},
	"DM": {{"Roseau", 15.3092, -61.3794}},
	"ER": {{"Asmara", 15.3229, 38.9251}},
	"FJ": {{"Suva", -18.1248, 178.4501}, {"Nadi", -17.7765, 177.4356}},
	"GA": {{"Libreville", 0.4162, 9.4673}},
	"GD": {{"St. George's", 12.0561, -61.7488}},
	"GH": {{"Accra", 5.6037, -0.1870}, {"Kumasi", 6.6885, -1.6244}},
	"GM": {{"Banjul", 13.4549, -16.5790}},
	"GQ": {{"Malabo", 3.7504, 8.7371}, {"Bata", 1.8639, 9.7658}},
	"GY": {{"Georgetown", 6.8013, -58.1551}},
	"HK": {{"Hong Kong", 22.3193, 114.1694}},
	"JM": {{"Kingston", 17.9712, -76.7936}, {"Montego Bay", 18.4762, -77.8939}},
	"KI": {{"Tarawa", 1.3278, 172.9770}},
	"KM": {{"Moroni", -11.7172, 43.2473}},
	"KN": {{"Basseterre", 17.2948, -62.7261}},
	"KP": {{"Pyongyang", 39.0392, 125.7625}},
	"LY": {{"Tripoli", 32.8872, 13.1913}, {"Benghazi", 32.1167, 20.0667}},
	"ML": {{"Bamako", 12.6392, -8.0029}},
	"MO": {{"Macao", 22.1987, 113.5439}},
	"MR": {{"Nouakchott", 18.0735, -15.9582}},
	"QA": {{"Doha", 25.2854, 51.5310}},
	"RW": {{"Kigali", -1.9441, 30.0619}},
	"SB": {{"Honiara", -9.4456, 159.9729}},
	"SC": {{"Victoria", -4.6191, 55.4513}},
	"SL": {{"Freetown", 8.4657, -13.2317}},
	"SR": {{"Paramaribo", 5.8520, -55.2038}},
	"ST": {{"São Tomé", 0.3365, 6.7273}},
	"SX": {{"Philipsburg", 18.0237, -63.0458}},
	"SY": {{"Damascus", 33.5138, 36.2765}, {"Aleppo", 36.2021, 37.1343}},
	"TD": {{"N'Djamena", 12.1348, 15.0557}},
	"TG": {{"Lomé", 6.1256, 1.2254}},
	"TK": {{"Fakaofo", -9.3800, -171.2200}},
	"TL": {{"Dili", -8.5569, 125.5603}},
	"TO": {{"Nukuʻalofa", -21.1394, -175.2018}},
	"TV": {{"Funafuti", -8.5211, 179.1983}},
	"UG": {{"Kampala", 0.3476, 32.5825}},
	"VU": {{"Port Vila", -17.7333, 168.3273}},
	"YE": {{"Sana'a", 15.3694, 44.1910}, {"Aden", 12.7855, 45.0187}},
	"ZW": {{"Harare", -17.8252, 31.0335}, {"Bulawayo", -20.1325, 28.6265}},
}

// optional are the countries that have postal codes which many people leave out; without one, and
// with a town the postal codes do not know, an address is placed like those of [uncoded].
var optional = map[string][]settlement{
	"IE": {{"Dublin", 53.3498, -6.2603}, {"Cork", 51.8985, -8.4756}, {"Galway", 53.2707, -9.0568}, {"Limerick", 52.6638, -8.6267}, {"Waterford", 52.2593, -7.1101}},
}

// HasPostcodes reports whether addresses of the country carry a postal code at all. It says nothing
// about whether we have its data: that is [Covers]. Any code of the country is taken; a country
// nobody knows has none.
func HasPostcodes(country string) bool {
	c, ok := CountryByCode(country)
	return ok && len(uncoded[c.Alpha2]) == 0
}

// NeedsPostcode reports whether an address of the country is not found without its postal code.
func NeedsPostcode(country string) bool {
	c, _ := CountryByCode(country)
	return HasPostcodes(country) && len(optional[c.Alpha2]) == 0
}

// settle places an address by its town, or by the seat of government for want of it.
func settle(country string, towns []settlement, city string) (Place, bool) {
	if len(towns) == 0 {
		return Place{}, false
	}
	found, by := towns[0], ByCapital
	if want := fold(city); want != "" {
		for _, town := range towns {
			if fold(town.name) == want {
				found, by = town, ByCity
				break
			}
		}
	}
	return Place{Country: country, City: found.name, Lat: found.lat, Lng: found.lng, TimeZone: zone(country, "", ""), By: by}, true
}
