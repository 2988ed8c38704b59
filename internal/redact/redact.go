// Package redact takes secrets out of what is kept of a call: of headers, addresses and bodies. A secret is known by its
// name (password, token, client_secret…) or by its value, where that is at hand.
package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// Mark stands in the place of a secret.
const Mark = "[secret]"

// names are what members, form keys and elements are called that hold a secret, without their punctuation and in lower
// case. A name that merely ends so holds one too.
var names = []string{
	"password", "passwd", "pwd", "passphrase", "secret", "token", "apikey", "accesskey", "privatekey", "signingkey", "masterkey", "credential",
	"credentials", "authorization", "assertion", "cookie", "jwt", "licensekey",
}

// plain are names that end like one of those and hold none.
var plain = map[string]bool{"nexttoken": true, "pagetoken": true, "ratetoken": true}

// Secret reports whether what is called so holds a secret.
func Secret(name string) bool {
	if at := strings.LastIndexAny(name, ".["); at >= 0 && strings.HasSuffix(name, "]") { // a form's a[b]
		name = strings.TrimRight(name[at+1:], "]")
	}
	for _, n := range names {
		if ends(name, n) {
			return !plain[bare(name)]
		}
	}
	return false
}

// ends reports whether a name ends like another, case and punctuation apart. It is asked of every member of every body.
func ends(name, with string) bool {
	at := len(with) - 1
	for i := len(name) - 1; i >= 0 && at >= 0; i-- {
		c := folded(name[i])
		if c == 0 {
			continue
		}
		if c != with[at] {
			return false
		}
		at--
	}
	return at < 0
}

// bare is a name without its punctuation, in lower case.
func bare(name string) string {
	var b strings.Builder
	for i := range len(name) {
		if c := folded(name[i]); c != 0 {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// folded is a letter in lower case, and 0 for punctuation.
func folded(c byte) byte {
	switch {
	case c == '_' || c == '-' || c == ' ' || c == ':' || c == '.':
		return 0
	case c >= 'A' && c <= 'Z':
		return c + 'a' - 'A'
	}
	return c
}

// Known are secrets by value.
type Known struct{ replacer *strings.Replacer }

// Values makes secrets known by value, as they are and as base64, addresses, forms and JSON write them. What is shorter than
// four characters is no secret that could be told from a word.
func Values(secrets ...string) Known {
	var pairs []string
	for _, s := range secrets {
		if len(s) < 4 {
			continue
		}
		text, _ := json.Marshal(s)
		for _, form := range []string{
			s, url.QueryEscape(s), url.PathEscape(s), string(text[1 : len(text)-1]), base64.StdEncoding.EncodeToString([]byte(s)),
			base64.RawURLEncoding.EncodeToString([]byte(s)),
		} {
			pairs = append(pairs, form, Mark)
		}
	}
	if pairs == nil {
		return Known{}
	}
	return Known{strings.NewReplacer(pairs...)}
}

// Text takes known secrets out of any text.
func (k Known) Text(text string) string {
	if k.replacer == nil {
		return text
	}
	return k.replacer.Replace(text)
}

// schemes are what may stand before the secret in an Authorization header. Any other word there may be the secret itself.
var schemes = map[string]bool{"basic": true, "bearer": true, "digest": true, "token": true, "apikey": true}

// Headers are those of a call worth keeping: one line a name, secrets marked. Wanted: nil keeps all.
func Headers(h http.Header, wanted map[string]bool) map[string]string {
	kept := map[string]string{}
	for name, values := range h {
		switch {
		case wanted != nil && !wanted[name]:
		case name == "Authorization" || name == "Proxy-Authorization" || name == "Set-Cookie" || Secret(name) || strings.Contains(strings.ToLower(name), "api-key"):
			if scheme, _, ok := strings.Cut(strings.Join(values, ", "), " "); ok && schemes[strings.ToLower(scheme)] {
				kept[name] = scheme + " " + Mark
				continue
			}
			kept[name] = Mark
		default:
			kept[name] = strings.Join(values, ", ")
		}
	}
	return kept
}

// Query marks the secrets of a query string or of a form, and leaves the rest as it was written.
func Query(raw string) (text string, found bool) { return pairs(raw, Secret) }

// pairs marks the values of a query whose names are secret.
func pairs(raw string, secret func(name string) bool) (text string, found bool) {
	if raw == "" {
		return "", false
	}
	list := strings.Split(raw, "&")
	for i, pair := range list {
		key, value, has := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(key)
		if err != nil {
			name = key
		}
		if has && value != "" && secret(name) {
			list[i], found = key+"="+Mark, true
		}
	}
	return strings.Join(list, "&"), found
}

// shaped are secrets that are known by their shape, wherever they are: our own keys, webhook secrets, signed tokens.
var shaped = regexp.MustCompile(`\b(?:wb_(?:test|live|login)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9+/=_-]{16,}|eyJ[\w-]+\.eyJ[\w-]+\.[\w-]*)`)

// inElement is an element or attribute of XML that has no elements in it, or a member of JSON that is damaged.
var (
	inElement = regexp.MustCompile(`<([A-Za-z_][\w.:-]*)([^<>]*)>([^<]+)</`)
	attribute = regexp.MustCompile(`([A-Za-z_][\w.:-]*)="([^"]*)"`)
	member    = regexp.MustCompile(`"([^"\\]{1,100})"\s*:\s*("(?:[^"\\]|\\.)*"?|[^\s",}\]]+)`)
)

// shapes are what each of those begins with. Looking for them costs a tenth of what the expression does.
var shapes = []string{"wb_", "whsec_", "eyJ"}

// Body marks the secrets of a body of a media type, by name. What is no text is described in its place.
func Body(mediaType string, body []byte) (text string, found bool) { return Brief(mediaType, body, 0) }

// Brief does the same, and describes texts in a JSON document that are longer than so many bytes, such as a label in base64;
// 0: none is too long.
func Brief(mediaType string, body []byte, most int) (text string, found bool) {
	text, found = named(mediaType, body, most)
	for _, begin := range shapes {
		if strings.Contains(text, begin) {
			marked := shaped.ReplaceAllString(text, Mark)
			return marked, found || marked != text
		}
	}
	return text, found
}

// named marks what is called a secret.
func named(mediaType string, body []byte, most int) (text string, found bool) {
	switch trimmed := bytes.TrimSpace(body); {
	case len(trimmed) == 0:
		return "", false
	case trimmed[0] == '{' || trimmed[0] == '[':
		return inJSON(body, most)
	case strings.Contains(mediaType, "xml") || trimmed[0] == '<':
		return markXML(string(body))
	case strings.Contains(mediaType, "form-urlencoded"):
		return Query(string(body))
	}
	return string(body), false
}

// inJSON marks the members of a JSON document whose names say that they hold a secret; what is below such a name goes as a
// whole. A document that is damaged is gone through as text from there on; a secret that has no end is its end.
func inJSON(body []byte, most int) (text string, found bool) {
	w := walker{data: body, most: most}
	w.document()
	switch {
	case !w.broken:
		return string(append(w.out, body[w.copied:]...)), w.found
	case w.lost > 0:
		return string(append(w.out, body[min(w.copied, w.lost):w.lost]...)) + `"` + Mark + `"`, true
	}
	found = w.found
	text = member.ReplaceAllStringFunc(string(body[w.at:]), func(m string) string {
		parts := member.FindStringSubmatch(m)
		if !Secret(parts[1]) {
			return m
		}
		found = true
		return `"` + parts[1] + `":"` + Mark + `"`
	})
	text, marked := addresses(text)
	return string(append(w.out, body[w.copied:w.at]...)) + text, found || marked
}

func markXML(text string) (string, bool) {
	found := false
	text = inElement.ReplaceAllStringFunc(text, func(m string) string {
		parts := inElement.FindStringSubmatch(m)
		if !Secret(parts[1]) || strings.TrimSpace(parts[3]) == "" {
			return m
		}
		found = true
		return "<" + parts[1] + parts[2] + ">" + Mark + "</"
	})
	text = attribute.ReplaceAllStringFunc(text, func(m string) string {
		parts := attribute.FindStringSubmatch(m)
		if !Secret(parts[1]) || parts[2] == "" {
			return m
		}
		found = true
		return parts[1] + `="` + Mark + `"`
	})
	return text, found
}
