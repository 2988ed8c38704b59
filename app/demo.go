package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"waybill"
)

// DemoOptions say how the demo goes.
type DemoOptions struct {
	Out    string    // folder for the labels
	Say    io.Writer // where progress is told
	Colour bool      // Say is a terminal that shows it
	Once   bool      // end after the walk
	Began  time.Time // when the program was started
}

// Demo serves with demo data and simulated carriers, walks parcels through each API and then stays up
// until it is told to stop. It does not go into a data folder of a real installation.
func Demo(ctx context.Context, cfg Config, o DemoOptions) error {
	cfg.Demo, cfg.Migrate = true, true // a database for the demo needs no second command
	if cfg.Log.Level == Defaults().Log.Level {
		cfg.Log.Level = "warn" // the terminal is for the walk
	}
	if err := unreal(ctx, cfg); err != nil {
		return err
	}
	a, err := New(ctx, cfg, Parts{})
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	walking, release := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer release()
	walked := make(chan error, 1)
	started := false
	err = a.Run(ctx, func(string) {
		started = true
		w := newWalk(walking, a, o)
		go func() {
			err := w.all()
			if a.Server.Draining() || walking.Err() != nil {
				err = nil // somebody stopped it in mid-walk, which is no failure
			} else if o.Once {
				stop()
			} else {
				if err != nil { // what is set up here may have been changed since: that is no reason not to serve
					w.title("The walk ends here: " + err.Error())
					w.line("why", "rules, locations or connections of the demo were changed; a folder of its own (--data) has them as they were")
					err = nil
				}
				w.hints()
			}
			walked <- err
		}()
	})
	stop()
	if started {
		err = errors.Join(err, <-walked)
	}
	return errors.Join(err, a.Close())
}

// unreal refuses an installation that somebody ships with.
func unreal(ctx context.Context, cfg Config) error {
	if !cfg.hasData() {
		return nil
	}
	cfg.Demo = false
	a, err := New(ctx, cfg, Parts{})
	if err != nil {
		return err
	}
	accounts, err := a.Engine.As(installation).ListAccounts(ctx)
	if err = errors.Join(err, a.Close()); err != nil {
		return err
	}
	for _, account := range accounts {
		if account.Demo {
			return nil
		}
	}
	if len(accounts) > 0 {
		return fmt.Errorf("there is a real installation here, with the account %q: give the demo a folder of its own with --data", accounts[0].Name)
	}
	return nil
}

// all walks every walk there is.
func (w *walk) all() error {
	w.say(w.paint(bold, "Waybill "+Version))
	w.line("serving", "%s, after %v", w.base, time.Since(w.began).Round(10*time.Millisecond))
	if w.app.Config.Database == "" {
		w.line("data", "%s", w.app.Config.Data)
	}
	if err := os.MkdirAll(w.out, 0o755); err != nil {
		return err
	}
	began := time.Now()
	for _, step := range []struct {
		title string
		do    func() error
	}{
		{"Waybill's own API: rates side by side, booked by the rules, with the reason", w.nativeDelivered},
		{"LynkUp: a parcel from Boston with the simulated UPS", w.lynkupDelivered},
		{"LynkUp: one that is cancelled", w.lynkupCancelled},
		{"LynkUp: one whose carrier hangs in mid-booking", w.lynkupHangs},
		{"Shiptheory: a parcel from Bath to Bristol with a house courier", w.shiptheoryDelivered},
		{"Shiptheory: it comes back with a return label", w.shiptheoryReturned},
		{"Peddler: two at once to Amsterdam with bike couriers of ours", w.peddlerDelivered},
		{"EPGL: a shipment that somebody else carries is declared and invoiced", w.epglDeclared},
		{"Shiplee: an order is rated, booked from the wallet and delivered with the simulated Delhivery", w.shipleeDelivered},
		{"Shiplee: it is fetched back from the buyer", w.shipleeReturned},
		{"Shiplee: one that is cancelled and refunded, and the wallet's statement", w.shipleeCancelled},
		{"One engine: the Shiptheory parcel seen through LynkUp", w.crossed},
	} {
		w.title(step.title)
		if err := step.do(); err != nil {
			return fmt.Errorf("%s: %w", strings.ToLower(step.title), err)
		}
	}
	w.title("Done")
	w.line("took", "%v", time.Since(began).Round(10*time.Millisecond))
	w.line("labels", "%s", w.out)
	return nil
}

func (w *walk) say(text string) { _, _ = io.WriteString(w.to, text+"\n") }

// title begins a part.
func (w *walk) title(text string) { w.say("\n" + w.paint(bold, text)) }

// line tells one thing under its name.
func (w *walk) line(name, format string, args ...any) {
	w.say("  " + w.paint(faint, fmt.Sprintf("%-10s", name)) + " " + fmt.Sprintf(format, args...))
}

// The few codes of ECMA-48 that the demo uses.
const (
	bold  = "1"
	faint = "2"
)

func (w *walk) paint(code, text string) string {
	if !w.colour {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// hints tells a person how to go on by hand.
func (w *walk) hints() {
	data := ""
	if w.app.Config.Data != Defaults().Data {
		data = "--data " + w.app.Config.Data + " "
	}
	curl := "curl -s"
	if w.app.Config.TLS.Local {
		curl += " --cacert " + w.app.Config.authorityPath()
	}
	w.title("It stays up until you press Ctrl-C. Try it:")
	w.say("\n  " + w.paint(bold, "Waybill's own API at "+w.base+"/api/v1") + "   to read and to try: " + w.base + "/docs")
	w.say("    KEY=" + DemoKey)
	w.say("    " + curl + ` -H "Authorization: Bearer $KEY" ` + w.base + "/api/v1/shipments/" + w.reference("n") + "/decision")
	for _, api := range []struct{ title, who, token, call string }{
		{
			"LynkUp at " + w.base + "/lynkup", "client " + DemoClient + ", secret " + DemoSecret,
			fmt.Sprintf(`%s -u %s:%s -d grant_type=client_credentials %s%s | sed 's/.*"access_token":"\([^"]*\)".*/\1/'`,
				curl, DemoClient, DemoSecret, w.base, lynkupTokenPath),
			w.base + "/lynkup/shipments/" + w.reference("l"),
		},
		{
			"Peddler at " + w.base + "/peddler", "CARRIER_ID " + DemoCarrier + ", client " + DemoClient + ", secret " + DemoSecret,
			fmt.Sprintf(`%s -d grant_type=client_credentials -d client_id=%s -d client_secret=%s -d 'scope=DEFAULT authenticated %s' %s%s | sed 's/.*"access_token":"\([^"]*\)".*/\1/'`,
				curl, DemoClient, DemoSecret, DemoCarrier, w.base, peddlerTokenPath),
			"'" + w.base + peddlerCall("getShipmentStatuses") + "?trackingNumbers=" + w.bike + "'",
		},
		{
			"EPGL at " + w.base + "/epgl", "client " + DemoClient + ", secret " + DemoSecret,
			fmt.Sprintf(`%s -H 'Content-Type: application/json' -d '{"clientId":"%s","clientSecret":"%s"}' %s%s | sed 's/.*"accessToken":"\([^"]*\)".*/\1/'`,
				curl, DemoClient, DemoSecret, w.base, epglTokenPath),
			"-H 'Content-Type: application/json' -d '" + w.declaration() + "' " + w.base + "/epgl/api/v1/shipment/create",
		},
		{
			"Shiplee at " + w.base + "/shiplee", "user " + DemoEmail + ", API key " + DemoAPIKey + fmt.Sprintf(", warehouse %d", DemoWarehouse),
			fmt.Sprintf(`%s -H 'Content-Type: application/json' -d '{"username":"%s","apikey":"%s"}' %s%s | sed 's/.*"token":"\([^"]*\)".*/\1/'`,
				curl, DemoEmail, DemoAPIKey, w.base, shipleeTokenPath),
			"'" + w.base + "/shiplee/track_shipment?awb=" + w.awb + "'",
		},
		{
			"Shiptheory at " + w.base + "/shiptheory", "user " + DemoEmail + ", password " + DemoPassword,
			fmt.Sprintf(`%s -H 'Content-Type: application/json' -d '{"email":"%s","password":"%s"}' %s%s | sed 's/.*"token":"\([^"]*\)".*/\1/'`,
				curl, DemoEmail, DemoPassword, w.base, shiptheoryTokenPath),
			w.base + "/shiptheory/v1/shipments/" + w.reference("s"),
		},
	} {
		w.say("\n  " + w.paint(bold, api.title) + "   " + api.who)
		w.say("    TOKEN=$(" + api.token + ")")
		w.say("    " + curl + ` -H "Authorization: Bearer $TOKEN" ` + api.call)
	}
	w.say("\n  " + w.paint(bold, "Command line"))
	w.say("    waybill " + data + "shipment why " + w.reference("l"))
	w.say("    waybill " + data + "shipments history " + w.reference("h"))
	w.say("    waybill " + data + "rate --from GB-BATH --to-postcode 'BS1 5LN' --to-city Bristol --to-country GB --weight 1.2kg")
	w.say("    waybill " + data + "shipments bristol")
	w.say("\n  " + w.paint(bold, "The simulated UPS") + "   " + w.app.simBase("ups") + "/_sim/state")
}

// simBase is the address of a simulator beside us.
func (a *App) simBase(name string) string {
	base, err := a.sims.Base(name)
	if err != nil {
		a.log.Error("a simulator does not start", "carrier", name, "error", err)
	}
	return base
}

// told is how an event of a booking in doubt is told.
var told = map[waybill.EventKind]string{
	waybill.ShipmentUnsettled: "reserve: the intent is written before the carrier is called",
	waybill.PurchaseUnsure:    "unsure: no answer came, so nothing is repeated",
	waybill.ShipmentBooked:    "lookup: the carrier is asked by our key, and knows it",
	waybill.PurchaseSettled:   "one label",
}
