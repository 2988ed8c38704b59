package native_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"waybill"
)

// references are those of a list, in its order.
func (a answer) references() string {
	var list []string
	for i := range a.count("items") {
		list = append(list, a.text(fmt.Sprintf("items.%d.reference", i)))
	}
	return strings.Join(list, " ")
}

// TestSearchGoesWithEverything: q is a filter among others, its pages neither skip nor repeat while others write, and
// tags are found by name, number and id.
func TestSearchGoesWithEverything(t *testing.T) {
	w := begin(t)
	gift := w.ask("admin", "POST", "/tags", object{"name": "gift"}).is(201)
	other := w.ask("admin", "POST", "/tags", object{"name": "other"}).is(201)
	for i := range 9 {
		body := parcelTo(fmt.Sprintf("F-%d", i))
		to := object{"name": "Jürgen Schmidt", "street1": "12 Park Row", "city": "Bristol", "postcode": "BS1 5LN", "country": "GB",
			"phone": "+44 117 496 0018", "email": fmt.Sprintf("j.schmidt%d@example.com", i)}
		if i%2 == 1 {
			to["name"], to["email"] = "Zoë O'Brien", "zoe@example.com"
			body["tags"] = []any{gift.get("number")}
		}
		if i == 4 {
			body["tags"] = []any{other.get("number")}
		}
		if i == 5 {
			body["book"] = object{"connection": "van"}
		}
		body["to"] = to
		w.ask("admin", "POST", "/shipments", body).is(201)
		w.app.Clock.Advance(time.Minute)
	}
	booked := w.ask("admin", "GET", "/shipments/F-5", nil).is(200).text("tracking_number")
	for query, want := range map[string]string{
		"q=schm&limit=3":                                 "F-8 F-6 F-4",
		"q=JURGEN+bristol&sort=created&limit=2":          "F-0 F-2",
		"q=o%27brien&booking=booked":                     "F-5",
		"q=brien&booking=draft&limit=2":                  "F-7 F-3",
		"q=j.schmidt4%40example.com":                     "F-4",
		"q=0117+496+0018&limit=1":                        "F-8",
		"q=%2B441174960018&limit=1":                      "F-8",
		"q=0018&limit=1":                                 "F-8",
		"q=bs15ln&limit=1":                               "F-8",
		"q=bs1+5ln&limit=1":                              "F-8",
		"q=f-4":                                          "F-4",
		"q=schmidt+F-4":                                  "F-4",
		"q=" + url.QueryEscape(booked):                   "F-5",
		"q=" + booked[:len(booked)-2]:                    "F-5",
		"q=nobody":                                       "",
		"tag=gift&sort=created":                          "F-1 F-3 F-5 F-7",
		"tag=" + gift.text("number") + "&limit=1":        "F-7",
		"tag=" + gift.text("id") + "&booking=booked":     "F-5",
		"tag=gift,other&sort=created":                    "F-1 F-3 F-4 F-5 F-7",
		"tag=gift&q=brien&limit=2":                       "F-7 F-5",
		"tag=other&q=brien":                              "",
		"q=schm&updated_since=2026-11-23T09:07:00Z":      "F-8",
		"q=schm&created_from=2026-11-23T09:05:00Z":       "F-8 F-6",
		"q=schm&sort=-updated&limit=1":                   "F-8",
		"q=schm&created_to=2026-11-23T09:01:00Z":         "F-0",
		"q=schm&limit=1&reference=F-2":                   "F-2",
		"q=schm&city=bristol&postcode=bs1%205ln&limit=1": "F-8",
	} {
		if got := w.ask("read-only", "GET", "/shipments?"+query, nil).is(200).references(); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	w.ask("admin", "GET", "/shipments?tag=nobody", nil).refused(422, waybill.ReasonFields)
	var seen []string
	for cursor, page := "", 0; page < 9; page++ {
		a := w.ask("admin", "GET", "/shipments?q=schm&limit=2"+cursor, nil).is(200)
		seen = append(seen, a.references())
		body := parcelTo(fmt.Sprintf("NEW-%d", page))
		body["to"] = object{"name": "Ida Schmitz", "street1": "1 Park Row", "city": "Bristol", "postcode": "BS1 5LN", "country": "GB"}
		w.ask("admin", "POST", "/shipments", body).is(201) // somebody writes meanwhile
		w.app.Clock.Advance(time.Second)
		if cursor = a.text("next_cursor"); cursor == "" {
			break
		}
		cursor = "&cursor=" + url.QueryEscape(cursor)
	}
	if got := strings.Join(seen, " "); got != "F-8 F-6 F-4 F-2 F-0" {
		t.Errorf("page by page: %s", got)
	}
	if got := w.ask("stranger", "GET", "/shipments?q=schm", nil).is(200).references(); got != "" {
		t.Errorf("a stranger finds %s", got)
	}
}

// TestStatsCount: counts follow what happens; a parent counts its children's shipments, a child its own alone.
func TestStatsCount(t *testing.T) {
	w := begin(t)
	for i := range 3 {
		body := parcelTo(fmt.Sprintf("C-%d", i))
		if i == 2 {
			body = and(body, "book", object{"connection": "van"})
		}
		w.ask("admin", "POST", "/shipments", body).is(201)
	}
	w.ask("child", "POST", "/shipments", parcelTo("KID-1")).is(201)
	count := func(who, query, path, want string) {
		t.Helper()
		if a := w.ask(who, "GET", "/stats?"+query, nil).is(200); a.text(path) != want {
			t.Errorf("%s, %s: %s is %q, want %s\n%s", who, query, path, a.text(path), want, a.body)
		}
	}
	count("admin", "", "total", "3")
	count("child", "", "total", "1")
	count("stranger", "", "total", "0")
	count("parent", "", "total", "4")
	count("parent", "group_by=account,booking", "groups.0.count", "1")
	count("child", "group_by=account", "groups.0.account.name", "child")
	count("admin", "group_by=booking,carrier", "groups.0.booking", "booked")
	count("admin", "group_by=booking,carrier", "groups.0.carrier", "house")
	count("admin", "group_by=booking,carrier", "groups.1.count", "2")
	count("admin", "group_by=ship_date&from=2026-11-23&to=2026-11-23", "groups.0.count", "3")
	count("admin", "from=2026-11-24", "total", "0")
	w.ask("admin", "DELETE", "/shipments/C-0", nil).is(200)
	count("admin", "group_by=booking,transit", "groups.1.booking", "cancelled")
	count("admin", "group_by=booking,transit", "groups.1.count", "1")
	w.ask("admin", "GET", "/stats?group_by=weather", nil).refused(422, waybill.ReasonFields)
	w.ask("admin", "GET", "/stats?from=2026-02-30", nil).refused(422, waybill.ReasonFields)
	w.ask("rates-only", "GET", "/stats", nil).refused(403, waybill.ReasonRole)
}
