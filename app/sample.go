package app

import (
	"bytes"
	"strings"

	"gopkg.in/yaml.v3"
)

// explained says what each setting is for, beside its default in the sample file.
var explained = map[string]string{
	"listen":          "address requests come in at",
	"admin":           "loopback address of metrics and profiles; empty: none",
	"data":            "data folder: database, key file, labels",
	"database":        "postgres://user:password@host/name in place of the data folder",
	"migrate":         "bring an older PostgreSQL schema up to date at start",
	"key_file":        "master keys; default: the file key in the data folder",
	"public_url":      "how clients reach us, for links; default: as they did",
	"trusted_proxies": "networks whose X-Forwarded-* headers are believed",
	"hosts":           "host name: dialect, to serve it at the root of that host",
	"root":            "dialect that answers without a prefix",
	"tls":             "cert and key files, or local: true for a certificate of our own local authority",
	"log":             "level: debug, info, warn, error; format: text, json",
	"limits":          "requests of one address before anything is known of who asks",
	"webhooks":        "private networks that webhooks may be sent to",
	"drain":           "how long a stop waits for purchases under way",
	"demo":            "add the demo account and simulated carriers",
}

// SampleConfig is a config file with every setting, its default and what it is for.
func SampleConfig() (string, error) {
	var document yaml.Node
	if err := document.Encode(Defaults()); err != nil {
		return "", err
	}
	for i := 0; i+1 < len(document.Content); i += 2 {
		document.Content[i].HeadComment = explained[document.Content[i].Value]
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(&document); err != nil {
		return "", err
	}
	return "# Settings of waybill: waybill --config FILE serve. The environment (WAYBILL_…) and flags go over them.\n" +
		strings.ReplaceAll(out.String(), "\n# ", "\n\n# "), nil
}
