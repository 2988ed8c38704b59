//go:build unix

package app

import (
	"bufio"
	"bytes"
	"database/sql"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/store/storetest"
)

// BenchmarkIdleStreams holds 500 streams of events open, ten for each of fifty accounts, while nothing happens, and while
// each second a shipment is made somewhere. It tells what that costs the process, both ends together, and PostgreSQL in transactions.
func BenchmarkIdleStreams(b *testing.B) {
	for _, database := range []string{"sqlite", "postgres"} {
		for _, busy := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/busy=%v", database, busy), func(b *testing.B) {
				cfg := fresh(b)
				if database == "postgres" {
					cfg.Database = storetest.Postgres(b)
				}
				idleStreams(b, cfg, busy)
			})
		}
	}
}

func idleStreams(b *testing.B, cfg Config, busy bool) {
	const accounts, each, lasting = 50, 10, 10 * time.Second
	cfg.Migrate, cfg.Limits.PerIP = true, waybill.RateLimit{}
	a, err := New(b.Context(), cfg, Parts{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	server := httptest.NewServer(a.Handler())
	defer server.Close()
	defer a.Server.Drain()
	var keys []string
	for i := range accounts {
		account, err := a.Engine.As(installation).SaveAccount(b.Context(), waybill.Account{Name: fmt.Sprint("shop ", i)})
		if err != nil {
			b.Fatal(err)
		}
		s := a.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Role: waybill.RoleAdmin, Account: account.ID})
		key, err := s.CreateAPIKey(b.Context(), engine.CreateAPIKey{Name: "ear", Role: waybill.RoleOperations})
		if err != nil {
			b.Fatal(err)
		}
		keys = append(keys, key.Text)
	}
	ask := func(method, path, key, body string) *http.Response {
		r, err := http.NewRequestWithContext(b.Context(), method, server.URL+"/api/v1"+path, bytes.NewReader([]byte(body)))
		if err != nil {
			b.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+key)
		r.Header.Set("Content-Type", "application/json")
		answer, err := http.DefaultClient.Do(r)
		if err != nil || answer.StatusCode > 201 {
			b.Fatal(answer, err)
		}
		return answer
	}
	for i := range accounts * each {
		answer := ask("GET", "/events/stream", keys[i%accounts], "")
		defer answer.Body.Close()
		if line, err := bufio.NewReader(answer.Body).ReadString('\n'); err != nil {
			b.Fatal(line, err)
		}
	}
	for b.Loop() {
		cpu, transactions, began := spent(b), committed(b, cfg.Database), time.Now()
		for second := 0; time.Since(began) < lasting; second++ {
			if busy {
				to := `"to": {"name": "Ada", "street1": "x", "city": "Bristol", "postcode": "BS1 4DJ", "country": "GB"}`
				ask("POST", "/shipments", keys[second%accounts], fmt.Sprintf(`{"reference": "%d", %s}`, began.UnixNano()+int64(second), to)).Body.Close()
			}
			time.Sleep(time.Until(began.Add(time.Duration(second+1) * time.Second)))
		}
		took := time.Since(began).Seconds()
		b.ReportMetric((spent(b)-cpu).Seconds()*100/took, "%core")
		b.ReportMetric(float64(committed(b, cfg.Database)-transactions)/took, "transactions/s")
	}
}

// spent is the time that the process has been at work.
func spent(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// committed counts the transactions of a PostgreSQL database; 0 of a file.
func committed(b *testing.B, url string) (n int64) {
	if url == "" {
		return 0
	}
	db, err := sql.Open("pgx", url)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(b.Context(), "select xact_commit + xact_rollback from pg_stat_database where datname = current_database()").Scan(&n); err != nil {
		b.Fatal(err)
	}
	return n
}
