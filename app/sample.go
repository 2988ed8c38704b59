package app

import (
	"bytes"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// explained says what each setting is for, by its path in the config file.
var explained = map[string]string{
	"listen":                       "address requests come in at",
	"admin":                        "loopback address of metrics, profiles and health; empty: none",
	"data":                         "data folder: database, key file, labels",
	"database":                     "postgres://user:password@host/name in place of the data folder",
	"migrate":                      "bring an older PostgreSQL schema up to date at start",
	"key_file":                     "master keys; empty: the file key in the data folder",
	"public_url":                   "how clients reach us, for links; empty: as they did",
	"trusted_proxies":              "networks whose X-Forwarded-* headers are believed",
	"hosts":                        "host name: dialect, to serve it at the root of that host",
	"root":                         "dialect that answers without a prefix",
	"tls.cert":                     "certificate file, with its chain",
	"tls.key":                      "key file of the certificate",
	"tls.local":                    "a certificate of our own local authority for the hosts in place of files",
	"log.level":                    "debug, info, warn or error",
	"log.format":                   "text or json",
	"limits.per_ip.requests":       "requests that one address may send; 0: any number",
	"limits.per_ip.period":         "in this time",
	"limits.token_per_ip.requests": "token requests of one address, where passwords are tried; 0: any number",
	"limits.token_per_ip.period":   "in this time",
	"webhooks.allow_networks":      "private networks that webhooks may be sent to",
	"request_log.keep":             "what is kept of requests and calls to carriers: full; bare, without headers and bodies; off",
	"request_log.body":             "bytes that are kept of each body",
	"request_log.for":              "how long they are kept",
	"drain":                        "how long a stop waits for purchases under way",
	"demo":                         "add the demo account and simulated carriers",
}

// SampleConfig is a config file with every setting, its default and what it is for.
func SampleConfig() (string, error) {
	var document yaml.Node
	if err := document.Encode(Defaults()); err != nil {
		return "", err
	}
	if err := explain(&document, ""); err != nil {
		return "", err
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(&document); err != nil {
		return "", err
	}
	return "# Settings of waybill: waybill --config FILE serve.\n" +
		"# The environment and flags go over them: tls.cert is WAYBILL_TLS_CERT and --tls-cert.\n\n" + out.String(), nil
}

// explain writes beside each setting what it is for.
func explain(node *yaml.Node, path string) error {
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, value := node.Content[i], node.Content[i+1]
		at := strings.TrimPrefix(path+"."+name.Value, ".")
		if value.Kind == yaml.MappingNode && len(value.Content) > 0 {
			if err := explain(value, at); err != nil {
				return err
			}
			continue
		}
		if explained[at] == "" {
			return fmt.Errorf("the setting %s is not explained", at)
		}
		value.LineComment = explained[at]
	}
	return nil
}
