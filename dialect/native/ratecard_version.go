package native

import (
	"encoding/json"
	"strconv"

	"waybill"
	"waybill/engine"
)

type cardHistoryIn struct {
	SetupID
	Paged
	Acting
}

type cardVersionIn struct {
	SetupID
	Version int64 `path:"version" minimum:"1" example:"1"`
	Acting
}

type cardWithdrawIn struct {
	Conditional
	SetupID
	Version int64 `path:"version" minimum:"1" example:"1"`
	Acting
}

type cardRestoreIn struct {
	Conditional
	SetupID
	Version int64 `path:"version" minimum:"1" example:"1"`
	Acting
	Body *publishing
}

type cardVersion struct {
	Edition
	Card json.RawMessage `json:"card,omitempty" doc:"Where one version is read."`
}

func cardVersions(a *api) {
	const tagName, path = "Rate cards", "/connections/{id}/rate-card/versions"
	op(a, operation{
		ID: "list-rate-card-versions", Method: "GET", Path: path, Tag: tagName, Summary: "List versions of a rate card", Scope: waybill.ScopeSetup,
		About: "Every change of the card is a version, also one that was made with the connection's settings. A card that was never changed has none.",
	}, func(_ *call, in *cardHistoryIn) (acting[engine.CardHistory], error) {
		return acting[engine.CardHistory]{waybill.ID(in.Account), engine.CardHistory{
			Ref: recordRef(in.ID), ListVersions: engine.ListVersions{Since: in.UpdatedSince, Page: in.page()},
		}}, nil
	}, within(engine.Session.ListCardVersions, nil), func(c *call, l engine.ListedCards) *many[cardVersion] {
		return listed(c, l.Items, l.Next, l.Prev, func(v waybill.CardVersion) cardVersion {
			return cardVersion{Edition: showEdition(c, v.Row, v.Edition, l.InForce)}
		})
	})
	op(a, operation{
		ID: "get-rate-card-version", Method: "GET", Path: path + "/{version}", Tag: tagName, Summary: "Read a version of a rate card", Scope: waybill.ScopeSetup,
	}, readCardVersion, within(engine.Session.GetCardVersion, nil), func(c *call, l engine.ListedCards) *tagged[cardVersion] {
		v := l.Items[0]
		return &tagged[cardVersion]{tag(l.Connection.Row), cardVersion{showEdition(c, v.Row, v.Edition, l.InForce), json.RawMessage(v.Text)}}
	})
	op(a, operation{
		ID: "restore-rate-card-version", Method: "POST", Path: path + "/{version}/restore", Tag: tagName, Summary: "Roll a rate card back", Scope: waybill.ScopeSetup, Status: 201,
		About: "The old version is put in force once more, under a new number.", Example: publishing{Note: "the new prices had a slip"},
	}, func(_ *call, in *cardRestoreIn) (acting[engine.CardEdition], error) {
		at, note := in.Body.read()
		return acting[engine.CardEdition]{waybill.ID(in.Account), engine.CardEdition{Ref: recordRef(in.ID), Edition: in.Version, From: at, Note: note}}, nil
	}, within(engine.Session.RestoreRateCard, nil), func(c *call, card engine.RateCard) *made[cardVersion] {
		v := card.Version
		inForce := v.No
		if v.Planned {
			inForce = 0
		}
		return &made[cardVersion]{
			ETag: tag(card.Connection.Row), Body: cardVersion{Edition: showEdition(c, v.Row, v.Edition, inForce)},
			Location: c.Base + "/connections/" + string(card.Connection.ID) + "/rate-card/versions/" + strconv.FormatInt(v.No, 10),
		}
	})
	op(a, operation{
		ID: "withdraw-rate-card-version", Method: "DELETE", Path: path + "/{version}", Tag: tagName, Summary: "Take back a rate card that is planned", Scope: waybill.ScopeSetup, Status: 204,
		About: "Only while its time has not come. If-Match takes the ETag of the card, which is the connection's.",
	}, func(_ *call, in *cardWithdrawIn) (acting[engine.CardEdition], error) {
		return acting[engine.CardEdition]{waybill.ID(in.Account), engine.CardEdition{Ref: recordRef(in.ID), Edition: in.Version}}, nil
	}, within(engine.Session.WithdrawRateCard, nil), func(*call, struct{}) *none { return &none{} })
	for _, p := range []string{path, path + "/{version}", path + "/{version}/restore"} {
		a.named(p, "dpd")
	}
}

func readCardVersion(_ *call, in *cardVersionIn) (acting[engine.CardEdition], error) {
	return acting[engine.CardEdition]{waybill.ID(in.Account), engine.CardEdition{Ref: recordRef(in.ID), Edition: in.Version}}, nil
}
