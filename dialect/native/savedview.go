package native

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// SavedView is a list as somebody wants to see it again.
type SavedView struct {
	Name    string            `json:"name" minLength:"1" maxLength:"200" doc:"Unique in the account."`
	List    string            `json:"list" maxLength:"50" pattern:"^[a-z-]+$" doc:"Which list, as its address is called: shipments, returns, pickups…"`
	Query   map[string]string `json:"query,omitempty" doc:"Its filters and sort, as the list takes them; of a filter that may be given several times, the values with commas between."`
	Columns []string          `json:"columns,omitempty" maxItems:"100" doc:"Which members are shown, in this order. What is kept here is nothing to the list."`
	Shared  bool              `json:"shared,omitempty" doc:"Everybody in the account sees it; whoever may set up may change it."`
}

type savedViewOut struct {
	Kept
	SavedView
	Owner string `json:"owner" doc:"Id of the person, client or key that made it."`
}

func savedViews(a *api) {
	given := func(d waybill.SavedView) SavedView { return SavedView{d.Name, d.List, d.Query, d.Columns, d.Shared} }
	noun[SavedView, savedViewOut, waybill.SavedView, waybill.SavedView]{
		name: "saved-view", plural: "saved-views", path: "/saved-views", tag: "Saved views", a: "a saved view", read: waybill.ScopeRead, write: waybill.ScopeRead,
		about: "A list with its filters, order and columns under a name: your own, or shared in the account.",
		example: SavedView{
			Name: "Not booked", List: "shipments", Query: map[string]string{"booking": "failed,no_provider", "sort": "-updated"}, Columns: []string{"reference", "to.name", "failure"},
		},
		patch: map[string]any{"shared": true}, at: "Not booked",
		list: engine.SavedViews.List, get: engine.SavedViews.Get, create: a.checkedView, change: a.checkedViewChange, remove: engine.SavedViews.Delete,
		given: given, row: func(d waybill.SavedView) waybill.Row { return d.Row },
		take: func(in SavedView, d *waybill.SavedView) {
			d.Name, d.List, d.Query, d.Columns, d.Shared = in.Name, in.List, in.Query, in.Columns, in.Shared
		},
		show: func(_ *call, d waybill.SavedView) savedViewOut {
			return savedViewOut{keptOf(d.Row), given(d), string(d.Owner)}
		},
	}.add(a)
}

func (a *api) checkedView(s engine.Session, ctx context.Context, v waybill.SavedView) (waybill.SavedView, error) {
	if err := a.tryView(s, ctx, v); err != nil {
		return v, err
	}
	return engine.SavedViews.Create(s, ctx, v)
}

func (a *api) checkedViewChange(s engine.Session, ctx context.Context, in engine.ChangeRecord[waybill.SavedView]) (waybill.SavedView, error) {
	change := in.Change
	now, err := engine.SavedViews.Get(s, ctx, in.Ref)
	if err == nil {
		err = change(&now)
	}
	if err == nil {
		err = a.tryView(s, ctx, now)
	}
	if err != nil {
		return now, err
	}
	return engine.SavedViews.Change(s, ctx, in)
}

// tryView asks the list itself, so that what it would not take is refused in its own words.
func (a *api) tryView(s engine.Session, ctx context.Context, v waybill.SavedView) error {
	route, found := a.routes["GET /"+v.List]
	if !found || !strings.HasPrefix(route.Op, "list-") {
		return waybill.FieldErrors("view", []waybill.FieldError{{Path: "list", Rule: waybill.RuleEnum, Value: v.List, Limit: a.listsNamed(), Message: "there is no such list"}})
	}
	query := url.Values{}
	for name, value := range v.Query {
		if name == accountParam || name == "cursor" {
			return waybill.FieldErrors("view", []waybill.FieldError{{Path: "query." + name, Rule: waybill.RuleExists, Message: "this is of one request, and not kept"}})
		}
		query.Set(name, value)
	}
	r := &dialect.Request{Dialect: Name, Op: route.Op, Method: "GET", Path: "/" + v.List, Query: query, RawQuery: query.Encode(), Home: s.Actor.Account}
	_, err := route.Call(ctx, s, r)
	e := waybill.AsError(err)
	if e == nil || e.Code != waybill.Invalid || len(e.Fields) == 0 {
		return err
	}
	told := *e
	told.Fields = slices.Clone(e.Fields)
	for i := range told.Fields {
		told.Fields[i].Path = "query." + strings.TrimPrefix(told.Fields[i].Path, "query.")
	}
	return &told
}

// listsNamed are the lists that a view can be of.
func (a *api) listsNamed() string {
	var names []string
	for _, pattern := range slices.Sorted(maps.Keys(a.routes)) {
		name, list := strings.CutPrefix(pattern, "GET /")
		if list && strings.HasPrefix(a.routes[pattern].Op, "list-") && !strings.Contains(name, "/") {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}
