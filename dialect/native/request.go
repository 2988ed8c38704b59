package native

import (
	"context"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// LoggedOut is one request as the log has it. It is exported since it is part of another.
type LoggedOut struct {
	ID        string    `json:"id" doc:"Of the entry."`
	RequestID string    `json:"request_id" doc:"What the answer carried as X-Request-Id."`
	At        time.Time `json:"at"`
	API       string    `json:"api"`
	Operation string    `json:"operation" doc:"unknown: no path of the API fitted."`
	Method    string    `json:"method"`
	Path      string    `json:"path"`
	Query     string    `json:"query,omitempty"`
	Status    int       `json:"status"`
	TookMS    float64   `json:"took_ms"`
	Reason    string    `json:"reason,omitempty" doc:"Of a refusal."`
	Client    *auditor  `json:"client,omitempty" doc:"Who asked, where that is known."`
	Account   string    `json:"account,omitempty" doc:"That it worked in."`
	Shipment  string    `json:"shipment_id,omitempty" doc:"What it was about."`
	Reference string    `json:"reference,omitempty"`
	Ignored   []string  `json:"ignored" nullable:"false" doc:"Members of the body, and with ? in front parameters of the query, that were sent and read by nobody: misspelt, or unknown here."`
	ReplayOf  string    `json:"replay_of,omitempty"`
}

// loggedWhole is one request with all that is kept of it.
type loggedWhole struct {
	LoggedOut
	Headers  map[string]string `json:"request_headers,omitempty"`
	Body     string            `json:"request_body,omitempty" doc:"Secrets are [secret]."`
	BodySize int               `json:"request_size"`
	BodyCut  bool              `json:"request_cut,omitempty" doc:"The log has the beginning only."`
	Answer   string            `json:"answer_body,omitempty" doc:"Secrets are [secret], long texts such as labels are described."`
	Size     int               `json:"answer_size"`
	Cut      bool              `json:"answer_cut,omitempty"`
	Calls    []callOut         `json:"calls" nullable:"false" doc:"What was asked of carriers for it, over connections of yours. Those of a connection that is lent to you its owner sees."`
}

// callOut is one call to a carrier.
type callOut struct {
	ID         string            `json:"id"`
	At         time.Time         `json:"at"`
	TookMS     float64           `json:"took_ms"`
	Carrier    string            `json:"carrier"`
	Connection string            `json:"connection_id,omitempty"`
	Operation  string            `json:"operation" doc:"quote, ship, void, track…"`
	Request    string            `json:"request,omitempty" doc:"Id of the request's entry that it was made for."`
	Job        string            `json:"job,omitempty" doc:"Kind of the job that it was made for."`
	Shipment   string            `json:"shipment_id,omitempty"`
	Key        string            `json:"key,omitempty" doc:"Of the purchase."`
	Method     string            `json:"method,omitempty" doc:"None: nothing was sent, since the carrier is left alone for a moment."`
	URL        string            `json:"url,omitempty"`
	Status     int               `json:"status,omitempty" doc:"HTTP; none when no answer came."`
	Failed     bool              `json:"failed" doc:"The carrier's side failed: outage, limit, login."`
	Reason     string            `json:"reason,omitempty" doc:"Why it did not succeed."`
	Error      string            `json:"error,omitempty" doc:"The carrier's own code, or what went wrong."`
	Headers    map[string]string `json:"request_headers,omitempty"`
	Body       string            `json:"request_body,omitempty"`
	Answer     string            `json:"answer_body,omitempty"`
}

type listLogged struct {
	Paged
	API       string    `query:"api" enum:"native,lynkup,shiptheory,peddler,epgl,shiplee"`
	Operation string    `query:"operation" maxLength:"100"`
	Client    string    `query:"client" maxLength:"254" doc:"Who asked: a user's id or e-mail, an OAuth client's id or client_id, an API key's id or name."`
	Status    int       `query:"status" minimum:"0" maximum:"599" doc:"HTTP status."`
	Class     string    `query:"class" enum:"2xx,3xx,4xx,5xx,failed" doc:"Of statuses; failed is 4xx and 5xx."`
	Shipment  string    `query:"shipment" maxLength:"200" doc:"Id or reference."`
	Reference string    `query:"reference" maxLength:"200"`
	RequestID string    `query:"request_id" maxLength:"100"`
	From      time.Time `query:"from" doc:"Came in at this time or later."`
	To        time.Time `query:"to" doc:"Came in at this time or before."`
}

type loggedPath struct {
	ID string `path:"id" maxLength:"100" doc:"Id of an entry, or a request id: of several the newest."`
}

type replayLogged struct {
	ID   string `path:"id" maxLength:"100" doc:"Id of an entry, or a request id."`
	Body *struct {
		Account string `json:"account,omitempty" maxLength:"200" doc:"Id or name of the account to work in, such as a child for tests; your own where it is left out."`
	}
}

// replayedOut is both answers of a request.
type replayedOut struct {
	Before side         `json:"before"`
	After  side         `json:"after"`
	Same   bool         `json:"same" doc:"Status and body are the same."`
	Diff   []difference `json:"diff" nullable:"false" doc:"What differs in bodies that are JSON, at most 200."`
}

type side struct {
	Request string  `json:"request" doc:"Id of the entry."`
	Status  int     `json:"status"`
	TookMS  float64 `json:"took_ms"`
	Body    string  `json:"body,omitempty"`
}

type healthOut struct {
	Since  time.Time   `json:"since"`
	Sample bool        `json:"sample" doc:"There were more calls than were looked at: these are the latest."`
	Items  []healthRow `json:"items" nullable:"false"`
}

type healthRow struct {
	Carrier    string  `json:"carrier"`
	Connection string  `json:"connection_id,omitempty"`
	Name       string  `json:"connection,omitempty"`
	Operation  string  `json:"operation"`
	Calls      int     `json:"calls"`
	Failed     int     `json:"failed" doc:"The carrier's side failed."`
	Refused    int     `json:"refused" doc:"It said no."`
	ErrorRate  float64 `json:"error_rate" doc:"Failed of all calls, from 0 to 1."`
	P50MS      float64 `json:"p50_ms" doc:"Half of the calls took no longer."`
	P95MS      float64 `json:"p95_ms"`
}

func requests(a *api) {
	const tag = "Requests"
	op(a, operation{
		ID: "list-requests", Method: "GET", Path: "/requests", Tag: tag, Summary: "What came in by any API, newest first", Scope: waybill.ScopeDevelop, Unkept: true,
		About: "Refused ones too. An entry is written when its request is over, and listed by when it began. Of requests whose sender is not known only the installation's command line tells.",
	}, toLogged, engine.Session.ListRequests, func(c *call, s engine.Slice[waybill.APIRequest]) *many[LoggedOut] {
		return listed(c, s.Items, s.Next, s.Prev, showLogged)
	})
	op(a, operation{
		ID: "get-request", Method: "GET", Path: "/requests/{id}", Tag: tag, Summary: "A request, its answer, and the calls to carriers that it caused", Scope: waybill.ScopeDevelop, Unkept: true,
	}, toLoggedName, engine.Session.GetRequest, func(_ *call, v engine.RequestView) *one[loggedWhole] { return &one[loggedWhole]{showWhole(v)} })
	op(a, operation{
		ID: "get-request-curl", Method: "GET", Path: "/requests/{id}/curl", Tag: tag, Summary: "A request as a command line of curl", Scope: waybill.ScopeDevelop, Unkept: true,
		About: "Credentials are not in it: set $KEY, and $SECRET where it is named, before it is run.",
	}, toLoggedName, engine.Session.GetRequest, func(c *call, v engine.RequestView) *file {
		return &file{ContentType: "text/plain; charset=utf-8", Disposition: "inline", Cache: "no-store", Body: []byte(dialect.Curl(v.APIRequest, c.Root))}
	})
	a.OpenAPI().Paths["/requests/{id}/curl"].Get.Responses["200"] = textFile("The command line.")
	op(a, operation{
		ID: "replay-request", Method: "POST", Path: "/requests/{id}/replay", Tag: tag, Summary: "Send a request again in a test account, and compare the answers", Scope: waybill.ScopeDevelop, Unkept: true,
		About: "With a test key (wb_test_…) only, in an account none of whose connections is live, and with what the key may do. Name a child for tests as account. " +
			"Requests that held a secret, or are not in the log as a whole, cannot be sent again.",
		Example: map[string]any{},
	}, func(c *call, in *replayLogged) (replaying, error) {
		p := replaying{request: c.Request, in: engine.PrepareReplay{Name: in.ID}}
		if in.Body != nil {
			p.in.Account = waybill.ID(in.Body.Account)
		}
		return p, nil
	}, replay, func(_ *call, out replayedOut) *one[replayedOut] { return &one[replayedOut]{out} })
	op(a, operation{
		ID: "carrier-health", Method: "GET", Path: "/carriers/health", Tag: tag, Summary: "Latency and failures of carriers over the last 15 minutes", Scope: waybill.ScopeRead,
		About: "By connection and operation, of your own connections. It is made from the log of calls, and is empty where that is off.",
	}, func(*call, *struct{}) (struct{}, error) { return struct{}{}, nil }, engine.Session.CarrierHealth, showHealth)
}

func toLoggedName(_ *call, in *loggedPath) (string, error) { return in.ID, nil }

func toLogged(_ *call, in *listLogged) (engine.ListRequests, error) {
	q := engine.RequestQuery{
		Dialect: in.API, Operation: in.Operation, RequestID: in.RequestID, Reference: in.Reference, From: in.From, To: in.To,
		StatusMin: in.Status, StatusMax: in.Status,
	}
	if in.UpdatedSince.After(q.From) {
		q.From = in.UpdatedSince
	}
	if r := ref(in.Shipment); r.ID != "" {
		q.Shipment = r.ID
	} else if r.Reference != "" {
		q.Reference = r.Reference
	}
	switch {
	case in.Class == "failed":
		q.StatusMin, q.StatusMax = max(q.StatusMin, 400), 0
	case in.Class != "":
		first, _ := strconv.Atoi(in.Class[:1])
		q.StatusMin, q.StatusMax = first*100, first*100+99
	}
	if in.Status > 0 {
		q.StatusMin, q.StatusMax = in.Status, in.Status
	}
	return engine.ListRequests{Query: q, Client: in.Client, Page: in.page()}, nil
}

// replaying is a request to be sent again, and the one that asks for it.
type replaying struct {
	request *dialect.Request
	in      engine.PrepareReplay
}

// replay sends it again through the API that it came by, and reads the answer as the log has it, so that both are told alike.
func replay(s engine.Session, ctx context.Context, p replaying) (out replayedOut, err error) {
	prepared, err := s.PrepareReplay(ctx, p.in)
	if err != nil {
		return out, err
	}
	as := prepared.Session.Actor
	as.Dialect = prepared.Entry.Dialect
	again, err := p.request.Replay(ctx, as, prepared.Entry)
	if err != nil {
		return out, err
	}
	after, err := prepared.Session.GetRequest(ctx, string(again.Entry))
	if err != nil {
		return out, err
	}
	out.Before, out.After = sideOf(prepared.Entry), sideOf(after.APIRequest)
	out.Same = out.Before.Status == out.After.Status && out.Before.Body == out.After.Body
	out.Diff = differences(out.Before.Body, out.After.Body)
	return out, nil
}

func sideOf(e waybill.APIRequest) side {
	return side{string(e.ID), e.Status, milliseconds(e.Took), e.Answer}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func showLogged(e waybill.APIRequest) LoggedOut {
	out := LoggedOut{
		ID: string(e.ID), RequestID: e.RequestID, At: e.Created, API: e.Dialect, Operation: e.Operation, Method: e.Method, Path: e.Path, Query: e.Query,
		Status: e.Status, TookMS: milliseconds(e.Took), Reason: string(e.Reason), Account: string(e.Account), Shipment: string(e.Shipment), Reference: e.Reference,
		Ignored: append([]string{}, e.Ignored...), ReplayOf: string(e.Replay),
	}
	if e.ActorID != "" {
		out.Client = &auditor{ID: string(e.ActorID), Kind: string(e.ActorKind), Name: e.Actor, IP: e.IP}
	}
	return out
}

func showWhole(v engine.RequestView) loggedWhole {
	e := v.APIRequest
	out := loggedWhole{
		LoggedOut: showLogged(e), Headers: e.Header, Body: e.Body, BodySize: e.BodySize, BodyCut: e.BodyCut, Answer: e.Answer, Size: e.AnswerSize, Cut: e.AnswerCut,
		Calls: make([]callOut, 0, len(v.Calls)),
	}
	for _, c := range v.Calls {
		out.Calls = append(out.Calls, showCall(c))
	}
	return out
}

func showCall(c waybill.CarrierCall) callOut {
	return callOut{
		ID: string(c.ID), At: c.Created, TookMS: milliseconds(c.Took), Carrier: c.Carrier, Connection: string(c.Connection), Operation: c.Operation,
		Request: string(c.Request), Job: string(c.Job), Shipment: string(c.Shipment), Key: c.Key, Method: c.Method, URL: c.URL, Status: c.Status,
		Failed: c.Failed, Reason: string(c.Reason), Error: c.Error, Headers: c.Header, Body: c.Body, Answer: c.Answer,
	}
}

func showHealth(_ *call, h engine.CarrierHealth) *one[healthOut] {
	out := healthOut{Since: h.Since, Sample: h.Sample, Items: []healthRow{}}
	for _, r := range h.Rows {
		out.Items = append(out.Items, healthRow{
			r.Carrier, string(r.Connection), r.Name, r.Operation, r.Calls, r.Failed, r.Refused, float64(r.Failed) / float64(r.Calls), milliseconds(r.P50), milliseconds(r.P95),
		})
	}
	return &one[healthOut]{out}
}

func textFile(description string) *huma.Response {
	return &huma.Response{Description: description, Content: map[string]*huma.MediaType{"text/plain": {Schema: &huma.Schema{Type: huma.TypeString}}}}
}
