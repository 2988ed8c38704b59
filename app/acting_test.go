package app

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"waybill"
	"waybill/engine"
)

// acting gives the parent people and programs that may work in the elder child alone.
func (k *kin) acting() {
	ctx, s := k.t.Context(), k.as("zqparent")
	grants := []waybill.ID{k.id["zqelder"]}
	_, err := s.SaveUser(ctx, engine.SaveUser{User: waybill.User{Email: "zqboth@example.com", Name: "both", Role: waybill.RoleOperations, Grants: grants}, NewPassword: "zqboth-password", NewAPIKey: "zqboth-apikey"})
	k.check(err)
	_, err = s.SaveClient(ctx, engine.SaveClient{Client: waybill.Client{ClientID: "zqboth-client", Name: "both", Role: waybill.RoleOperations, Grants: grants}, NewSecret: "zqboth-secret"})
	k.check(err)
	k.token["zqboth"] = map[string]string{}
	k.logIn("zqboth")
}

// TestAParentWorksInAChildThroughEachApi: the header Waybill-Account has any API work in a child that was granted, on its
// records and in its name; without a grant, and with the account of somebody else, it is as if there were none.
func TestAParentWorksInAChildThroughEachApi(t *testing.T) {
	k := gather(t, fresh(t))
	k.acting()
	elder := k.names["zqelder"]
	reading := map[string]foreignCall{}
	for _, o := range slices.Backward(everyCall(elder)) { // the first of each that reads a record
		if o.method == "GET" && slices.Contains(slices.Collect(maps.Values(elder)), lastWord(o)) {
			reading[o.api()] = o
		}
	}
	reading["epgl"] = foreignCall{method: "POST", path: "/epgl/api/v1/shipment/create", body: epglShipment("new", "In Transit")} // it reads nothing
	nobody := strings.Repeat("f", 24)
	for _, api := range []string{"lynkup", "shiptheory", "peddler", "epgl", "shiplee"} {
		t.Run(api, func(t *testing.T) {
			o, in := reading[api], string(k.id["zqelder"])
			own := k.call("zqelder", o, "")
			if own.status >= 300 {
				t.Fatalf("the child itself is answered %d %s", own.status, own.body)
			}
			if a := k.call("zqboth", o, in); a.status != own.status {
				t.Errorf("with a grant: %d %s", a.status, a.body)
			}
			want := bare(k.call("zqboth", o, nobody), nobody)
			if !strings.HasPrefix(want, "4") {
				t.Errorf("an account that is nowhere: %s", want)
			}
			for caller, other := range map[string]string{"zqboth": "zqyounger", "zqparent": "zqstranger", "zqelder": "zqyounger", "zqyounger": "zqparent", "zqstranger": "zqelder"} {
				in := string(k.id[other])
				if a := bare(k.call(caller, o, in), in); a != want {
					t.Errorf("%s in %s: %s, and of what is nowhere %s", caller, other, a, want)
				}
			}
		})
	}
	t.Run("what is made is the child's", func(t *testing.T) {
		in := string(k.id["zqelder"])
		if a := k.call("zqboth", foreignCall{method: "POST", path: "/lynkup/shipments", body: lynkupOrder("ACT-1", "Ann")}, in); a.status != 201 {
			t.Fatalf("%d %s", a.status, a.body)
		}
		sh, err := k.as("zqelder").GetShipment(t.Context(), engine.GetShipment{Ref: engine.Ref{Reference: "ACT-1"}})
		if err != nil || sh.Account != k.id["zqelder"] || sh.CreatedBy != "both" {
			t.Errorf("%v, of %s by %q", err, sh.Account, sh.CreatedBy)
		}
	})
}

// lastWord is the name that a call reads.
func lastWord(o foreignCall) string {
	if query, _ := url.ParseQuery(o.query); len(query) > 0 {
		for _, member := range []string{"trackingNumbers", "awb"} {
			if query.Has(member) {
				return query.Get(member)
			}
		}
		return ""
	}
	return o.path[strings.LastIndex(o.path, "/")+1:]
}
