package delhivery

import (
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"waybill"
)

// pushed is what Delhivery posts to our hook: a scan in the nested form or the flat one, or a proof of delivery.
type pushed struct {
	Shipment *shipment `json:"Shipment"`

	Status    string `json:"status"`
	Location  string `json:"location"`
	Timestamp flex   `json:"timestamp"` // seconds since 1970
	LR        flex   `json:"lrnum"`
	MWN       flex   `json:"mwn"`
	Remark    string `json:"shipment_remark"`

	Waybill flex            `json:"waybill"`
	EPOD    json.RawMessage `json:"EPOD"`
}

// Pushed reads a push. There is no signature: where the connection has a credential, Delhivery must send it. A proof
// of delivery is accepted and says nothing new: the delivery has a scan of its own.
func (a *adapter) Pushed(header map[string][]string, body []byte) ([]waybill.Tracking, error) {
	const op = "delhivery.push"
	if a.credential != "" {
		given := http.Header(header).Get("Authorization")
		for _, scheme := range []string{"Token ", "Bearer "} {
			given = strings.TrimPrefix(given, scheme)
		}
		if subtle.ConstantTimeCompare([]byte(given), []byte(a.credential)) != 1 {
			return nil, waybill.E(op, waybill.ReasonTokenBad, "the push does not carry the agreed credential")
		}
	}
	var in pushed
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, waybill.E(op, waybill.ReasonBadJSON, "the push is not the JSON that Delhivery documents")
	}
	number := string(in.MWN)
	if number == "" {
		number = string(in.LR)
	}
	switch {
	case in.Shipment != nil && in.Shipment.AWB != "":
		return []waybill.Tracking{in.Shipment.pushed()}, nil
	case number != "" && in.Status != "":
		return []waybill.Tracking{in.flat(number)}, nil
	case in.Waybill != "" && len(in.EPOD) > 0:
		return nil, nil
	}
	return nil, waybill.E(op, waybill.ReasonBadJSON, "the push names no waybill")
}

// pushed is the nested form: one scan, whose code stands beside it.
func (s shipment) pushed() waybill.Tracking {
	code := s.NSLCode
	if code == "" {
		code = s.Status.StatusCode
	}
	n := s.Status
	scan := scanned(n.StatusType, n.Status, code, string(n.StatusDateTime), n.StatusLocation, n.Instructions)
	scan.Recipient = n.RecievedBy
	return waybill.Tracking{Number: string(s.AWB), Status: scan.Status, Scans: []waybill.Scan{scan}, Recipient: n.RecievedBy}
}

// flat is the flat form. It has no type, so words that mean two things say nothing of the state.
func (p pushed) flat(number string) waybill.Tracking {
	scan := scanned("", p.Status, "", "", p.Location, p.Remark)
	if seconds, err := strconv.ParseInt(string(p.Timestamp), 10, 64); err == nil {
		if seconds > 1e11 { // milliseconds
			seconds /= 1000
		}
		scan.At = time.Unix(seconds, 0).UTC()
	}
	return waybill.Tracking{Number: number, Status: scan.Status, Scans: []waybill.Scan{scan}}
}
