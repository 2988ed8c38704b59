package native

import (
	"context"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// setUp adds identity and set-up.
func setUp(a *api) {
	apiKeys(a)
	clients(a)
	users(a)
	accounts(a)
	carriers(a)
	connections(a)
	rateCards(a)
	locations(a)
	brands(a)
	services(a)
	packageSizes(a)
	products(a)
	tags(a)
	addresses(a)
	savedViews(a)
	rules(a)
	auditLog(a)
}

// noun is a resource of the set-up: its records are listed, read, made, changed and deleted in one way. In is what is
// written of one, Out what is shown (In and more), D and T are the engine's: see [engine.Records].
type noun[In, Out, D, T any] struct {
	name, plural string // "brand", "brands": as in the ids of the operations
	path         string // "/brands"
	tag          string
	a, about     string // "a brand", and what a brand is
	example      In
	patch        map[string]any // an example of a change
	at           string         // what the example is called by
	read, write  waybill.Scope

	list   dialect.Verb[engine.ListRecords[T], engine.Slice[T]]
	get    dialect.Verb[engine.RecordRef, T]
	create dialect.Verb[D, T] // nil: made elsewhere
	change dialect.Verb[engine.ChangeRecord[D], T]
	remove dialect.Verb[engine.DeleteRecord, struct{}] // nil: it stays

	given func(D) In   // what is there, as it could have been written
	take  func(In, *D) // what was written, into the record
	show  func(*call, T) Out
	row   func(T) waybill.Row
	// dropped takes out of the record what a change puts null in the place of and given does not show; nil: given shows all.
	dropped func(merge[In], *D)
	// fields are members that the engine calls otherwise.
	fields *strings.Replacer
}

// Acting says in which account an operation works. [allowed] seats who asks there before the operation begins, so that
// what is left to read here is empty.
type Acting struct {
	Account string `query:"account" maxLength:"200" doc:"Id or name of a child account to work in, in place of your own. It must have been granted, or you must be an administrator of the parent."`
}

const (
	accountParam   = "account"
	longestAccount = 200
)

// seated is a session at work in the account that a query named. [Acting] is read here and not by huma, and so is its limit.
func seated(ctx context.Context, s engine.Session, account string) (engine.Session, error) {
	if utf8.RuneCountInString(account) > longestAccount {
		return s, waybill.FieldErrors("native", []waybill.FieldError{{
			Path: "query." + accountParam, Rule: waybill.RuleMaxLength, Limit: strconv.Itoa(longestAccount), Value: shortened(account),
			Message: "a name has no more characters",
		}})
	}
	if holdsNul(account) {
		return s, waybill.FieldErrors("native", []waybill.FieldError{nulAt("query." + accountParam)})
	}
	return s.Within(ctx, waybill.ID(account))
}

// acts describes the parameter of an operation that any caller's child can be named in.
func acts(d *huma.Operation) {
	if slices.ContainsFunc(d.Parameters, func(p *huma.Param) bool { return p.Name == accountParam }) {
		return
	}
	field, _ := reflect.TypeFor[Acting]().FieldByName("Account")
	longest := longestAccount
	d.Parameters = append(d.Parameters, &huma.Param{
		Name: accountParam, In: "query", Schema: &huma.Schema{Type: huma.TypeString, MaxLength: &longest}, Description: field.Tag.Get("doc"),
	})
}

// acting is what a verb gets, with the account that it shall work in.
type acting[In any] struct {
	account waybill.ID
	in      In
}

// within lets a verb work in the account that was named.
func within[In, Out any](verb dialect.Verb[In, Out], fields *strings.Replacer) dialect.Verb[acting[In], Out] {
	return func(s engine.Session, ctx context.Context, a acting[In]) (out Out, err error) {
		if s, err = s.Within(ctx, a.account); err == nil {
			out, err = verb(s, ctx, a.in)
		}
		return out, renamed(err, fields)
	}
}

// renamed gives the members that an error names the names that the caller knows.
func renamed(err error, fields *strings.Replacer) error {
	e := waybill.AsError(err)
	if e == nil || fields == nil || len(e.Fields) == 0 {
		return err
	}
	told := *e
	told.Fields = slices.Clone(e.Fields)
	for i := range told.Fields {
		told.Fields[i].Path = fields.Replace(told.Fields[i].Path)
	}
	return &told
}

// recordRef reads the {id} of a path: an id, else the record's own key.
func recordRef(text string) engine.RecordRef {
	if key, forced := strings.CutPrefix(text, "ref:"); forced {
		return engine.RecordRef{Key: key}
	}
	if isID(text) {
		return engine.RecordRef{ID: waybill.ID(text)}
	}
	return engine.RecordRef{Key: text}
}

type listSetupIn struct {
	Paged
	Acting
}

type createSetupIn[In any] struct {
	Acting
	Body In
}

// SetupID names a record.
type SetupID struct {
	ID string `path:"id" maxLength:"310" doc:"The id, or your own reference or name for it."`
}

type readSetupIn struct {
	SetupID
	Acting
}

type changeSetupIn[In any] struct {
	Conditional
	SetupID
	Acting
	Body merge[In]
}

// touchSetupIn names a record that is to be changed, or to go.
type touchSetupIn struct {
	Conditional
	SetupID
	Acting
}

// made is a resource that has just been made.
type made[T any] struct {
	ETag     string `header:"ETag" doc:"The version, for If-Match."`
	Location string `header:"Location" doc:"Where it is."`
	Body     T
}

// records asks the engine for what a caller asked for.
func records[T any](p Paged) engine.ListRecords[T] {
	return engine.ListRecords[T]{Page: p.page(), Updated: p.UpdatedSince}
}

// add adds the operations of a noun.
func (n noun[In, Out, D, T]) add(a *api) {
	n.addReads(a)
	if n.create != nil {
		op(a, operation{
			ID: "create-" + n.name, Method: "POST", Path: n.path, Tag: n.tag, Summary: "Make " + n.a, About: n.about, Scope: n.write, Status: 201,
			Example: n.example,
		}, func(_ *call, in *createSetupIn[In]) (acting[D], error) {
			var d D
			n.take(in.Body, &d)
			return acting[D]{waybill.ID(in.Account), d}, checkSums("setup", in.Body)
		}, within(n.create, n.fields), func(c *call, t T) *made[Out] {
			row := n.row(t)
			return &made[Out]{tag(row), c.Base + n.path + "/" + string(row.ID), n.show(c, t)}
		})
	}
	op(a, operation{
		ID: "update-" + n.name, Method: "PATCH", Path: n.path + "/{id}", Tag: n.tag, Summary: "Change " + n.a, Scope: n.write, Example: n.patch,
	}, func(_ *call, in *changeSetupIn[In]) (acting[engine.ChangeRecord[D]], error) {
		version, err := in.version()
		change := engine.ChangeRecord[D]{Ref: recordRef(in.ID), Version: version, Change: func(d *D) error {
			written, err := patched(a, in.Body, n.given(*d))
			if err == nil {
				n.take(written, d)
			}
			if err == nil && n.dropped != nil {
				n.dropped(in.Body, d)
			}
			return err
		}}
		return acting[engine.ChangeRecord[D]]{waybill.ID(in.Account), change}, err
	}, within(n.change, n.fields), func(c *call, t T) *tagged[Out] { return &tagged[Out]{tag(n.row(t)), n.show(c, t)} })
	if n.remove != nil {
		op(a, operation{
			ID: "delete-" + n.name, Method: "DELETE", Path: n.path + "/{id}", Tag: n.tag, Summary: "Delete " + n.a, Scope: n.write, Status: 204,
		}, func(_ *call, in *touchSetupIn) (acting[engine.DeleteRecord], error) {
			version, err := in.version()
			return acting[engine.DeleteRecord]{waybill.ID(in.Account), engine.DeleteRecord{Ref: recordRef(in.ID), Version: version}}, err
		}, within(n.remove, n.fields), func(*call, struct{}) *none { return &none{} })
	}
	a.named(n.path+"/{id}", n.at)
}

// named gives the {id} of a path an example.
func (a *api) named(path, example string) { a.exemplify(path, "id", example) }

// exemplify gives a part of a path an example.
func (a *api) exemplify(path, part, example string) {
	item := a.OpenAPI().Paths[path]
	for _, d := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
		if d != nil {
			exemplify(d, part, example)
		}
	}
}

func exemplify(d *huma.Operation, part, example string) {
	for _, p := range d.Parameters {
		if p.In == "path" && p.Name == part {
			p.Example = example
		}
	}
}

func (n noun[In, Out, D, T]) addReads(a *api) {
	op(a, operation{
		ID: "list-" + n.plural, Method: "GET", Path: n.path, Tag: n.tag, Summary: "List " + strings.ReplaceAll(n.plural, "-", " "), Scope: n.read,
	}, func(_ *call, in *listSetupIn) (acting[engine.ListRecords[T]], error) {
		return acting[engine.ListRecords[T]]{waybill.ID(in.Account), records[T](in.Paged)}, nil
	}, within(n.list, n.fields), func(c *call, s engine.Slice[T]) *many[Out] {
		return listed(c, s.Items, s.Next, s.Prev, func(t T) Out { return n.show(c, t) })
	})
	op(a, operation{
		ID: "get-" + n.name, Method: "GET", Path: n.path + "/{id}", Tag: n.tag, Summary: "Read " + n.a, Scope: n.read,
	}, func(_ *call, in *readSetupIn) (acting[engine.RecordRef], error) {
		return acting[engine.RecordRef]{waybill.ID(in.Account), recordRef(in.ID)}, nil
	}, within(n.get, n.fields), func(c *call, t T) *tagged[Out] { return &tagged[Out]{tag(n.row(t)), n.show(c, t)} })
}

// merge is a merge patch (RFC 7396) of what is written of a record: what is left out stays, null takes away, a list
// is replaced whole. The result is checked as a new record is.
type merge[In any] map[string]json.RawMessage

// Schema lists the members that can be changed.
func (merge[In]) Schema(r huma.Registry) *huma.Schema {
	s := &huma.Schema{
		Type: huma.TypeObject, AdditionalProperties: false, Properties: map[string]*huma.Schema{}, MinProperties: new(int),
		Description: "A merge patch (RFC 7396): what is left out stays, null takes away, a list is replaced whole.",
	}
	*s.MinProperties = 1
	of := r.SchemaFromRef(r.Schema(reflect.TypeFor[In](), true, reflect.TypeFor[In]().Name()).Ref)
	for name, member := range of.Properties {
		s.Properties[name] = &huma.Schema{Description: member.Description}
	}
	s.PrecomputeMessages()
	return s
}

// patched is what was written before, with the patch on it.
func patched[In any](a *api, p merge[In], before In) (after In, err error) {
	text, err := json.Marshal(before)
	if err != nil {
		return after, err
	}
	target := map[string]any{}
	if err := exactly(text, &target); err != nil {
		return after, err
	}
	for _, name := range slices.Sorted(maps.Keys(p)) {
		var change any
		if err := exactly(p[name], &change); err != nil {
			return after, waybill.E("edit", waybill.ReasonBadJSON, "%s cannot be read", name)
		}
		if target[name] = merged(target[name], change); target[name] == nil {
			delete(target, name)
		}
	}
	if text, err = json.Marshal(target); err != nil {
		return after, err
	}
	if err := fits[In](a, text); err != nil {
		return after, err
	}
	if err := taken(text, &after); err != nil {
		return after, err
	}
	return after, checkSums("edit", after)
}

// checkSums refuses sums that the schema of what is written cannot: of what it is worth, costs and may cost.
func checkSums(verb string, written any) error {
	if sums, ok := written.(interface{ wrong() []waybill.FieldError }); ok {
		return waybill.FieldErrors(verb, sums.wrong())
	}
	return nil
}

// fits holds a text against the schema of a type.
func fits[T any](a *api, text []byte) error {
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		return err
	}
	registry := a.OpenAPI().Components.Schemas
	result := &huma.ValidateResult{}
	schema := registry.Schema(reflect.TypeFor[T](), true, reflect.TypeFor[T]().Name())
	huma.Validate(registry, schema, huma.NewPathBuffer([]byte{}, 0), huma.ModeWriteToServer, value, result)
	var fields []waybill.FieldError
	for _, err := range result.Errors {
		if d, ok := err.(*huma.ErrorDetail); ok {
			fields = append(fields, fieldError(d))
		}
	}
	fields = append(fields, nuls("", value)...)
	return waybill.FieldErrors("edit", fields)
}

// Kept is what every record of the set-up has.
type Kept struct {
	ID        string    `json:"id"`
	Account   string    `json:"account" doc:"Id of the account it belongs to."`
	Number    int64     `json:"number,omitempty" doc:"From one sequence for all kinds of records."`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

func keptOf(r waybill.Row) Kept {
	return Kept{string(r.ID), string(r.Account), r.Number, r.Created, r.Updated}
}

// ids writes ids as texts, an empty list for none.
func ids(list []waybill.ID) []string {
	shown := make([]string, 0, len(list))
	for _, id := range list {
		shown = append(shown, string(id))
	}
	return shown
}

func idList(list []string) []waybill.ID {
	var read []waybill.ID
	for _, id := range list {
		read = append(read, waybill.ID(id))
	}
	return read
}
