package native

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/yaml"
)

// about is what the document says of the whole API.
const about = `Everything that Waybill can do, for programs.

**Who asks.** Send ` + "`Authorization: Bearer <key>`" + `: an API key (wb_test_… or wb_live_…), or a token that
` + "`POST /oauth/token`" + ` gave for an OAuth client. Test keys reach simulators and carriers' test systems, never what is live.

**Whose account.** A parent works in a child by naming it, as account in the query or in the header Waybill-Account, in any operation. The
header is heeded by the other APIs of the installation too.

**Ids and references.** Where a path has {id}, the id (24 hexadecimal digits) or your own reference is taken; ref: before it says that it
is a reference whatever it looks like. Bodies and filters name records in the same ways: by id, by reference or name, and by number where they have one.

**Errors** are problem documents (RFC 9457). Act on code and reason, never on the words.

**Lists** are read by cursor. Send next_cursor as cursor for the next part; nothing is skipped or repeated while others write. To follow changes read by sort=updated: what changes in between comes once more, at the end. From the end go on with updated_since, the last updated that you saw. (A list sorted upwards ends before what a write that is still under way could come before: a moment later it is there.)

**Money** is an amount in minor units with its currency (ISO 4217). What one thing costs may have fractions of the minor unit: exact is then
all of it, in major units. The value and the prices of one shipment are in one currency.

**Null** in a body is the same as leaving the member out. In a change (PATCH) it takes away what is there.

**Repeats.** Send an Idempotency-Key with a write, and repeat it as often as needed: it is done once, and a repeat is answered with Idempotent-Replayed: true. Keys are kept for 48 hours.

**Changes of others.** A resource has an ETag. Send it as If-Match with a change, and the change is refused (412) if somebody else was faster.

**Limits.** RateLimit-Limit, RateLimit-Remaining and RateLimit-Reset say how many requests a caller may send, has left, and in how many seconds
all are back: in every answer to who is known, 403 among them. Without a key, and to one that nobody has, they are the address's. Who sent too many is told in
Retry-After when to come again.

**JSON** is read strictly. A member that is there twice, or in another case, is refused with its path, and so is what nests deeper than 32.`

// describe is the document before any operation is in it.
func describe() huma.Config {
	registry := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	registry.Schema(reflect.TypeFor[problem](), true, "Problem")
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info:    &huma.Info{Title: "Waybill API", Version: "1", Description: about, License: &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}},
			Servers: []*huma.Server{{URL: Prefix}},
			Tags:    sections(),
			Components: &huma.Components{Schemas: registry, SecuritySchemes: map[string]*huma.SecurityScheme{
				"bearer": {Type: "http", Scheme: "bearer", Description: "an API key, or a token of an OAuth client"},
			}},
		},
		Formats:                      formats(),
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
		Transformers:                 []huma.Transformer{noted},
	}
}

// formats are the kinds of bodies that are read: JSON, which answers are written in, and for tokens a form.
func formats() map[string]huma.Format {
	return map[string]huma.Format{
		"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat, "application/merge-patch+json": huma.DefaultJSONFormat,
		"application/x-www-form-urlencoded": {Unmarshal: readForm, Marshal: huma.DefaultJSONFormat.Marshal},
	}
}

// readForm reads a form as the JSON object it could have been.
func readForm(data []byte, v any) error {
	values, err := url.ParseQuery(string(data))
	if err != nil {
		return err
	}
	object := map[string]string{}
	for name := range values {
		if len(values[name]) > 1 {
			return errors.New(name + " is given more than once")
		}
		object[name] = values.Get(name)
	}
	text, err := json.Marshal(object)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, v)
}

// described is the operation in huma's words.
func (o operation) described() huma.Operation {
	d := huma.Operation{
		OperationID: o.ID, Method: o.Method, Path: o.Path, Tags: []string{o.Tag}, Summary: o.Summary, Description: o.about(), DefaultStatus: o.Status,
		MaxBodyBytes: -1, // read before
		Responses: map[string]*huma.Response{
			"4XX":     problems("What is wrong with the request, or with what it asks for."),
			"default": problems("What went wrong on our side."),
		},
		Security: []map[string][]string{}, // nobody need say who he is
	}
	for _, format := range o.Files {
		if d.Responses["200"] == nil {
			d.Responses["200"] = &huma.Response{Description: "The file.", Content: map[string]*huma.MediaType{}}
		}
		kind, _, _ := strings.Cut(format.MediaType(), ";")
		d.Responses["200"].Content[kind] = &huma.MediaType{Schema: &huma.Schema{Type: "string", Format: "binary"}}
	}
	if !o.Open {
		d.Security = []map[string][]string{{"bearer": {}}}
	}
	if o.writes() && !o.Open {
		d.Parameters = append(d.Parameters, &huma.Param{
			Name: keyHeader, In: "header", Schema: &huma.Schema{Type: "string"},
			Description: "Any text of yours, of 1 to 1,000 characters of ASCII. A repeated request with it is answered as the first was, for 48 hours.",
		})
	}
	return d
}

// problems is an answer that is a problem document.
func problems(about string) *huma.Response {
	return &huma.Response{
		Description: about, Content: map[string]*huma.MediaType{"application/problem+json": {Schema: &huma.Schema{Ref: "#/components/schemas/Problem"}}},
	}
}

// about is the description, with who may.
func (o operation) about() string {
	text := o.About
	switch {
	case o.Open, o.Anyone:
	case text != "":
		text += "\n\nNeeds the scope `" + string(o.Scope) + "`."
	default:
		text = "Needs the scope `" + string(o.Scope) + "`."
	}
	return text
}

// document writes the OpenAPI document down, and adds the routes that show it.
func (a *api) document() {
	schemas, shown := a.OpenAPI().Components.Schemas.Map(), answers()
	for _, item := range a.OpenAPI().Paths {
		for _, d := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if d != nil {
				a.finish(d)
				exemplified(d, shown[d.OperationID])
			}
		}
	}
	taken, err := unused(a.OpenAPI(), schemas)
	if err == nil {
		a.json, err = json.Marshal(a.OpenAPI())
	}
	var text bytes.Buffer
	if err == nil {
		err = yaml.Convert(&text, bytes.NewReader(a.json))
	}
	if err != nil {
		panic("native: the OpenAPI document cannot be written: " + err.Error())
	}
	a.yaml = text.Bytes()
	maps.Copy(schemas, taken) // patches are held against them
	a.show()
}

// finish gives a described operation what only its own description knows.
func (a *api) finish(d *huma.Operation) {
	o := a.about[d.OperationID]
	if !o.Open {
		acts(d)
	}
	body := d.RequestBody
	if body == nil {
		return
	}
	if o.Method == http.MethodPatch {
		body.Content["application/merge-patch+json"] = body.Content["application/json"]
	}
	if o.Form {
		body.Content["application/x-www-form-urlencoded"] = body.Content["application/json"]
	}
	if o.Example != nil {
		for _, media := range body.Content {
			media.Example = o.Example
		}
	}
}
