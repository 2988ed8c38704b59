package carrier

import (
	"context"

	"waybill"
)

// Track asks after parcels; the answers are in the order of the numbers, and a number the carrier does
// not know has Unknown set.
func (c *Carrier) Track(ctx context.Context, r TrackRequest) ([]waybill.Tracking, error) {
	if len(r.Numbers) == 0 {
		return nil, nil
	}
	answers, err := c.followed(ctx, r, func(r TrackRequest) ([]waybill.Tracking, error) {
		return read(ctx, c, "track", readTime, func(ctx context.Context) ([]waybill.Tracking, error) {
			return c.adapter.Track(withAhead(ctx, r.Ahead), r)
		})
	})
	if err != nil {
		return nil, err
	}
	if len(answers) != len(r.Numbers) {
		return nil, c.broken("track", false, "%d answers for %d numbers", len(answers), len(r.Numbers))
	}
	for i, number := range r.Numbers {
		if answers[i].Number != number {
			return nil, c.broken("track", false, "number %s was asked after, %s answered", number, answers[i].Number)
		}
	}
	return answers, nil
}

// Pushed reads what the carrier sent to our hook address. Errors: ReasonTokenBad when it does not come
// from the carrier, ReasonBadJSON when it cannot be read.
func (c *Carrier) Pushed(header map[string][]string, body []byte) ([]waybill.Tracking, error) {
	pusher, ok := c.adapter.(Pusher)
	if !ok {
		return nil, c.lacks("push", Pushes)
	}
	return guard(c, c.driver.Name+".push", false, func() ([]waybill.Tracking, error) { return pusher.Pushed(header, body) })
}
