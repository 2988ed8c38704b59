package rule

import (
	"strconv"
	"strings"

	"waybill"
)

// Op is an operator of a criterion.
type Op string

// The closed list of operators. A field without a value satisfies is_not, not_in and "exists": false, and
// no other. On a field that can hold several things at once (sku, tag,
// temperature) is, in, matches and contains ask whether any of them does, is_not and not_in whether none.
const (
	Is       Op = "is"
	IsNot    Op = "is_not"
	In       Op = "in"
	NotIn    Op = "not_in"
	Between  Op = "between" // [lowest, highest], both included; times of day may run over midnight
	Lt       Op = "lt"
	Lte      Op = "lte"
	Gt       Op = "gt"
	Gte      Op = "gte"
	Matches  Op = "matches"  // * stands for any text; on a postcode: patterns
	Contains Op = "contains" // has the text in it
	Exists   Op = "exists"   // true: something is given; false: nothing
)

// Ops lists every operator.
var Ops = []Op{Is, IsNot, In, NotIn, Between, Lt, Lte, Gt, Gte, Matches, Contains, Exists}

// Type is how a field's values are written and compared.
type Type string

// The closed list of types.
const (
	TypeText     Type = "text"     // compared exactly, as written
	TypeWord     Type = "word"     // compared without regard to case
	TypeCountry  Type = "country"  // ISO 3166-1 alpha-2: "GB"
	TypePostcode Type = "postcode" // "SW1A 1AA, BT1-BT94, 10000-10299, IM*": see readPatterns
	TypeMoney    Type = "money"    // "20.00 GBP"; without a currency ("20") amounts of every currency compare
	TypeWeight   Type = "weight"   // "2.5 kg"; g, lb and oz too
	TypeInteger  Type = "integer"  // 3
	TypeFlag     Type = "flag"     // true or false
	TypeWeekday  Type = "weekday"  // "mon" to "sun"; between: "mon-fri"
	TypeTime     Type = "time"     // "16:30"; between: "08:00-16:30"
	TypeDate     Type = "date"     // "2026-12-24"
	TypeMoment   Type = "moment"   // "2026-12-24", "2026-12-24T12:00:00Z", or "requested": by when the caller wants it
	TypeService  Type = "service"  // "03" is the carrier's code, 37 the account's service number
)

var (
	textOps    = []Op{Is, IsNot, In, NotIn, Matches, Contains, Exists}
	numberOps  = []Op{Is, IsNot, Lt, Lte, Gt, Gte, Between, Exists}
	operatorOf = map[Type][]Op{
		TypeText: textOps, TypeWord: textOps,
		TypeCountry:  {Is, IsNot, In, NotIn, Exists},
		TypePostcode: {Is, IsNot, In, NotIn, Matches, Exists},
		TypeMoney:    numberOps, TypeWeight: numberOps,
		TypeInteger: {Is, IsNot, In, NotIn, Lt, Lte, Gt, Gte, Between, Exists},
		TypeFlag:    {Is, Exists},
		TypeWeekday: {Is, IsNot, In, NotIn, Between},
		TypeTime:    {Lt, Lte, Gt, Gte, Between},
		TypeDate:    {Is, IsNot, In, NotIn, Lt, Lte, Gt, Gte, Between},
		TypeMoment:  {Lt, Lte, Gt, Gte, Exists},
		TypeService: {Is, IsNot, In, NotIn, Exists},
	}
)

// Field is something a criterion can ask about.
type Field struct {
	Name        string
	Type        Type
	Operators   []Op
	Description string
	AfterRating bool // known only once rates are in
}

// field is a Field with the way to read it; the reader that its type wants is set.
type field struct {
	Field
	title  string                          // in a sentence
	one    func(*view) string              // text, word, country; empty: missing
	many   func(*view) []string            // text, word that can be several
	place  func(*view) *place              // postcode
	number func(*view) (int64, bool)       // the ordered types; false: missing
	unit   func(*view) string              // money: its currency
	flag   func(*view) (value, known bool) // flag
}

// attributePrefix begins the name of a field that the caller made up: attribute.<key>.
const attributePrefix = "attribute."

var fields = []field{
	{one: func(v *view) string { return v.to().Country }, Field: Field{Name: "destination.country", Type: TypeCountry, Description: "Country the shipment goes to."}},
	{one: func(v *view) string { return v.to().State }, Field: Field{Name: "destination.state", Type: TypeWord, Description: "State, province or county it goes to, as the caller wrote it."}},
	{one: func(v *view) string { return v.to().City }, Field: Field{Name: "destination.city", Type: TypeWord, Description: "City it goes to."}},
	{place: (*view).destination, Field: Field{Name: "destination.postcode", Type: TypePostcode, Description: "Postal code it goes to."}},
	{one: func(v *view) string { return v.from().Country }, Field: Field{Name: "origin.country", Type: TypeCountry, Description: "Country it leaves from."}},
	{one: func(v *view) string { return v.from().State }, Field: Field{Name: "origin.state", Type: TypeWord, Description: "State, province or county it leaves from."}},
	{one: func(v *view) string { return v.from().City }, Field: Field{Name: "origin.city", Type: TypeWord, Description: "City it leaves from."}},
	{place: (*view).origin, Field: Field{Name: "origin.postcode", Type: TypePostcode, Description: "Postal code it leaves from."}},
	{one: func(v *view) string { return v.shipment().Method }, Field: Field{Name: "method", Type: TypeText, Description: "Shipping method the buyer chose in the shop."}},
	{one: func(v *view) string { return v.shipment().Channel }, Field: Field{Name: "channel", Type: TypeText, Description: "Sales channel."}},
	{one: func(v *view) string { return v.shipment().Group }, Field: Field{Name: "group", Type: TypeText, Description: "Group the caller put the shipment in."}},
	{one: func(v *view) string { return v.shipment().Brand }, Field: Field{Name: "brand", Type: TypeText, Description: "Brand, by its external id."}},
	{one: (*view).location, Field: Field{Name: "location", Type: TypeText, Description: "Location it leaves from, by its external id; missing when the sender was written out."}},
	{number: (*view).value, unit: func(v *view) string { return v.shipment().Value.Currency }, Field: Field{Name: "value", Type: TypeMoney, Description: "Value of the goods. An amount in another currency than the rule's never compares."}},
	{number: (*view).weight, Field: Field{Name: "weight", Type: TypeWeight, Description: "Weight of all parcels together, rounded up to a gram."}},
	{number: (*view).parcels, Field: Field{Name: "parcels", Type: TypeInteger, Description: "Number of parcels."}},
	{many: (*view).skus, Field: Field{Name: "sku", Type: TypeText, Description: "Stock keeping unit of any item."}},
	{number: (*view).quantity, Field: Field{Name: "quantity", Type: TypeInteger, Description: "Number of things in the shipment: the items' quantities together."}},
	{one: func(v *view) string { return v.shipment().Metadata }, Field: Field{Name: "metadata", Type: TypeText, Description: "Text the caller sends for rules to match."}},
	{many: (*view).tags, Field: Field{Name: "tag", Type: TypeText, Description: "Number of any tag, as text."}},
	{one: func(v *view) string { return v.shipment().Dialect }, Field: Field{Name: "dialect", Type: TypeWord, Description: "API the shipment came in through."}},
	{number: (*view).weekday, Field: Field{Name: "weekday", Type: TypeWeekday, Description: "Day of the week now, where the shipment leaves."}},
	{number: (*view).clock, Field: Field{Name: "time", Type: TypeTime, Description: "Time of day now, to the minute, where the shipment leaves."}},
	{number: (*view).shipDate, Field: Field{Name: "ship_date", Type: TypeDate, Description: "Day it leaves: today, or the location's next open day after its cut-off; the day that the caller said, where that is later."}},
	{flag: (*view).residential, Field: Field{Name: "residential", Type: TypeFlag, Description: "It goes to a home; missing when nobody knows."}},
	{one: func(v *view) string { return v.shipment().Options.Signature }, Field: Field{Name: "signature", Type: TypeWord, Description: "Signature wanted, in the caller's word: required, adult, not_required."}},
	{many: (*view).temperatures, Field: Field{Name: "temperature", Type: TypeWord, Description: "What any parcel must be kept at: refrigerated…; missing when nothing was asked."}},
	{flag: (*view).dangerous, Field: Field{Name: "dangerous_goods", Type: TypeFlag, Description: "It holds dangerous goods."}},
	{one: func(v *view) string { return v.candidate.Provider.Carrier }, Field: Field{Name: "carrier", Type: TypeWord, AfterRating: true, Description: "Carrier of the rate: ups, house…"}},
	{one: func(v *view) string { return v.candidate.Provider.ExternalID }, Field: Field{Name: "connection", Type: TypeText, AfterRating: true, Description: "Connection of the rate, by its external id."}},
	{one: func(v *view) string { return v.candidate.Provider.Name }, Field: Field{Name: "provider", Type: TypeWord, AfterRating: true, Description: "Name of the rate's connection."}},
	{Field: Field{Name: "service", Type: TypeService, AfterRating: true, Description: "Service of the rate: text is the carrier's code, a number the account's service number."}},
	{number: (*view).price, unit: func(v *view) string { return v.candidate.Sold.Currency }, Field: Field{Name: "price", Type: TypeMoney, AfterRating: true, Description: "What the account pays for the rate."}},
	{number: (*view).transit, Field: Field{Name: "transit_days", Type: TypeInteger, AfterRating: true, Description: "Working days on the way; missing when the carrier does not say."}},
	{number: (*view).delivery, Field: Field{Name: "delivery_by", Type: TypeMoment, AfterRating: true, Description: "When the carrier promises to deliver; missing when it does not."}},
	{Field: Field{Name: attributePrefix + "<key>", Type: TypeText, Description: "Attribute the caller made up, by its key; a number or flag as it is written in JSON."}},
}

var fieldOf = func() map[string]field {
	byName := make(map[string]field, len(fields))
	for _, f := range fields {
		f.Operators = operatorOf[f.Type]
		f.title = strings.NewReplacer(".", " ", "_", " ").Replace(f.Name)
		byName[f.Name] = f
	}
	return byName
}()

// lookup finds a field by its name.
func lookup(name string) (field, bool) {
	if key, ok := strings.CutPrefix(name, attributePrefix); ok {
		if key == "" || len(key) > 100 || strings.HasPrefix(key, "<") {
			return field{}, false
		}
		f := fieldOf[attributePrefix+"<key>"]
		f.Name, f.title = name, "attribute "+strconv.Quote(key)
		f.one = func(v *view) string { return v.attributes()[key] }
		return f, true
	}
	f, ok := fieldOf[name]
	return f, ok
}

// Vocabulary lists the fields that a criterion can ask about, with their operators. It is closed.
func Vocabulary() []Field {
	list := make([]Field, len(fields))
	for i, f := range fields {
		list[i] = fieldOf[f.Name].Field
		list[i].Operators = append([]Op(nil), list[i].Operators...)
	}
	return list
}

// test makes a criterion of a field, an operator the field has, and a value.
func (p *parser) test(f field, op Op, value []byte, path string) *leaf {
	l := &leaf{rated: f.AfterRating}
	if op == Exists {
		p.existence(l, f, value, path)
		return l
	}
	switch f.Type {
	case TypeText, TypeWord, TypeCountry:
		p.textTest(l, f, op, value, path)
	case TypePostcode:
		p.postcodeTest(l, f, op, value, path)
	case TypeFlag:
		p.flagTest(l, f, value, path)
	case TypeService:
		p.productTest(l, f, op, value, path)
	case TypeMoment:
		p.momentTest(l, f, op, value, path)
	default:
		p.numberTest(l, f, op, value, path)
	}
	return l
}

// phrase puts an operator and its value in words, to follow the field's name.
func phrase(f field, op Op, value string) string {
	verb := map[Op]string{
		Is: "to be ", IsNot: "not to be ", In: "to be one of ", NotIn: "to be none of ", Between: "to be between ",
		Lt: "to be under ", Lte: "to be at most ", Gt: "to be over ", Gte: "to be at least ",
		Matches: "to match ", Contains: "to contain ",
	}[op]
	if f.Type == TypeMoment || f.Type == TypeDate || f.Type == TypeTime {
		verb = strings.NewReplacer("under", "before", "at most", "at the latest", "over", "after", "at least", "at the earliest").Replace(verb)
	}
	return f.title + " " + verb + value
}

// words lists things in a sentence, the first few of many.
func words[T ~string](list []T) string {
	const most = 12
	parts := make([]string, 0, min(len(list), most))
	for _, s := range list[:min(len(list), most)] {
		parts = append(parts, string(s))
	}
	if len(list) > most {
		return strings.Join(parts, ", ") + "… (" + strconv.Itoa(len(list)) + " in all)"
	}
	return strings.Join(parts, ", ")
}

// has reports whether anything is given in the field.
func (f *field) has(v *view) bool {
	switch {
	case f.one != nil:
		return f.one(v) != ""
	case f.many != nil:
		return len(f.many(v)) > 0
	case f.place != nil:
		return f.place(v).whole != ""
	case f.flag != nil:
		_, known := f.flag(v)
		return known
	case f.number != nil:
		_, known := f.number(v)
		return known
	}
	code, number := v.product()
	return code != "" || number != 0
}

func (p *parser) existence(l *leaf, f field, value []byte, path string) {
	wanted, ok := truth(value)
	if !ok {
		p.wrong(path, waybill.RuleBoolean, value, "exists takes true or false")
	}
	l.extent = existExtent(f, wanted)
	l.test = func(v *view) bool { return f.has(v) == wanted }
	l.words, l.got = f.title+" to be given", func(*view) string { return "missing" }
	if !wanted {
		l.words, l.got = f.title+" to be missing", func(*view) string { return "given" }
	}
}
