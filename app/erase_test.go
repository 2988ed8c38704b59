package app

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"waybill"
	"waybill/store/storetest"
)

// The words of the person who is to be forgotten. They are nobody else's.
const gone = "zqforgetme"

// household is an installation whose clock the test moves, with the demo's shop.
type household struct {
	*App
	t     *testing.T
	clock *waybill.ManualClock
	url   string
}

func housed(t *testing.T, cfg Config) *household {
	t.Helper()
	h := started(t, cfg).household
	if err := h.Engine.Start(t.Context()); err != nil { // what sweeps
		t.Fatal(err)
	}
	return h
}

// ask answers the body of a request that must have this status.
func (h *household) ask(status int, method, path string, body any) map[string]any {
	h.t.Helper()
	var sent []byte
	if body != nil {
		sent, _ = json.Marshal(body)
	}
	r, err := http.NewRequestWithContext(h.t.Context(), method, h.url+path, bytes.NewReader(sent))
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+DemoKey)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != status {
		h.t.Fatalf("%s %s: %s, %v: %s", method, path, answer.Status, err, text)
	}
	out := map[string]any{}
	_ = json.Unmarshal(text, &out)
	return out
}

// after moves the clock, an hour at a time, and does what is due.
func (h *household) after(d time.Duration) {
	h.t.Helper()
	h.Engine.Journal.Flush(h.t.Context()) // what was asked before is from before
	h.clock.Advance(d)
	if err := h.Drain(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

// parcel books a parcel to a person.
func (h *household) parcel(reference, name string) map[string]any {
	made := h.ask(201, "POST", "/shipments", map[string]any{
		"reference": reference, "instructions": "ring " + name, "book": map[string]any{},
		"to":      map[string]any{"name": name, "street1": name + " street", "city": "Bristol", "postcode": "BS1 4DJ", "country": "GB", "email": name + "@example.com", "phone": "+44 117 555 0199"},
		"parcels": []any{map[string]any{"weight": map[string]any{"value": 1, "unit": "kg"}, "size": map[string]any{"length": 10, "width": 10, "height": 10, "unit": "cm"}}},
		"items":   []any{map[string]any{"sku": "MUG", "title": "A mug for " + name, "quantity": 1}},
	})
	if made["booking"] != "booked" {
		h.t.Fatalf("%s was not booked: %v", reference, made)
	}
	return made
}

// onEither runs a test on both databases. Found reads all that is stored and answers where a word is.
func onEither(t *testing.T, do func(t *testing.T, cfg Config, found func(string) []string)) {
	t.Run("sqlite", func(t *testing.T) {
		cfg := fresh(t)
		do(t, cfg, func(word string) []string { return inFiles(t, cfg.Data, word) })
	})
	t.Run("postgres", func(t *testing.T) {
		cfg := fresh(t)
		cfg.Database = storetest.Postgres(t)
		do(t, cfg, func(word string) []string {
			return append(inTables(t, cfg.Database, word), inFiles(t, cfg.Data, word)...)
		})
	})
}

// inFiles lists the files below a folder that have a word in them.
func inFiles(t *testing.T, dir, word string) (list []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if says(t, data, word) {
			list = append(list, filepath.Base(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// inTables lists the columns of a PostgreSQL database that have a word in them.
func inTables(t *testing.T, url, word string) (list []string) {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), "select table_name, column_name, data_type from information_schema.columns where table_schema = current_schema() and data_type in ('text', 'bytea')")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var table, column, kind string
		if err := rows.Scan(&table, &column, &kind); err != nil {
			t.Fatal(err)
		}
		if kind == "bytea" {
			list = append(list, inBytes(t, db, table, column, word)...)
			continue
		}
		var n int
		if err := db.QueryRowContext(t.Context(), `select count(*) from "`+table+`" where strpos(lower("`+column+`"), $1) > 0`, word).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			list = append(list, table+"."+column)
		}
	}
	return list
}

// inBytes is table and column, if a value there has a word in it.
func inBytes(t *testing.T, db *sql.DB, table, column, word string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `select "`+column+`" from "`+table+`" where "`+column+`" is not null`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var data []byte
		if err := rows.Scan(&data); err != nil {
			t.Fatal(err)
		}
		if says(t, data, word) {
			return []string{table + "." + column}
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return nil
}

// TestARecipientIsForgotten: after an erasure no file and no table has a word of the person; what money needs is there.
func TestARecipientIsForgotten(t *testing.T) {
	onEither(t, func(t *testing.T, cfg Config, found func(string) []string) {
		h := housed(t, cfg)
		h.ask(201, "POST", "/addresses", map[string]any{"reference": "friend", "address": map[string]any{"name": gone, "street1": gone, "city": "Boston", "postcode": "02118", "country": "US", "email": gone + "@example.com"}})
		first := h.parcel("ER-1", gone)
		h.parcel("ER-2", "zqremains")
		draft := h.ask(201, "POST", "/shipments", map[string]any{"reference": "ER-3", "to": map[string]any{"name": gone, "street1": "x", "city": "Boston", "postcode": "02118", "country": "US", "email": gone + "@example.com"}})
		h.ask(200, "PATCH", "/shipments/ER-3", map[string]any{"instructions": "ask " + gone})
		h.after(time.Minute)
		if paper := h.paper(first, "ER-1"); !slices.Contains(found(gone), paper) {
			t.Fatalf("a paper with the person's name in its compressed pages is not found in %s, but %v", paper, found(gone))
		}
		who := map[string]any{"email": strings.ToUpper(gone) + "@example.com"}
		if dry := h.ask(200, "POST", "/erasures/preview", who); dry["state"] != "preview" || dry["erased"].(map[string]any)["addresses"] != 1.0 || len(dry["deferred"].([]any)) != 1 {
			t.Errorf("the preview says %v", dry)
		}
		receipt := h.ask(202, "POST", "/erasures", who)
		h.after(0)
		if now := h.ask(200, "GET", "/erasures/"+receipt["id"].(string), nil); now["state"] != "waiting" || now["deferred"].([]any)[0] != first["id"] {
			t.Errorf("a parcel under way is not waited for: %v", now)
		}
		if left := h.ask(200, "GET", "/shipments/ER-3", nil); left["id"] != draft["id"] || left["booking"] != "cancelled" {
			t.Errorf("the draft is %v", left)
		}
		h.ask(200, "DELETE", "/shipments/ER-1", nil) // now it has ended
		h.after(0)
		h.after(25 * time.Hour)
		done := h.ask(200, "GET", "/erasures/"+receipt["id"].(string), nil)
		if done["state"] != "done" || done["done_at"] == nil {
			t.Errorf("the receipt says %v", done)
		}
		if still := found(gone); len(still) > 0 {
			t.Errorf("%s is still in %v", gone, still)
		}
		if len(found("zqremains")) == 0 {
			t.Error("somebody else was forgotten too")
		}
		left := h.ask(200, "GET", "/shipments/ER-1", nil)
		to := left["to"].(map[string]any)
		if to["name"] != waybill.Erased || to["country"] != "GB" || to["postcode"] != "BS1" || left["price"] == nil || left["parcels"] == nil {
			t.Errorf("what money needs: %v", left)
		}
	})
}

// TestRetention: what is older than an account wishes goes, in its time, and no sooner; the audit log stays.
func TestRetention(t *testing.T) {
	onEither(t, func(t *testing.T, cfg Config, found func(string) []string) {
		h := housed(t, cfg)
		h.ask(200, "PUT", "/accounts/self/retention", map[string]any{"shipments_days": 60, "documents_days": 10, "events_days": 20, "deliveries_days": 5, "requests_days": 3})
		h.parcel("OLD-1", gone)
		h.ask(200, "DELETE", "/shipments/OLD-1", nil)
		h.after(time.Minute)
		labels := func() int { return len(h.ask(200, "GET", "/shipments/OLD-1/documents", nil)["items"].([]any)) }
		h.after(9 * 24 * time.Hour)
		if labels() != 1 {
			t.Error("a label went too soon")
		}
		h.after(2 * 24 * time.Hour)
		if labels() != 0 {
			t.Error("a label is kept too long")
		}
		if len(h.ask(200, "GET", "/shipments/OLD-1/events", nil)["items"].([]any)) == 0 {
			t.Error("events went too soon")
		}
		h.after(10 * 24 * time.Hour)
		if n := len(h.ask(200, "GET", "/shipments/OLD-1/events", nil)["items"].([]any)); n != 0 {
			t.Errorf("%d events are kept too long", n)
		}
		if h.ask(200, "GET", "/shipments/OLD-1", nil)["to"].(map[string]any)["name"] != gone {
			t.Error("personal data went too soon")
		}
		h.after(40 * 24 * time.Hour)
		if h.ask(200, "GET", "/shipments/OLD-1", nil)["to"].(map[string]any)["name"] != waybill.Erased {
			t.Error("personal data is kept too long")
		}
		if err := h.Store.Scrub(t.Context()); err != nil {
			t.Fatal(err)
		}
		if still := found(gone); len(still) > 0 {
			t.Errorf("%s is still in %v", gone, still)
		}
		if len(h.ask(200, "GET", "/audit?kind=account", nil)["items"].([]any)) == 0 {
			t.Error("the audit log went")
		}
	})
}

// TestAChildIsDeleted: not while anything is open; then it is shut at once, can be had back, and is gone after its grace,
// but for money and the audit log.
func TestAChildIsDeleted(t *testing.T) {
	onEither(t, func(t *testing.T, cfg Config, found func(string) []string) {
		h := housed(t, cfg)
		made := h.ask(201, "POST", "/accounts", map[string]any{"name": "zqchild", "settings": map[string]any{"currency": "USD"}})
		id := made["id"].(string)
		in := "?account=" + id
		key := h.ask(201, "POST", "/api-keys"+in, map[string]any{"name": "theirs", "role": "admin", "test": true})["key"].(string)
		h.ask(201, "POST", "/locations"+in, map[string]any{"reference": "zqplace", "name": "zqplace", "address": map[string]any{"city": "Boston", "postcode": "02118", "country": "US"}})
		h.ask(201, "POST", "/shipments"+in, map[string]any{"reference": "zqorder", "location": "zqplace", "to": map[string]any{"name": gone, "street1": "x", "city": "Boston", "postcode": "02118", "country": "US"}})
		h.ask(201, "POST", "/wallets/USD/top-ups"+in, map[string]any{"amount": 500, "cause": "zqmoney"})
		refused := h.ask(409, "DELETE", "/accounts/"+id, nil)
		if refused["reason"] != "in_use" || refused["errors"].([]any)[0].(map[string]any)["path"] != "wallets" {
			t.Errorf("what is open is not named: %v", refused)
		}
		h.ask(201, "POST", "/wallets/USD/top-ups"+in, map[string]any{"amount": -500, "cause": "paid out"})
		if shut := h.ask(200, "DELETE", "/accounts/"+id, nil); shut["closing_at"] == nil {
			t.Errorf("%v", shut)
		}
		if status := h.with(key); status != 401 {
			t.Errorf("a deleted account is let in: %d", status)
		}
		h.ask(404, "GET", "/shipments"+in, nil)
		h.ask(200, "POST", "/accounts/"+id+"/restore", nil)
		if status := h.with(key); status != 200 {
			t.Errorf("an account that was had back is not let in: %d", status)
		}
		h.after(31 * 24 * time.Hour)
		h.ask(200, "GET", "/shipments/zqorder"+in, nil) // the first deletion was taken back
		h.ask(200, "DELETE", "/accounts/"+id, nil)
		h.after(29 * 24 * time.Hour)
		h.ask(200, "GET", "/accounts/"+id, nil)
		h.after(2 * 24 * time.Hour)
		h.ask(404, "GET", "/accounts/"+id, nil)
		for _, word := range []string{gone, "zqorder"} {
			if still := found(word); len(still) > 0 {
				t.Errorf("%s is still in %v", word, still)
			}
		}
		if len(found("zqmoney")) == 0 {
			t.Error("what moved in the wallet is not kept")
		}
		h.ask(201, "POST", "/accounts", map[string]any{"name": "zqchild"}) // its name is free
	})
}

// with is the status that a key is answered with.
func (h *household) with(key string) int {
	r, _ := http.NewRequestWithContext(h.t.Context(), "GET", h.url+"/me", nil)
	r.Header.Set("Authorization", "Bearer "+key)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

// TestWhoeverAShipmentNamesIsForgotten: who pays, who takes a parcel back, who sent it, and whose mobile it is are found as
// its recipient is, by each word that names them; so is what was only asked about them.
func TestWhoeverAShipmentNamesIsForgotten(t *testing.T) {
	onEither(t, func(t *testing.T, cfg Config, found func(string) []string) {
		h := housed(t, cfg)
		person := map[string]any{
			"name": gone + " Doe", "street1": gone, "city": "Bristol", "postcode": "BS1 9ZZ", "country": "GB", "email": gone + "@example.com", "phone": "+44 117 555 0142",
		}
		somebody := map[string]any{"name": "Somebody Else", "street1": "1 Street", "city": "Bristol", "postcode": "BS1 4DJ", "country": "GB"}
		mobile := map[string]any{"name": gone + " Doe", "street1": "1 Street", "city": "Bristol", "postcode": "BS1 4DJ", "country": "GB", "mobile": "+44 7700 900142"}
		for reference, order := range map[string]map[string]any{
			"WH-1": {"to": somebody, "billing": person}, "WH-2": {"to": somebody, "return_to": person}, "WH-3": {"to": somebody, "from": person}, "WH-4": {"to": mobile},
		} {
			order["reference"] = reference
			h.ask(201, "POST", "/shipments", order)
		}
		h.ask(200, "GET", "/shipments?email="+gone+"%40example.com", nil)
		h.ask(200, "GET", "/shipments?phone=%2B44+7700+900142", nil)
		h.Engine.Journal.Flush(t.Context())
		for _, who := range []map[string]any{
			{"email": gone + "@example.com"}, {"phone": "+44 117 555 0142"}, {"name": gone + " doe", "postcode": "bs1 9zz"},
		} {
			if dry := h.ask(200, "POST", "/erasures/preview", who); dry["erased"].(map[string]any)["shipments"] != 3.0 {
				t.Errorf("of %v the preview says %v", who, dry)
			}
		}
		for _, who := range []map[string]any{{"phone": "+44 7700 900142"}, {"email": gone + "@example.com"}} {
			receipt := h.ask(202, "POST", "/erasures", who)
			if err := h.Drain(t.Context()); err != nil { // as a worker would, at once
				t.Fatal(err)
			}
			if done := h.ask(200, "GET", "/erasures/"+receipt["id"].(string), nil); done["state"] != "done" {
				t.Errorf("of %v the receipt says %v", who, done)
			}
		}
		h.Engine.Journal.Flush(t.Context())
		for _, word := range []string{gone, "555 0142", "7700 900142"} {
			if still := found(word); len(still) > 0 {
				t.Errorf("%s is still in %v", word, still)
			}
		}
	})
}
