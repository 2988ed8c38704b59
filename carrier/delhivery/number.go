package delhivery

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"waybill/internal/wire"
)

// mostNumbers is how many waybills one call gives.
const mostNumbers = 10_000

var waybillForm = regexp.MustCompile(`^[0-9]{13,14}$`)

// Numbers fetches waybills ahead of booking: one JSON string with commas between them, or with one alone. Delhivery
// prepares them in batches, and those just fetched may not be usable yet.
func (a *adapter) Numbers(ctx context.Context, n int) ([]string, error) {
	call := wire.Call{
		Op: "delhivery.numbers", Method: http.MethodGet, Path: "/waybill/api/bulk/json/",
		Query: url.Values{"count": {strconv.Itoa(min(n, mostNumbers))}, "cl": {a.clientName}},
	}
	var body []byte
	if err := a.client.Do(ctx, call, &body); err != nil {
		return nil, err
	}
	text := string(bytes.TrimSpace(body))
	if strings.HasPrefix(text, `"`) {
		if err := json.Unmarshal(body, &text); err != nil {
			return nil, a.client.Unusable(call, "it is not a string", err)
		}
	}
	var numbers []string
	for _, number := range strings.Split(text, ",") {
		if number = strings.TrimSpace(number); !waybillForm.MatchString(number) {
			return nil, a.client.Unusable(call, "it holds something that is no waybill", nil)
		}
		numbers = append(numbers, number)
	}
	return numbers, nil
}
