package app

import (
	"os"
	"runtime/debug"
)

// garbage is how much may lie about before it is collected, in percent of what is in use. A request leaves a
// lot behind and keeps nothing, and in use is little: some twelve megabytes on a small installation.
const garbage = 300

// collectLess lets garbage lie about, unless the environment says how much may (GOGC, GOMEMLIMIT).
func collectLess() {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(garbage)
	}
}
