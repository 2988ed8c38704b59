package dialect

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics counts requests and deliveries of all dialects.
type Metrics struct {
	requests   *prometheus.CounterVec
	latency    *prometheus.HistogramVec
	deliveries *prometheus.CounterVec
}

// NewMetrics makes the counters and registers them.
func NewMetrics(registry prometheus.Registerer) *Metrics {
	m := &Metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "waybill_requests_total", Help: "Requests answered, by dialect, operation and HTTP status.",
		}, []string{"dialect", "op", "status"}),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "waybill_request_seconds", Help: "Time to answer, by dialect and operation.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"dialect", "op"}),
		deliveries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "waybill_webhook_attempts_total", Help: "Webhook attempts, by dialect and outcome.",
		}, []string{"dialect", "outcome"}),
	}
	registry.MustRegister(m.requests, m.latency, m.deliveries)
	return m
}

func (m *Metrics) observe(dialect, op string, status int, took time.Duration) {
	if m == nil {
		return
	}
	m.requests.WithLabelValues(dialect, op, strconv.Itoa(status)).Inc()
	m.latency.WithLabelValues(dialect, op).Observe(took.Seconds())
}

func (m *Metrics) attempted(dialect, outcome string) {
	if m != nil {
		m.deliveries.WithLabelValues(dialect, outcome).Inc()
	}
}
