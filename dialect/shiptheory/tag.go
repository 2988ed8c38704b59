package shiptheory

import (
	"context"
	"net/http"
	"regexp"
	"strconv"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

const maxTagName = 50

// tagMembers are those of a tag.
var tagMembers = []member[waybill.Tag]{
	line("name", true, maxTagName, func(t *waybill.Tag) *string { return &t.Name }),
	colour("background_colour", func(t *waybill.Tag) *string { return &t.Background }),
	colour("text_colour", func(t *waybill.Tag) *string { return &t.Text }),
}

var hexColour = regexp.MustCompile(`^#?(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})$`)

// colour reads a hexadecimal colour such as #1a2b3c.
func colour(name string, into func(*waybill.Tag) *string) member[waybill.Tag] {
	return member[waybill.Tag]{name, true, func(v dialect.Value, t *waybill.Tag) {
		hex := v.Text(maxText)
		if hex != "" && !hexColour.MatchString(hex) {
			v.Note(waybill.RuleFormat, "", "%s must be a hexadecimal colour such as #1a2b3c", v.Path())
		}
		*into(t) = hex
	}}
}

func decodeNewTag(r *dialect.Request) (engine.PutTag, error) {
	v, err := document(r)
	if err != nil {
		return engine.PutTag{}, err
	}
	var t waybill.Tag
	readAll(v, tagMembers, &t)
	return engine.PutTag{New: &t}, v.Errors(opNewTag)
}

// decodePutTag reads a change: what is not there stays as it is.
func decodePutTag(r *dialect.Request) (engine.PutTag, error) {
	number, err := decodeTagID(r)
	if err != nil {
		return engine.PutTag{}, err
	}
	v, err := document(r)
	if err != nil {
		return engine.PutTag{}, err
	}
	return engine.PutTag{Number: number, Change: change(v, tagMembers)}, v.Errors(opPutTag)
}

// decodeTagID reads the number in the path; one that is none names no tag.
func decodeTagID(r *dialect.Request) (int64, error) {
	number, err := strconv.ParseInt(r.Params["id"], 10, 64)
	if err != nil || number < 1 {
		return 0, waybill.E("tag", waybill.ReasonUnknownRecord, "there is no such tag")
	}
	return number, nil
}

type tag struct {
	ID         int64  `json:"id"`
	Name       string `json:"name"`
	Background string `json:"background_colour"`
	Text       string `json:"text_colour"`
}

func tagOf(t waybill.Tag) tag { return tag{t.Number, t.Name, t.Background, t.Text} }

// shortTag is a tag as views show it.
type shortTag struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

func encodeTag(_ *dialect.Request, t waybill.Tag) dialect.Reply {
	return dialect.JSON(http.StatusOK, tagOf(t))
}

// encodeDropTag answers without a body.
func encodeDropTag(*dialect.Request, struct{}) dialect.Reply {
	return dialect.Reply{Status: http.StatusOK}
}

var tagSorts = map[string]string{"name": "name", "background_colour": "background", "text_colour": "text"}

func decodeTags(r *dialect.Request) (paging, error) {
	v := r.Asked()
	return decodePaging(v, tagSorts), v.Errors(opTags)
}

func listTags(s engine.Session, ctx context.Context, in paging) (listed[waybill.Tag], error) {
	list, err := s.ListTags(ctx, in.ListSetup)
	return listed[waybill.Tag]{in, list.Items, list.Total}, err
}

func encodeTags(_ *dialect.Request, l listed[waybill.Tag]) dialect.Reply {
	tags := make([]tag, 0, len(l.items))
	for _, t := range l.items {
		tags = append(tags, tagOf(t))
	}
	return dialect.JSON(http.StatusOK, struct {
		Tags       []tag      `json:"tags"`
		Pagination pagination `json:"pagination"`
	}{tags, l.asAsked()})
}
