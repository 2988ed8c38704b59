package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"time"

	"waybill"
)

// queue implements store.Queue. It acts for the installation: whose job it is, the job says.
type queue struct{ store *Store }

const jobColumns = "id, account, kind, key, lane, subject, due, attempt, buried, created, error, payload"

func scanJobs(t *tx, s *statement) (list []waybill.Job, err error) {
	err = t.each(func(rows *sql.Rows) error {
		var j waybill.Job
		var due, created, buried int64
		if err := rows.Scan(&j.ID, &j.Account, &j.Kind, &j.Key, &j.Lane, &j.Subject, &due, &j.Attempt, &buried, &created, &j.Error, &j.Payload); err != nil {
			return err
		}
		j.Due, j.Created, j.Buried = fromMicro(due), fromMicro(created), buried == 1
		list = append(list, j)
		return nil
	}, s.text.String(), s.args...)
	return list, err
}

func (q queue) update(ctx context.Context, fn func(*tx) error) error {
	if q.store.closed.Load() {
		return errClosed()
	}
	return q.store.engine.update(ctx, waybill.System(""), fn, fn)
}

func (q queue) view(ctx context.Context, fn func(*tx) error) error {
	if q.store.closed.Load() {
		return errClosed()
	}
	return q.store.engine.view(ctx, waybill.System(""), fn)
}

// Claim takes up to n due jobs, by turns from every account that has some.
func (q queue) Claim(ctx context.Context, kinds []waybill.JobKind, n int, lease time.Duration) ([]waybill.Job, error) {
	if len(kinds) == 0 {
		kinds = waybill.JobKinds
	}
	turn := int(q.store.turn.Add(1))
	var claimed []waybill.Job
	err := q.update(ctx, func(t *tx) error {
		jobs, err := claim(t, kinds, n, turn, lease)
		if err == nil {
			claimed = jobs
		}
		return err
	})
	return claimed, err
}

// claim goes round the accounts with due jobs, beginning elsewhere every time, until n are taken.
func claim(t *tx, kinds []waybill.JobKind, n, turn int, lease time.Duration) ([]waybill.Job, error) {
	type line struct {
		kind    waybill.JobKind
		account string
	}
	var lines []line
	now := micro(t.Now())
	for _, kind := range kinds {
		accounts, err := dueAccounts(t, kind, now)
		if err != nil {
			return nil, err
		}
		for _, account := range accounts {
			lines = append(lines, line{kind, account})
		}
	}
	var jobs []waybill.Job
	for len(lines) > 0 && len(jobs) < n {
		share := max(1, (n-len(jobs))/len(lines))
		var rest []line
		for i := range lines {
			l := lines[(i+turn)%len(lines)]
			want := min(share, n-len(jobs))
			if want == 0 {
				break
			}
			taken, err := take(t, l.kind, l.account, want, now, lease)
			if err != nil {
				return nil, err
			}
			jobs = append(jobs, taken...)
			if len(taken) == want {
				rest = append(rest, l)
			}
		}
		lines = rest
	}
	return jobs, nil
}

// dueAccounts are those with a due job of the kind, found by hopping from one to the next in the index.
func dueAccounts(t *tx, kind waybill.JobKind, now int64) ([]string, error) {
	return t.strings("with recursive a (account) as ("+
		"select (select min(account) from job where ready = 1 and kind = $1)"+
		" union all select (select min(account) from job where ready = 1 and kind = $2 and account > a.account) from a where a.account is not null)"+
		" select account from a where account is not null"+
		" and exists (select 1 from job j where j.ready = 1 and j.kind = $3 and j.account = a.account and j.due <= $4)",
		string(kind), string(kind), string(kind), now)
}

// take claims an account's longest due jobs of a kind.
func take(t *tx, kind waybill.JobKind, account string, n int, now int64, lease time.Duration) ([]waybill.Job, error) {
	s := (&statement{}).add("select "+jobColumns+" from job where ready = 1 and kind = ? and account = ? and due <= ? order by due, id limit ?",
		string(kind), account, now, int64(n))
	jobs, err := scanJobs(t, s.add(t.store.flavour.skip))
	if err != nil {
		return nil, err
	}
	for i := range jobs {
		j := &jobs[i]
		j.Attempt++
		j.Due = fromMicro(now).Add(lease).Truncate(time.Microsecond)
		if _, err := t.exec("update job set attempt = $2, due = $3, error = '' where id = $1", string(j.ID), int64(j.Attempt), micro(j.Due)); err != nil {
			return nil, err
		}
	}
	return jobs, nil
}

// Extend moves the end of a held job's lease to lease from now.
func (q queue) Extend(ctx context.Context, job waybill.Job, lease time.Duration) error {
	return q.update(ctx, func(t *tx) error {
		s := (&statement{}).add("update job set due = ? where id = ? and attempt = ? and buried = 0",
			micro(t.Now().Add(lease)), string(job.ID), int64(job.Attempt))
		return t.settle("store.queue.extend", s)
	})
}

// Done removes a job whose effect was committed before.
func (q queue) Done(ctx context.Context, job waybill.Job) error {
	return q.update(ctx, func(t *tx) error { return t.Finish(job) })
}

// Retry puts a held job back until a time. It has an error from then on, which tells it from one that is held.
func (q queue) Retry(ctx context.Context, job waybill.Job, at time.Time, why error) error {
	return q.update(ctx, func(t *tx) error {
		s := (&statement{}).add("update job set due = ?, error = ? where id = ? and attempt = ? and buried = 0",
			micro(at), cmp.Or(reasonText(why), "later"), string(job.ID), int64(job.Attempt))
		t.stir(job.Lane)
		return t.settle("store.queue.retry", s)
	})
}

// Bury gives a held job up: it stays listed, and its lane goes on without it.
func (q queue) Bury(ctx context.Context, job waybill.Job, why error) error {
	return q.update(ctx, func(t *tx) error {
		s := (&statement{}).add("update job set buried = 1, ready = 0, error = ? where id = ? and attempt = ? and buried = 0",
			reasonText(why), string(job.ID), int64(job.Attempt))
		t.stir(job.Lane)
		return t.settle("store.queue.bury", s)
	})
}

// longestReason is how much of an error's text a job keeps.
const longestReason = 900

func reasonText(why error) string {
	if why == nil {
		return ""
	}
	text := why.Error()
	return clean(text[:min(len(text), longestReason)])
}

// NextDue is when the next job that can be claimed is due; zero when there is none.
func (q queue) NextDue(ctx context.Context, kinds []waybill.JobKind) (time.Time, error) {
	if len(kinds) == 0 {
		kinds = waybill.JobKinds
	}
	var next int64
	err := q.view(ctx, func(t *tx) error {
		next = 0
		for _, kind := range kinds {
			due, err := t.int("select due from job where ready = 1 and kind = $1 order by due limit 1", string(kind))
			if err != nil {
				return err
			}
			if due != 0 && (next == 0 || due < next) {
				next = due
			}
		}
		return nil
	})
	return fromMicro(next), err
}

// Buried lists jobs given up, newest first.
func (q queue) Buried(ctx context.Context, limit int) (jobs []waybill.Job, err error) {
	err = q.view(ctx, func(t *tx) (err error) {
		s := (&statement{}).add("select "+jobColumns+" from job where buried = 1 order by created desc, id desc limit ?", int64(limit))
		jobs, err = scanJobs(t, s)
		return err
	})
	return jobs, err
}

// Depth counts open jobs by kind.
func (q queue) Depth(ctx context.Context) (map[waybill.JobKind]int, error) {
	depth := map[waybill.JobKind]int{}
	err := q.view(ctx, func(t *tx) error {
		return t.each(func(rows *sql.Rows) error {
			var kind waybill.JobKind
			var n int
			err := rows.Scan(&kind, &n)
			depth[kind] = n
			return err
		}, "select kind, count(*) from job where buried = 0 group by kind")
	})
	return depth, err
}

// Wake is signalled when jobs may be due sooner than thought.
func (q queue) Wake() <-chan struct{} { return q.store.wake }
