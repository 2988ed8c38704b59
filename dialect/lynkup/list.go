package lynkup

import (
	"bytes"
	"context"
	"encoding/base64"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

const (
	mostListed     = 1000
	defaultWindow  = 24 * time.Hour      // of createdAt, when no date is asked for
	longestUpdated = 30 * 24 * time.Hour // span of lastUpdatedAt
)

// listing is a list to be made: what the store is asked for, and what it cannot know.
type listing struct {
	engine.ListShipments
	from  time.Time // where the default window begins; zero: dates were asked for
	keep  []string  // status words asked for; empty: all
	again func(*waybill.Shipment) bool
}

// listed is a part of a list, with where its default window began.
type listed struct {
	engine.ShipmentList
	from time.Time
}

// list reads a part of a list. Whether an order is tried again by itself is no state the store knows, so
// the words that depend on it are sorted out here; a part may be shorter than its limit.
func list(s engine.Session, ctx context.Context, in listing) (listed, error) {
	found, err := s.ListShipments(ctx, in.ListShipments)
	if len(in.keep) > 0 {
		found.Items = slices.DeleteFunc(found.Items, func(sh waybill.Shipment) bool {
			return !slices.Contains(in.keep, statusOf(&sh, in.again(&sh)))
		})
	}
	return listed{found, in.from}, err
}

// decodeList reads a query. No body at all asks for the orders of the last 24 hours.
func decodeList(r *dialect.Request) (listing, error) {
	v := dialect.Root(map[string]any{}, false)
	if len(bytes.TrimSpace(r.Body)) > 0 {
		var err error
		if v, err = object(r); err != nil {
			return listing{}, err
		}
	}
	in := listing{again: func(s *waybill.Shipment) bool { return retried(r, s) }}
	in.Page = engine.Page{Limit: mostListed, Order: engine.ByCreated}
	if limit := v.At("limit"); !limit.Absent() {
		in.Page.Limit = int(limit.Integer(1, mostListed))
	}
	q := &in.Query
	q.References, q.Locations = readKeys(v.At("orderExternalIds")), readKeys(v.At("locationExternalIds"))
	q.Group = v.At("groupId").String(maxKey)
	in.keep = readStatusWords(v.At("status"), q)
	dated := readDates(v, q, r.Now)
	if err := v.Errors(opList); err != nil {
		return in, err
	}
	if err := checkUpdated(q, r.Now); err != nil {
		return in, err
	}
	if !dated {
		in.from = r.Now.Add(-defaultWindow)
	}
	err := readPage(v.At("paginationToken"), &in)
	if !in.from.IsZero() {
		q.CreatedFrom = in.from
	}
	return in, err
}

func readKeys(v dialect.Value) []string {
	var keys []string
	for _, key := range v.Items(maxItems) {
		keys = append(keys, key.Required().String(maxKey))
	}
	return keys
}

// readStatusWords turns words into the pairs of states they stand for.
func readStatusWords(v dialect.Value, q *engine.ShipmentQuery) []string {
	var keep []string
	for _, v := range v.Items(maxItems) {
		status := v.Required().String(maxKey)
		states, known := filters[status]
		if !known && status != "" {
			v.Note(waybill.RuleEnum, "", "%s is not a status: %s", v.Path(), status)
		}
		keep = append(keep, status)
		q.States = append(q.States, states...)
	}
	return keep
}

// readDates reads the four spans and says whether any was given.
func readDates(v dialect.Value, q *engine.ShipmentQuery, now time.Time) (dated bool) {
	span := func(name string, from, to *time.Time) {
		w := readWindow(v.At(name))
		if w.Starts != nil {
			*from, dated = *w.Starts, true
		}
		if w.Ends != nil {
			*to, dated = *w.Ends, true
		}
	}
	span("createdAt", &q.CreatedFrom, &q.CreatedTo)
	span("lastUpdatedAt", &q.UpdatedFrom, &q.UpdatedTo)
	pickup, delivery := v.At("pickupTime"), v.At("deliveryTime")
	pickup.Object()
	delivery.Object()
	starts, ends := readMillis(pickup.At("startsAt")), readMillis(delivery.At("endsAt"))
	switch {
	case starts != nil && ends != nil:
		q.PickupFrom, q.DropTo, dated = *starts, *ends, true
	case starts != nil:
		delivery.At("endsAt").Note(waybill.RuleNeeds, "", "deliveryTime.endsAt is required when pickupTime is present")
	case ends != nil:
		pickup.At("startsAt").Note(waybill.RuleNeeds, "", "pickupTime.startsAt is required when deliveryTime is present")
	}
	return dated
}

// checkUpdated refuses a span of lastUpdatedAt over 30 days; open at the end it reaches to now.
func checkUpdated(q *engine.ShipmentQuery, now time.Time) error {
	if q.UpdatedFrom.IsZero() && q.UpdatedTo.IsZero() {
		return nil
	}
	to := q.UpdatedTo
	if to.IsZero() {
		to = now
	}
	if to.Sub(q.UpdatedFrom) <= longestUpdated {
		return nil
	}
	return waybill.E(opList, waybill.ReasonRange, "lastUpdatedAt date range cannot be greater than 30 days")
}

// vendorToken is a paging token of the vendor's own service, out of a list begun there: it names orders we
// cannot know, so the list begins anew.
var vendorToken = regexp.MustCompile(`^[0-9a-f]{24}_[0-9a-f]{24}_[0-9a-f]{24}_(next|previous)$`)

// readPage goes on where a token points. The token is bound to the filters it was made under; of those it
// carries the default window, which would otherwise have moved with the time.
func readPage(v dialect.Value, in *listing) error {
	token := v.String(0)
	if err := v.Errors(opList); err != nil || token == "" {
		return err
	}
	if plain, err := base64.StdEncoding.DecodeString(token); err == nil && vendorToken.Match(plain) {
		return nil
	}
	bad := waybill.E(opList, waybill.ReasonBadCursor, "the token cannot be read")
	plain, err := base64.RawURLEncoding.DecodeString(token)
	part := strings.SplitN(string(plain), "|", 3)
	if err != nil || len(part) != 3 {
		return bad
	}
	micros, err := strconv.ParseInt(part[1], 36, 64)
	if err != nil || (micros == 0) != in.from.IsZero() {
		return bad
	}
	if micros != 0 {
		in.from = time.UnixMicro(micros).UTC()
	}
	switch part[0] {
	case "next":
		in.Page.After = part[2]
	case "previous":
		in.Page.Before = part[2]
	default:
		return bad
	}
	return nil
}

// token is what leads from a part of a list to its neighbour; nil: there is none.
func (l listed) token(direction, cursor string) *string {
	if cursor == "" {
		return nil
	}
	micros := int64(0)
	if !l.from.IsZero() {
		micros = l.from.UnixMicro()
	}
	token := base64.RawURLEncoding.EncodeToString([]byte(direction + "|" + strconv.FormatInt(micros, 36) + "|" + cursor))
	return &token
}

type orders struct {
	Data            []order `json:"data"`
	PaginationToken paging  `json:"paginationToken"`
}

type paging struct {
	Next     *string `json:"next"`
	Previous *string `json:"previous"`
}

func encodeList(r *dialect.Request, l listed) dialect.Reply {
	out := orders{
		Data:            make([]order, len(l.Items)),
		PaginationToken: paging{l.token("next", l.Next), l.token("previous", l.Prev)},
	}
	for i := range l.Items {
		s := &l.Items[i]
		out.Data[i] = orderOf(s, statusOf(s, retried(r, s)), r.Link)
		out.Data[i].Attachments = []struct{}{}
	}
	return dialect.JSON(http.StatusOK, out)
}
