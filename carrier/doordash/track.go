package doordash

import (
	"context"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"waybill"
	"waybill/carrier"
)

// inParallel is how many numbers are asked after at once: DoorDash takes one a call.
const inParallel = 8

// Track asks after each delivery. One that DoorDash does not know is Unknown; one failed call fails all, to be
// asked again.
func (a *adapter) Track(ctx context.Context, q carrier.TrackRequest) ([]waybill.Tracking, error) {
	out := make([]waybill.Tracking, len(q.Numbers))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(inParallel)
	for i, number := range q.Numbers {
		group.Go(func() error {
			there, err := a.ask(ctx, "doordash.track", number)
			switch {
			case err == nil:
				out[i] = there.tracking(a.clock.Now())
			case absent(waybill.AsError(err)):
				out[i] = waybill.Tracking{Number: number, Status: waybill.TransitUnknown, Unknown: true}
			default:
				return err
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return out, nil
}

// tracking is what a delivery says of itself: its state now, and, once it has happened, the pickup. DoorDash
// keeps no history.
func (d delivery) tracking(now time.Time) waybill.Tracking {
	out := waybill.Tracking{Number: d.ID, Expected: moment(d.DropoffEstimated)}
	current := d.scan(now)
	if at := moment(d.PickupActual); at != nil && d.Status != "picked_up" && at.Before(current.At) {
		before := d
		before.Status, before.DasherLocation = "picked_up", nil
		out.Scans = append(out.Scans, before.scan(now))
	}
	out.Scans = append(out.Scans, current)
	out.Status = current.Status
	return out
}

// scan is the delivery's state as something that was seen. When: where DoorDash keeps the moment of it, then;
// else when the delivery was last written, which a later answer may put later.
func (d delivery) scan(now time.Time) waybill.Scan {
	out := waybill.Scan{Code: d.Status, Text: d.text(), At: now.UTC().Truncate(time.Microsecond)}
	out.Raw = strings.TrimSpace(d.Status + " " + d.Cancellation)
	out.Status, out.Reason = transit(d.Status, d.Cancellation)
	own := map[string]string{"picked_up": d.PickupActual, "delivered": d.DropoffActual, "returned": d.ReturnActual}[d.Status]
	for _, text := range []string{own, d.UpdatedAt, d.CreatedAt} {
		if at := moment(text); at != nil {
			out.At = *at
			break
		}
	}
	if d.DasherLocation != nil {
		out.Point = &waybill.Point{Lat: d.DasherLocation.Lat, Lng: d.DasherLocation.Lng}
	}
	return out
}

// transit translates a status, and the reason of a cancellation, by the first line of status.csv that fits.
func transit(status, cancellation string) (waybill.Transit, string) {
	if known := row(statuses, status, cancellation); known != nil {
		return waybill.Transit(known[2]), known[3]
	}
	return waybill.TransitUnknown, ""
}

// text says a state in words, with what proves it: the pictures that the Dasher took.
func (d delivery) text() string {
	text := sentence(d.Status)
	switch {
	case d.Status == "cancelled" && d.Cancellation != "":
		text += ": " + sentence(d.Cancellation)
	case d.Status == "created" && d.SupportReference != "":
		text += "; DoorDash's support knows it as " + d.SupportReference
	case d.DasherName != "" && (d.Status == "confirmed" || d.Status == "enroute_to_pickup"):
		text += " by " + line(d.DasherName)
	}
	proof := func(what, link string) {
		if link != "" {
			text += "; " + what + " " + link
		}
	}
	switch d.Status {
	case "picked_up":
		proof("picture", d.PickupPhoto)
	case "delivered":
		proof("picture", d.DropoffPhoto)
		proof("signature", d.SignaturePhoto)
	}
	return text
}

// sentence makes words of a name: "Enroute to pickup".
func sentence(name string) string {
	words := strings.ReplaceAll(name, "_", " ")
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:]
}
