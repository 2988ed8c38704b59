package native

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"waybill"
	"waybill/engine"
)

// Effect says when a card takes effect.
type Effect struct {
	From time.Time `query:"from" doc:"When it takes effect. Left out: at once; or, of a whole card that says that it is valid from a later day, on that day."`
	Note string    `query:"note" maxLength:"500" doc:"Why, for those who read the versions."`
}

type cardIn struct {
	Conditional
	SetupID
	Acting
	Effect
	Body json.RawMessage `doc:"The rate card: docs/rate-card.md lists its members."`
}

type cardAtIn struct {
	SetupID
	Acting
	At time.Time `query:"at" doc:"The card in force then; now, where it is left out."`
}

type cardOut struct {
	ETag    string `header:"ETag" doc:"The connection's version, for If-Match."`
	Version string `header:"Rate-Card-Version" doc:"Of a card that was just stored: its number among /versions."`
	Body    json.RawMessage
}

type tableIn struct {
	SetupID
	Table string `path:"table" enum:"zones,rates,surcharges" example:"rates" doc:"Which part of the card."`
	Acting
	At time.Time `query:"at" doc:"Of the card in force then; now, where it is left out."`
}

type importIn struct {
	Conditional
	SetupID
	Table string `path:"table" enum:"zones,rates,surcharges" example:"rates" doc:"Which part of the card."`
	Acting
	Effect
	RawBody []byte `contentType:"text/csv"`
}

func rateCards(a *api) {
	const tagName = "Rate cards"
	show := func(_ *call, card engine.RateCard) *cardOut {
		out := &cardOut{ETag: tag(card.Connection.Row), Body: card.Text}
		if n := card.Version.No; n != 0 {
			out.Version = strconv.FormatInt(n, 10)
		}
		return out
	}
	op(a, operation{
		ID: "get-rate-card", Method: "GET", Path: "/connections/{id}/rate-card", Tag: tagName, Summary: "Read a connection's rate card", Scope: waybill.ScopeSetup,
		About: "Of carriers that are priced from one: see rate_card in /carriers.",
	}, func(_ *call, in *cardAtIn) (acting[engine.CardAt], error) {
		return acting[engine.CardAt]{waybill.ID(in.Account), engine.CardAt{Ref: recordRef(in.ID), At: in.At}}, nil
	}, within(engine.Session.GetRateCard, nil), show)
	op(a, operation{
		ID: "set-rate-card", Method: "PUT", Path: "/connections/{id}/rate-card", Tag: tagName, Summary: "Replace a connection's rate card", Scope: waybill.ScopeSetup,
		About: "A card with anything wrong changes nothing; all that is wrong is told, with the path of each member. It is stored as the next version, in force at once or from a time on; " +
			"a parcel that leaves on a later day is priced by the card of that day.", MaxBody: 4 << 20,
		Example: json.RawMessage(`{"version":"2026","valid_from":"2026-01-01","currency":"GBP","time_zone":"Europe/London","zones":[{"code":"all"}],` +
			`"services":[{"code":"standard","name":"Standard","direction":"outgoing","tariffs":[{"zone":"all","days":2,"bands":[{"up_to_g":30000,"price":450}]}]}]}`),
	}, func(_ *call, in *cardIn) (acting[engine.PutRateCard], error) {
		version, err := in.version()
		return acting[engine.PutRateCard]{waybill.ID(in.Account), engine.PutRateCard{Ref: recordRef(in.ID), Version: version, Text: in.Body, From: in.From, Note: in.Note}}, err
	}, within(engine.Session.PutRateCard, nil), show)
	op(a, operation{
		ID: "export-rate-card", Method: "GET", Path: "/connections/{id}/rate-card/{table}", Tag: tagName, Summary: "A part of a rate card as CSV", Scope: waybill.ScopeSetup,
		About: "zones: which postal codes belong together. rates: prices by service, zone and weight, in kilograms and major units. surcharges: what comes on top.",
	}, func(_ *call, in *tableIn) (acting[engine.CardTable], error) {
		return acting[engine.CardTable]{waybill.ID(in.Account), engine.CardTable{Ref: recordRef(in.ID), Table: in.Table, At: in.At}}, nil
	}, within(engine.Session.ExportRateCard, nil), func(_ *call, f engine.CardFile) *file {
		return &file{ContentType: "text/csv; charset=utf-8", Disposition: `attachment; filename="` + fileName(f.Name) + `"`, Cache: "no-store", Body: f.Data}
	})
	a.OpenAPI().Paths["/connections/{id}/rate-card/{table}"].Get.Responses["200"] = csvFile("The table, its first line naming the columns.")
	op(a, operation{
		ID: "import-rate-card", Method: "PUT", Path: "/connections/{id}/rate-card/{table}", Tag: tagName, Summary: "Replace a part of a rate card by CSV", Scope: waybill.ScopeSetup,
		About: "A file with anything wrong changes nothing; errors name row and column, such as rows[12].price, 12 being the line that a spreadsheet shows.", MaxBody: 4 << 20,
		Example: "service,zone,days,up_to_kg,price,extra_kg,extra_price,minimum\nstandard,all,2,30,4.75,,,\n",
	}, func(_ *call, in *importIn) (acting[engine.PutRateCard], error) {
		version, err := in.version()
		return acting[engine.PutRateCard]{waybill.ID(in.Account), engine.PutRateCard{
			Ref: recordRef(in.ID), Version: version, Text: in.RawBody, Table: in.Table, From: in.From, Note: in.Note,
		}}, err
	}, within(engine.Session.PutRateCard, nil), show)
	cardVersions(a)
	a.named("/connections/{id}/rate-card", "dpd")
	a.named("/connections/{id}/rate-card/{table}", "dpd")
	a.exemplify("/connections/{id}/rate-card/{table}", "table", "rates")
}

// csvFile is how the document describes a CSV file.
func csvFile(description string) *huma.Response {
	return &huma.Response{Description: description, Content: map[string]*huma.MediaType{"text/csv": {Schema: &huma.Schema{Type: huma.TypeString}}}}
}

// fileName is a name without what would end a header's text.
func fileName(name string) string {
	out := []rune(name)
	for i, r := range out {
		if r < ' ' || r == '"' || r == '\\' || r > '~' {
			out[i] = '_'
		}
	}
	return string(out)
}
