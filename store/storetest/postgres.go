package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"waybill"
	"waybill/store/sqlstore"
)

// PostgresVariable names a server the tests may use instead of one of their own: the address of a role
// that may create databases.
const PostgresVariable = "WAYBILL_TEST_POSTGRES"

// oldest is the first major version Waybill runs on.
const oldest = 15

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
	if errors.Is(err, errNoPostgres) {
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

var errNoPostgres = errors.New("no PostgreSQL")

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
	address, err := start()
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

// start runs a throw-away server that lives exactly as long as this process: a shell waits on a pipe
// that only we hold open, then stops it and removes its files. It keeps nothing safe (fsync off).
func start() (address string, err error) {
	bin, err := binaries()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("/tmp", "waybill-pg-") // short: the socket's path may have 107 bytes
	if err != nil {
		return "", err
	}
	attributes, err := unprivileged(dir)
	if err != nil {
		return "", err
	}
	data := filepath.Join(dir, "data")
	initdb := func(more ...string) ([]byte, error) {
		args := append([]string{"-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"}, more...)
		cmd := exec.Command(filepath.Join(bin, "initdb"), args...)
		cmd.Dir, cmd.SysProcAttr = dir, attributes
		return cmd.CombinedOutput()
	}
	// An English collation, where it can be had, shows up what would sort by it.
	if _, err := initdb("--locale-provider=icu", "--icu-locale=en-US"); err != nil {
		if out, err := initdb(); err != nil {
			return "", fmt.Errorf("initdb: %w\n%s", err, out)
		}
	}
	port, err := freePort()
	if err != nil {
		return "", err
	}
	script := `"$1/postgres" -D "$2/data" -k "$2" -h 127.0.0.1 -p "$3" -c fsync=off -c full_page_writes=off -c max_connections=200 -c autovacuum=off >"$2/log" 2>&1 &
server=$!
read -r _
kill -QUIT $server
wait $server
cd / && rm -rf "$2"`
	cmd := exec.Command("/bin/sh", "-c", script, "sh", bin, dir, strconv.Itoa(port))
	cmd.Dir, cmd.SysProcAttr = dir, attributes
	if _, err := cmd.StdinPipe(); err != nil { // never written to; it closes when we end
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	keepAlive = cmd
	address = fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", port)
	return address, awaitServer(address, filepath.Join(dir, "log"))
}

// keepAlive holds the pipe that the server lives by.
var keepAlive *exec.Cmd

func awaitServer(address, log string) error {
	var err error
	for range 200 {
		var conn *pgx.Conn
		if conn, err = pgx.Connect(context.Background(), address); err == nil {
			return conn.Close(context.Background())
		}
		time.Sleep(50 * time.Millisecond) // nothing tells when a server begins to listen
	}
	text, _ := os.ReadFile(log)
	return fmt.Errorf("PostgreSQL does not start: %w\n%s", err, text)
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// binaries is the folder of the newest PostgreSQL of the machine.
func binaries() (string, error) {
	if runtime.GOOS == "windows" {
		return "", errNoPostgres // a server there is for WAYBILL_TEST_POSTGRES to name
	}
	var folders []string
	if path, err := exec.LookPath("initdb"); err == nil {
		folders = append(folders, filepath.Dir(path))
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin", "/usr/local/pgsql/bin"} {
		found, _ := filepath.Glob(pattern)
		folders = append(folders, found...)
	}
	sort.SliceStable(folders, func(i, j int) bool { return major(folders[i]) > major(folders[j]) })
	if len(folders) == 0 || major(folders[0]) < oldest {
		return "", errNoPostgres
	}
	return folders[0], nil
}

// major is the major version of the PostgreSQL in a folder; 0 when there is none.
func major(bin string) int {
	out, err := exec.Command(filepath.Join(bin, "postgres"), "--version").Output()
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(out)) // postgres (PostgreSQL) 15.14 (Debian …)
	if len(fields) < 3 {
		return 0
	}
	n, _ := strconv.Atoi(strings.SplitN(fields[2], ".", 2)[0])
	return n
}
