package engine

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill"
)

// untouched says, of every stored type that nothing is taken out of when a recipient is forgotten, why.
var untouched = map[string]string{
	"Account": "set-up", "Brand": "set-up", "Location": "set-up: an own place", "Connection": "set-up", "Service": "set-up", "PackageSize": "set-up",
	"Product": "set-up", "Tag": "set-up", "Rule": "set-up", "RuleSet": "set-up", "RuleDraft": "set-up", "CardVersion": "set-up", "Registration": "an own place at a carrier",
	"Proof": "what was proved of a connection", "Subscription": "set-up; those of one shipment are removed with it",
	"User": "the account's own people: an administrator deletes them", "Login": "the same; it goes when it expires", "SavedView": "the same", "Client": "a program",
	"APIKey": "a program", "AuditEntry": "who of the account's own people did what: names of members, never what was in them",
	"Pickup": "parcels of an own place, together", "Manifest": "the same", "Erasure": "the receipt: whom is sealed, and gone soon after it is done",
	"Decision": "removed", "Document": "removed, and its file", "SavedAddress": "removed", "APIRequest": "removed", "CarrierCall": "removed",
}

// mayStay are the texts that stay of a shipment and what hangs on it, each sort with its reason. What no line names must go.
var mayStay = []struct{ why, what string }{
	{"ids and states of ours", `^\w+\.(Row\.\w+|ID|Account|Shipment|Return|Purchase|Pickup|Manifest|Connection|Subscription|Event|Kind|State|Booking|Transit|Dialect|Key|Hold|Place|Reason|Magic|Cancelled|CancelledBy|Stage)$`},
	{"the account's own reference", `^(Shipment|Return)\.Reference$`},
	{"who of the account did it", `^\w+\.(CreatedBy|Tenant|Brand|Actor|ActorKind|IP|Client)$`},
	{"an own place, when it is one", `^Return\.To\.(Contact|Address|TaxIDs\[\])\.\w+$|^(Shipment|Return)\.(Location|LocationKey|TimeZone|ReturnKey|ReturnName)$`},
	{"what a person leaves: a word, the country, the area", `^\w+\.(To|From|ReturnTo\*|Sender|Receiver)\.(Contact\.Name|Address\.(Country|State|Postcode))$`},
	{"weights and sizes", `\.((Weight|TotalWeight|DeclaredWeight|Chargeable)\.(Value|Unit)|Size\.(Length|Width|Height|Unit))$`},
	{"money", `\.(Currency|Value\.Value|Insurance\.Value|COD\.Value|Price|SalePrice)$|\.Charges\[\]\.(Kind|Name|Type)$|\.(Amount|Customs|DeliveryCharges|Discount|Tax|Total)\.Value$|^Declaration\.Invoices\[\]\.(Number|Account)$`},
	{"goods, without words", `\.(Items\[\]\.(SKU|Commodity\.(Code|Country|Composition|MID))|Temperature|Items\[\]\.Parcel)$|^Declaration\.(Category|Product|Tariff|Number|Licence)$`},
	{"what was asked of the carrier", `^(Shipment|Return)\.(Options\.(Signature|Temperature|Enhancement|Format|ShipDate|Contents|Undeliverable)|Label\.Format|Tags\[\]|Returns\[\]\.Expiry|Expiry)$`},
	{"who carried it, under which number", `^(Shipment|Return|Purchase)\.(Provider\*\.(Connection|ExternalID|Carrier|Name|DisplayName|Service|ServiceName|Mode)|Service|CarrierID|Tracking|Numbers\[\]|Parcels\[\]\.(Tracking|SSCC)|Booking\*\.(CarrierID|Numbers\[\])|Rate\.(Service|ServiceName|Abilities\[\]))$|^Tracker\.(CarrierID|Track\.(Number|Status))$`},
	{"returns of it", `^Shipment\.Returns\[\]\.(ID|Tracking|Shipment|Carrier|Reference|Label|Booking|Transit)$`},
	{"why not, in a word of the closed list", `\.Failure\*\.(Reason|Needed)$`},
	{"where a parcel was, in words of the closed list and the carrier's codes", `\.Scans?(\[\]|\*)\.(Status|Code|Reason)$`},
	{"which carrier said no, and its code", `\.Fault\*\.(Carrier|Code)$`},
	{"facts without words of a person", `^Event\.Facts\.(Booking|Transit|Reason|Carrier|Service|Tracking|Fields\[\]|Format|Shipments\[\])$`},
	{"the account's own endpoint", `^Delivery\.URL$`},
}

// TestWhatMayStayOfAForgottenPerson: of every text that is stored, either it goes or a reason says why it stays. Who adds a
// member or a type decides here.
func TestWhatMayStayOfAForgottenPerson(t *testing.T) {
	shipment := filledIn[waybill.Shipment](t)
	shipment.LocationKey, shipment.ReturnKey = "", "" // addresses of its own
	returned, purchase, tracker := filledIn[waybill.Return](t), filledIn[waybill.Purchase](t), filledIn[waybill.Tracker](t)
	event, delivery, declaration := filledIn[waybill.Event](t), filledIn[waybill.Delivery](t), filledIn[waybill.Declaration](t)
	leftReturn(&returned)
	leftPurchase(&purchase)
	leftTracker(&tracker)
	leftDelivery(&delivery)
	leftDeclaration(&declaration)
	event.Subject.LocationKey, event.Subject.ReturnKey = "", ""
	leftEvent(&event)
	subject := *event.Subject
	event.Subject = nil
	rewritten := map[string]bool{}
	for _, v := range []any{forgotten(shipment), subject, returned, purchase, tracker, event, delivery, declaration} {
		kind := reflect.TypeOf(v).Name()
		rewritten[kind] = true
		for _, path := range texts(kind, reflect.ValueOf(v)) {
			if !slices.ContainsFunc(mayStay, func(m struct{ why, what string }) bool { return regexp.MustCompile(m.what).MatchString(path) }) {
				t.Errorf("%s stays, and nothing says why it may", path)
			}
		}
	}
	for _, p := range []waybill.Party{forgotten(shipment).To, forgotten(shipment).From, *forgotten(shipment).ReturnTo, subject.To, returned.From, declaration.Sender, declaration.Receiver} {
		if p.Contact.FullName() != waybill.Erased || p.Address.Street1+p.Address.City+p.Contact.Email+p.Contact.Phone+p.Contact.Mobile+p.Contact.Company != "" {
			t.Errorf("of a person stays %+v", p)
		}
	}
	shapes, err := os.ReadFile("../store/sqlstore/testdata/shapes.txt")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^# (\w+),`).FindAllStringSubmatch(string(shapes), -1)
	if len(found) < 30 {
		t.Fatalf("%d stored types are known", len(found))
	}
	for _, m := range found {
		if rewritten[m[1]] == (untouched[m[1]] != "") {
			t.Errorf("%s is stored: either a recipient is taken out of it, or a reason says why nothing is", m[1])
		}
	}
}

// filledIn is a value with something in every member.
func filledIn[T any](t *testing.T) (v T) {
	t.Helper()
	n := 0
	fillIn(reflect.ValueOf(&v).Elem(), &n)
	return v
}

func fillIn(v reflect.Value, n *int) {
	*n++
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Unix(1_700_000_000, 0).UTC()))
	case v.Type() == reflect.TypeFor[json.RawMessage]():
		v.SetBytes([]byte(`"someone"`))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			fillIn(v.Field(i), n)
		}
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillIn(v.Elem(), n)
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fillIn(v.Index(0), n)
	case v.Kind() == reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fillIn(key, n)
		fillIn(value, n)
		v.SetMapIndex(key, value)
	case v.Kind() == reflect.String:
		v.SetString(fmt.Sprintf("text %d", *n))
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.CanInt():
		v.SetInt(1)
	case v.CanUint():
		v.SetUint(1)
	case v.CanFloat():
		v.SetFloat(1)
	}
}

// texts are the paths of a value's texts that are not empty.
func texts(path string, v reflect.Value) (list []string) {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			list = append(list, texts(path+"."+v.Type().Field(i).Name, v.Field(i))...)
		}
	case v.Kind() == reflect.Pointer:
		if !v.IsNil() {
			list = texts(path+"*", v.Elem())
		}
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		if v.Len() > 0 {
			list = []string{path}
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			list = append(list, texts(path+"[]", v.Index(i))...)
		}
	case v.Kind() == reflect.Map:
		for _, key := range v.MapKeys() {
			list = append(list, texts(path+"{}", v.MapIndex(key))...)
		}
	case v.Kind() == reflect.String && strings.TrimSpace(v.String()) != "":
		list = []string{path}
	}
	return list
}
