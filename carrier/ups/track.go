package ups

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"waybill"
	"waybill/carrier"
	"waybill/internal/wire"
)

// inParallel is how many numbers are asked after at once: UPS takes one number a call.
const inParallel = 8

type trackResponse struct {
	TrackResponse struct {
		Shipment list[struct {
			Package  list[trackedPackage] `json:"package"`
			Warnings list[faultLine]      `json:"warnings"`
		}] `json:"shipment"`
	} `json:"trackResponse"`
}

type trackedPackage struct {
	TrackingNumber string         `json:"trackingNumber"`
	CurrentStatus  trackStatus    `json:"currentStatus"`
	Activity       list[activity] `json:"activity"`
	DeliveryDate   list[struct {
		Type string `json:"type"`
		Date string `json:"date"`
	}] `json:"deliveryDate"`
	DeliveryTime *struct {
		EndTime string `json:"endTime"`
	} `json:"deliveryTime"`
	DeliveryInformation *struct {
		ReceivedBy string `json:"receivedBy"`
	} `json:"deliveryInformation"`
}

type trackStatus struct {
	Type        string `json:"type"`
	Code        string `json:"code"`
	StatusCode  string `json:"statusCode"`
	Description string `json:"description"`
}

type activity struct {
	Date      string `json:"date"`
	Time      string `json:"time"`
	GMTDate   string `json:"gmtDate"`
	GMTTime   string `json:"gmtTime"`
	GMTOffset string `json:"gmtOffset"`
	Location  struct {
		Address struct {
			City          string `json:"city"`
			StateProvince string `json:"stateProvince"`
			CountryCode   string `json:"countryCode"`
			Country       string `json:"country"`
		} `json:"address"`
	} `json:"location"`
	Status trackStatus `json:"status"`
}

// Track asks after each number. One that UPS does not know, or that cannot be one of its own, is
// Unknown; one failed call fails all, to be asked again.
func (a *adapter) Track(ctx context.Context, q carrier.TrackRequest) ([]waybill.Tracking, error) {
	out := make([]waybill.Tracking, len(q.Numbers))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(inParallel)
	for i, number := range q.Numbers {
		group.Go(func() error {
			var answer trackResponse
			call := a.trackCall("ups.track", "/api/track/v1/details/"+url.PathEscape(number))
			err := a.client.Do(ctx, call, &answer)
			if err != nil && !absent(waybill.AsError(err)) && !malformed(waybill.AsError(err)) {
				return err
			}
			out[i] = answer.of(number)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return out, nil
}

// trackCall is a question to the tracking service. It requires an id of each call, of at most 32
// characters: ours is made of the question and the time.
func (a *adapter) trackCall(op, path string) wire.Call {
	id := sha256.Sum256([]byte(path + a.clock.Now().Format(time.RFC3339Nano)))
	return wire.Call{
		Op: op, Method: http.MethodGet, Path: path,
		Query:  url.Values{"locale": {"en_US"}},
		Header: http.Header{"transId": {hex.EncodeToString(id[:16])}},
	}
}

// of is what an answer says of a number.
func (t trackResponse) of(number string) waybill.Tracking {
	for _, s := range t.TrackResponse.Shipment {
		for _, p := range s.Package {
			if strings.EqualFold(p.TrackingNumber, number) {
				return p.tracking(number)
			}
		}
	}
	return waybill.Tracking{Number: number, Status: waybill.TransitUnknown, Unknown: true}
}

func (p trackedPackage) tracking(number string) waybill.Tracking {
	out := waybill.Tracking{Number: number}
	for _, a := range slices.Backward(p.Activity) { // UPS lists the newest first
		out.Scans = append(out.Scans, a.scan())
	}
	out.Status = p.status()
	if p.DeliveryInformation != nil {
		out.Recipient = p.DeliveryInformation.ReceivedBy
	}
	if n := len(out.Scans); n > 0 && out.Status == waybill.Delivered {
		out.Scans[n-1].Recipient = out.Recipient
	}
	out.Expected = p.expected()
	return out
}

// status is where the package is: what UPS says now, else its newest scan. A delivery that ends the way
// back is a return: Returned is never Delivered.
func (p trackedPackage) status() waybill.Transit {
	status := p.CurrentStatus
	if status.StatusCode == "" && len(status.Code) == 3 { // the current status carries its number as code
		status.StatusCode, status.Code = status.Code, ""
	}
	now, _ := transit(status)
	if now == waybill.TransitUnknown && len(p.Activity) > 0 {
		now, _ = transit(p.Activity[0].Status)
	}
	if now != waybill.Delivered {
		return now
	}
	for _, a := range p.Activity {
		if before, _ := transit(a.Status); before == waybill.Returning || before == waybill.Returned {
			return waybill.Returned
		}
	}
	return now
}

// transit translates a status by the first line of status.csv that it fits; an empty cell fits all.
func transit(s trackStatus) (waybill.Transit, string) {
	for _, row := range statuses {
		if fits(row[0], s.Type) && fits(row[1], s.Code) && fits(row[2], s.StatusCode) {
			return waybill.Transit(row[3]), row[4]
		}
	}
	return waybill.TransitUnknown, ""
}

func fits(cell, word string) bool { return cell == "" || cell == word }

func (a activity) scan() waybill.Scan {
	scan := waybill.Scan{
		Code: strings.Trim(a.Status.Type+"/"+a.Status.Code+"/"+a.Status.StatusCode, "/"),
		Text: strings.TrimSpace(a.Status.Description),
	}
	scan.Raw = scan.Code + " " + scan.Text
	scan.Status, scan.Reason = transit(a.Status)
	country := a.Location.Address.CountryCode
	if country == "" {
		country = a.Location.Address.Country
	}
	var place []string
	for _, part := range []string{a.Location.Address.City, a.Location.Address.StateProvince, country} {
		if part = strings.TrimSpace(part); part != "" {
			place = append(place, part)
		}
	}
	scan.Place = strings.Join(place, ", ")
	if at := a.at(); at != nil {
		scan.At = *at
	}
	return scan
}

// at is when it happened: by Greenwich where UPS says so, else local time with its offset, else local
// time taken for Greenwich, which is at most half a day wrong.
func (a activity) at() *time.Time {
	if at := moment(a.GMTDate, a.GMTTime, time.UTC); at != nil {
		return at
	}
	zone := time.UTC
	if offset, err := time.Parse("-07:00", a.GMTOffset); err == nil {
		_, seconds := offset.Zone()
		zone = time.FixedZone("", seconds)
	}
	return moment(a.Date, a.Time, zone)
}

// expected is the promised delivery: rescheduled before scheduled.
func (p trackedPackage) expected() *time.Time {
	clock := ""
	if p.DeliveryTime != nil {
		clock = p.DeliveryTime.EndTime
	}
	for _, kind := range []string{"RDD", "SDD"} {
		for _, d := range p.DeliveryDate {
			if d.Type == kind {
				return moment(d.Date, clock, time.UTC)
			}
		}
	}
	return nil
}
