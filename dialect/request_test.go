package dialect

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"waybill"
)

func TestQueryKeysStayAsTheyWereSent(t *testing.T) {
	values, err := url.ParseQuery("DeliveryAddress.postcode=AB1&trackingNumbers[1]=b&trackingNumbers[0]=a&limit=5&limit=10&n[]=x&n[]=y&plain=p")
	if err != nil {
		t.Fatal(err)
	}
	r := &Request{Query: values}
	v := r.Asked()
	if v.At("DeliveryAddress.postcode").Text(0) != "AB1" || v.At("limit").Integer(1, 100) != 10 || v.At("trackingNumbers[0]").Text(0) != "a" {
		t.Error(v.Raw())
	}
	for name, want := range map[string]string{"trackingNumbers": "a b", "n": "x y", "plain": "p", "none": ""} {
		if got := strings.Join(r.AskedAll(name), " "); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestMediaTypesAreNegotiated(t *testing.T) {
	offers := []string{"application/json", "application/xml", "text/xml"}
	for header, want := range map[string]string{
		"":                                     "application/json",
		"*/*":                                  "application/json",
		"application/xml":                      "application/xml",
		"TEXT/XML; charset=utf-8":              "text/xml",
		"text/*;q=0.5, application/*;q=0.4":    "text/xml",
		"application/json;q=0.2, text/xml":     "text/xml",
		"application/json;q=0, */*;q=0.1":      "application/xml",
		"text/html,application/xml;q=0.9":      "application/xml",
		"text/html":                            "",
		"application/json;q=0":                 "",
		"application/json; version=1; q=0.123": "application/json",
	} {
		r := &Request{Header: http.Header{}}
		if header != "" {
			r.Header.Set("Accept", header)
		}
		got, err := r.Accept(offers...)
		if got != want || (want == "") != (waybill.ReasonOf(err) == waybill.ReasonNotAcceptable) {
			t.Errorf("Accept %q: %q (%v), want %q", header, got, err, want)
		}
	}
}

func TestOnlyTrustedProxiesAreBelieved(t *testing.T) {
	front := Front{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}}
	tests := []struct{ peer, forwarded, proto, host, ip, origin string }{
		{"203.0.113.9:1000", "1.1.1.1", "https", "evil.test", "203.0.113.9", "http://api.test"},
		{"10.1.1.1:1000", "1.1.1.1", "https", "", "1.1.1.1", "https://api.test"},
		{"10.1.1.1:1000", "6.6.6.6, 1.1.1.1, 10.2.2.2", "https", "front.test", "1.1.1.1", "https://front.test"},
		{"[::1]:1000", "2001:db8::7", "", "", "2001:db8::7", "http://api.test"},
		{"10.1.1.1:1000", "nonsense", "gopher", "a b", "10.1.1.1", "http://localhost"},
		{"10.1.1.1:1000", "1.1.1.1, nonsense", "", "", "10.1.1.1", "http://api.test"},
		{"[::ffff:10.1.1.1]:5", "1.1.1.1:4444", "", "", "1.1.1.1", "http://api.test"},
	}
	for _, test := range tests {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr, r.Host = test.peer, "api.test"
		for name, value := range map[string]string{"X-Forwarded-For": test.forwarded, "X-Forwarded-Proto": test.proto, "X-Forwarded-Host": test.host} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		if p := front.Place(r); p.IP != test.ip || p.Origin != test.origin {
			t.Errorf("%+v: ip %s, origin %s", test, p.IP, p.Origin)
		}
	}
}

func TestNumbersKeepTheirDigits(t *testing.T) {
	for in, want := range map[waybill.Decimal]string{
		"10.50": "10.50", "0.5": "0.5", ".5": "0.5", "-.5": "-0.5", "5.": "5", "007": "7", "0": "0", "-0.10": "-0.10",
	} {
		if got := string(JSON(200, map[string]any{"n": Number(in)}).Body); got != `{"n":`+want+`}` {
			t.Errorf("%s: %s", in, got)
		}
	}
	if got := string(JSON(200, []any{Number(""), "<&>"}).Body); got != `[null,"<&>"]` {
		t.Error(got)
	}
}

func TestXMLIsWhatJSONWas(t *testing.T) {
	in := `{"b":{"z":1.50,"a":"x < y & \"z\""},"list":[{"id":1},{"id":2}],"none":[],"yes":true,"no":false,"nil":null,"Royal Mail 1st":"q","2nd":"w"}`
	want := `<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		`<response><b><z>1.50</z><a>x &lt; y &amp; &#34;z&#34;</a></b><list><id>1</id></list><list><id>2</id></list><none></none>` +
		`<yes>1</yes><no>0</no><nil></nil><Royal_Mail_1st name="Royal Mail 1st">q</Royal_Mail_1st><_2nd name="2nd">w</_2nd></response>`
	got := XML(Reply{Status: 400, Body: []byte(in), Header: http.Header{"Content-Type": {"application/json"}, "X-Kept": {"1"}}})
	if string(got.Body) != want || got.Status != 400 || got.Header.Get("X-Kept") != "1" || got.Header.Get("Content-Type") != "application/xml; charset=UTF-8" {
		t.Errorf("%d %v\n%s\nwant\n%s", got.Status, got.Header, got.Body, want)
	}
	if got := XML(Reply{Body: []byte(`[1,"a"]`)}); !strings.HasSuffix(string(got.Body), "<response><item>1</item><item>a</item></response>") {
		t.Error(string(got.Body))
	}
	if got := XML(Reply{Status: 200, Body: nil}); got.Body != nil {
		t.Error("an empty body became XML")
	}
}
