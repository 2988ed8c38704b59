package delhivery

import (
	"maps"
	"slices"
	"sync"
	"time"

	"waybill"
)

// A price is believed for five minutes: Delhivery answers only fifty questions for charges in that time, and each is
// put when rates are shown and again when one is bought.
const (
	believed   = 5 * time.Minute
	mostPrices = 1000
)

// prices remembers answers by their question. A restart may lose them.
type prices struct {
	mu   sync.Mutex
	told map[string]toldPrice
}

type toldPrice struct {
	rate  waybill.Rate
	until time.Time
}

// get is a price that was told not long ago.
func (p *prices) get(question string, now time.Time) (waybill.Rate, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	k, ok := p.told[question]
	k.rate.Charges = slices.Clone(k.rate.Charges)
	return k.rate, ok && now.Before(k.until)
}

// put remembers a price; of too many the old ones go, and then all.
func (p *prices) put(question string, rate waybill.Rate, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.told) >= mostPrices {
		maps.DeleteFunc(p.told, func(_ string, k toldPrice) bool { return !now.Before(k.until) })
	}
	if len(p.told) >= mostPrices || p.told == nil {
		p.told = map[string]toldPrice{}
	}
	rate.Charges = slices.Clone(rate.Charges)
	p.told[question] = toldPrice{rate: rate, until: now.Add(believed)}
}
