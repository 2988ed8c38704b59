package delhivery

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"waybill"
	"waybill/carrier"
	"waybill/internal/wire"
)

// mostTracked is how many numbers one call asks after, inParallel how many calls run at once.
const (
	mostTracked = 50
	inParallel  = 4
)

// notFound is our code for an answer of tracking that says so.
const notFound = "not_found"

// notThere are what Delhivery says, in small letters, where it has no parcel of a number or an order id.
var notThere = []string{"no such waybill", "does not exist", "does not exists", "no data", "not found"}

type trackResponse struct {
	ShipmentData []struct {
		Shipment shipment `json:"Shipment"`
	} `json:"ShipmentData"`
	Error flex `json:"Error"`
	Rmk   flex `json:"rmk"`
}

// shipment is a package as tracking shows it; the spelling is Delhivery's. Addresses come as text or as lists of it.
type shipment struct {
	AWB                  flex            `json:"AWB"`
	ReferenceNo          flex            `json:"ReferenceNo"`
	OrderType            string          `json:"OrderType"`
	ExpectedDeliveryDate flex            `json:"ExpectedDeliveryDate"`
	PromisedDeliveryDate flex            `json:"PromisedDeliveryDate"`
	ChargedWeight        json.RawMessage `json:"ChargedWeight"`
	Consignee            struct {
		PinCode flex `json:"PinCode"`
	} `json:"Consignee"`
	NSLCode string     `json:"NSLCode"` // in a push
	Status  scanStatus `json:"Status"`
	Scans   []struct {
		ScanDetail scanDetail `json:"ScanDetail"`
	} `json:"Scans"`
}

type scanStatus struct {
	Status         string `json:"Status"`
	StatusType     string `json:"StatusType"`
	StatusCode     string `json:"StatusCode"`
	StatusDateTime flex   `json:"StatusDateTime"`
	StatusLocation string `json:"StatusLocation"`
	RecievedBy     string `json:"RecievedBy"`
	Instructions   string `json:"Instructions"`
}

type scanDetail struct {
	Scan            string `json:"Scan"`
	ScanType        string `json:"ScanType"`
	StatusCode      string `json:"StatusCode"`
	ScanDateTime    flex   `json:"ScanDateTime"`
	StatusDateTime  flex   `json:"StatusDateTime"`
	ScannedLocation string `json:"ScannedLocation"`
	Instructions    string `json:"Instructions"`
}

// Track asks after waybills, fifty a call. One that Delhivery does not know is Unknown; one failed call fails all, to be
// asked again.
func (a *adapter) Track(ctx context.Context, q carrier.TrackRequest) ([]waybill.Tracking, error) {
	found := make([]map[string]shipment, (len(q.Numbers)+mostTracked-1)/mostTracked)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(inParallel)
	for i := range found {
		numbers := q.Numbers[i*mostTracked : min((i+1)*mostTracked, len(q.Numbers))]
		group.Go(func() (err error) {
			found[i], err = a.ask(ctx, "delhivery.track", numbers)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	out := make([]waybill.Tracking, len(q.Numbers))
	for i, number := range q.Numbers {
		out[i] = waybill.Tracking{Number: number, Status: waybill.TransitUnknown, Unknown: true}
		if s, ok := found[i/mostTracked][number]; ok {
			out[i] = s.tracking(number)
		}
	}
	return out, nil
}

// ask is what Delhivery says of at most fifty waybills, by number. A question that fails because one of them is unknown
// is put again for each alone.
func (a *adapter) ask(ctx context.Context, op string, numbers []string) (map[string]shipment, error) {
	list, err := a.shipments(ctx, op, url.Values{"waybill": {strings.Join(numbers, ",")}})
	found := map[string]shipment{}
	switch {
	case err != nil:
		return nil, err
	case list == nil && len(numbers) > 1:
		for _, number := range numbers {
			one, err := a.shipments(ctx, op, url.Values{"waybill": {number}})
			if err != nil {
				return nil, err
			}
			list = append(list, one...)
		}
	}
	for _, s := range list {
		found[string(s.AWB)] = s
	}
	return found, nil
}

// shipments asks tracking. No shipments and no error: Delhivery says that there is no such number or order, with
// status 400 or with 200.
func (a *adapter) shipments(ctx context.Context, op string, query url.Values) ([]shipment, error) {
	query.Set("verbose", "1")
	var answer trackResponse
	call := wire.Call{Op: op, Method: http.MethodGet, Path: "/api/v1/packages/json/", Query: query}
	err := a.client.Do(ctx, call, &answer)
	if e := waybill.AsError(err); err != nil {
		if e.Fault != nil && e.Fault.Status == http.StatusBadRequest && e.Fault.Code == notFound {
			return nil, nil
		}
		return nil, err
	}
	if len(answer.ShipmentData) == 0 {
		if said := string(answer.Error) + " " + string(answer.Rmk); !absent(said) {
			return nil, a.client.Unusable(call, "neither shipments nor an error that is known: "+shorten(said, 100), nil)
		}
		return nil, nil
	}
	list := make([]shipment, len(answer.ShipmentData))
	for i, s := range answer.ShipmentData {
		list[i] = s.Shipment
	}
	return list, nil
}

func absent(said string) bool {
	said = strings.ToLower(said)
	return slices.ContainsFunc(notThere, func(words string) bool { return strings.Contains(said, words) })
}

func (s shipment) tracking(number string) waybill.Tracking {
	out := waybill.Tracking{Number: number, Scans: s.scans(), Recipient: s.Status.RecievedBy}
	out.Status, _ = transit(s.Status.StatusType, s.Status.Status, s.Status.StatusCode)
	if n := len(out.Scans); n > 0 {
		last := &out.Scans[n-1]
		// Tracking's own status is that of the newest scan, but for what the scans before it tell.
		if last.Status == waybill.AttemptFailed && out.Status == waybill.AtDepot {
			out.Status = waybill.AttemptFailed
		}
		if out.Status == waybill.Delivered && last.Status == waybill.Delivered {
			last.Recipient = out.Recipient
		}
	}
	if grams, ok := decimal(s.ChargedWeight).Scaled(1, 1); ok && grams > 0 {
		out.Charged = grams
	}
	out.Expected = moment(string(s.ExpectedDeliveryDate))
	if out.Expected == nil {
		out.Expected = moment(string(s.PromisedDeliveryDate))
	}
	return out
}

// scans are what was seen, oldest first. Delhivery has no word for a failed attempt: a parcel that was out for delivery
// and is "Pending" again was not delivered, and the text says why.
func (s shipment) scans() []waybill.Scan {
	var list []waybill.Scan
	for _, one := range s.Scans {
		d := one.ScanDetail
		at := d.ScanDateTime
		if at == "" {
			at = d.StatusDateTime
		}
		list = append(list, scanned(d.ScanType, d.Scan, d.StatusCode, string(at), d.ScannedLocation, d.Instructions))
	}
	slices.SortStableFunc(list, func(x, y waybill.Scan) int { return x.At.Compare(y.At) })
	for i := range list {
		if i > 0 && list[i].Status == waybill.AtDepot && list[i-1].Status == waybill.OutForDelivery {
			list[i].Status = waybill.AttemptFailed
		}
	}
	return list
}

// scanned is one scan.
func scanned(kind, word, code, at, place, text string) waybill.Scan {
	scan := waybill.Scan{Code: code, Text: strings.TrimSpace(text), Place: place, Raw: strings.TrimSpace(kind + " " + word + " " + code)}
	if scan.Text == "" {
		scan.Text = word
	}
	scan.Status, scan.Reason = transit(kind, word, code)
	if moment := moment(at); moment != nil {
		scan.At = *moment
	}
	return scan
}

// transit translates the pair of type and status, and the code where it alone tells a cancelled parcel, by the first
// line of status.csv that fits. Without a type a word counts only where it means one thing in every type.
func transit(kind, word, code string) (waybill.Transit, string) {
	var meant []waybill.Transit
	for _, row := range statuses {
		if !strings.EqualFold(row[1], strings.TrimSpace(word)) || (row[2] != "" && row[2] != code) {
			continue
		}
		if strings.EqualFold(row[0], strings.TrimSpace(kind)) {
			return waybill.Transit(row[3]), row[4]
		}
		if kind == "" && !slices.Contains(meant, waybill.Transit(row[3])) {
			meant = append(meant, waybill.Transit(row[3]))
		}
	}
	if len(meant) == 1 {
		return meant[0], ""
	}
	return waybill.TransitUnknown, ""
}
