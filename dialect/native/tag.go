package native

import (
	"waybill"
	"waybill/engine"
)

// Tag is a coloured word that shipments are marked with, as it is written.
type Tag struct {
	Name       string `json:"name" minLength:"1" maxLength:"100" doc:"Unique in the account."`
	Background string `json:"background,omitempty" pattern:"^#[0-9A-Fa-f]{6}$" doc:"Colour behind the word."`
	Text       string `json:"text,omitempty" pattern:"^#[0-9A-Fa-f]{6}$" doc:"Colour of the word."`
}

type tagOut struct {
	Kept
	Tag
}

func tags(a *api) {
	given := func(t waybill.Tag) Tag { return Tag{t.Name, colour(t.Background), colour(t.Text)} }
	noun[Tag, tagOut, waybill.Tag, waybill.Tag]{
		name: "tag", plural: "tags", path: "/tags", tag: "Tags", a: "a tag", read: waybill.ScopeRead, write: waybill.ScopeSetup,
		about:   "Shipments carry tags by their number, and rules ask for them. A deleted tag is no longer shown on shipments that carried it.",
		example: Tag{Name: "gift", Background: "#FFD700", Text: "#000000"},
		patch:   map[string]any{"background": "#C0C0C0"}, at: "gift",
		list: engine.Tags.List, get: engine.Tags.Get, create: engine.Tags.Create, change: engine.Tags.Change, remove: engine.Tags.Delete,
		given: given, row: func(t waybill.Tag) waybill.Row { return t.Row },
		take: func(in Tag, t *waybill.Tag) { t.Name, t.Background, t.Text = in.Name, in.Background, in.Text },
		show: func(_ *call, t waybill.Tag) tagOut { return tagOut{keptOf(t.Row), given(t)} },
	}.add(a)
}

// colour is a colour with its hash, which other APIs leave out.
func colour(text string) string {
	if len(text) == 6 {
		return "#" + text
	}
	return text
}
