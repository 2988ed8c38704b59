package app

import (
	"fmt"
	"os"
	"runtime/pprof"
	"syscall"
	"time"
)

func cpuNow() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func profileOn(name string) func() {
	p := os.Getenv("BENCHPROF")
	if p == "" {
		return func() {}
	}
	f, err := os.Create(p + name)
	if err != nil {
		fmt.Println(err)
	}
	pprof.StartCPUProfile(f)
	return func() { pprof.StopCPUProfile(); f.Close() }
}
