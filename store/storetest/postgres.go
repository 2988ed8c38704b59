package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"waybill"
	"waybill/internal/pgserver"
	"waybill/store/sqlstore"
)

// PostgresVariable names a server the tests may use instead of one of their own: the address of a role
// that may create databases.
const PostgresVariable = "WAYBILL_TEST_POSTGRES"

// PostgreSQL opens a store in an empty, migrated database of the test's own, closed when it ends. A nil
// clock stands still at Start.
func PostgreSQL(t testing.TB, clock waybill.Clock) *sqlstore.Store {
	t.Helper()
	cfg := Config(clock)
	cfg.URL = Postgres(t)
	return Open(t, cfg)
}

// Postgres is the address of an empty, migrated database of the test's own. The server is one of this
// test binary's own, from the machine's PostgreSQL, or that of WAYBILL_TEST_POSTGRES. Where there is
// neither, the test is skipped; under CI=true it fails.
func Postgres(t testing.TB) string {
	t.Helper()
	s, err := shared()
	if errors.Is(err, pgserver.ErrNone) {
		const how = "no PostgreSQL 15 or newer on this machine: `apt-get install postgresql`, or set " + PostgresVariable
		if os.Getenv("CI") == "true" {
			t.Fatal(how)
		}
		fmt.Fprintf(os.Stderr, "\n*** SKIPPED %s: %s ***\n\n", t.Name(), how)
		t.Skip(how)
	}
	if err != nil {
		t.Fatalf("storetest: %v", err)
	}
	address, err := s.database()
	if err != nil {
		t.Fatalf("storetest: a database for the test: %v", err)
	}
	t.Cleanup(func() {
		if err := s.drop(address); err != nil {
			t.Errorf("storetest: %v", err)
		}
	})
	return address
}

// server is a PostgreSQL that tests make databases on.
type server struct {
	mu       sync.Mutex
	address  string // of its database postgres
	admin    *pgx.Conn
	template string // a migrated database to copy; empty: none
}

// shared is the one server of this test binary.
var shared = sync.OnceValues(func() (*server, error) {
	if address := os.Getenv(PostgresVariable); address != "" {
		return connect(address)
	}
	// Short: the path of its socket may have 107 bytes.
	address, _, err := pgserver.Start("/tmp")
	if err != nil {
		return nil, err
	}
	s, err := connect(address)
	if err != nil {
		return nil, err
	}
	template, err := s.database()
	if err != nil {
		return nil, err
	}
	s.template = name(template)
	return s, nil
})

func connect(address string) (*server, error) {
	conn, err := pgx.Connect(context.Background(), address)
	if err != nil {
		return nil, err
	}
	return &server{address: address, admin: conn}, nil
}

// database makes one, by copying the template where there is one, else by migrating.
func (s *server) database() (address string, err error) {
	ctx := context.Background()
	u, err := url.Parse(s.address)
	if err != nil {
		return "", err
	}
	u.Path = "/waybill_" + strings.ToLower(rand.Text()[:12])
	address = u.String()
	s.mu.Lock()
	defer s.mu.Unlock()
	create := "create database " + name(address)
	if s.template != "" {
		create += " template " + s.template
	}
	if _, err := s.admin.Exec(ctx, create); err != nil || s.template != "" {
		return address, err
	}
	cfg := Config(nil)
	cfg.URL = address
	_, _, err = sqlstore.Migrate(ctx, cfg)
	return address, err
}

func (s *server) drop(address string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := s.admin.Exec(context.Background(), "drop database if exists "+name(address)+" with (force)")
	return err
}

// name is the database of an address.
func name(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Path, "/")
}
