package engine_test

import (
	"testing"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

func TestSavingAgainKeepsIdentity(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	first, err := d.SavePackageSize(t.Context(), waybill.PackageSize{Row: waybill.Row{Number: 12345}, Name: "Box"})
	if err != nil || first.Number != 12345 {
		t.Fatalf("%v: an old vendor's number is kept, got %d", err, first.Number)
	}
	again, err := d.SavePackageSize(t.Context(), waybill.PackageSize{Name: "Box", Disabled: true})
	if err != nil || again.ID != first.ID || again.Number != 12345 || !again.Disabled {
		t.Errorf("%v: %+v", err, again)
	}
	next, err := d.SavePackageSize(t.Context(), waybill.PackageSize{Name: "Bag"})
	if err != nil || next.Number == 0 || next.Number == 12345 {
		t.Errorf("%v: the next number is %d", err, next.Number)
	}
	_, err = d.SavePackageSize(t.Context(), waybill.PackageSize{Name: " "})
	wantReason(t, err, waybill.ReasonFields, "name")
	_, err = d.SaveLocation(t.Context(), waybill.Location{ExternalID: "X", Address: waybill.Address{Country: "Narnia"}})
	wantReason(t, err, waybill.ReasonFields, "address.country")
	_, err = d.SaveRule(t.Context(), waybill.Rule{Name: "r", When: []byte(`{"field":"nothing"}`), Then: []byte(`[]`)})
	if !waybill.IsCode(err, waybill.Invalid) {
		t.Errorf("a rule that makes no sense: %v", err)
	}
}

// The installation's administrator must say whose record it is: nothing belongs to nobody.
func TestSetUpNeedsAnAccount(t *testing.T) {
	w := enginetest.New(t, enginetest.Options{})
	_, err := w.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin}).SavePackageSize(t.Context(), waybill.PackageSize{Name: "Box"})
	wantReason(t, err, waybill.ReasonUnknownRecord)
}

func TestListsOfSetUp(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	for i, sku := range []string{"b", "a", "c"} {
		price := []waybill.Decimal{"10", "9", "100"}[i]
		if _, err := d.PutProduct(t.Context(), engine.PutProduct{New: &waybill.Product{SKU: sku, Name: "N" + sku, Price: price}}); err != nil {
			t.Fatal(err)
		}
	}
	order := func(in engine.ListSetup) string {
		t.Helper()
		list, err := d.ListProducts(t.Context(), in)
		if err != nil || list.Total != 3 {
			t.Fatal(err, list.Total)
		}
		text := ""
		for _, p := range list.Items {
			text += p.SKU
		}
		return text
	}
	for want, in := range map[string]engine.ListSetup{
		"bac": {Limit: 10}, "abc": {Limit: 10, Sort: "sku", Ascending: true}, "cba": {Limit: 10, Sort: "sku"},
		"cab": {Limit: 10, Sort: "id", Ascending: false, Page: 1}, "c": {Limit: 2, Page: 2}, "ab": {Limit: 2, Sort: "price", Ascending: true},
	} {
		if got := order(in); got != want {
			t.Errorf("%+v lists %s, want %s", in, got, want)
		}
	}
	_, err := d.ListProducts(t.Context(), engine.ListSetup{Limit: 2, Page: 3})
	wantReason(t, err, waybill.ReasonNoPage)
	empty, err := d.ListTags(t.Context(), engine.ListSetup{Limit: 10, Page: 1})
	if err != nil || empty.Total != 0 || len(empty.Items) != 0 {
		t.Errorf("%v: %+v", err, empty)
	}
	_, err = d.PutProduct(t.Context(), engine.PutProduct{New: &waybill.Product{SKU: "a"}})
	wantReason(t, err, waybill.ReasonTaken)
	p, err := d.PutProduct(t.Context(), engine.PutProduct{SKU: "a", Change: func(p *waybill.Product) { p.Name = "new" }})
	if err != nil || p.Name != "new" || p.Price != "9" {
		t.Errorf("%v: %+v", err, p)
	}
	_, err = d.GetProduct(t.Context(), "nothing")
	wantReason(t, err, waybill.ReasonUnknownRecord)
}
