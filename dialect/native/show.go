package native

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

//go:embed docs.html
var docsText string

var docsPage = template.Must(template.New("docs").Parse(docsText))

// docOperation, docMember and docReason are what the reference page shows.
type docOperation struct {
	ID, Method, Path, Summary string
	About                     []string
	Parameters                []docMember
	Body, Answer              []docMember
	Curl                      string
}

type docMember struct {
	Name, Type, About string
	Required          bool
}

type docReason struct{ Reason, Code string }

type docGroup struct {
	Name       string
	Operations []docOperation
}

// show adds the routes of the OpenAPI document and of the reference page that is made from it. Both need no token.
func (a *api) show() {
	page, err := a.reference()
	if err != nil {
		panic("native: the reference page cannot be made: " + err.Error())
	}
	header := func(kind string) http.Header { return http.Header{"Content-Type": {kind}} }
	fixed := func(op string, h http.Header, body []byte) dialect.Route {
		return dialect.Route{Op: op, Open: true, Call: func(context.Context, engine.Session, *dialect.Request) (dialect.Reply, error) {
			return dialect.Reply{Status: http.StatusOK, Header: h.Clone(), Body: body}, nil
		}}
	}
	docs := header("text/html; charset=utf-8")
	docs.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
	a.routes["GET /openapi.json"] = fixed("openapi-json", header("application/openapi+json"), a.json)
	a.routes["GET /docs"] = fixed("docs", docs, page)
	pointer := dialect.JSON(http.StatusOK, map[string]string{
		"name": "Waybill API", "openapi": Prefix + "/openapi.json", "docs": Prefix + "/docs", "me": Prefix + "/me",
	})
	a.routes["GET /"] = fixed("pointer", pointer.Header, pointer.Body)
}

// reference is the page: plain HTML, made from the document, that needs nothing from elsewhere.
func (a *api) reference() ([]byte, error) {
	groups := map[string][]docOperation{}
	var order []string
	paths := a.OpenAPI().Paths
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		item := paths[path]
		for _, d := range []*huma.Operation{item.Get, item.Post, item.Patch, item.Put, item.Delete} {
			if d == nil {
				continue
			}
			tag := d.Tags[0]
			if groups[tag] == nil {
				order = append(order, tag)
			}
			groups[tag] = append(groups[tag], a.operation(d))
		}
	}
	data := struct {
		Title   string
		About   []string
		Groups  []docGroup
		Reasons []docReason
	}{Title: a.OpenAPI().Info.Title, About: paragraphs(a.OpenAPI().Info.Description)}
	slices.Sort(order)
	for _, tag := range order {
		data.Groups = append(data.Groups, docGroup{tag, groups[tag]})
	}
	for _, reason := range slices.Sorted(maps.Keys(waybill.Reasons)) {
		data.Reasons = append(data.Reasons, docReason{string(reason), string(waybill.Reasons[reason])})
	}
	var page bytes.Buffer
	err := docsPage.Execute(&page, data)
	return page.Bytes(), err
}

// paragraphs cuts a text at its empty lines. The few marks of Markdown in it are taken out.
func paragraphs(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.NewReplacer("**", "", "`", "").Replace(text), "\n\n")
}

func (a *api) operation(d *huma.Operation) docOperation {
	o := docOperation{ID: d.OperationID, Method: d.Method, Path: Prefix + d.Path, Summary: d.Summary, About: paragraphs(d.Description)}
	for _, p := range d.Parameters {
		o.Parameters = append(o.Parameters, docMember{p.In + " " + p.Name, typeName(p.Schema), p.Description, p.Required})
	}
	o.Curl = "curl -H 'Authorization: Bearer '$KEY"
	if len(d.Security) == 0 {
		o.Curl = "curl"
	}
	if d.Method != http.MethodGet {
		o.Curl += " -X " + d.Method
	}
	if d.RequestBody != nil {
		kind, media := mediaOf(d.RequestBody.Content)
		o.Body = a.members("", media.Schema, 0)
		switch text, err := json.Marshal(media.Example); {
		case kind != jsonType:
			o.Curl += " -H 'Content-Type: " + kind + "' --data-binary @file"
		case err == nil && media.Example != nil:
			o.Curl += " -H 'Content-Type: " + jsonType + "' -d '" + string(text) + "'"
		}
	}
	o.Curl += " $URL" + Prefix + d.Path
	for status, response := range d.Responses {
		if media := response.Content["application/json"]; media != nil && strings.HasPrefix(status, "2") {
			o.Answer = a.members("", media.Schema, 0)
		}
	}
	return o
}

const jsonType = "application/json"

// mediaOf is the kind of a body: JSON where it may be.
func mediaOf(content map[string]*huma.MediaType) (kind string, media *huma.MediaType) {
	if media = content[jsonType]; media != nil {
		return jsonType, media
	}
	for _, kind = range slices.Sorted(maps.Keys(content)) {
		return kind, content[kind]
	}
	return "", &huma.MediaType{}
}

// deepest is how far members of members are listed.
const deepest = 4

// members lists the members of an object, those of its members too.
func (a *api) members(prefix string, s *huma.Schema, depth int) (list []docMember) {
	if s != nil && s.Ref != "" {
		s = a.OpenAPI().Components.Schemas.SchemaFromRef(s.Ref)
	}
	if s == nil || depth > deepest {
		return nil
	}
	if s.Type == "array" {
		return a.members(prefix+"[]", s.Items, depth)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		member := s.Properties[name]
		at := strings.TrimPrefix(prefix+"."+name, ".")
		list = append(list, docMember{at, typeName(member), member.Description, slices.Contains(s.Required, name)})
		list = append(list, a.members(at, member, depth+1)...)
	}
	return list
}

func typeName(s *huma.Schema) string {
	switch {
	case s == nil:
		return ""
	case s.Ref != "":
		return "object"
	case len(s.Enum) > 0:
		var words []string
		for _, v := range s.Enum {
			words = append(words, strings.Trim(jsonText(v), `"`))
		}
		return strings.Join(words, " | ")
	case s.Format != "":
		return s.Type + " (" + s.Format + ")"
	}
	return s.Type
}

func jsonText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(text)
}
