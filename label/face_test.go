package label

import "waybill"

// faces are the labels that the tests draw, by what is special about them.
func faces() map[string]waybill.Face {
	party := func(name, company, street, city, state, postcode, country string) waybill.Party {
		return waybill.Party{
			Contact: waybill.Contact{Name: name, Company: company, Phone: "+49 30 5550 142"},
			Address: waybill.Address{Street1: street, City: city, State: state, Postcode: postcode, Country: country},
		}
	}
	base := waybill.Face{
		Carrier: "City Couriers", Service: "Express Next Day 12:00",
		From:     party("", "Northwind Traders Ltd", "Unit 7, Riverside Park", "Leeds", "", "LS9 8AG", "GB"),
		To:       party("Maximilian Weber", "Weber & Söhne GmbH", "Kaiserin-Augusta-Allee 104", "Berlin", "", "10553", "DE"),
		ShipDate: "2026-11-21", Piece: 1, Pieces: 3, Weight: waybill.Weight{Value: "2.50", Unit: waybill.Kilogram},
		Reference: "SO-2026-004711", Reference2: "PO 88-1207", Routing: "BER-Z3",
		Instructions:   "Ring at the back gate; leave with the porter if nobody answers. Do not leave in the rain.",
		TrackingNumber: "CC1203847561GB", Matrix: "https://track.example.com/t/CC1203847561GB",
	}
	with := func(change func(*waybill.Face)) waybill.Face {
		f := base
		change(&f)
		return f
	}
	to := func(p waybill.Party) waybill.Face { return with(func(f *waybill.Face) { f.To = p }) }
	long := "Gesellschaft für außerordentlich umfangreiche Straßenverkehrsangelegenheiten und Lagerlogistik mbH & Co. KG"
	return map[string]waybill.Face{
		"latin":  base,
		"sscc":   with(func(f *waybill.Face) { f.SSCC = "340123451234567895" }),
		"sample": with(func(f *waybill.Face) { f.Sample = "SAMPLE" }),
		"sample sscc full": with(func(f *waybill.Face) {
			f.Sample, f.SSCC = "TEST LABEL FROM THE SANDBOX", "340123451234567895"
			f.To.Address.Street2, f.To.Address.Street3, f.To.Address.Apartment = "Hinterhaus", "Aufgang C", "4. Stock links"
			f.From.Address.Street2, f.From.Address.Street3, f.From.Address.Apartment = "Gate 4", "Aire Valley", "Dock 12"
			f.From.Contact.Name = "Dispatch Desk"
		}),
		"over-long": with(func(f *waybill.Face) {
			f.Carrier, f.Service, f.Reference, f.Reference2, f.Routing, f.Instructions = long, long, long, long, long, long+" "+long+" "+long
			f.To = party(long, long+" B", long, long, long, "10553 "+long, "DE")
			f.From = party(long, long+" B", long, long, long, "10553", "DE")
			f.To.Address.Street2, f.To.Address.Street3 = long, long
			f.TrackingNumber = "1Z5R89390357567127ABCDEFGH"
		}),
		"bare": {TrackingNumber: "123456789012", To: party("Jane Doe", "", "1 Main Street", "Springfield", "IL", "62701", "US")},
		"zpl characters": with(func(f *waybill.Face) {
			f.To.Contact.Name, f.Reference = "^XZ~JA Eve_Smith", `A\&B^FS`
			f.TrackingNumber, f.Matrix = "A^B~C>D12345678", "x^XZ_y~JA"
		}),
		"greek":      to(party("Παναγιώτης Παπαδόπουλος", "Ελληνικά Γλυκά Α.Ε.", "Λεωφόρος Βασιλίσσης Σοφίας 12", "Αθήνα", "", "106 74", "GR")),
		"cyrillic":   to(party("Олександр Ковальчук", "ТОВ «Світанок»", "вул. Хрещатик, 22, кв. 5", "Київ", "", "01001", "UA")),
		"arabic":     to(party("عبد الرحمن بن محمد", "شركة الخليج للتجارة", "شارع الملك فهد 1207، مبنى 4", "الرياض", "", "12211", "SA")),
		"hebrew":     to(party("יעל כהן-לוי", "Acme (ישראל) בע\"מ 2020", "רחוב דיזנגוף 50, דירה 3", "תל אביב", "", "6433222", "IL")),
		"devanagari": to(party("श्रीमती प्रियंका शर्मा", "क्षितिज हस्तशिल्प", "१२, महात्मा गांधी मार्ग, हज़रतगंज", "लखनऊ", "उत्तर प्रदेश", "226001", "IN")),
		"thai":       to(party("สมชาย ใจดี", "บริษัท น้ำผึ้งป่า จำกัด", "99/1 ถนนสุขุมวิท แขวงคลองเตย", "กรุงเทพมหานคร", "", "10110", "TH")),
		"polish":     to(party("Łukasz Żółć-Święcicki", "Źdźbło S.A.", "ul. Świętokrzyska 31/33", "Łódź", "", "90-001", "PL")),
		"japanese":   to(party("山田太郎", "株式会社テスト", "千代田区丸の内1-1-1 髙島ビル3階", "東京都", "", "100-0001", "JP")),
		"chinese":    to(party("歐陽淑芬", "深圳市华强电子有限公司", "福田区深南中路1002号 新闻大厦28楼", "深圳市", "广东省", "518027", "CN")),
		"korean":     to(party("김철수", "주식회사 한빛물류", "강남구 테헤란로 152 강남파이낸스센터 17층", "서울특별시", "", "06236", "KR")),
		"no glyphs":  to(party("Yamada 🚚", "Waybill", "1-1-1 Chiyoda", "Tokyo", "", "100-0001", "JP")),
	}
}
