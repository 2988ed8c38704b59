package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"waybill/app"
)

type simCmd struct {
	Listen string `help:"Address; each simulator is served under its carrier's name." default:"127.0.0.1:8090" env:"WAYBILL_SIM_LISTEN" placeholder:"HOST:PORT"`
	State  string `help:"Folder to remember bookings in; default: forget." env:"WAYBILL_SIM_STATE" placeholder:"DIR"`
}

// Run serves the simulators, and tells what a connection with each must be told.
func (s simCmd) Run() error {
	return app.ServeSimulators(context.Background(), s.Listen, s.State, func(served []app.Simulated) {
		for _, sim := range served {
			fmt.Printf("%-10s %s   control: %s/_sim/state\n", sim.Name, sim.Base, sim.Base)
			var told []string
			for _, name := range slices.Sorted(maps.Keys(sim.Settings)) {
				told = append(told, "--set "+shellWord(name+"="+sim.Settings[name]))
			}
			for _, name := range slices.Sorted(maps.Keys(sim.Secrets)) {
				told = append(told, "--secret-env "+name+"=SECRET")
				fmt.Printf("  export SECRET=%s\n", sim.Secrets[name])
			}
			fmt.Printf("  waybill connection add %s --carrier %s --name %s --mode simulator --base %s %s\n",
				sim.Name, sim.Name, strings.ToUpper(sim.Name), sim.Base, strings.Join(told, " "))
		}
	})
}

// shellWord is a word as a shell takes it for one.
func shellWord(word string) string {
	if strings.ContainsAny(word, " '\"$&;|<>()*?#~`\\") {
		return "'" + strings.ReplaceAll(word, "'", `'\\''`) + "'"
	}
	return word
}
