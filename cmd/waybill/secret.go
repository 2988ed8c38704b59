package main

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"
)

// secret reads a password or key: from the file named, from the environment variable named, or by asking
// at the terminal. It is never an argument: arguments are seen by everyone on the machine and kept in
// histories.
type secret struct {
	File string `help:"Read it from this file." placeholder:"FILE"`
	Env  string `help:"Read it from this environment variable." placeholder:"VARIABLE"`
	Ask  bool   `help:"Ask for it at the terminal."`
}

// wanted reports whether one was spoken of.
func (s secret) wanted() bool { return s != secret{} }

func (s secret) read(prompt string) (string, error) {
	value, err := s.value(prompt)
	if err == nil && value == "" {
		err = fmt.Errorf("%s: it is empty", prompt)
	}
	return value, err
}

func (s secret) value(prompt string) (string, error) {
	switch {
	case s.File != "":
		data, err := os.ReadFile(s.File)
		return strings.TrimRight(string(data), "\r\n"), err
	case s.Env != "":
		value, ok := os.LookupEnv(s.Env)
		if !ok {
			return "", fmt.Errorf("%s: the environment variable %s is not set", prompt, s.Env)
		}
		return value, nil
	}
	return promptFor(prompt)
}

func promptFor(prompt string) (string, error) {
	terminal := int(os.Stdin.Fd())
	if !term.IsTerminal(terminal) {
		return "", fmt.Errorf("%s: give it by a file or an environment variable; there is no terminal to ask at", prompt)
	}
	fmt.Fprintf(os.Stderr, "%s: ", prompt)
	data, err := term.ReadPassword(terminal)
	fmt.Fprintln(os.Stderr)
	return string(data), err
}
