package rule

import (
	"fmt"
	"strconv"
	"strings"

	"waybill"
)

// Explain tells a decision's story in plain English sentences, in the order things happened, the outcome
// last.
func Explain(d waybill.Decision) []string {
	story := make([]string, 0, len(d.Steps)+2)
	for _, step := range d.Steps {
		story = append(story, sentence(step))
	}
	if d.Fixed {
		story = append(story, "The service was named: no other is tried.")
	}
	return append(story, outcome(d))
}

// sentence tells one step.
func sentence(s waybill.Step) string {
	subject := s.Subject
	s.Detail = strings.TrimSuffix(s.Detail, ".") // a carrier's own words may be a sentence already
	if s.Stage == waybill.StageRule && subject != "all rules" {
		subject = "Rule " + strconv.Quote(subject)
	}
	switch s.Stage + " " + s.Outcome {
	case "rule " + waybill.StepMatched:
		return fmt.Sprintf("%s applies: %s.", subject, s.Detail)
	case "rule " + waybill.StepNotMatched:
		return fmt.Sprintf("%s does not apply: %s.", subject, s.Detail)
	case "rule " + waybill.StepApplied:
		return fmt.Sprintf("%s %s.", subject, s.Detail)
	case "rule " + waybill.StepOverruled, "rule " + waybill.StepSkipped:
		if s.Subject == "all rules" {
			return fmt.Sprintf("No rule was asked: %s.", s.Detail)
		}
		return fmt.Sprintf("%s %s; so this is set aside.", subject, s.Detail)
	case "select " + waybill.StepRejected:
		return fmt.Sprintf("%s is not asked for a rate: %s.", subject, s.Detail)
	case "select " + waybill.StepSkipped:
		return fmt.Sprintf("%s is set aside: %s.", subject, s.Detail)
	case "rate " + waybill.StepRejected:
		return fmt.Sprintf("The rate of %s is out: %s.", subject, s.Detail)
	case "rate " + waybill.StepFailed:
		return fmt.Sprintf("%s gave no rate: %s.", subject, s.Detail)
	case "rank " + waybill.StepChosen:
		return fmt.Sprintf("%s is the choice, %s.", subject, s.Detail)
	case "rank " + waybill.StepRanked:
		return fmt.Sprintf("%s has %s.", subject, s.Detail)
	case "rank " + waybill.StepFailed:
		return fmt.Sprintf("Of %s %s.", subject, s.Detail)
	case "rate " + waybill.StepAnswered:
		return fmt.Sprintf("%s answered: %s.", subject, s.Detail)
	case "fallback " + waybill.StepRefused:
		return fmt.Sprintf("%s would not book it: %s.", subject, s.Detail)
	case "fallback " + waybill.StepChosen:
		return fmt.Sprintf("A second choice is tried: %s.", s.Detail)
	case "fallback " + waybill.StepFailed, "fallback " + waybill.StepNone:
		return fmt.Sprintf("No second choice is tried: %s.", s.Detail)
	}
	return fmt.Sprintf("%s: %s (%s).", subject, s.Outcome, s.Detail)
}

// outcomes say how a decision ended.
var outcomes = map[string]string{
	"book":        "It is to be booked",
	"hold":        "It waits for a person",
	"ignore":      "Nothing is tried",
	"no_provider": "Nobody will carry it",
}

func outcome(d waybill.Decision) string {
	said, ok := outcomes[d.Outcome]
	if !ok {
		said = "It is not decided yet"
	}
	if d.Reason != "" {
		said += ": " + strings.TrimSuffix(d.Reason, ".")
	}
	return said + "."
}
