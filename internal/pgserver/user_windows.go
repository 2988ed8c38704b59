package pgserver

import "syscall"

// unprivileged has nothing to do: no server is started on Windows.
func unprivileged(string) (*syscall.SysProcAttr, error) { return nil, nil }
