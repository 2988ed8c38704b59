package ups

import (
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"waybill"
)

// pushed is one event of Track Alert, which UPS posts for each scan of a subscribed number.
type pushed struct {
	TrackingNumber    string `json:"trackingNumber"`
	LocalActivityDate string `json:"localActivityDate"`
	LocalActivityTime string `json:"localActivityTime"`
	GMTActivityDate   string `json:"gmtActivityDate"`
	GMTActivityTime   string `json:"gmtActivityTime"`
	ActivityLocation  struct {
		City          string `json:"city"`
		StateProvince string `json:"stateProvince"`
		Country       string `json:"country"`
	} `json:"activityLocation"`
	ActivityStatus struct {
		Type            string `json:"type"`
		Code            string `json:"code"`
		Description     string `json:"description"`
		DescriptionCode string `json:"descriptionCode"`
	} `json:"activityStatus"`
	ScheduledDeliveryDate string `json:"scheduledDeliveryDate"`
	DeliveryEndTime       string `json:"deliveryEndTime"`
}

// Pushed reads a Track Alert event. Where the connection has a credential, UPS must send it.
func (a *adapter) Pushed(header map[string][]string, body []byte) ([]waybill.Tracking, error) {
	const op = "ups.push"
	if a.credential != "" {
		given := http.Header(header).Get("Credential")
		if subtle.ConstantTimeCompare([]byte(given), []byte(a.credential)) != 1 {
			return nil, waybill.E(op, waybill.ReasonTokenBad, "the callback does not carry the agreed credential")
		}
	}
	var event pushed
	if err := json.Unmarshal(body, &event); err != nil {
		return nil, waybill.E(op, waybill.ReasonBadJSON, "the callback is not the JSON that UPS documents")
	}
	number := strings.TrimSpace(event.TrackingNumber)
	if number == "" {
		return nil, waybill.E(op, waybill.ReasonBadJSON, "the callback names no tracking number")
	}
	seen := activity{
		Date: event.LocalActivityDate, Time: event.LocalActivityTime, GMTDate: event.GMTActivityDate, GMTTime: event.GMTActivityTime,
		Status: trackStatus{
			Type: event.ActivityStatus.Type, Code: event.ActivityStatus.Code,
			StatusCode: event.ActivityStatus.DescriptionCode, Description: event.ActivityStatus.Description,
		},
	}
	seen.Location.Address.City = event.ActivityLocation.City
	seen.Location.Address.StateProvince = event.ActivityLocation.StateProvince
	seen.Location.Address.Country = event.ActivityLocation.Country
	scan := seen.scan()
	return []waybill.Tracking{{
		Number: number, Status: scan.Status, Scans: []waybill.Scan{scan},
		Expected: moment(event.ScheduledDeliveryDate, event.DeliveryEndTime, time.UTC),
	}}, nil
}
