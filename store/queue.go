package store

import (
	"context"
	"time"

	"waybill"
)

// Key is an idempotency record: what a caller's key stands for.
type Key struct {
	Account waybill.ID
	Surface string // dialect
	Key     string
	Hash    string // of the decoded input
	Verb    string
	Running bool
	Subject waybill.ID // the outcome
	Reason  waybill.Reason
	Answer  string // what was answered, sealed and in base64, where no record stands for it that can be shown again
	Expires time.Time
}

// Keys keeps idempotency records.
type Keys interface {
	// Get reads a key of the actor's account; one that has expired is not there.
	Get(surface, key string) (Key, bool, error)
	// Put inserts or replaces. A Running key replaces only what this transaction has read, or what has
	// expired: of several who begin at once all but one get Conflict, ReasonKeyRunning.
	Put(Key) error
	Expire(now time.Time, limit int) (int, error)
}

// Queue hands out jobs. It acts for the whole installation. A buried job keeps neither its key nor its lane.
type Queue interface {
	// Claim takes up to n due jobs of the kinds (nil: all), at most one a lane, fair between accounts,
	// and moves their due time on by the lease.
	Claim(ctx context.Context, kinds []waybill.JobKind, n int, lease time.Duration) ([]waybill.Job, error)
	Extend(ctx context.Context, job waybill.Job, lease time.Duration) error
	// Done removes a job whose effect was committed before; a stale Attempt is Conflict.
	Done(ctx context.Context, job waybill.Job) error
	Retry(ctx context.Context, job waybill.Job, at time.Time, why error) error
	Bury(ctx context.Context, job waybill.Job, why error) error
	// NextDue is when the next unburied job is due; zero when there is none.
	NextDue(ctx context.Context, kinds []waybill.JobKind) (time.Time, error)
	// Buried lists jobs given up, newest first. Depth counts open jobs by kind with the oldest due time.
	Buried(ctx context.Context, limit int) ([]waybill.Job, error)
	Depth(ctx context.Context) (map[waybill.JobKind]int, error)
	// Wake is signalled when jobs may be due sooner than thought, here or on another node.
	Wake() <-chan struct{}
}

// Blobs keeps bytes by their SHA-256. Put has them on durable storage before it returns.
type Blobs interface {
	Put(ctx context.Context, data []byte) (sum string, err error)
	Get(ctx context.Context, sum string) ([]byte, error)
	// Delete removes a blob; one that is not there is fine. Nothing may have it.
	Delete(ctx context.Context, sum string) error
}
