package app

import (
	"log/slog"
)

// Reload reads the configuration anew and takes over what may change while the program runs: log level,
// hosts, root, public URL, trusted proxies, limits, TLS files. What is wrong changes nothing; what takes a
// restart is named in the log.
func (a *App) Reload() error {
	if a.Config.Again == nil {
		return nil
	}
	fresh, err := a.Config.Again()
	if err != nil {
		return err
	}
	if err := fresh.Validate(); err != nil {
		return err
	}
	before := a.settings()
	next := before.taken(fresh)
	if next.Scheme() != before.Scheme() {
		next.TLS = before.TLS // an open listener speaks TLS or does not
		a.log.Warn("this takes a restart", "settings", []string{"tls"})
	}
	if err := a.renew(next); err != nil {
		return err
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(next.Log.Level)); err != nil {
		return err
	}
	a.level.Set(level)
	a.now.Store(&next)
	a.Server.Reroute(next.routing())
	if next.Limits != before.Limits {
		for _, d := range a.doors {
			d.limit(next.Limits)
		}
	}
	if names := a.Config.restartFor(fresh); len(names) > 0 {
		a.log.Warn("this takes a restart", "settings", names)
	}
	a.log.Info("settings read anew")
	return nil
}

// renew shows the certificate of a configuration from now on.
func (a *App) renew(c Config) error {
	certificate, err := a.certificate(c)
	if err == nil && certificate != nil {
		a.cert.Store(certificate)
	}
	return err
}
