package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"waybill/carrier/house"
	"waybill/internal/steadytest"
)

// TestScripts runs the command line as a person would: testdata/script has one story a file. Beside testscript's own
// commands there are
//
//	http METHOD URL [token=TOKEN] [basic=USER:PASSWORD] [body=FILE] [form=TEXT]   one request; prints status and body
//	pick NAME MEMBER...         sets $NAME to a member of the JSON that http printed last
//	await URL STATUS            asks until that is answered; gone: until nobody answers
//	signal HUP|TERM FILE        sends a signal to the process whose number is in the file
//
// $ADDRESS and $ADDRESS2 are addresses that nobody listens at; card.json is a rate card.
func TestScripts(t *testing.T) {
	card, err := house.DemoCard("us")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Vars = append(env.Vars, "WAYBILL_DATA="+filepath.Join(env.WorkDir, "data"), "WAYBILL_ADMIN=")
			for _, name := range []string{"ADDRESS", "ADDRESS2"} {
				env.Vars = append(env.Vars, name+"="+steadytest.Address(t))
			}
			return os.WriteFile(filepath.Join(env.WorkDir, "card.json"), card, 0o600)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"http": scriptHTTP, "pick": scriptPick, "await": scriptAwait, "signal": scriptSignal},
	})
}

func scriptHTTP(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: http METHOD URL [token=…] [basic=…] [body=…] [form=…]")
	}
	var body io.Reader
	header := http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json"}}
	var user, password string
	for _, arg := range args[2:] {
		name, value, _ := strings.Cut(arg, "=")
		switch name {
		case "token":
			header.Set("Authorization", "Bearer "+value)
		case "basic":
			user, password, _ = strings.Cut(value, ":")
		case "body":
			body = strings.NewReader(ts.ReadFile(value))
		case "form":
			body = strings.NewReader(value)
			header.Set("Content-Type", "application/x-www-form-urlencoded")
		default:
			ts.Fatalf("http: %s", arg)
		}
	}
	request, err := http.NewRequest(args[0], args[1], body)
	ts.Check(err)
	request.Header = header
	if user != "" {
		request.SetBasicAuth(user, password)
	}
	status, answer, err := roundTrip(request)
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "%d\n%s\n", status, answer)
	ts.Check(os.WriteFile(ts.MkAbs("answer.json"), answer, 0o600))
}

func roundTrip(request *http.Request) (int, []byte, error) {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	return response.StatusCode, answer, err
}

func scriptPick(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: pick NAME MEMBER...")
	}
	found, err := member([]byte(ts.ReadFile("answer.json")), args[1:]...)
	ts.Check(err)
	ts.Setenv(args[0], found)
}

// member reads a nested member of an object.
func member(raw []byte, path ...string) (string, error) {
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return "", err
	}
	for _, name := range path {
		object, _ := v.(map[string]any)
		v = object[name]
	}
	if v == nil {
		return "", fmt.Errorf("there is no %s in %s", strings.Join(path, "."), bytes.TrimSpace(raw))
	}
	return fmt.Sprint(v), nil
}

func scriptAwait(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: await URL STATUS|gone")
	}
	gone := args[1] == "gone"
	want, err := strconv.Atoi(args[1])
	if !gone {
		ts.Check(err)
	}
	last := ""
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(10 * time.Millisecond) {
		request, err := http.NewRequest(http.MethodGet, args[0], nil)
		ts.Check(err)
		status, answer, err := roundTrip(request)
		if err == nil && status == want || err != nil && gone {
			return
		}
		last = fmt.Sprint(status, " ", string(answer), " ", err)
	}
	ts.Fatalf("%s does not answer %s, but %s", args[0], args[1], last)
}

func scriptSignal(ts *testscript.TestScript, neg bool, args []string) {
	signals := map[string]syscall.Signal{"HUP": syscall.SIGHUP, "TERM": syscall.SIGTERM}
	if neg || len(args) != 2 || signals[args[0]] == 0 {
		ts.Fatalf("usage: signal HUP|TERM FILE")
	}
	number, err := strconv.Atoi(strings.TrimSpace(ts.ReadFile(args[1])))
	ts.Check(err)
	process, err := os.FindProcess(number)
	ts.Check(err)
	ts.Check(process.Signal(signals[args[0]]))
}
