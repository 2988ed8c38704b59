package app

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"waybill"
	"waybill/job"
)

// watch counts the runner's jobs and shows how the queue stands.
func (a *App) watch(c *job.Config) {
	ended := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "waybill_jobs_total", Help: "Jobs that ran, by kind and how they ended: done, retry, buried, lost.",
	}, []string{"kind", "outcome"})
	depth := prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "waybill_jobs_open", Help: "Jobs that are waiting or under way, by kind.",
	}, []string{"kind"})
	late := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "waybill_jobs_late_seconds", Help: "How long the most overdue job has been due.",
	})
	a.metrics.MustRegister(ended, depth, late)
	for _, kind := range waybill.JobKinds {
		depth.WithLabelValues(string(kind))
		ended.WithLabelValues(string(kind), "done")
	}
	c.Ended = func(kind waybill.JobKind, outcome string, _ time.Duration) {
		ended.WithLabelValues(string(kind), outcome).Inc()
	}
	c.Depth = func(open map[waybill.JobKind]int, overdue time.Duration) {
		for _, kind := range waybill.JobKinds {
			depth.WithLabelValues(string(kind)).Set(float64(open[kind]))
		}
		late.Set(overdue.Seconds())
	}
}
