package lynkup_test

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

var idText = regexp.MustCompile(`"(id|orderId)": "[0-9a-f]{24}"`)
var linkText = regexp.MustCompile(`/l/(label|return)\.[0-9a-f]{24}`)

// TestCapture fills "?" responses.
func TestCapture(t *testing.T) {
	for _, f := range strings.Fields(os.Getenv("CAPTURE")) {
		a, err := txtar.ParseFile(f)
		if err != nil {
			t.Fatal(err)
		}
		w := newWorld(t)
		var last *httptest.ResponseRecorder
		kept := map[string]string{}
		seen, heard := 0, 0
		for i := range a.Files {
			file := &a.Files[i]
			switch file.Name {
			case "given":
				for _, l := range strings.Split(strings.TrimSpace(string(file.Data)), "\n") {
					given(t, w.App, l)
				}
				seen, heard = len(w.events(t)), len(w.Hooks())
			case "request":
				head, body, _ := bytes.Cut(file.Data, []byte("\n\n"))
				lines := strings.Split(strings.TrimSpace(string(head)), "\n")
				text := string(body)
				first := lines[0]
				for k, v := range kept {
					text = strings.ReplaceAll(text, "{{"+k+"}}", v)
					first = strings.ReplaceAll(first, "{{"+k+"}}", v)
				}
				m, target, _ := strings.Cut(first, " ")
				r := httptest.NewRequest(m, target, strings.NewReader(strings.TrimSuffix(text, "\n")))
				r.Header.Set("Authorization", w.Authorization)
				r.Header.Set("Content-Type", "application/json")
				for _, h := range lines[1:] {
					n, v, _ := strings.Cut(h, ":")
					r.Header.Set(strings.TrimSpace(n), strings.TrimSpace(v))
				}
				if r.Header.Get("Authorization") == "none" {
					r.Header.Del("Authorization")
				}
				last = httptest.NewRecorder()
				w.Handler.ServeHTTP(last, r)
				var tok struct {
					PaginationToken struct{ Next, Previous string }
				}
				json.Unmarshal(last.Body.Bytes(), &tok)
				kept["next"], kept["previous"] = tok.PaginationToken.Next, tok.PaginationToken.Previous
			case "response":
				if strings.TrimSpace(string(file.Data)) == "?" {
					var b bytes.Buffer
					json.Indent(&b, last.Body.Bytes(), "", "  ")
					s := idText.ReplaceAllString(b.String(), `"$1": "<id>"`)
					s = linkText.ReplaceAllString(s, "/l/$1.<id>")
					file.Data = []byte(itoa(last.Code) + "\n\n" + s + "\n")
				}
			case "events":
				if strings.TrimSpace(string(file.Data)) == "?" {
					file.Data = nil
					for _, e := range w.events(t)[seen:] {
						file.Data = append(file.Data, string(e.Kind)+"\n"...)
					}
				}
				seen = len(w.events(t))
			case "webhook":
				w.Drain(t)
				if strings.TrimSpace(string(file.Data)) == "?" {
					h := w.Hooks()[heard]
					var b bytes.Buffer
					json.Indent(&b, h.Body, "", "  ")
					s := idText.ReplaceAllString(b.String(), `"$1": "<id>"`)
					s = linkText.ReplaceAllString(s, "/l/$1.<id>")
					file.Data = []byte("X-DS-Signature: " + h.Header.Get("X-DS-Signature") + "\n\n" + s + "\n")
				}
				heard++
			case "advance":
				d, _ := time.ParseDuration(strings.TrimSpace(string(file.Data)))
				w.Clock.Advance(d)
				w.Drain(t)
			}
		}
		os.WriteFile(f, txtar.Format(a), 0o644)
	}
}

func itoa(n int) string { b, _ := json.Marshal(n); return string(b) }
