package dialect

import (
	"container/list"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"waybill"
)

// callers is how many callers a limiter remembers; the one not seen for longest is forgotten, and
// starts again with a full bucket.
const callers = 20_000

// limiter holds a token bucket for each caller. A bucket takes a whole period's requests at once and
// fills evenly.
type limiter struct {
	mu      sync.Mutex
	buckets map[string]*list.Element
	recent  *list.List // of *bucket, the latest first
}

type bucket struct {
	key   string
	limit waybill.RateLimit
	*rate.Limiter
}

func newLimiter() *limiter {
	return &limiter{buckets: map[string]*list.Element{}, recent: list.New()}
}

// neighbourhood is what an address is limited as: an IPv6 customer has a whole /64 to call from.
func neighbourhood(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil || a.Is4() {
		return ip
	}
	p, _ := a.Prefix(64)
	return p.String()
}

// take lets one request of a caller through, or says when to come back. A limit of no requests is
// none.
func (l *limiter) take(key string, limit waybill.RateLimit, now time.Time) error {
	if limit.Requests <= 0 || limit.Period <= 0 {
		return nil
	}
	reservation := l.bucket(key, limit).ReserveN(now, 1)
	wait := reservation.DelayFrom(now)
	if wait == 0 {
		return nil
	}
	reservation.CancelAt(now)
	e := waybill.E("limit", waybill.ReasonRateLimit, "more than %d requests in %s", limit.Requests, limit.Period)
	e.RetryAfter = wait
	return e
}

// tell writes what a caller has left of its limit: RateLimit-Limit, -Remaining and -Reset, the last being the
// seconds until the bucket is full again (draft-ietf-httpapi-ratelimit-headers-07). A limit of no requests is none.
func (l *limiter) tell(header http.Header, key string, limit waybill.RateLimit, now time.Time) {
	if limit.Requests <= 0 || limit.Period <= 0 {
		return
	}
	left := max(0, int(l.bucket(key, limit).TokensAt(now)))
	each := limit.Period / time.Duration(limit.Requests)
	reset := (time.Duration(limit.Requests-left)*each + time.Second - 1) / time.Second
	header.Set("RateLimit-Limit", strconv.Itoa(limit.Requests))
	header.Set("RateLimit-Remaining", strconv.Itoa(left))
	header.Set("RateLimit-Reset", strconv.FormatInt(int64(reset), 10))
}

func (l *limiter) bucket(key string, limit waybill.RateLimit) *bucket {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, ok := l.buckets[key]; ok {
		if b := e.Value.(*bucket); b.limit == limit {
			l.recent.MoveToFront(e)
			return b
		}
		l.forget(e) // the account was given another limit
	}
	if l.recent.Len() >= callers {
		l.forget(l.recent.Back())
	}
	every := rate.Every(limit.Period / time.Duration(limit.Requests))
	b := &bucket{key: key, limit: limit, Limiter: rate.NewLimiter(every, limit.Requests)}
	l.buckets[key] = l.recent.PushFront(b)
	return b
}

func (l *limiter) forget(e *list.Element) {
	delete(l.buckets, e.Value.(*bucket).key)
	l.recent.Remove(e)
}
