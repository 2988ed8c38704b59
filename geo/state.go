package geo

import "strings"

// numberedStates is how GeoNames numbers the states of countries whose addresses carry them, in
// terms of the codes addresses carry (GeoNames admin1CodesASCII.txt).
var numberedStates = map[string]string{
	"BR": "01 AC 02 AL 03 AP 04 AM 05 BA 06 CE 07 DF 08 ES 11 MS 13 MA 14 MT 15 MG 16 PA 17 PB 18 PR 20 PI 21 RJ " +
		"22 RN 23 RS 24 RO 25 RR 26 SC 27 SP 28 SE 29 GO 30 PE 31 TO",
	"CN": "01 AH 02 ZJ 03 JX 04 JS 05 JL 06 QH 07 FJ 08 HL 09 HA 10 HE 11 HN 12 HB 13 XJ 14 XZ 15 GS 16 GX 18 GZ " +
		"19 LN 20 NM 21 NX 22 BJ 23 SH 24 SX 25 SD 26 SN 28 TJ 29 YN 30 GD 31 HI 32 SC 33 CQ",
	"IN": "01 AN 02 AP 03 AS 05 CH 07 DL 09 GJ 10 HR 11 HP 12 JK 13 KL 14 LD 16 MH 17 MN 18 ML 19 KA 20 NL 21 OD " +
		"22 PY 23 PB 24 RJ 25 TN 26 TR 28 WB 29 SK 30 AR 31 MZ 33 GA 34 BR 35 MP 36 UP 37 CG 38 JH 39 UK 40 TS 41 LA 52 DH",
}

// stateOf is the code addresses write for the state a row names, or nothing: the regions that
// GeoNames files most of Europe under are no part of an address.
func (b *builder) stateOf(country string, r row) string {
	said := [3]string{country, r.stateCode, r.stateName}
	code, ok := b.states[said]
	if !ok {
		code = stateCode(country, r.stateCode, r.stateName)
		b.states[[3]string{country, strings.Clone(r.stateCode), strings.Clone(r.stateName)}] = code
	}
	return code
}

func stateCode(country, code, name string) string {
	if numbers, ok := numberedStates[country]; ok {
		words := strings.Fields(numbers)
		for i := 0; i+1 < len(words); i += 2 {
			if words[i] == code {
				return words[i+1]
			}
		}
	}
	switch country {
	case "IT", "ES", "IE":
		return "" // filed under regions, whose codes look like those of provinces
	}
	if found := Subdivision(country, name); found != "" {
		return found
	}
	return Subdivision(country, code)
}
