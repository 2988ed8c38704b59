package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"gopkg.in/yaml.v3"

	"waybill/app"
)

// spelled is a setting's value as the file, the environment and a flag write it; each is another one.
type spelled struct{ file, env, flag string }

// values are three values for each setting that is not any text.
var values = map[string]spelled{
	"migrate": {"false", "true", "false"}, "demo": {"false", "true", "false"}, "tls.local": {"false", "true", "false"},
	"hosts":           {"{a: lynkup}", "b=lynkup", "c=lynkup"},
	"trusted_proxies": {"[10.0.0.1]", "10.0.0.2", "10.0.0.3"}, "webhooks.allow_networks": {"[10.0.0.1]", "10.0.0.2", "10.0.0.3"},
	"drain": {"1s", "2s", "3s"}, "request_log.for": {"1h", "2h", "3h"}, "request_log.body": {"1000", "2000", "3000"}, "request_log.keep": {"off", "bare", "full"},
	"limits.per_ip":       {"{requests: 1, period: 1s}", "2/1s", "3/1s"},
	"limits.token_per_ip": {"{requests: 1, period: 1s}", "2/1s", "3/1s"},
}

// TestEverySettingHasOneName: each setting of the config file has its variable and its flag, by one rule; the
// environment goes over the file, and the flag over both.
func TestEverySettingHasOneName(t *testing.T) {
	for _, name := range settingNames(t) {
		t.Run(name, func(t *testing.T) {
			v, ok := values[name]
			if !ok {
				v = spelled{"from-file", "from-env", "from-flag"}
			}
			file := filepath.Join(t.TempDir(), "waybill.yaml")
			if err := os.WriteFile(file, []byte(nested(name, v.file)), 0o600); err != nil {
				t.Fatal(err)
			}
			variable := "WAYBILL_" + strings.ToUpper(strings.NewReplacer(".", "_").Replace(name))
			flag := "--" + strings.NewReplacer(".", "-", "_", "-").Replace(name) + "=" + v.flag
			fromFile := read(t, name, file)
			fromFlag := read(t, name, file, flag)
			t.Setenv(variable, v.env)
			fromEnv := read(t, name, file)
			overAll := read(t, name, file, flag)
			if fromEnv == fromFile {
				t.Errorf("%s is not read: %s", variable, fromEnv)
			}
			if overAll != fromFlag || overAll == fromEnv {
				t.Errorf("%s goes not over the environment: %s, %s", flag, overAll, fromEnv)
			}
			if _, boolean := map[string]bool{"migrate": true, "demo": true, "tls.local": true}[name]; !boolean && fromFlag == fromFile {
				t.Errorf("%s is not read", flag)
			}
		})
	}
}

// settingNames are the settings of the config file; a limit is one.
func settingNames(t *testing.T) (names []string) {
	t.Helper()
	var document yaml.Node
	if err := document.Encode(app.Defaults()); err != nil {
		t.Fatal(err)
	}
	var walk func(node *yaml.Node, path string)
	walk = func(node *yaml.Node, path string) {
		for i := 0; i+1 < len(node.Content); i += 2 {
			name, value := strings.TrimPrefix(path+"."+node.Content[i].Value, "."), node.Content[i+1]
			if value.Kind == yaml.MappingNode && len(value.Content) > 0 && path != "limits" {
				walk(value, name)
				continue
			}
			names = append(names, name)
		}
	}
	walk(&document, "")
	if len(names) < 20 {
		t.Fatalf("only %v", names)
	}
	return names
}

// nested writes a setting as the file has it.
func nested(name, value string) string {
	outer, inner, ok := strings.Cut(name, ".")
	if ok {
		return outer + ": {" + inner + ": " + value + "}\n"
	}
	return name + ": " + value + "\n"
}

// read is a setting as `serve` has it.
func read(t *testing.T, name, file string, args ...string) string {
	t.Helper()
	c := cli{}
	parser, err := kong.New(&c, kong.Exit(func(int) { t.Fatal("it ends") }))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(append([]string{"--config", file, "serve"}, args...)); err != nil {
		t.Fatal(err)
	}
	cfg, err := c.Serve.read(&c)
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	text, err := yaml.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	var v any = all
	for part := range strings.SplitSeq(name, ".") {
		v = v.(map[string]any)[part]
	}
	return fmt.Sprint(v)
}

// TestExitStatus: 0 done, 1 it could not be done, 2 the command line cannot be understood.
func TestExitStatus(t *testing.T) {
	t.Setenv("WAYBILL_DATA", t.TempDir())
	for _, c := range []struct {
		want int
		args []string
	}{
		{0, []string{"version"}},
		{0, []string{"account", "add", "shop"}},
		{1, []string{"account", "add", "shop", "--parent", "nobody"}},
		{1, []string{"--config", "nowhere.yaml", "migrate"}},
		{2, []string{}},
		{2, []string{"frobnicate"}},
		{2, []string{"serve", "--frobnicate"}},
		{2, []string{"account", "add"}},
		{2, []string{"serve", "--drain", "soon"}},
		{2, []string{"serve", "--limits-per-ip", "many"}},
	} {
		if got := run(c.args); got != c.want {
			t.Errorf("waybill %s: %d, want %d", strings.Join(c.args, " "), got, c.want)
		}
	}
}

// TestHelp: every command and every flag says what it is for.
func TestHelp(t *testing.T) {
	var walk func(node *kong.Node)
	walk = func(node *kong.Node) {
		if node.Help == "" {
			t.Errorf("%s has no help", node.FullPath())
		}
		for _, flag := range node.Flags {
			if flag.Help == "" {
				t.Errorf("%s --%s has no help", node.FullPath(), flag.Name)
			}
		}
		for _, argument := range node.Positional {
			if argument.Help == "" {
				t.Errorf("%s %s has no help", node.FullPath(), argument.Name)
			}
		}
		for _, child := range node.Children {
			walk(child)
		}
	}
	walk(newParser(&cli{}).Model.Node)
}
