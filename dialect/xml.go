package dialect

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strings"
	"unicode"
)

// XML puts an answer that was made as JSON into XML, as CakePHP's XmlView would: a root <response>,
// elements named after keys in their order, an element for each item of a list, true and false as 1 and 0,
// null as an empty element. A key that is no XML name has its odd characters replaced and is given whole
// in the attribute "name".
func XML(r Reply) Reply {
	decoder := json.NewDecoder(bytes.NewReader(r.Body))
	decoder.UseNumber()
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if err := element(&b, decoder, "response"); err != nil {
		return r // not JSON: an empty body, or a file
	}
	header := r.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Set("Content-Type", "application/xml; charset=UTF-8")
	return Reply{Status: r.Status, Header: header, Body: b.Bytes()}
}

// element writes the next JSON value as an element; a list as one for each item.
func element(b *bytes.Buffer, decoder *json.Decoder, key string) error {
	token, err := decoder.Token()
	if err != nil {
		return err
	}
	if token == json.Delim('[') {
		return items(b, decoder, key)
	}
	return value(b, decoder, key, token)
}

// items writes a list. One that is empty leaves an empty element, and the root is always one element.
func items(b *bytes.Buffer, decoder *json.Decoder, key string) error {
	if key == "response" {
		open(b, key)
		defer func() { b.WriteString("</response>") }()
		key = "item"
	} else if !decoder.More() {
		open(b, key)
		shut(b, key)
	}
	for decoder.More() {
		if err := element(b, decoder, key); err != nil {
			return err
		}
	}
	_, err := decoder.Token()
	return err
}

func value(b *bytes.Buffer, decoder *json.Decoder, key string, token json.Token) error {
	open(b, key)
	defer shut(b, key)
	switch v := token.(type) {
	case json.Delim:
		for decoder.More() {
			name, err := decoder.Token()
			if err != nil {
				return err
			}
			if err := element(b, decoder, name.(string)); err != nil {
				return err
			}
		}
		_, err := decoder.Token()
		return err
	case string:
		return xml.EscapeText(b, []byte(v))
	case json.Number:
		b.WriteString(v.String())
	case bool:
		b.WriteString(map[bool]string{true: "1", false: "0"}[v])
	}
	return nil
}

func open(b *bytes.Buffer, key string) {
	name := xmlName(key)
	b.WriteString("<" + name)
	if name != key {
		b.WriteString(` name="`)
		_ = xml.EscapeText(b, []byte(key))
		b.WriteString(`"`)
	}
	b.WriteString(">")
}

func shut(b *bytes.Buffer, key string) { b.WriteString("</" + xmlName(key) + ">") }

// xmlName is the key with what may not stand in an XML name replaced.
func xmlName(key string) string {
	name := strings.Map(func(c rune) rune {
		if c < unicode.MaxASCII && (unicode.IsLetter(c) || unicode.IsDigit(c) || strings.ContainsRune("_-.", c)) {
			return c
		}
		return '_'
	}, key)
	if name == "" || unicode.IsDigit(rune(name[0])) || name[0] == '-' || name[0] == '.' {
		name = "_" + name
	}
	return name
}
