package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"waybill"
	"waybill/carrier"
	"waybill/label"
	"waybill/rule"
)

// answer is what one connection said when asked for rates.
type answer struct {
	rates   []waybill.Rate
	refused []refusedService
	err     error
}

// refusedService is one that the carrier left out, and why.
type refusedService struct{ code, why string }

func (r refusedService) step(c waybill.Connection) waybill.Step {
	return waybill.Step{Stage: waybill.StageRate, Subject: c.DisplayName + " " + r.code, Outcome: waybill.StepRejected, Detail: r.why}
}

// verbRate is what an order or a return is read for when somebody only asks for prices.
const verbRate = "rate"

// rate asks the selected connections for the way out.
func (s Session) rate(
	ctx context.Context, set *setup, sh waybill.Shipment, all []waybill.Connection, selection rule.Selection, unpaid bool,
) ([]waybill.Candidate, []waybill.Step, []Missing) {
	return s.rateWay(ctx, set, carrier.QuoteRequest{Shipment: departing(set, sh, s.Clock.Now()), Direction: waybill.Outgoing}, all, selection, unpaid)
}

// rateWay asks the selected connections at the same time. Answers are placed by the connection's order, so
// that the same answers make the same decision whoever was faster. What the wallet cannot pay is kept out, but for
// who asks for prices whatever it holds.
func (s Session) rateWay(
	ctx context.Context, set *setup, way carrier.QuoteRequest, all []waybill.Connection, selection rule.Selection, unpaid bool,
) ([]waybill.Candidate, []waybill.Step, []Missing) {
	ctx, cancel := context.WithTimeout(ctx, s.Rating)
	defer cancel()
	asked, services := remaining(all, selection)
	wallet, err := s.purse(ctx, way.Shipment.Account, asked)
	if err != nil {
		s.Log.Error("the wallet cannot be read", "account", string(way.Shipment.Account), "error", err.Error())
	}
	left, err := s.headroom(ctx, asked)
	if err != nil {
		s.Log.Error("what was spent cannot be read", "account", string(way.Shipment.Account), "error", waybill.Logged(err))
	}
	answers := make([]answer, len(asked))
	var wait sync.WaitGroup
	for i, c := range asked {
		request := way
		request.Services, request.Now = services[i], s.Clock.Now()
		if driver, ok := s.Carriers.Driver(c.Carrier); ok && driver.Local {
			answers[i] = s.quote(ctx, c, request)
			continue
		}
		wait.Go(func() { answers[i] = s.quote(ctx, c, request) })
	}
	wait.Wait()
	var candidates []waybill.Candidate
	var steps []waybill.Step
	var missing []Missing
	for i, c := range asked {
		if answers[i].err != nil {
			e := waybill.AsError(answers[i].err)
			steps = append(steps, waybill.Step{Stage: waybill.StageRate, Subject: c.DisplayName, Outcome: waybill.StepFailed, Detail: e.Message})
			missing = append(missing, failedToRate(c, e))
			continue
		}
		steps = append(steps, waybill.Step{
			Stage: waybill.StageRate, Subject: c.DisplayName, Outcome: waybill.StepAnswered, Detail: fmt.Sprintf("%d rates", len(answers[i].rates)),
		})
		for _, r := range answers[i].refused {
			steps = append(steps, r.step(c))
			missing = append(missing, s.notOffered(set, c, r.code, r.why))
		}
		for _, r := range answers[i].rates {
			offer := s.candidate(set, way.Shipment, c, r)
			if why := wallet.refuses(c, offer.Sold); !unpaid || !strings.HasPrefix(why, walletLow) {
				offer.Rejected = firstOf(offer.Rejected, why)
			}
			offer.Rejected = firstOf(offer.Rejected, left.refuses(c, r.Total), s.notOurMoney(set, c))
			candidates = append(candidates, offer)
		}
	}
	return candidates, steps, missing
}

func (s Session) quote(ctx context.Context, c waybill.Connection, request carrier.QuoteRequest) answer {
	opened, err := s.openFor(c, &request.Shipment)
	if err != nil {
		return answer{err: err}
	}
	var a answer
	request.Refused = func(service, why string) { a.refused = append(a.refused, refusedService{service, why}) }
	a.rates, a.err = opened.Quote(ctx, request)
	return a
}

// candidate is a rate with what the account makes of it: its own service number, the sold price, and
// what keeps it out before any rule.
func (s Session) candidate(set *setup, sh waybill.Shipment, c waybill.Connection, r waybill.Rate) waybill.Candidate {
	p := provider(c)
	p.Service, p.ServiceName = r.Service, r.ServiceName
	if driver, known := s.Carriers.Driver(c.Carrier); known {
		p.NoLabel = driver.NoLabel
	}
	if own := set.serviceOf(c, r.Service, waybill.Outgoing); own != nil {
		p.ServiceNo, p.ServiceName = own.Number, own.Name
	}
	candidate := waybill.Candidate{Connection: c.ID, Provider: p, Rate: r, Sold: sold(r.Total, sh.Account, c)}
	candidate.Charges = charges(r.Charges, r.Total, candidate.Sold)
	if candidate.Rejected = s.keptOut(set, sh, c, r); candidate.Sold.Beyond() {
		candidate.Rejected = firstOf(candidate.Rejected, "its price of "+candidate.Sold.String()+" can be none")
	}
	return candidate
}

// keptOut is why a rate cannot be bought whatever the rules say: its service is not enabled, or its
// label cannot be had as wanted. What cannot be had is refused before buying.
func (s Session) keptOut(set *setup, sh waybill.Shipment, c waybill.Connection, r waybill.Rate) string {
	if !offers(c, r.Service) {
		return "the service is not enabled on this connection"
	}
	driver, _ := s.Carriers.Driver(c.Carrier)
	if driver.NoLabel {
		return ""
	}
	want, had := labelSpec(set, sh, c).Format, LabelFormats(driver.Formats...)
	if slices.Contains(had, want) {
		return ""
	}
	return fmt.Sprintf("its label cannot be had as %s, only as %v", want, had)
}

// LabelFormats are those that labels can be had in which come in these: as a face of ours, or as the carrier's own file.
func LabelFormats(come ...waybill.LabelFormat) (had []waybill.LabelFormat) {
	for _, want := range []waybill.LabelFormat{waybill.PDF, waybill.PNG, waybill.ZPL} {
		if slices.ContainsFunc(come, func(have waybill.LabelFormat) bool { return label.Can(have, want) }) {
			had = append(had, want)
		}
	}
	return had
}
