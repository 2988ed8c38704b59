package native

import (
	"time"

	"waybill"
	"waybill/engine"
)

type auditIn struct {
	Cursor string `query:"cursor" maxLength:"1000" doc:"next_cursor or prev_cursor of an answer; the filters and order must be the same."`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"25" doc:"How many at most."`
	Sort   string `query:"sort" enum:"created,-created" default:"-created" doc:"- for the newest first."`
	Kind   string `query:"kind" enum:"account,user,client,api_key,brand,location,connection,service,package_size,product,tag,rule,rule_draft,rule_set,rate_card,address,webhook,approval,session,saved_view,purchase,erasure,wallet_entry,request" doc:"Which kind of records."`
	Record string `query:"record" maxLength:"24" doc:"Id of one record."`

	UpdatedSince time.Time `query:"updated_since" doc:"Only what was written at this time or later."`
	Acting
}

type auditOut struct {
	ID      string    `json:"id"`
	Account string    `json:"account"`
	At      time.Time `json:"at"`
	Action  string    `json:"action" enum:"created,changed,deleted,used" doc:"used: the record is as it was; fields say what it was used for."`
	Kind    string    `json:"kind" doc:"Which kind of record."`
	Record  string    `json:"record" doc:"Its id."`
	Name    string    `json:"name" doc:"What it was called then."`
	Fields  []string  `json:"fields" nullable:"false" doc:"Members that changed. What they held is not kept: secrets are among them."`
	Actor   auditor   `json:"actor"`
}

type auditor struct {
	ID   string `json:"id,omitempty"`
	Kind string `json:"kind" enum:"user,client,system,carrier,admin" doc:"admin is the command line of the installation."`
	Name string `json:"name"`
	IP   string `json:"ip,omitempty"`
	API  string `json:"api,omitempty" doc:"Which API it came in by."`
}

func auditLog(a *api) {
	op(a, operation{
		ID: "list-audit", Method: "GET", Path: "/audit", Tag: "Audit", Summary: "Who changed the set-up, and when", Scope: waybill.ScopeAdmin,
		About: "Entries are written with the change, and never changed or deleted.",
	}, func(_ *call, in *auditIn) (acting[engine.ListAudit], error) {
		paged := Paged{Cursor: in.Cursor, Limit: in.Limit, Sort: in.Sort}
		return acting[engine.ListAudit]{waybill.ID(in.Account), engine.ListAudit{
			Query: engine.AuditQuery{Kind: in.Kind, Record: waybill.ID(in.Record), From: in.UpdatedSince}, Page: paged.page(),
		}}, nil
	}, within(engine.Session.ListAudit, nil), func(c *call, s engine.Slice[waybill.AuditEntry]) *many[auditOut] {
		return listed(c, s.Items, s.Next, s.Prev, showAudit)
	})
}

func showAudit(e waybill.AuditEntry) auditOut {
	return auditOut{
		ID: string(e.ID), Account: string(e.Account), At: e.Created, Action: string(e.Action), Kind: e.Kind, Record: string(e.Record), Name: e.Name,
		Fields: append([]string{}, e.Fields...), Actor: auditor{string(e.ActorID), string(e.ActorKind), e.Actor, e.IP, e.Dialect},
	}
}
