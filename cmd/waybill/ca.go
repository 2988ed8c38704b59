package main

import (
	"os"
)

type caCmd struct {
	Export caExport `cmd:"" help:"Print the local authority's certificate, for clients to trust."`
}

type caExport struct {
	Out   string            `help:"File to write in place of printing." placeholder:"FILE"`
	Hosts map[string]string `help:"Host names to be configured, as for serve." env:"WAYBILL_HOSTS" placeholder:"HOST=DIALECT"`
}

// Run prints the authority's certificate; one is made where there is none yet.
func (e caExport) Run(c *cli) error {
	cfg, err := c.serving(serving{Hosts: e.Hosts})
	if err != nil {
		return err
	}
	if err := cfg.Validate(); err != nil {
		return err
	}
	pem, err := cfg.Authority()
	if err != nil {
		return err
	}
	if e.Out == "" {
		_, err = os.Stdout.Write(pem)
		return err
	}
	return os.WriteFile(e.Out, pem, 0o644)
}
