package dialect

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"waybill"
)

func form(body string) *Request {
	return &Request{Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded; charset=UTF-8"}}, Body: []byte(body)}
}

func TestNestedFormsReadLikeJSON(t *testing.T) {
	tests := []struct{ form, json string }{
		{"", `{}`},
		{"a=1", `{"a":"1"}`},
		{"a=1&a=2", `{"a":"2"}`},
		{"a", `{"a":""}`},
		{"a+b=c%20d+e", `{"a b":"c d e"}`},
		{"shipment_detail[weight]=2.5&shipment_detail[parcels]=1", `{"shipment_detail":{"weight":"2.5","parcels":"1"}}`},
		{"products%5B0%5D%5Bname%5D=T-shirt&products[0][qty]=2&products[1][name]=Mug", `{"products":[{"name":"T-shirt","qty":"2"},{"name":"Mug"}]}`},
		{"products[10][name]=later&products[2][name]=first", `{"products":[{"name":"first"},{"name":"later"}]}`},
		{"tags[]=1&tags[]=2", `{"tags":["1","2"]}`},
		{"p[][id]=1&p[][id]=2", `{"p":[{"id":"1"},{"id":"2"}]}`},
		{"p[0]=a&p[]=b", `{"p":["a","b"]}`},
		{"a[b][c][d]=1", `{"a":{"b":{"c":{"d":"1"}}}}`},
		{"DeliveryAddress.postcode=AB1", `{"DeliveryAddress.postcode":"AB1"}`},
		{"&&a=1&", `{"a":"1"}`},
		{"a=b=c", `{"a":"b=c"}`},
	}
	for _, test := range tests {
		v, err := form(test.form).Form()
		if err != nil {
			t.Errorf("%s: %v", test.form, err)
			continue
		}
		var want any
		if err := json.Unmarshal([]byte(test.json), &want); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(v.Raw(), want) {
			t.Errorf("%s: %v, want %s", test.form, v.Raw(), test.json)
		}
	}
}

func TestFormsThatCannotBeReadAreRefused(t *testing.T) {
	for name, body := range map[string]string{
		"text and object":   "a=1&a[b]=2",
		"object and text":   "a[b]=2&a=1",
		"array and object":  "a[]=1&a[b]=2",
		"object and array":  "a[b]=1&a[0]=2",
		"no name":           "[a]=1",
		"unclosed":          "a[b=1",
		"text after":        "a[b]c=1",
		"bracket inside":    "a[b[c]]=1",
		"bad escape":        "a=%zz",
		"bad key escape":    "%zz=a",
		"too deep":          "a" + strings.Repeat("[b]", 40) + "=1",
		"too many":          strings.Repeat("a[]=1&", formPairs+1),
		"index out of size": "a[0]=1&a[99999999999]=2",
	} {
		if _, err := form(body).Form(); waybill.ReasonOf(err) != waybill.ReasonBadJSON {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNumbersOfFormsAreText(t *testing.T) {
	v, err := form("weight=2.50&parcels=3&flag=1&off=false&empty=").Form()
	if err != nil {
		t.Fatal(err)
	}
	if w, n, on, off := v.At("weight").Decimal(), v.At("parcels").Integer(0, 10), v.At("flag").Boolean(), v.At("off").Boolean(); w != "2.50" || n != 3 || !on || off {
		t.Error(w, n, on, off)
	}
	if d := v.At("empty").Decimal(); d != "" || v.Errors("test") != nil {
		t.Error(d, v.Errors("test"))
	}
	v.At("flag").Object()
	v.At("weight").Integer(0, 10)
	if e := waybill.AsError(v.Errors("test")); len(e.Fields) != 2 || e.Fields[0].Path != "flag" || e.Fields[1].Rule != waybill.RuleInteger {
		t.Errorf("%+v", e.Fields)
	}
}

func TestDocumentsAreReadAsWhatTheyAre(t *testing.T) {
	asForm := form("a=1")
	asJSON := &Request{Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(`{"a":"1"}`)}
	mislabelled := form("  {\"a\":\"1\"}") // curl -d without a content type
	for name, r := range map[string]*Request{"form": asForm, "json": asJSON, "mislabelled": mislabelled} {
		v, err := r.Document()
		if err != nil || v.At("a").Text(0) != "1" {
			t.Errorf("%s: %v %v", name, v.Raw(), err)
		}
	}
	for _, body := range []string{"", "{", `{"a":1} x`, "nonsense", `{"a":}`} {
		r := &Request{Header: http.Header{}, Body: []byte(body)}
		if _, err := r.Document(); waybill.ReasonOf(err) != waybill.ReasonBadJSON {
			t.Errorf("%q: %v", body, err)
		}
	}
}

func FuzzForm(f *testing.F) {
	f.Add("shipment_detail[weight]=2.5&products[0][name]=x&tags[]=1")
	f.Add("a[b=1&[]=2&%zz")
	f.Fuzz(func(t *testing.T, body string) {
		v, err := form(body).Form()
		if err != nil {
			if waybill.ReasonOf(err) != waybill.ReasonBadJSON {
				t.Fatal(err)
			}
			return
		}
		if v.Bytes() == nil {
			t.Fatalf("%q is read as something that is no JSON: %v", body, v.Raw())
		}
	})
}
