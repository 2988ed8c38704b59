package dialect_test

import (
	"net/http"
	"strings"
	"testing"

	"waybill"
)

func TestWebPagesMayAskWhereAnAccountListsThem(t *testing.T) {
	f := open(t, toy(), nil)
	admin := f.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin})
	accounts, err := admin.ListAccounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	accounts[0].Access.Origins = []string{"https://shop.example"}
	if _, err := admin.SaveAccount(t.Context(), accounts[0]); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		method, origin, allowed string
		status                  int
	}{
		{http.MethodOptions, "https://shop.example", "https://shop.example", http.StatusNoContent},
		{http.MethodOptions, "https://evil.example", "", http.StatusNoContent},
		{http.MethodOptions, "", "", http.StatusNoContent},
		{http.MethodPost, "https://shop.example", "https://shop.example", http.StatusOK},
		{http.MethodPost, "https://evil.example", "", http.StatusForbidden},
		{http.MethodPost, "", "", http.StatusOK},
	} {
		header := http.Header{"Authorization": {f.Authorization}, "Content-Type": {"application/json"}}
		if c.origin != "" {
			header.Set("Origin", c.origin)
		}
		if c.method == http.MethodOptions {
			header = http.Header{"Origin": header["Origin"], "Access-Control-Request-Headers": {"authorization"}}
		}
		answer := get(t, http.DefaultClient, c.method, f.url+"/echo", header, strings.NewReader(`{"text":"x"}`))
		_ = answer.Body.Close()
		if answer.StatusCode != c.status || answer.Header.Get("Access-Control-Allow-Origin") != c.allowed {
			t.Errorf("%s from %q: %s, readable for %q", c.method, c.origin, answer.Status, answer.Header.Get("Access-Control-Allow-Origin"))
		}
		if headers := answer.Header.Get("Access-Control-Allow-Headers"); c.method == http.MethodOptions && (headers == "authorization") != (c.allowed != "") {
			t.Errorf("from %q the headers %q may be sent", c.origin, headers)
		}
	}
}
