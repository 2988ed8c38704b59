package delhivery

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/sync/errgroup"

	"waybill"
	"waybill/carrier"
	"waybill/internal/wire"
)

// Label fetches the labels of earlier packages again, as PDF of 4 by 6 inches: Delhivery has no other.
func (a *adapter) Label(ctx context.Context, q carrier.LabelRequest) ([]waybill.Label, error) {
	return a.labels(ctx, "delhivery.label", q.Numbers)
}

// labels asks for packing slips. They lie at signed addresses in a store of their own, good for a day, to which the
// token must not be shown.
func (a *adapter) labels(ctx context.Context, op string, numbers []string) ([]waybill.Label, error) {
	var answer labelResponse
	call := wire.Call{
		Op: op, Method: http.MethodGet, Path: "/api/p/packing_slip",
		Query: url.Values{"wbns": {strings.Join(numbers, ",")}, "pdf": {"true"}, "pdf_size": {"4R"}},
	}
	if err := a.client.Do(ctx, call, &answer); err != nil {
		return nil, err
	}
	links := map[string]string{}
	for _, p := range answer.Packages {
		links[string(p.Waybill)] = p.Link
	}
	labels := make([]waybill.Label, len(numbers))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(4)
	for i, number := range numbers {
		if links[number] == "" {
			return nil, a.client.Unusable(call, fmt.Sprintf("%d labels where %d were asked for", answer.Found, len(numbers)), nil)
		}
		group.Go(func() error {
			data, err := a.fetch(ctx, call, links[number])
			labels[i] = waybill.Label{Parcel: i, Format: waybill.PDF, Data: data}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return labels, nil
}

// fetch reads a file from a signed address. It must be an encrypted one, or lie where the API does: the answer of a
// carrier shall not send us just anywhere.
func (a *adapter) fetch(ctx context.Context, asked wire.Call, link string) ([]byte, error) {
	at, err := url.Parse(link)
	own, _ := url.Parse(a.base)
	if err != nil || at.Host == "" || (at.Scheme != "https" && (own == nil || at.Host != own.Host)) {
		return nil, a.client.Unusable(asked, "a label at an address that cannot be trusted", nil)
	}
	store := &wire.Client{
		Carrier: "delhivery", HTTP: a.http, Clock: a.clock, Log: a.client.Log, Fault: a.fault,
		Secrets: append([]string{link, at.RawQuery}, a.client.Secrets...),
	}
	var data []byte
	call := wire.Call{Op: asked.Op, Method: http.MethodGet, Path: link, Open: true}
	if err := store.Do(ctx, call, &data); err != nil {
		return nil, err
	}
	if carrier.Sniff(data) != waybill.PDF {
		return nil, a.client.Unusable(call, "the label is no PDF", nil)
	}
	return data, nil
}
