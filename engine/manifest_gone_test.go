package engine_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

// barred are the reasons that a plan gives, by reference.
func barred(plan engine.ManifestPlan) map[string]string {
	why := map[string]string{}
	for _, r := range plan.Rest {
		why[r.Reference] = r.Why
	}
	return why
}

// What the carrier has already, handed over without a manifest, goes on none: it is told of no twice, and nobody is
// warned of it. What a driver has just scanned may still go on the sheet that he signs.
func TestWhatTheCarrierHasGoesOnNoManifest(t *testing.T) {
	onBoth(t, func(t *testing.T, o enginetest.Options) {
		d := dock(t, o)
		gone := map[string][]waybill.Transit{
			"delivered": {waybill.PickedUp, waybill.Delivered}, "on its way": {waybill.InTransit}, "came back": {waybill.Returning, waybill.Returned},
		}
		var named []engine.Ref
		for name, scans := range gone {
			sh := sent(t, d, name, "van")
			named = append(named, engine.Ref{ID: sh.ID})
			for _, status := range scans {
				scan(t, d, sh.Tracking, status)
			}
		}
		taken, waits := sent(t, d, "taken", "van"), sent(t, d, "waits", "van")
		scan(t, d, taken.Tracking, waybill.PickedUp)
		for what, in := range map[string]engine.ManifestScope{
			"all": scope("van"), "those named": {Location: "7709", Connection: "van", Shipments: append(named, engine.Ref{ID: taken.ID}, engine.Ref{ID: waits.ID})},
		} {
			plan, err := d.PlanManifest(t.Context(), in)
			if err != nil || len(plan.Lines) != 2 {
				t.Fatalf("%s: %d can go on a manifest: %v", what, len(plan.Lines), err)
			}
			for name := range gone {
				if why := barred(plan)[name]; why != engine.BarHandedOver {
					t.Errorf("%s: %s is left out because of %q", what, name, why)
				}
			}
		}
		if m := closing(t, d, scope("van")); m.Shipments != 2 {
			t.Errorf("%d are on the sheet", m.Shipments)
		}
		scan(t, d, waits.Tracking, waybill.Delivered)
		if plan, err := d.PlanManifest(t.Context(), scope("van")); err != nil || barred(plan)["waits"] != engine.BarOnManifest {
			t.Errorf("of one that was on the sheet is said %q, %v", barred(plan)["waits"], err)
		}
	})
}

// On the sheet each parcel has its own weight; those without one share their shipment's.
func TestEachParcelHasItsOwnWeightOnTheSheet(t *testing.T) {
	for name, c := range map[string]struct {
		weights []waybill.Decimal
		total   waybill.Decimal
		want    []string
	}{
		"own":    {[]waybill.Decimal{"1.5", "2.25", "4"}, "", []string{"7.75", "1.50", "2.25", "4.00"}},
		"shared": {[]waybill.Decimal{"", "", ""}, "10", []string{"10.00", "3.33", "3.33", "3.33"}},
	} {
		d := dock(t, enginetest.Options{})
		in := enginetest.Order(name)
		in.Shipment.Choice.Connection = "van"
		parcel := in.Shipment.Parcels[0]
		in.Shipment.Parcels = nil
		for _, w := range c.weights {
			parcel.Weight = waybill.Weight{Value: w, Unit: waybill.Kilogram}
			in.Shipment.Parcels = append(in.Shipment.Parcels, parcel)
		}
		in.Shipment.TotalWeight = waybill.Weight{Value: c.total, Unit: waybill.Kilogram}
		sh := create(t, d, in)
		if sh.Booking != waybill.Booked {
			t.Fatalf("%s: %s %+v", name, sh.Booking, sh.Failure)
		}
		plan, err := d.PlanManifest(t.Context(), engine.ManifestScope{Location: "7709", Connection: "van", Shipments: []engine.Ref{{ID: sh.ID}}})
		if err != nil || len(plan.Rest)+len(plan.Lines) != 1 {
			t.Fatal(len(plan.Rest), len(plan.Lines), err)
		}
		leaves := scope("van")
		for _, r := range plan.Rest {
			leaves.Day = r.Day
		}
		paper, err := d.ManifestDocument(t.Context(), closing(t, d, leaves).ID)
		if err != nil {
			t.Fatal(err)
		}
		if got := weighed(t, paper.Data); !slices.Equal(got, c.want) {
			t.Errorf("%s: the sheet says %v, want %v", name, got, c.want)
		}
	}
}

// weighed are the weights that a sheet says: of all, and of each parcel in order.
func weighed(t *testing.T, pdf []byte) []string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sheet.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`\b\d+\.\d\d\b`).FindAllString(string(text), -1)
}

// A retry is for what nobody carries although somebody was asked. A draft costs nothing till it is booked.
func TestADraftIsNotRetried(t *testing.T) {
	d := fakeFirst(t, "courier")
	in := enginetest.Order("A-1")
	in.Draft = true
	sh, err := d.CreateShipment(t.Context(), in)
	if err != nil || sh.Booking != waybill.Draft {
		t.Fatal(sh.Booking, err)
	}
	_, err = d.RetryShipment(t.Context(), engine.RetryShipment{Ref: ref("A-1")})
	wantReason(t, err, waybill.ReasonNotRetryable)
	if d.Courier.Live() != 0 || get(t, d, "A-1").Version != sh.Version {
		t.Errorf("%d were bought", d.Courier.Live())
	}
	if sh, err = d.RetryShipment(t.Context(), engine.RetryShipment{Ref: ref("A-1"), Release: true}); err != nil || sh.Booking != waybill.Booked {
		t.Errorf("released: %s, %v", sh.Booking, err)
	}
}
