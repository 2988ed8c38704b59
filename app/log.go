package app

import (
	"log/slog"
	"os"
)

// newLog writes to standard error. The level can change while the program runs.
func newLog(c Log, level *slog.LevelVar) *slog.Logger {
	var l slog.Level
	if l.UnmarshalText([]byte(c.Level)) == nil {
		level.Set(l)
	}
	options := &slog.HandlerOptions{Level: level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, options))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, options))
}
