package dialect

import (
	"slices"
	"strings"

	"waybill"
	"waybill/internal/redact"
)

// Curl is an entry of the request log as a command line of curl, for an installation at root. What was a secret is $KEY in the
// Authorization header and $SECRET elsewhere: set them before it is run.
func Curl(e waybill.APIRequest, root string) string {
	var b strings.Builder
	if e.BodyCut || (e.Body == "" && e.BodySize > 0) {
		b.WriteString("# the body is not in the log as a whole\n")
	}
	address := strings.TrimRight(root, "/") + e.Path
	if e.Query != "" {
		address += "?" + e.Query
	}
	b.WriteString("curl -i")
	if e.Method != "GET" {
		b.WriteString(" -X " + e.Method)
	}
	b.WriteString(" " + quoted(address))
	names := make([]string, 0, len(e.Header))
	for name := range e.Header {
		if name != "User-Agent" && name != "Idempotency-Key" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		value := e.Header[name]
		if scheme, ok := strings.CutSuffix(value, redact.Mark); ok && name == "Authorization" {
			b.WriteString(" \\\n  -H \"Authorization: " + scheme + "$KEY\"")
			continue
		}
		b.WriteString(" \\\n  -H " + quoted(name+": "+value))
	}
	if e.Body != "" {
		b.WriteString(" \\\n  --data-binary " + quoted(e.Body))
	}
	b.WriteString("\n")
	return b.String()
}

// quoted is a text as a word of the shell, with $SECRET where one was.
func quoted(text string) string {
	text = strings.ReplaceAll(text, "'", `'\''`)
	return "'" + strings.ReplaceAll(text, redact.Mark, `'"$SECRET"'`) + "'"
}
