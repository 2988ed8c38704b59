package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"waybill/app"
)

// TestTheReferenceSendsARequest opens the reference of the native API in a Chromium, has it try the operation that tells
// who asks, presses the button that sends it, and reads the answer off the page.
func TestTheReferenceSendsARequest(t *testing.T) {
	t.Parallel()
	demo := installation{data: t.TempDir(), env: []string{"WAYBILL_DEMO=true"}}.serve(t)
	r, err := http.NewRequestWithContext(t.Context(), "GET", demo.base+"/api/v1/me", nil)
	check(t, err)
	r.Header.Set("Authorization", "Bearer "+app.DemoKey)
	answer, err := http.DefaultClient.Do(r)
	check(t, err)
	defer answer.Body.Close()
	var me struct{ Account struct{ ID string } }
	check(t, json.NewDecoder(answer.Body).Decode(&me))
	p := openTab(t, demo.base+"/docs/native#tag/identity/GET/me")
	p.do(`press('Test Request', '(get /me)')`)
	if before := p.do(`until(() => document.body.innerText)`); me.Account.ID == "" || strings.Contains(before, me.Account.ID) {
		t.Fatalf("the page shows the account %q before it has asked", me.Account.ID)
	}
	p.do(`press('Send')`)
	p.do(`until(() => document.body.innerText.includes('200') && document.body.innerText.includes('` + me.Account.ID + `'))`)
}

// helpers are what a person does with a page: look until something is there, and press a button by what is written on it.
const helpers = `
const until = async found => { for (;;) { const it = found(); if (it) return it; await new Promise(done => setTimeout(done, 100)) } }
const seen = e => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== 'hidden'
const press = async (...words) => (await until(() => [...document.querySelectorAll('button')].find(b => seen(b) && !b.disabled &&
  words.every(w => (b.innerText + ' ' + (b.ariaLabel ?? '')).toLowerCase().replace(/\s+/g, ' ').includes(w.toLowerCase()))))).click()
`

// tab is a page in a browser that is spoken to over a pair of pipes, in the words of the DevTools protocol.
type tab struct {
	t       *testing.T
	to      io.Writer
	from    *bufio.Reader
	session string
	asked   int
}

func openTab(t *testing.T, address string) *tab {
	t.Helper()
	browser, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skipf("SKIPPED: %v", err)
	}
	toBrowser, to, err := os.Pipe()
	check(t, err)
	from, fromBrowser, err := os.Pipe()
	check(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	cmd := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
		"--no-first-run", "--user-data-dir="+t.TempDir(), "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--window-size=1600,1200", "--remote-debugging-pipe")
	cmd.ExtraFiles = []*os.File{toBrowser, fromBrowser} // 3 and 4
	check(t, cmd.Start())
	check(t, toBrowser.Close())
	check(t, fromBrowser.Close())
	p := &tab{t: t, to: to, from: bufio.NewReader(from)}
	t.Cleanup(func() {
		p.asked++
		fmt.Fprintf(to, `{"id":%d,"method":"Browser.close"}`+"\x00", p.asked)
		_ = cmd.Wait() // however it ends
		cancel()
		_, _ = to.Close(), from.Close()
	})
	made := p.ask("Target.createTarget", map[string]any{"url": "about:blank"})
	p.session, _ = p.ask("Target.attachToTarget", map[string]any{"targetId": made["targetId"], "flatten": true})["sessionId"].(string)
	p.ask("Page.navigate", map[string]any{"url": address}) // it answers when the page has taken the place of the empty one
	return p
}

// do evaluates what one of the helpers does, and answers its result as text.
func (p *tab) do(what string) string {
	p.t.Helper()
	out := p.ask("Runtime.evaluate", map[string]any{"expression": "(async () => {" + helpers + "return await " + what + "})()", "awaitPromise": true, "returnByValue": true})
	if out["exceptionDetails"] != nil {
		p.t.Fatalf("%s: %v", what, out["exceptionDetails"])
	}
	result, _ := out["result"].(map[string]any)
	return fmt.Sprint(result["value"])
}

// ask sends a command and waits for its result; what else the browser tells is passed over.
func (p *tab) ask(method string, params map[string]any) map[string]any {
	p.t.Helper()
	p.asked++
	command := map[string]any{"id": p.asked, "method": method, "params": params}
	if p.session != "" {
		command["sessionId"] = p.session
	}
	text, err := json.Marshal(command)
	check(p.t, err)
	_, err = p.to.Write(append(text, 0))
	check(p.t, err)
	for {
		text, err := p.from.ReadBytes(0)
		if err != nil {
			p.t.Fatalf("%s: the browser said no more: %v", method, err)
		}
		var told struct {
			ID     int
			Result map[string]any
			Error  *struct{ Message string }
		}
		check(p.t, json.Unmarshal(text[:len(text)-1], &told))
		if told.ID != p.asked {
			continue
		}
		if told.Error != nil {
			p.t.Fatalf("%s: %s", method, told.Error.Message)
		}
		return told.Result
	}
}
