package carrier

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"waybill"
	"waybill/internal/redact"
)

// Carrier is what the engine holds: an adapter plus what is true of all of them. Each call runs under a
// deadline, is checked before and after, survives a panic, and fails only with a *waybill.Error that
// names the carrier in Fault.Carrier; an ability the adapter lacks is ReasonCarrierAbility. It is safe
// for concurrent use.
type Carrier struct {
	driver     Driver
	connection waybill.Connection
	settings   Settings
	adapter    Adapter
	log        *slog.Logger
	clock      waybill.Clock
	witness    func(context.Context, Operation)
	reads      *reads
}

// Ability is something an adapter can do beyond shipping and tracking.
type Ability string

// The closed list of abilities, one for each optional interface.
const (
	Quotes     Ability = "quote"
	Voids      Ability = "void"
	Returns    Ability = "return"
	Collects   Ability = "collect"
	Finds      Ability = "find"
	Relabels   Ability = "label"
	Pushes     Ability = "push"
	Numbering  Ability = "numbers"
	Registers  Ability = "register"
	Edits      Ability = "edit"
	Redelivers Ability = "redeliver"
	Manifests  Ability = "manifest"
	FindsLists Ability = "find_manifest"
)

// Open checks a connection's settings against the driver's list, telling everything that is wrong at
// once (Invalid, ReasonFields, paths settings.<name>, base, mode), and opens the adapter. Secrets are
// the unsealed secret settings. Base and mode are the connection's own.
func Open(driver Driver, connection waybill.Connection, secrets Settings, env Env) (*Carrier, error) {
	op := driver.Name + ".open"
	settings, problems := merge(driver, connection.Settings, secrets)
	problems = append(problems, checkMode(driver, connection)...)
	if len(problems) > 0 {
		return nil, named(driver.Name, waybill.FieldErrors(op, problems))
	}
	if connection.Base != "" {
		env.Base = connection.Base
	}
	env.Base = strings.TrimRight(env.Base, "/")
	env.Mode = connection.Mode
	if env.HTTP == nil {
		env.HTTP = http.DefaultClient
	}
	if env.Clock == nil {
		env.Clock = waybill.SystemClock{}
	}
	if env.Log == nil {
		env.Log = slog.New(slog.DiscardHandler)
	}
	if connection.Mode == waybill.ModeSimulator {
		env.HTTP = aheadClient(env.HTTP)
	}
	env.Log = env.Log.With("carrier", driver.Name, "connection", string(connection.ID))
	c := &Carrier{
		driver: driver, connection: connection, settings: settings, log: env.Log, clock: env.Clock, witness: env.Witness, reads: newReads(),
	}
	if env.Witness != nil {
		env.HTTP, env.Witness = recorded(env.HTTP, env.Clock, driver.secrets(settings)), nil
	}
	var err error
	c.adapter, err = guard(c, op, false, func() (Adapter, error) { return driver.Open(settings, env) })
	if err != nil {
		return nil, err
	}
	return c, nil
}

// merge is the settings an adapter gets: plain and secret ones together, defaults filled in, nothing
// the driver did not ask for.
func merge(driver Driver, plain map[string]string, secrets Settings) (Settings, []waybill.FieldError) {
	merged := Settings{}
	var problems []waybill.FieldError
	report := func(name string, rule waybill.FieldRule, format string, args ...any) {
		problems = append(problems, waybill.FieldError{
			Path: "settings." + name, Rule: rule, Message: fmt.Sprintf(format, args...),
		})
	}
	for _, s := range driver.Settings {
		value := secrets[s.Name]
		if open := plain[s.Name]; open != "" {
			if s.Secret {
				report(s.Name, waybill.RuleFormat, "%s is secret and must be stored sealed", s.Name)
				continue
			}
			value = open
		}
		if value == "" {
			value = s.Default
		}
		if value == "" && s.Required {
			report(s.Name, waybill.RuleRequired, "%s (%s) is required", s.Name, s.Title)
		}
		if value != "" {
			merged[s.Name] = value
		}
	}
	var unknown []string
	for _, given := range []map[string]string{plain, secrets} {
		for name := range given {
			known := slices.ContainsFunc(driver.Settings, func(s Setting) bool { return s.Name == name })
			if !known && !slices.Contains(unknown, name) {
				unknown = append(unknown, name)
			}
		}
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		report(name, waybill.RuleExists, "%s has no setting %q", driver.Title, name)
	}
	return merged, problems
}

// secrets are the values of the settings that the driver calls secret.
func (d Driver) secrets(settings Settings) redact.Known {
	var values []string
	for _, s := range d.Settings {
		if s.Secret {
			values = append(values, settings[s.Name])
		}
	}
	return redact.Values(values...)
}

// checkMode refuses what could spend real money by accident: a connection that does not say how real
// it is, and a simulated one of whose carrier there is no simulator.
func checkMode(driver Driver, connection waybill.Connection) []waybill.FieldError {
	if driver.Local {
		return nil
	}
	switch connection.Mode {
	case waybill.ModeLive, waybill.ModeSandbox:
		return nil
	case waybill.ModeSimulator:
		if connection.Base != "" {
			return nil
		}
		return []waybill.FieldError{{
			Path: "mode", Rule: waybill.RuleEnum, Value: string(connection.Mode), Limit: "sandbox, live",
			Message: "there is no simulator of this carrier here: give the address of one (--base), or another mode",
		}}
	default:
		return []waybill.FieldError{{
			Path: "mode", Rule: waybill.RuleEnum, Value: string(connection.Mode),
			Limit: "simulator, sandbox, live", Message: "mode must be simulator, sandbox or live",
		}}
	}
}

// Driver introduces the carrier.
func (c *Carrier) Driver() Driver { return c.driver }

// Connection is what was opened, as it then was.
func (c *Carrier) Connection() waybill.Connection { return c.connection }

// Services lists what this connection can sell: from its settings where the driver defines services
// there, else the driver's static list.
func (c *Carrier) Services() []ServiceInfo {
	if c.driver.Catalogue != nil {
		return c.driver.Catalogue(c.settings)
	}
	return c.driver.Services
}

// Abilities lists what the adapter can do beyond shipping and tracking, in the order of the constants.
func (c *Carrier) Abilities() []Ability { return abilities(c.adapter) }

// Abilities lists what the driver's carriers can do beyond shipping and tracking.
func (d Driver) Abilities() []Ability { return abilities(d.Kind) }

func abilities(adapter Adapter) []Ability {
	var list []Ability
	add := func(has bool, a Ability) {
		if has {
			list = append(list, a)
		}
	}
	add(is[Quoter](adapter), Quotes)
	add(is[Voider](adapter), Voids)
	add(is[Returner](adapter), Returns)
	add(is[Collector](adapter), Collects)
	add(is[Finder](adapter), Finds)
	add(is[Labeller](adapter), Relabels)
	add(is[Pusher](adapter), Pushes)
	add(is[Numberer](adapter), Numbering)
	add(is[Registrar](adapter), Registers)
	add(is[Editor](adapter), Edits)
	add(is[Redeliverer](adapter), Redelivers)
	add(is[Manifester](adapter), Manifests)
	add(is[ManifestFinder](adapter), FindsLists)
	return list
}

func is[T any](adapter Adapter) bool {
	_, ok := adapter.(T)
	return ok
}

// Has reports whether the adapter has the ability.
func (c *Carrier) Has(a Ability) bool { return slices.Contains(c.Abilities(), a) }
