package native

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"waybill"
	"waybill/engine"
)

// one is an answer that is one thing without a version.
type one[T any] struct{ Body T }

// tagged is an answer that is one resource: its ETag is for the If-Match of a change.
type tagged[T any] struct {
	ETag string `header:"ETag" doc:"The version, for If-Match."`
	Body T
}

// tag is the ETag of a record.
func tag(row waybill.Row) string { return `"` + strconv.FormatInt(row.Version, 10) + `"` }

// Conditional is what a change may be made to depend on.
type Conditional struct {
	IfMatch string `header:"If-Match" doc:"The ETag of what is to be changed. If it has moved on, the answer is 412 and nothing is changed. Without it the change is made on whatever is there."`
}

// conditional is what takes If-Match.
type conditional interface{ version() (int64, error) }

// version is the one that a change depends on; 0: any.
func (m Conditional) version() (int64, error) {
	text := strings.TrimSpace(m.IfMatch)
	if text == "" || text == "*" {
		return 0, nil
	}
	n, err := strconv.ParseInt(strings.Trim(strings.TrimPrefix(text, "W/"), `"`), 10, 64)
	if err != nil || n < 1 {
		return -1, nil // it is nobody's version
	}
	return n, nil
}

// file is an answer that is a file.
type file struct {
	ContentType string `header:"Content-Type" hidden:"true"`
	Disposition string `header:"Content-Disposition"`
	Cache       string `header:"Cache-Control"`
	Body        []byte
}

// none is an answer without a body.
type none struct{}

// Paged is what every list takes.
type Paged struct {
	Cursor       string    `query:"cursor" maxLength:"1000" doc:"next_cursor or prev_cursor of an answer; the filters and sort must be the same."`
	Limit        int       `query:"limit" minimum:"1" maximum:"100" default:"25" doc:"How many at most."`
	Sort         string    `query:"sort" enum:"created,-created,updated,-updated" default:"-created" doc:"By which time, - for the newest first."`
	UpdatedSince time.Time `query:"updated_since" doc:"Only what changed at this time or later."`
}

// Cursors of the store are of two kinds; a client's cursor says which it is.
const (
	forward  = "n."
	backward = "p."
)

// page asks the store for what a caller asked for.
func (p Paged) page() engine.Page {
	order, newest := strings.CutPrefix(p.Sort, "-")
	page := engine.Page{Limit: p.Limit, Order: engine.Order(order), Ascending: !newest, Settled: true}
	if cursor, ok := strings.CutPrefix(p.Cursor, backward); ok {
		page.Before = cursor
	} else {
		page.After = strings.TrimPrefix(p.Cursor, forward)
	}
	return page
}

// list is a part of a list.
type list[T any] struct {
	Items      []T    `json:"items" nullable:"false"`
	NextCursor string `json:"next_cursor,omitempty" doc:"For the next part. While it is there the list goes on, even if there are fewer items than asked for."`
	PrevCursor string `json:"prev_cursor,omitempty" doc:"For the part before."`
}

// many is an answer that is a part of a list.
type many[T any] struct {
	Link string `header:"Link" doc:"The same cursors as addresses, rel next and prev (RFC 8288)."`
	Body list[T]
}

// listed is a part of a list as it is answered: next and prev are the store's cursors.
func listed[D, T any](c *call, items []D, next, prev string, show func(D) T) *many[T] {
	answer := &many[T]{Body: list[T]{Items: make([]T, 0, len(items))}}
	for _, item := range items {
		answer.Body.Items = append(answer.Body.Items, show(item))
	}
	var links []string
	link := func(cursor, rel string) {
		query := url.Values{}
		for name, values := range c.Query {
			query[name] = values
		}
		query.Set("cursor", cursor)
		links = append(links, "<"+c.Base+c.Path+"?"+query.Encode()+`>; rel="`+rel+`"`)
	}
	if next != "" {
		answer.Body.NextCursor = forward + next
		link(answer.Body.NextCursor, "next")
	}
	if prev != "" {
		answer.Body.PrevCursor = backward + prev
		link(answer.Body.PrevCursor, "prev")
	}
	answer.Link = strings.Join(links, ", ")
	return answer
}

// whole is a list that is short enough to be answered in one part.
func whole[D, T any](items []D, show func(D) T) *many[T] {
	return listed(nil, items, "", "", show)
}

// ref reads the {id} of a path: an id, else the caller's own reference.
func ref(text string) engine.Ref {
	if reference, forced := strings.CutPrefix(text, "ref:"); forced {
		return engine.Ref{Reference: reference}
	}
	if isID(text) {
		return engine.Ref{ID: waybill.ID(text)}
	}
	return engine.Ref{Reference: text}
}

// isID reports whether a text is an id: 24 hexadecimal digits.
func isID(text string) bool {
	return len(text) == 24 && strings.Trim(text, "0123456789abcdef") == ""
}
