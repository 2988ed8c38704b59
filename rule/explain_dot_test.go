package rule_test

import (
	"strings"
	"testing"

	"waybill"
	"waybill/rule"
)

// A carrier's own words, and a decision's, may end in a full stop already: the sentence that they are in has one.
func TestASentenceEndsOnce(t *testing.T) {
	told := rule.Explain(waybill.Decision{
		Outcome: "no_provider", Reason: "No provider matched.",
		Steps: []waybill.Step{{Stage: waybill.StageRate, Subject: "UPS", Outcome: waybill.StepFailed, Detail: "The service is down."}},
	})
	if text := strings.Join(told, " "); text != "UPS gave no rate: The service is down. Nobody will carry it: No provider matched." {
		t.Error(text)
	}
}
