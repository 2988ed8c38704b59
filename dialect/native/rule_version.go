package native

import (
	"strconv"
	"time"

	"waybill"
	"waybill/engine"
)

// RuleChoice says which rules stand in for those in force.
type RuleChoice struct {
	Rules   []Rule `json:"rules,omitempty" maxItems:"1000" doc:"In place of the account's own."`
	Version string `json:"version,omitempty" pattern:"^(draft|[0-9]{1,15})$" doc:"Or a version of the rules by its number, or draft."`
}

func (c RuleChoice) choice() engine.RuleChoice {
	return engine.RuleChoice{Rules: takeRules(c.Rules), Version: c.Version}
}

func takeRules(list []Rule) (rules []waybill.Rule) {
	for _, in := range list {
		var r waybill.Rule
		takeRule(in, &r)
		rules = append(rules, r)
	}
	return rules
}

// ruleDraft is a whole set of rules, as it is written.
type ruleDraft struct {
	Rules []Rule `json:"rules" nullable:"false" maxItems:"1000" doc:"All of them: what is left out will be gone. Rules are told apart by their names."`
}

type ruleDraftIn struct {
	Conditional
	Acting
	Body ruleDraft
}

type ruleDraftOut struct {
	Saved   bool           `json:"saved" doc:"False: nobody has saved a draft, these are the rules in force."`
	Base    int64          `json:"base" doc:"The newest version when it was saved. Once a newer one has come, it must be saved again to be published."`
	Author  string         `json:"author,omitempty" doc:"Who saved it."`
	SavedAt *time.Time     `json:"saved_at,omitempty"`
	Rules   []Rule         `json:"rules" nullable:"false"`
	Valid   bool           `json:"valid" doc:"It can be published."`
	Errors  []fieldProblem `json:"errors" nullable:"false" doc:"Each with the path of rule and node, such as rules[2].when.all[0].value."`
	Notices []ruleNotice   `json:"notices" nullable:"false" doc:"Rules that are never reached, that contradict each other, or that name what is not there."`
	Changes []ruleChange   `json:"changes" nullable:"false" doc:"Against what is in force."`
}

// ruleChange is a rule in which two sets differ.
type ruleChange struct {
	Kind   string   `json:"kind" enum:"added,removed,changed"`
	Name   string   `json:"name"`
	Fields []string `json:"fields" nullable:"false" doc:"What changed of it: importance, suspended, when, then."`
	Before *Rule    `json:"before,omitempty"`
	After  *Rule    `json:"after,omitempty"`
}

// Edition is what is shown of a version beside its content.
type Edition struct {
	Version     int64      `json:"version" doc:"From 1."`
	State       string     `json:"state" enum:"in_force,planned,past,withdrawn"`
	From        time.Time  `json:"from" doc:"When it took effect, or will."`
	Author      string     `json:"author,omitempty"`
	PublishedAt time.Time  `json:"published_at"`
	Note        string     `json:"note,omitempty"`
	Restores    int64      `json:"restores,omitempty" doc:"The older version that it puts back."`
	WithdrawnAt *time.Time `json:"withdrawn_at,omitempty"`
	WithdrawnBy string     `json:"withdrawn_by,omitempty"`
}

func showEdition(c *call, row waybill.Row, e waybill.Edition, inForce int64) Edition {
	out := Edition{
		Version: e.No, State: "past", From: e.From, Author: e.Author, PublishedAt: row.Created, Note: e.Note, Restores: e.Restores,
		WithdrawnAt: e.Withdrawn, WithdrawnBy: e.WithdrawnBy,
	}
	switch {
	case !e.Stands():
		out.State = "withdrawn"
	case e.No == inForce:
		out.State = "in_force"
	case e.Planned && e.From.After(c.session.Clock.Now()):
		out.State = "planned"
	}
	return out
}

type ruleVersion struct {
	Edition
	Count int    `json:"count" doc:"How many rules it has."`
	Rules []Rule `json:"rules,omitempty" doc:"Where one version is read."`
}

type publishIn struct {
	Conditional
	Acting
	Body *publishing
}

type publishing struct {
	At   time.Time `json:"at,omitzero" doc:"When it takes effect; now, where it is left out or past."`
	Note string    `json:"note,omitempty" maxLength:"500" doc:"Why, for those who read the list of versions."`
}

func (p *publishing) read() (at time.Time, note string) {
	if p == nil {
		return at, ""
	}
	return p.At, p.Note
}

// versionIn names a version.
type versionIn struct {
	Version int64 `path:"version" minimum:"1" example:"2"`
	Acting
}

type withdrawIn struct {
	Conditional
	Version int64 `path:"version" minimum:"1" example:"2"`
	Acting
}

type restoreIn struct {
	Conditional
	Version int64 `path:"version" minimum:"1" example:"2"`
	Acting
	Body *publishing
}

type diffIn struct {
	Acting
	From string `query:"from" pattern:"^(draft|[0-9]{1,15})?$" doc:"A version's number, or draft; what is in force, where it is left out."`
	To   string `query:"to" pattern:"^(draft|[0-9]{1,15})?$" doc:"The same."`
}

func ruleVersions(a *api) {
	ruleDrafts(a)
	op(a, operation{
		ID: "list-rule-versions", Method: "GET", Path: "/rules/versions", Tag: "Rules", Summary: "List versions of the rules", Scope: waybill.ScopeRead,
		About: "Every change of a single rule is a version of its own, in force at once; a draft becomes one when it is published. What decided a shipment is told by the number in its decision.",
	}, func(_ *call, in *listSetupIn) (acting[engine.ListVersions], error) {
		return acting[engine.ListVersions]{waybill.ID(in.Account), engine.ListVersions{Since: in.UpdatedSince, Page: in.page()}}, nil
	}, within(engine.Session.ListRuleVersions, nil), func(c *call, l engine.ListedRules) *many[ruleVersion] {
		return listed(c, l.Items, l.Next, l.Prev, func(set waybill.RuleSet) ruleVersion {
			return ruleVersion{Edition: showEdition(c, set.Row, set.Edition, l.InForce), Count: len(set.Rules)}
		})
	})
	op(a, operation{
		ID: "get-rule-version", Method: "GET", Path: "/rules/versions/{version}", Tag: "Rules", Summary: "Read a version of the rules", Scope: waybill.ScopeRead,
	}, func(_ *call, in *versionIn) (acting[int64], error) {
		return acting[int64]{waybill.ID(in.Account), in.Version}, nil
	}, within(engine.Session.GetRuleVersion, nil), func(c *call, l engine.ListedRules) *tagged[ruleVersion] {
		return showRuleVersion(c, l.Items[0], l.InForce)
	})
	op(a, operation{
		ID: "restore-rule-version", Method: "POST", Path: "/rules/versions/{version}/restore", Tag: "Rules", Summary: "Roll the rules back", Scope: waybill.ScopeSetup, Status: 201,
		About: "The old version is published once more, under a new number. A draft is left alone.", Example: publishing{Note: "heavy parcels went astray"},
	}, func(_ *call, in *restoreIn) (acting[engine.PublishRules], error) {
		at, note := in.Body.read()
		return acting[engine.PublishRules]{waybill.ID(in.Account), engine.PublishRules{Edition: in.Version, At: at, Note: note}}, nil
	}, within(engine.Session.PublishRules, nil), showPublished)
	op(a, operation{
		ID: "withdraw-rule-version", Method: "DELETE", Path: "/rules/versions/{version}", Tag: "Rules", Summary: "Take back a version that is planned", Scope: waybill.ScopeSetup, Status: 204,
		About: "Only while its time has not come.",
	}, func(_ *call, in *withdrawIn) (acting[int64], error) {
		return acting[int64]{waybill.ID(in.Account), in.Version}, nil
	}, within(engine.Session.WithdrawRules, nil), func(*call, struct{}) *none { return &none{} })
	op(a, operation{
		ID: "diff-rules", Method: "GET", Path: "/rules/diff", Tag: "Rules", Summary: "In which rules two versions differ", Scope: waybill.ScopeRead,
	}, func(_ *call, in *diffIn) (acting[engine.RuleDiff], error) {
		return acting[engine.RuleDiff]{waybill.ID(in.Account), engine.RuleDiff{From: in.From, To: in.To}}, nil
	}, within(engine.Session.DiffRules, nil), func(_ *call, list []engine.RuleChange) *many[ruleChange] { return whole(list, showRuleChange) })
	backtests(a)
}

func ruleDrafts(a *api) {
	op(a, operation{
		ID: "get-rule-draft", Method: "GET", Path: "/rules/draft", Tag: "Rules", Summary: "Read the draft of the rules", Scope: waybill.ScopeRead,
		About: "Nothing follows from a draft. Where nobody has saved one, it is what is in force, to begin with.",
	}, func(_ *call, in *struct{ Acting }) (acting[struct{}], error) {
		return acting[struct{}]{account: waybill.ID(in.Account)}, nil
	}, within(engine.Session.GetRuleDraft, nil), showDraft)
	op(a, operation{
		ID: "save-rule-draft", Method: "PUT", Path: "/rules/draft", Tag: "Rules", Summary: "Save the draft of the rules", Scope: waybill.ScopeSetup,
		About:   "A draft with mistakes is kept too: errors says what must be put right before it is published. It is tried with version draft in /rules/dry-run and /rules/backtest.",
		MaxBody: 4 << 20, Example: ruleDraft{[]Rule{exampleRule}},
	}, func(_ *call, in *ruleDraftIn) (acting[engine.SaveRuleDraft], error) {
		version, err := in.version()
		return acting[engine.SaveRuleDraft]{waybill.ID(in.Account), engine.SaveRuleDraft{Version: version, Rules: takeRules(in.Body.Rules)}}, err
	}, within(engine.Session.SaveRuleDraft, nil), showDraft)
	op(a, operation{
		ID: "drop-rule-draft", Method: "DELETE", Path: "/rules/draft", Tag: "Rules", Summary: "Throw the draft of the rules away", Scope: waybill.ScopeSetup, Status: 204,
	}, func(_ *call, in *struct {
		Conditional
		Acting
	}) (acting[int64], error) {
		version, err := in.version()
		return acting[int64]{waybill.ID(in.Account), version}, err
	}, within(engine.Session.DropRuleDraft, nil), func(*call, struct{}) *none { return &none{} })
	op(a, operation{
		ID: "publish-rules", Method: "POST", Path: "/rules/publish", Tag: "Rules", Summary: "Publish the draft", Scope: waybill.ScopeSetup, Status: 201,
		About: "It becomes the next version, in force at once or at a time. If a newer version came after the draft was saved, the answer is 409 and nothing is published: " +
			"look at /rules/diff?to=draft, and save the draft again. If-Match takes the draft's ETag.",
		Example: publishing{Note: "Christmas"},
	}, func(_ *call, in *publishIn) (acting[engine.PublishRules], error) {
		version, err := in.version()
		at, note := in.Body.read()
		return acting[engine.PublishRules]{waybill.ID(in.Account), engine.PublishRules{Version: version, At: at, Note: note}}, err
	}, within(engine.Session.PublishRules, nil), showPublished)
}

func showDraft(_ *call, d engine.RuleDraft) *tagged[ruleDraftOut] {
	out := &tagged[ruleDraftOut]{Body: ruleDraftOut{
		Saved: d.Version != 0, Base: d.Base, Author: d.Author, SavedAt: moment(d.Updated), Rules: showRules(d.Rules), Valid: len(d.Problems) == 0,
		Errors: []fieldProblem{}, Notices: []ruleNotice{}, Changes: []ruleChange{},
	}}
	if d.Version != 0 {
		out.ETag = tag(d.Row)
	}
	for _, f := range d.Problems {
		out.Body.Errors = append(out.Body.Errors, fieldProblem{f.Path, string(f.Rule), f.Value, f.Limit, f.Message})
	}
	for _, n := range d.Notices {
		out.Body.Notices = append(out.Body.Notices, showNotices(n.Rule, n.Notices)...)
	}
	for _, c := range d.Changes {
		out.Body.Changes = append(out.Body.Changes, showRuleChange(c))
	}
	return out
}

func showRules(list []waybill.Rule) []Rule {
	out := make([]Rule, 0, len(list))
	for _, r := range list {
		out = append(out, givenRule(r))
	}
	return out
}

func showRuleChange(c engine.RuleChange) ruleChange {
	out := ruleChange{Kind: "changed", Name: c.Name, Fields: append([]string{}, c.Fields...)}
	if c.Before == nil {
		out.Kind = "added"
	} else {
		before := givenRule(*c.Before)
		out.Before = &before
	}
	if c.After == nil {
		out.Kind = "removed"
	} else {
		after := givenRule(*c.After)
		out.After = &after
	}
	return out
}

func showRuleVersion(c *call, set waybill.RuleSet, inForce int64) *tagged[ruleVersion] {
	return &tagged[ruleVersion]{tag(set.Row), ruleVersion{showEdition(c, set.Row, set.Edition, inForce), len(set.Rules), showRules(set.Rules)}}
}

// showPublished shows a version that has just been made: it is in force unless it was put off.
func showPublished(c *call, set waybill.RuleSet) *made[ruleVersion] {
	inForce := set.No
	if set.Planned {
		inForce = 0
	}
	return &made[ruleVersion]{
		ETag: tag(set.Row), Location: c.Base + "/rules/versions/" + strconv.FormatInt(set.No, 10), Body: showRuleVersion(c, set, inForce).Body,
	}
}
