package native

import (
	"waybill"
	"waybill/engine"
)

// Retention says for how many days what is kept.
type Retention struct {
	Shipments  int `json:"shipments_days" minimum:"0" maximum:"36500" doc:"Personal data of shipments and returns, from their creation; amounts, weights and the area of the postal code stay. 0: always."`
	Documents  int `json:"documents_days" minimum:"0" maximum:"36500" doc:"Labels and other papers, from the creation of their shipment. 0: always."`
	Events     int `json:"events_days" minimum:"0" maximum:"36500" doc:"0: always."`
	Deliveries int `json:"deliveries_days" minimum:"0" maximum:"36500" doc:"Of webhooks, that have ended. 0: always."`
	Requests   int `json:"requests_days" minimum:"0" maximum:"36500" doc:"The logs of requests and of calls to carriers. 0: as long as the installation keeps them."`
}

type retentionIn struct {
	Conditional
	AccountRef
	Body Retention
}

type deleteAccountIn struct {
	Conditional
	AccountRef
}

// closing adds that a child is deleted, and had back.
func closing(a *api, tagName string) {
	show := func(_ *call, d waybill.Account) *tagged[AccountView] {
		return &tagged[AccountView]{tag(d.Row), showAccount(d)}
	}
	read := func(_ *call, in *deleteAccountIn) (engine.DeleteRecord, error) {
		version, err := in.version()
		return engine.DeleteRecord{Ref: in.ref(), Version: version}, err
	}
	op(a, operation{
		ID: "delete-account", Method: "DELETE", Path: "/accounts/{id}", Tag: tagName, Summary: "Delete a child account", Scope: waybill.ScopeAdmin,
		About: "At once nobody gets into it any more; after thirty days all that it has is removed, but for the entries of its wallet and its audit log. " +
			"Refused while parcels are on their way, purchases are not settled, money is in a wallet, or a pickup or manifest is open: each is named.",
	}, read, engine.Session.CloseAccount, show)
	op(a, operation{
		ID: "restore-account", Method: "POST", Path: "/accounts/{id}/restore", Tag: tagName, Summary: "Take the deletion of an account back", Scope: waybill.ScopeAdmin,
		About: "Within thirty days.",
	}, read, engine.Session.RestoreAccount, show)
	a.named("/accounts/{id}/restore", "Shop North")
}

// retention adds for how long an account keeps what.
func retention(a *api, tagName string) {
	show := func(_ *call, d waybill.Account) *tagged[Retention] {
		return &tagged[Retention]{tag(d.Row), Retention(d.Retention)}
	}
	op(a, operation{
		ID: "get-retention", Method: "GET", Path: "/accounts/{id}/retention", Tag: tagName, Summary: "For how long an account keeps what", Scope: waybill.ScopeAdmin,
	}, func(_ *call, in *AccountRef) (engine.RecordRef, error) { return in.ref(), nil }, engine.Session.GetFamily, show)
	op(a, operation{
		ID: "set-retention", Method: "PUT", Path: "/accounts/{id}/retention", Tag: tagName, Summary: "Say for how long an account keeps what", Scope: waybill.ScopeAdmin,
		About: "What is older is removed every hour, in chunks. What is under way is left until it has ended. The audit log and the entries of wallets are always kept; " +
			"the keys of repeated requests go after two days.",
		Example: Retention{Shipments: 730, Documents: 90, Events: 400, Deliveries: 30, Requests: 7},
	}, func(_ *call, in *retentionIn) (engine.ChangeRecord[waybill.Account], error) {
		version, err := in.version()
		return engine.ChangeRecord[waybill.Account]{Ref: in.ref(), Version: version, Change: func(d *waybill.Account) error {
			d.Retention = waybill.Retention(in.Body)
			return nil
		}}, err
	}, engine.Session.ChangeFamily, show)
	a.named("/accounts/{id}/retention", "self")
}
