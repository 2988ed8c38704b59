package app

import (
	"context"
	"math"
	"runtime"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// countOperations counts what is asked of carriers, and labels. Labels are there from the start with zero, so that the first
// failure is seen to be one.
func (a *App) countOperations(drivers []carrier.Driver) func(carrier.Operation) {
	operations := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "waybill_carrier_operations_total", Help: "What was asked of carriers, by carrier, operation and outcome: ok, refused, failed, unsure.",
	}, []string{"carrier", "op", "outcome"})
	took := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "waybill_carrier_seconds", Help: "Time that carriers took, by carrier and operation.",
		Buckets: []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
	}, []string{"carrier", "op"})
	labels := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "waybill_labels_total", Help: "Attempts to buy a label, by carrier and outcome: bought, refused, failed, unsure.",
	}, []string{"carrier", "outcome"})
	a.metrics.MustRegister(operations, took, labels)
	for _, d := range drivers {
		for _, outcome := range []string{"bought", "refused", "failed", "unsure"} {
			labels.WithLabelValues(d.Name, outcome)
		}
	}
	return func(o carrier.Operation) {
		name, outcome := o.Connection.Carrier, outcomeOf(o.Err)
		operations.WithLabelValues(name, o.Verb, outcome).Inc()
		took.WithLabelValues(name, o.Verb).Observe(o.Took.Seconds())
		if o.Verb != "ship" && o.Verb != "return" {
			return
		}
		if outcome == "ok" {
			outcome = "bought"
		}
		labels.WithLabelValues(name, outcome).Inc()
	}
}

// outcomeOf is how an operation ended: failed is the carrier's side, refused its no.
func outcomeOf(err error) string {
	e := waybill.AsError(err)
	switch {
	case err == nil:
		return "ok"
	case e.Unsure:
		return "unsure"
	case e.Code == waybill.CarrierUnavailable, e.Code == waybill.Internal, e.Reason == waybill.ReasonCarrierLogin:
		return "failed"
	}
	return "refused"
}

// countFailures counts errors of the database itself.
func (a *App) countFailures() func(kind string) {
	failures := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "waybill_database_errors_total", Help: "Errors of the database, by kind: busy, lost, full, disk, broken.",
	}, []string{"kind"})
	a.metrics.MustRegister(failures)
	for _, kind := range []string{"busy", "lost", "full", "disk", "broken"} {
		failures.WithLabelValues(kind)
	}
	return func(kind string) { failures.WithLabelValues(kind).Inc() }
}

// observe shows how the installation stands.
func (a *App) observe(clock waybill.Clock) {
	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "waybill_build_info", Help: "1, with the version in its labels."}, []string{"version", "go"})
	build.WithLabelValues(Version, runtime.Version()).Set(1)
	count := func(name, help string, value func() int64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, func() float64 { return float64(value()) })
	}
	a.metrics.MustRegister(
		build, &pulse{app: a, clock: clock},
		count("waybill_request_log_written_total", "Entries of the request log and calls to carriers that were kept.", a.Engine.Journal.Written),
		count("waybill_request_log_dropped_total", "Entries that were not, since more came in than could be written.", a.Engine.Journal.Dropped),
	)
}

// pulseLife is how long what was read for a scrape is good for others.
const pulseLife = 5 * time.Second

// pulseTime is how long the database may take.
const pulseTime = 5 * time.Second

// pulse reads the store when it is scraped.
type pulse struct {
	app   *App
	clock waybill.Clock
	mu    sync.Mutex
	read  time.Time
	last  store.Pulse
	err   error
}

func described(name, help string) *prometheus.Desc { return prometheus.NewDesc(name, help, nil, nil) }

var (
	pulseUp         = described("waybill_database_up", "1 when the database answered this scrape.")
	pulseUnsettled  = described("waybill_purchase_unsettled_seconds", "Age of the oldest purchase whose end is not known; 0: there is none.")
	pulseStuck      = described("waybill_purchases_stuck", "Purchases that a person must decide.")
	pulseQueue      = described("waybill_queue_age_seconds", "How long the most overdue job has been due; 0: none is.")
	pulseBuried     = described("waybill_jobs_buried", "Jobs that were given up.")
	pulseEndpoints  = described("waybill_webhook_endpoints_dead", "Webhook endpoints that are paused because nothing arrived there.")
	pulseLetters    = described("waybill_webhook_dead_letters", "Webhook deliveries that were given up; counted to 10000.")
	pulseTracking   = described("waybill_tracking_lag_seconds", "How long the parcel that has waited longest is due to be asked after; 0: none is.")
	pulseBackup     = described("waybill_backup_age_seconds", "Age of the last backup that `waybill backup` made; +Inf: there was none. Not told of PostgreSQL.")
	pulseCollectors = []*prometheus.Desc{
		pulseUp, pulseUnsettled, pulseStuck, pulseQueue, pulseBuried, pulseEndpoints, pulseLetters, pulseTracking, pulseBackup,
	}
)

// Describe lists what is told.
func (p *pulse) Describe(to chan<- *prometheus.Desc) {
	for _, d := range pulseCollectors {
		to <- d
	}
}

// Collect tells it. While the database does not answer, that alone is told.
func (p *pulse) Collect(to chan<- prometheus.Metric) {
	tell := func(d *prometheus.Desc, value float64) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value)
	}
	now, s, err := p.look()
	if err != nil {
		tell(pulseUp, 0)
		return
	}
	age := func(since time.Time) float64 {
		if since.IsZero() {
			return 0
		}
		return max(0, now.Sub(since).Seconds())
	}
	tell(pulseUp, 1)
	tell(pulseUnsettled, age(s.OldestUnsettled))
	tell(pulseStuck, float64(s.StuckPurchases))
	tell(pulseQueue, age(s.OldestDue))
	tell(pulseBuried, float64(s.BuriedJobs))
	tell(pulseEndpoints, float64(s.DeadEndpoints))
	tell(pulseLetters, float64(s.DeadLetters))
	tell(pulseTracking, age(s.OldestPoll))
	switch {
	case p.app.Config.Database != "":
	case s.LastBackup.IsZero():
		tell(pulseBackup, math.Inf(1))
	default:
		tell(pulseBackup, age(s.LastBackup))
	}
}

// look reads the store, unless that was done a moment ago. Ages are of now whatever was read when.
func (p *pulse) look() (now time.Time, s store.Pulse, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.app.fresh || p.read.IsZero() || time.Since(p.read) > pulseLife {
		ctx, cancel := context.WithTimeout(context.Background(), pulseTime)
		defer cancel()
		p.last, p.err = p.app.Store.Pulse(ctx, p.app.polled)
		p.read = time.Now()
	}
	return p.clock.Now(), p.last, p.err
}

// polled reports whether parcels of a connection are asked after: those of our own drivers are not, nor those of a paused one.
func (a *App) polled(c waybill.Connection) bool {
	driver, ok := a.Engine.Carriers.Driver(c.Carrier)
	return ok && !driver.Local && !c.Paused
}
