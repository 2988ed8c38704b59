package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"waybill"
	"waybill/app"
	"waybill/client"
)

type labelCmd struct {
	Reference []string `arg:"" help:"References or ids of shipments."`
	Out       string   `short:"o" help:"File to write: one for all; - for standard output (default: REFERENCE.FORMAT, or labels.FORMAT)." placeholder:"FILE"`
	Format    string   `help:"Format (default: what the file's name ends in, else pdf)." enum:"pdf,png,zpl," default:"" placeholder:"pdf|png|zpl"`
	DPI       string   `help:"Print head." enum:"203,300," default:"" placeholder:"203|300"`
}

// Run writes labels to a file.
func (l labelCmd) Run(c *cli) error {
	l.Format = cmp.Or(l.Format, formatOf(l.Out), "pdf")
	if l.Format == "png" && len(l.Reference) > 1 {
		return errUsage("several labels do not go into one picture: ask for pdf or zpl")
	}
	return c.api(func(ctx context.Context, api *client.Client) error {
		data, err := l.joined(ctx, api)
		if err != nil {
			return err
		}
		if l.Out == "-" {
			_, err = os.Stdout.Write(data)
			return err
		}
		if l.Out == "" {
			l.Out = "labels." + l.Format
			if len(l.Reference) == 1 {
				l.Out = fileName(l.Reference[0]) + "." + l.Format
			}
		}
		if err := os.WriteFile(l.Out, data, 0o600); err != nil {
			return err
		}
		return c.print(map[string]any{"file": l.Out, "shipments": len(l.Reference)}, table{text: l.Out})
	})
}

// formatOf is the format of labels that a file's name ends in; empty: in none.
func formatOf(file string) string {
	switch end := strings.ToLower(strings.TrimPrefix(filepath.Ext(file), ".")); end {
	case "pdf", "png", "zpl":
		return end
	}
	return ""
}

func joined(words ...string) string {
	text := ""
	for _, word := range words {
		if word != "" && word != "none" {
			text += " " + word
		}
	}
	return fmt.Sprint(text[min(1, len(text)):])
}

// joined is the labels of all, one behind the other.
func (l labelCmd) joined(ctx context.Context, api *client.Client) ([]byte, error) {
	printed, returns := true, true
	bar := newProgress(len(l.Reference), "fetched")
	var files [][]byte
	for _, ref := range l.Reference {
		file, err := api.GetLabel(ctx, ref, client.GetLabelParams{Format: l.Format, DPI: l.DPI, Printed: &printed, Returns: &returns})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", ref, err)
		}
		files = append(files, file.Data)
		if len(l.Reference) > 1 {
			bar.step(true)
		}
	}
	if len(files) == 1 {
		return files[0], nil
	}
	bar.end()
	return app.JoinLabels(waybill.LabelFormat(l.Format), files)
}
