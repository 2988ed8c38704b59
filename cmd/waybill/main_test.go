package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"waybill"
	"waybill/app"
	"waybill/internal/steadytest"
)

// These tests run the program as its users do: as processes of their own. The test binary is the program
// when it is told so, so that nothing has to be built beside it.

const (
	beVariable    = "WAYBILL_TEST_BE"    // program, or later: a server whose clock is ahead
	aheadVariable = "WAYBILL_TEST_AHEAD" // by so much
)

func TestMain(m *testing.M) {
	be := os.Getenv(beVariable)
	if be == "" {
		testscript.Main(m, map[string]func(){"waybill": main}) // runs the tests, or is waybill in a script
	}
	go func() { // the pipe ends with the test that holds it: no process outlives it
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(3)
	}()
	if be == "later" {
		if err := serveLater(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	main()
	os.Exit(0)
}

// ahead is the machine's clock, so much later: what is due in a minute is due now.
type ahead time.Duration

func (a ahead) Now() time.Time { return waybill.SystemClock{}.Now().Add(time.Duration(a)) }

// serveLater serves like `waybill serve`, in a later time.
func serveLater() error {
	d, err := time.ParseDuration(os.Getenv(aheadVariable))
	if err != nil {
		return err
	}
	cfg := app.Defaults()
	cfg.Data, cfg.Database, cfg.Key = os.Getenv("WAYBILL_DATA"), os.Getenv("WAYBILL_DATABASE"), os.Getenv("WAYBILL_KEY")
	cfg.Listen, cfg.Admin = "127.0.0.1:0", ""
	cfg.Webhooks.AllowNetworks = []string{"127.0.0.1"}
	a, err := app.New(context.Background(), cfg, app.Parts{Clock: ahead(d)})
	if err != nil {
		return err
	}
	if err := a.Run(context.Background(), nil); err != nil {
		return err
	}
	return a.Close()
}

// process is a child that serves.
type process struct {
	t     testing.TB
	cmd   *exec.Cmd
	base  string // of what it serves
	ended chan struct{}

	mu  sync.Mutex
	log strings.Builder
}

// installation is where an instance keeps its records: a data folder, or a database that nodes share.
type installation struct {
	data     string
	database string
	env      []string
}

// environment is what a child of the installation is told.
func (i installation) environment(more ...string) []string {
	env := append(os.Environ(), beVariable+"=program", "WAYBILL_DATA="+i.data, "WAYBILL_LISTEN=127.0.0.1:0", "WAYBILL_ADMIN=",
		"WAYBILL_WEBHOOKS_ALLOW_NETWORKS=127.0.0.1")
	if i.database != "" {
		env = append(env, "WAYBILL_DATABASE="+i.database)
	}
	return append(append(env, i.env...), more...)
}

// self starts this binary as the program. The pipe to its standard input is open as long as the test is.
func self(t testing.TB, env []string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = env
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// at is the installation for commands that need a server: where one of its nodes listens is where they go.
func (i installation) at(node *process) installation {
	i.env = append(slices.Clone(i.env), "WAYBILL_LISTEN="+strings.TrimPrefix(node.base, "http://"))
	return i
}

// run is one command of the command line; it must succeed.
func (i installation) run(t testing.TB, args ...string) string {
	t.Helper()
	out, err := self(t, i.environment(), args...).CombinedOutput()
	if err != nil {
		t.Fatalf("waybill %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// serve starts a node and waits until it answers. With a crash point it may end before.
func (i installation) serve(t testing.TB, env ...string) *process {
	t.Helper()
	return launch(t, self(t, i.environment(env...), "serve"), "msg=serving address=", "http://")
}

// serveLater starts a node in a later time.
func (i installation) serveLater(t testing.TB, by time.Duration, env ...string) *process {
	t.Helper()
	env = append(env, beVariable+"=later", aheadVariable+"="+by.String())
	return launch(t, self(t, i.environment(env...)), "msg=serving address=", "http://")
}

// simulators starts `waybill sim`; base is that of the UPS simulator.
func simulators(t testing.TB) *process {
	t.Helper()
	cmd := self(t, append(os.Environ(), beVariable+"=program"), "sim", "--listen", "127.0.0.1:0", "--state", t.TempDir())
	return launch(t, cmd, "ups      ", "")
}

// launch starts a process and reads its output to the address it serves at, which follows a mark.
func launch(t testing.TB, cmd *exec.Cmd, mark, scheme string) *process {
	t.Helper()
	p := &process{t: t, cmd: cmd, ended: make(chan struct{})}
	reader, writer := io.Pipe()
	cmd.Stdout, cmd.Stderr = writer, writer
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	found := make(chan string, 1)
	go p.read(reader, mark, found)
	go func() {
		_ = cmd.Wait()
		writer.Close()
		close(p.ended)
	}()
	t.Cleanup(p.kill)
	select {
	case address := <-found:
		p.base = scheme + address
	case <-p.ended:
		t.Fatalf("the process ended at once:\n%s", p.output())
	case <-time.After(patience):
		t.Fatalf("the process does not serve:\n%s", p.output())
	}
	return p
}

// patience is how long a process may take for what takes it a moment on an idle machine.
const patience = steadytest.Patience

func (p *process) read(r io.Reader, mark string, found chan<- string) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		p.mu.Lock()
		fmt.Fprintln(&p.log, lines.Text())
		p.mu.Unlock()
		if _, rest, ok := strings.Cut(lines.Text(), mark); ok {
			address, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
			select {
			case found <- address:
			default:
			}
		}
	}
	_, _ = io.Copy(io.Discard, r)
}

func (p *process) output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

// kill is kill -9 of this process alone; it returns when the process is gone.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// stop asks the process to stop in order.
func (p *process) stop() {
	p.t.Helper()
	_ = p.cmd.Process.Signal(os.Interrupt)
	select {
	case <-p.ended:
		if code := p.cmd.ProcessState.ExitCode(); code != 0 {
			p.t.Errorf("the server stopped with %d:\n%s", code, p.output())
		}
	case <-time.After(patience):
		p.t.Errorf("the server does not stop:\n%s", p.output())
		p.kill()
	}
}

// died waits for a process that was to end by itself.
func (p *process) died() bool {
	select {
	case <-p.ended:
		return true
	case <-time.After(patience):
		return false
	}
}

// copyFolder copies a data folder of no running server.
func copyFolder(t testing.TB, from string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(to, "key"), 0o600); err != nil {
		t.Fatal(err)
	}
	return to
}
