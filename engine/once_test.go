package engine_test

import (
	"errors"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

func TestOnce(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	done := 0
	do := func(err error) func() ([]byte, error) {
		return func() ([]byte, error) { done++; return []byte("secret answer"), err }
	}
	ask := engine.Once{Key: "k", Hash: "h", Verb: "v"}

	if _, _, err := d.Once(t.Context(), ask, do(errors.New("refused"))); err == nil || done != 1 {
		t.Fatal("what failed is an answer:", err, done)
	}
	for range 2 {
		answer, again, err := d.Once(t.Context(), ask, do(nil))
		if err != nil || string(answer) != "secret answer" || done != 2 {
			t.Fatal(string(answer), again, err, done)
		}
	}
	for _, other := range []engine.Once{{Key: "k", Hash: "other", Verb: "v"}, {Key: "k", Hash: "h", Verb: "other"}} {
		if _, _, err := d.Once(t.Context(), other, do(nil)); waybill.ReasonOf(err) != waybill.ReasonKeyReused {
			t.Error(err)
		}
	}
	if _, _, err := d.World.Account("other").Once(t.Context(), ask, do(nil)); err != nil || done != 3 {
		t.Error("another account's key is the same:", err, done)
	}

	// One that is under way keeps others out, and so does one of which nobody knows how it ended.
	_, _, err := d.Once(t.Context(), engine.Once{Key: "slow", Hash: "h", Verb: "v"}, func() ([]byte, error) {
		_, _, err := d.Once(t.Context(), engine.Once{Key: "slow", Hash: "h", Verb: "v"}, do(nil))
		if e := waybill.AsError(err); e == nil || e.Reason != waybill.ReasonKeyRunning || e.RetryAfter == 0 {
			t.Error(err)
		}
		unsure := waybill.E("v", waybill.ReasonCarrierOutage, "no answer")
		unsure.Unsure = true
		return nil, unsure
	})
	if !waybill.AsError(err).Unsure {
		t.Error(err)
	}
	if _, _, err := d.Once(t.Context(), engine.Once{Key: "slow", Hash: "h", Verb: "v"}, do(nil)); waybill.ReasonOf(err) != waybill.ReasonKeyRunning {
		t.Error(err)
	}
	d.Clock.Advance(3 * time.Minute)
	if _, _, err := d.Once(t.Context(), engine.Once{Key: "slow", Hash: "h", Verb: "v"}, do(nil)); err != nil {
		t.Error(err)
	}
	d.Clock.Advance(49 * time.Hour)
	if _, again, err := d.Once(t.Context(), ask, do(nil)); err != nil || again {
		t.Error("a key is remembered for ever:", again, err)
	}
}
