package shiptheory

import (
	"strings"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// How lists are paged. A list of pages gives at most 100 whatever was asked for; a search refuses more.
const (
	usualLimit   = 25
	highestLimit = 100
	maxPage      = 1_000_000
)

// paging is what a caller asked of a list that comes in pages.
type paging struct {
	engine.ListSetup
	limited bool // the caller gave a limit
}

// decodePaging reads page, limit, sort and direction. Sorts maps the words of this API to the engine's; one
// that begins with a minus sorts the other way round.
func decodePaging(v dialect.Value, sorts map[string]string) paging {
	p := paging{ListSetup: engine.ListSetup{Page: 1, Limit: usualLimit}}
	if page := v.At("page"); !page.Blank() {
		p.Page = int(page.Integer(1, maxPage))
	}
	if limit := v.At("limit"); !limit.Blank() {
		p.Limit, p.limited = int(min(limit.Integer(1, maxID), highestLimit)), true
	}
	p.Ascending = v.At("direction").Among("asc", "desc") != "desc"
	if sort := v.At("sort"); !sort.Blank() {
		by, known := sorts[sort.Text(0)]
		if !known {
			sort.Note(waybill.RuleEnum, "", "this list cannot be sorted by %s", sort.Text(maxText))
		}
		name, reversed := strings.CutPrefix(by, "-")
		p.Sort, p.Ascending = name, p.Ascending != reversed
	}
	return p
}

// pagination says which part of a list was answered.
type pagination struct {
	Page           int `json:"page"`
	Pages          int `json:"pages"`
	Results        int `json:"results"`
	ResultsPerPage int `json:"results_per_page"`
	Limit          any `json:"limit"` // a number or false
}

// listed is a part of a list with what was asked.
type listed[T any] struct {
	paging
	items []T
	total int
}

func (l listed[T]) pages() int { return (l.total + l.Limit - 1) / l.Limit }

// asAsked is how most lists say it: results_per_page is the size of a page, and limit is false when the
// caller gave none.
func (l listed[T]) asAsked() pagination {
	p := pagination{l.Page, l.pages(), l.total, l.Limit, false}
	if l.limited {
		p.Limit = l.Limit
	}
	return p
}

// asShown is how package sizes and products say it: results_per_page is what is on this page, and limit is
// the one in force.
func (l listed[T]) asShown() pagination {
	return pagination{l.Page, l.pages(), l.total, len(l.items), l.Limit}
}
