package peddler_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

func TestZZDump(t *testing.T) {
	if os.Getenv("DUMP") == "" {
		t.Skip()
	}
	files, _ := filepath.Glob("testdata/" + os.Getenv("DUMP") + ".txtar")
	inst := installation(t)
	hex := regexp.MustCompile(`[0-9a-f]{24}`)
	num := regexp.MustCompile(`P[0-9]{18}`)
	for _, f := range files {
		a, _ := txtar.ParseFile(f)
		app := inst.Start(t)
		kept := map[string]string{}
		names := map[string]string{}
		hooks := 0
		scrub := func(b []byte) []byte {
			b = hex.ReplaceAllFunc(b, func(m []byte) []byte {
				if string(m) == carrierID {
					return m
				}
				return []byte("<id>")
			})
			b = num.ReplaceAllFunc(b, func(m []byte) []byte {
				if string(m) == "P000000000000000000" {
					return m
				}
				n, ok := names[string(m)]
				if !ok {
					n = fmt.Sprintf("n%d", len(names)+1)
					names[string(m)] = n
					kept[n] = string(m)
				}
				return []byte("<token:" + n + ">")
			})
			b = regexp.MustCompile(`"orderId": \d+`).ReplaceAll(b, []byte(`"orderId": "<number>"`))
			b = regexp.MustCompile(`"label": "(JVBER[^"]*)"`).ReplaceAll(b, []byte(`"label": "<pdf>"`))
			b = regexp.MustCompile(`"label": "\^XA[^\n]*"`).ReplaceAll(b, []byte(`"label": "^XA<any>"`))
			return b
		}
		var last *httptest.ResponseRecorder
		seen := 0
		for i := range a.Files {
			s := &a.Files[i]
			switch s.Name {
			case "given":
				for line := range strings.Lines(string(s.Data)) {
					if line = strings.TrimSpace(line); line != "" {
						given(t, app, line)
					}
				}
				seen = len(app.Events(t))
				hooks = len(app.Hooks())
			case "advance":
				d, err := time.ParseDuration(strings.TrimSpace(string(s.Data)))
				if err != nil {
					t.Fatal(err)
				}
				app.Clock.Advance(d)
				app.Drain(t)
			case "request":
				text := string(s.Data)
				for n, v := range kept {
					text = strings.ReplaceAll(text, "{{"+n+"}}", v)
				}
				head, body, _ := strings.Cut(text, "\n\n")
				lines := strings.Split(strings.TrimSpace(head), "\n")
				method, target, _ := strings.Cut(lines[0], " ")
				r := httptest.NewRequest(method, target, bytes.NewReader([]byte(strings.TrimSuffix(body, "\n"))))
				for _, l := range lines[1:] {
					n, v, _ := strings.Cut(l, ":")
					r.Header.Set(strings.TrimSpace(n), strings.TrimSpace(v))
				}
				if r.Header.Get("Content-Type") == "" && body != "" {
					r.Header.Set("Content-Type", "application/json")
				}
				switch r.Header.Get("Authorization") {
				case "":
					r.Header.Set("Authorization", app.Authorization)
				case "none":
					r.Header.Del("Authorization")
				}
				last = httptest.NewRecorder()
				app.Handler.ServeHTTP(last, r)
				if i+1 == len(a.Files) || a.Files[i+1].Name != "response" {
					t.Errorf("%s: section %d has no response", f, i)
				}
			case "response":
				head, _, _ := strings.Cut(string(s.Data), "\n\n")
				lines := strings.Split(strings.TrimSpace(head), "\n")
				out := fmt.Sprintf("%d\n", last.Code)
				for _, l := range lines[1:] {
					n, _, _ := strings.Cut(l, ":")
					out += n + ": " + string(scrub([]byte(last.Header().Get(strings.TrimSpace(n))))) + "\n"
				}
				var b bytes.Buffer
				var tree struct {
					Access string `json:"access_token"`
				}
				if json.Unmarshal(last.Body.Bytes(), &tree) == nil && tree.Access != "" {
					kept["jwt"] = tree.Access
				}
				switch {
				case json.Indent(&b, last.Body.Bytes(), "", "  ") == nil:
					out += "\n" + string(scrub(b.Bytes())) + "\n"
				case strings.HasPrefix(last.Body.String(), "JVBER"):
					out += "\n<pdf>\n"
				default:
					out += "\n^XA<any>\n"
				}
				if tree.Access != "" {
					out = strings.ReplaceAll(out, tree.Access, "<token:jwt>")
				}
				s.Data = []byte(out)
			case "events":
				var got string
				all := app.Events(t)
				for _, e := range all[seen:] {
					got += string(e.Kind) + "\n"
				}
				seen = len(all)
				s.Data = []byte(got)
			case "webhook":
				app.Drain(t)
				all := app.Hooks()[hooks:]
				if len(all) == 0 {
					s.Data = nil
					continue
				}
				hooks++
				var b bytes.Buffer
				json.Indent(&b, all[0].Body, "", "  ")
				s.Data = []byte("X-Webhook-Shared-Token: " + all[0].Header.Get("x-webhook-shared-token") + "\nContent-Type: " + all[0].Header.Get("Content-Type") + "\n\n" + string(scrub(b.Bytes())) + "\n")
			}
		}
		if err := os.WriteFile(f, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
