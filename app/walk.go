package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"waybill"
	"waybill/engine"
)

// walk is the demo's client of the running program. It knows the APIs as any client does; the desk it asks
// only for what no client could: what a driver scanned, what the engine wrote down.
type walk struct {
	ctx              context.Context
	app              *App
	client           *http.Client
	base             string
	out              string
	to               io.Writer
	colour           bool
	began            time.Time
	lynkup           string // token
	theory           string // token
	peddler, shiplee string // tokens
	bike             string // tracking number of the parcel of Peddler
	order            any    // of Shiplee, as its JSON number
	awb              string // and the number it travels under
	stamp            string // makes references new in each run
}

// desk is the administrator of the installation at work in the demo's account.
func (w *walk) desk() (engine.Session, error) { return w.app.session(w.ctx, DemoAccount, false) }

func newWalk(ctx context.Context, a *App, o DemoOptions) *walk {
	client, base := a.settings().Local()
	return &walk{
		ctx: ctx, app: a, client: client, base: base, out: o.Out, to: o.Say, colour: o.Colour, began: o.Began,
		stamp: time.Now().UTC().Format("0102-150405"),
	}
}

// reference names this run's parcel of a walk.
func (w *walk) reference(letter string) string { return "demo-" + letter + "-" + w.stamp }

// call sends a request and reads a JSON answer; want is the status that is right.
func (w *walk) call(method, path, token string, body any, want int) (map[string]any, error) {
	var reader io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		reader = bytes.NewReader(data)
	}
	request, err := http.NewRequestWithContext(w.ctx, method, w.base+path, reader)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Authorization", "Bearer "+token)
	return w.send(request, want)
}

func (w *walk) send(request *http.Request, want int) (map[string]any, error) {
	data, err := w.fetch(request, want)
	if err != nil {
		return nil, err
	}
	var answer any
	if err := json.Unmarshal(data, &answer); err != nil {
		return nil, fmt.Errorf("%s %s: %w", request.Method, request.URL.Path, err)
	}
	if list, ok := answer.([]any); ok {
		return map[string]any{"list": list}, nil
	}
	object, _ := answer.(map[string]any)
	return object, nil
}

func (w *walk) fetch(request *http.Request, want int) ([]byte, error) {
	response, err := w.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != want {
		err = fmt.Errorf("%s %s: %s: %s", request.Method, request.URL.Path, response.Status, data)
	}
	return data, err
}

// text reads a nested member of an answer as text.
func text(v any, path ...string) string {
	for _, name := range path {
		object, _ := v.(map[string]any)
		v = object[name]
	}
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// saveLink fetches a signed label link, as a client would.
func (w *walk) saveLink(link, name string) error {
	if link == "" {
		return errors.New("the answer has no label link")
	}
	request, err := http.NewRequestWithContext(w.ctx, http.MethodGet, link, nil)
	if err != nil {
		return err
	}
	data, err := w.fetch(request, http.StatusOK)
	if err != nil {
		return err
	}
	return w.save(name, data)
}

func (w *walk) save(name string, data []byte) error {
	path := filepath.Join(w.out, name)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		return err
	}
	w.line("label", "%s", path)
	return nil
}

// carried tells how far a parcel has come.
func (w *walk) carried(status waybill.Transit) {
	w.line("tracked", "%s", strings.ReplaceAll(string(status), "_", " "))
}

// pause waits a moment for something to happen; it fails when the demo ends.
func (w *walk) pause() error {
	select {
	case <-w.ctx.Done():
		return w.ctx.Err()
	case <-time.After(50 * time.Millisecond):
		return nil
	}
}
