package redact_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"waybill/internal/redact"
)

// TestSecretsByName: whatever a body is written in, what is called a secret is marked and the rest stays as it was.
func TestSecretsByName(t *testing.T) {
	for _, c := range []struct{ name, kind, body, want string }{
		{"member", "application/json", `{"a": 1, "password":"s3cret", "b":[2]}`, `{"a": 1, "password":"[secret]", "b":[2]}`},
		{"camel case", "application/json", `{"clientSecret":"s3cret","apiKey":"s3cret"}`, `{"clientSecret":"[secret]","apiKey":"[secret]"}`},
		{"number", "application/json", `{"token":12345}`, `{"token":"[secret]"}`},
		{"nested below a secret name", "application/json", `{"credentials":{"user":"u","x":["s3cret",true,null]}}`, `{"credentials":{"user":"[secret]","x":["[secret]",true,null]}}`},
		{"in an array", "application/json", `[{"access_token":"s3cret"},{"name":"n"}]`, `[{"access_token":"[secret]"},{"name":"n"}]`},
		{"escaped quote", "application/json", `{"secret":"a\"s3cret","n":"x"}`, `{"secret":"[secret]","n":"x"}`},
		{"damaged", "application/json", `{"password":"s3cret","n":`, `{"password":"[secret]","n":`},
		{"cut in the secret", "application/json", `{"n":1,"password":"s3cr`, `{"n":1,"password":"[secret]"`},
		{"form", "application/x-www-form-urlencoded", "user=a%40b&password=s3cret&grant_type=x", "user=a%40b&password=[secret]&grant_type=x"},
		{"nested form", "application/x-www-form-urlencoded", "login[api_key]=s3cret&n=1", "login[api_key]=[secret]&n=1"},
		{"element", "application/xml", "<a><token>s3cret</token><n>1</n></a>", "<a><token>[secret]</token><n>1</n></a>"},
		{"attribute", "text/xml", `<a password="s3cret" n="1"/>`, `<a password="[secret]" n="1"/>`},
		{"known by its shape", "application/json", `{"key":"wb_live_0123456789abcdef01","note":"eyJhbGciOiJI.eyJzdWIi.c2ln"}`, `{"key":"[secret]","note":"[secret]"}`},
		{"address with a password", "application/json", `{"url":"https://u:s3cret@host.example/in?a=1"}`, `{"url":"https://[secret]@host.example/in?a=1"}`},
		{"address with a token", "application/json", `{"u":["see https://host.example/in?token=s3cret&a=1#b"]}`, `{"u":["see https://host.example/in?token=[secret]&a=1#b"]}`},
		{"address with a key, escaped", "application/json", `{"url":"\"a\" https:\/\/host.example?a=1\u0026key=s3cret","n":1}`, `{"url":"\"a\" https://host.example?a=1&key=[secret]","n":1}`},
		{"address in a damaged body", "application/json", `{"n":1 "url":"https://u:s3cret@host.example/?key=s3cret"}`, `{"n":1 "url":"https://[secret]@host.example/?key=[secret]"}`},
		{"address without a secret", "application/json", `{"url":"https:\/\/host.example/@me?monkey=1","mail":"a@b.example"}`, `{"url":"https:\/\/host.example/@me?monkey=1","mail":"a@b.example"}`},
		{"not a secret", "application/json", `{"next_token":"n","tracking":"1Z","keyboard":"k"}`, `{"next_token":"n","tracking":"1Z","keyboard":"k"}`},
	} {
		got, found := redact.Body(c.kind, []byte(c.body))
		if got != c.want || found != strings.Contains(c.want, redact.Mark) {
			t.Errorf("%s: %s (%v), want %s", c.name, got, found, c.want)
		}
	}
}

// TestSecretsByValue: a secret is found in every form in which it may travel.
func TestSecretsByValue(t *testing.T) {
	const secret = `p/ss "w+rd`
	known := redact.Values(secret, "x")
	quoted, _ := json.Marshal(secret)
	for _, text := range []string{
		"plain " + secret, string(quoted), "?k=p%2Fss+%22w%2Brd", "/p%2Fss%20%22w+rd/x", base64.StdEncoding.EncodeToString([]byte(secret)),
	} {
		if got := known.Text(text); !strings.Contains(got, redact.Mark) || strings.Contains(got, "w+rd") {
			t.Errorf("%s became %s", text, got)
		}
	}
	if got := known.Text("x marks"); got != "x marks" {
		t.Errorf("a single letter was taken for a secret: %s", got)
	}
}

// TestHeaders keeps what is worth keeping, and of a credential no more than its kind.
func TestHeaders(t *testing.T) {
	got := redact.Headers(http.Header{
		"Authorization": {"Bearer abc.def"}, "Cookie": {"a=b"}, "X-Api-Key": {"k"}, "Content-Type": {"application/json"}, "X-Odd": {"1"},
	}, nil)
	want := map[string]string{"Authorization": "Bearer [secret]", "Cookie": "[secret]", "X-Api-Key": "[secret]", "Content-Type": "application/json", "X-Odd": "1"}
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s is kept as %q, want %q", name, got[name], value)
		}
	}
	for _, odd := range [][]string{{"s3cret and-more"}, {"s3cret", "Bearer x"}, {"s3cret"}} {
		if kept := redact.Headers(http.Header{"Authorization": odd}, nil)["Authorization"]; kept != redact.Mark {
			t.Errorf("of %q this is kept: %s", odd, kept)
		}
	}
	if text, found := redact.Body("text/plain", []byte("see wb_login_0123456789abcdefghijABCDEFGHIJ123456")); !found || strings.Contains(text, "wb_login") {
		t.Errorf("a session is kept: %s", text)
	}
	if kept := redact.Headers(http.Header{"X-Odd": {"1"}}, map[string]bool{"Accept": true}); len(kept) > 0 {
		t.Errorf("a header nobody wants was kept: %v", kept)
	}
}

// TestAnyDocument: any JSON is copied whole but for its secrets, and stays JSON.
func TestAnyDocument(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var draw func(depth int) any
		key := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"password", "token", "a"}))
		draw = func(depth int) any {
			if depth == 0 {
				return rapid.OneOf(rapid.Just(any(nil)), rapid.Just(any(1.5)), rapid.Map(rapid.String(), func(s string) any { return s })).Draw(t, "leaf")
			}
			if rapid.Bool().Draw(t, "object") {
				o := map[string]any{}
				for range rapid.IntRange(0, 3).Draw(t, "n") {
					o[key.Draw(t, "key")] = draw(depth - 1)
				}
				return o
			}
			list := []any{}
			for range rapid.IntRange(0, 3).Draw(t, "n") {
				list = append(list, draw(depth-1))
			}
			return list
		}
		body, err := json.MarshalIndent(draw(4), "", " ")
		if err != nil {
			t.Fatal(err)
		}
		got, found := redact.Body("application/json", body)
		if !json.Valid([]byte(got)) {
			t.Fatalf("%s became %s", body, got)
		}
		if !found && got != string(body) {
			t.Fatalf("%s became %s although nothing was found", body, got)
		}
	})
}

// TestDamaged: wherever a document is cut or bent, its secrets stay out and everything before them stays in.
func TestDamaged(t *testing.T) {
	const whole = `{"a": [1, {"pass_word": "s3cr\"et", "n": {}}], "token": ["s3cret", 17], "z": "\\"}`
	for end := 1; end <= len(whole); end++ {
		for _, tail := range []string{"", "}", "]", ",", `"`, `\`, "x"} {
			body := whole[:end] + tail
			got, _ := redact.Body("application/json", []byte(body))
			if strings.Contains(got, "s3cr") && strings.Contains(body, `pass_word": "s3cr`) {
				t.Fatalf("%s became %s", body, got)
			}
		}
	}
	deep := strings.Repeat("[", 50_000)
	if got, _ := redact.Body("application/json", []byte(deep)); got != deep {
		t.Errorf("%d brackets became %d bytes", len(deep), len(got))
	}
	long, _ := redact.Brief("application/json", []byte(`{"label":"`+strings.Repeat("A", 3000)+`","token":"`+strings.Repeat("B", 3000)+`"}`), 2000)
	if long != `{"label":"[3000 characters]","token":"[secret]"}` {
		t.Errorf("long texts became %.200s", long)
	}
}
