// Package pgserver runs a PostgreSQL that is thrown away, for tests and measurements.
package pgserver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Oldest is the oldest major version that will do.
const Oldest = 15

// ErrNone: there is no PostgreSQL on this machine, or none that is young enough.
var ErrNone = errors.New("no PostgreSQL 15 or newer on this machine")

// alive holds the pipes that servers live by.
var alive []*exec.Cmd

// errTaken: somebody else listens at the port that was free a moment ago.
var errTaken = errors.New("the port was taken meanwhile")

// Start runs a server in a folder of its own below parent, and answers the address of its database postgres and how to
// stop it. It lives no longer than this process: a shell waits on a pipe that only we hold open, then stops it and
// removes its files. It keeps nothing safe (fsync off). Settings are further ones, such as shared_buffers=1GB.
func Start(parent string, settings ...string) (address string, stop func() error, err error) {
	bin, err := binaries()
	if err != nil {
		return "", nil, err
	}
	for range 5 {
		if address, stop, err = start(parent, bin, settings); !errors.Is(err, errTaken) {
			break
		}
		_ = stop()
	}
	return address, stop, err
}

func start(parent, bin string, settings []string) (address string, stop func() error, err error) {
	dir, err := os.MkdirTemp(parent, "waybill-pg-")
	if err != nil {
		return "", nil, err
	}
	attributes, err := unprivileged(dir)
	if err != nil {
		return "", nil, err
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
			return "", nil, fmt.Errorf("initdb: %w\n%s", err, out)
		}
	}
	port, err := freePort()
	if err != nil {
		return "", nil, err
	}
	script := `bin=$1 dir=$2 port=$3; shift 3
"$bin/postgres" -D "$dir/data" -k "$dir" -h 127.0.0.1 -p "$port" "$@" >"$dir/log" 2>&1 &
server=$!
read -r _
kill -QUIT $server
wait $server
cd / && rm -rf "$dir"`
	args := []string{"-c", script, "sh", bin, dir, strconv.Itoa(port)}
	for _, setting := range append([]string{"fsync=off", "full_page_writes=off", "max_connections=200", "autovacuum=off", "lc_messages=C"}, settings...) {
		args = append(args, "-c", setting)
	}
	cmd := exec.Command("/bin/sh", args...)
	cmd.Dir, cmd.SysProcAttr = dir, attributes
	pipe, err := cmd.StdinPipe() // never written to; it closes when we end
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() error {
		_ = pipe.Close()
		_ = cmd.Wait() // it may not remove its folder from ours
		return os.RemoveAll(dir)
	}
	alive = append(alive, cmd)
	address = fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", port)
	// By its socket it is surely ours; it listens there after it has its port.
	return address, stop, await(fmt.Sprintf("postgres://postgres@/postgres?sslmode=disable&host=%s&port=%d", dir, port), filepath.Join(dir, "log"))
}

// patience is how long a server may take to start, which takes it a moment on an idle machine.
const patience = 3 * time.Minute

func await(address, log string) error {
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) { // nothing tells when a server begins to listen
		conn, err := pgx.Connect(context.Background(), address)
		if err == nil {
			return conn.Close(context.Background())
		}
		text, _ := os.ReadFile(log)
		switch {
		case bytes.Contains(text, []byte("could not create any TCP/IP sockets")):
			return errTaken
		case time.Now().After(end):
			return fmt.Errorf("PostgreSQL does not start: %w\n%s", err, text)
		}
	}
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
		return "", ErrNone
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
	if len(folders) == 0 || major(folders[0]) < Oldest {
		return "", ErrNone
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
