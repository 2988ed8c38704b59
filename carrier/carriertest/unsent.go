package carriertest

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"waybill"
	"waybill/carrier"
	"waybill/dialect/dialecttest"
)

// Unsent changes each member of a shipment in turn: the carrier is told, or refuses, or testdata/unsent.txt says why it
// need not know. Nothing is dropped on the way to a carrier without a reason. Sample makes a filled shipment one that
// the carrier takes; it is tried a second time, bare, since a member may stand in for another that is missing. Told is
// all that a carrier is told of a purchase, or why it is refused, and whether it was sent.
func Unsent(t *testing.T, sample func(s *waybill.Shipment, bare bool), told func(waybill.Shipment) (text string, sent bool)) {
	t.Helper()
	silent := untold(t, func(s *waybill.Shipment) { sample(s, false) }, told)
	other := untold(t, func(s *waybill.Shipment) { sample(s, true) }, told)
	dialecttest.Explained(t, "testdata/unsent.txt", slices.DeleteFunc(silent, func(path string) bool { return !slices.Contains(other, path) }))
}

// untold lists the members of a sample that leave no trace in what the carrier is told.
func untold(t *testing.T, sample func(*waybill.Shipment), told func(waybill.Shipment) (string, bool)) (silent []string) {
	t.Helper()
	var s waybill.Shipment
	leaves := dialecttest.Leaves(&s)
	sample(&s)
	base, sent := told(s)
	if !sent {
		t.Fatalf("the sample is refused: %s", base)
	}
	for _, leaf := range leaves {
		undo := leaf.Change()
		if now, _ := told(s); now == base {
			silent = append(silent, leaf.Path)
		}
		undo()
	}
	return silent
}

// Sent is what an adapter with an API tells its carrier, for [Unsent]: the body with which it buys a shipment by the
// request, or the fields that it refuses. Calls on the way there, such as for a token, are answered by their path.
func Sent(t *testing.T, d carrier.Driver, settings carrier.Settings, request carrier.ShipRequest, answers map[string]string) func(waybill.Shipment) (string, bool) {
	t.Helper()
	network := &cutLine{answers: answers}
	adapter, err := d.Open(settings, carrier.Env{
		HTTP: &http.Client{Transport: network}, Base: "http://carrier.test", Mode: waybill.ModeSimulator,
		Log: slog.New(slog.DiscardHandler), Clock: waybill.NewManualClock(request.Now),
	})
	if err != nil {
		t.Fatal(err)
	}
	return func(s waybill.Shipment) (string, bool) {
		network.body = ""
		request.Shipment = s
		_, err := adapter.Ship(t.Context(), request)
		if network.body != "" {
			return network.body, true
		}
		refused, _ := json.Marshal(waybill.AsError(err).Fields)
		return string(refused), false
	}
}

// cutLine is a network that keeps the body of a purchase and breaks the connection.
type cutLine struct {
	answers map[string]string
	body    string
}

func (c *cutLine) RoundTrip(r *http.Request) (*http.Response, error) {
	if answer, ok := c.answers[r.URL.Path]; ok {
		return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(answer))}, nil
	}
	data, err := io.ReadAll(r.Body)
	c.body = string(data)
	return nil, errors.Join(err, errors.New("the line is cut"))
}
