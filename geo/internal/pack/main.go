// Command pack makes the embedded table of postal codes from a text file: any that geo.Load reads, such
// as a CSV of country, postcode, place, state, lat and lng, or a GeoNames download.
//
//	go run ./geo/internal/pack -in postal-centroids.csv.gz -out geo/postal.bin -date 2026-11-21
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"

	"waybill/geo"
)

func main() {
	in := flag.String("in", "", "text file of postal codes, gzip or plain")
	out := flag.String("out", "", "packed table to write")
	date := flag.String("date", "", "day the data was taken from its source (2006-01-02), if the file does not say")
	flag.Parse()
	if err := pack(*in, *out, *date); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}

// pack reads the one and writes the other; a failure leaves the old file as it was.
func pack(in, out, date string) error {
	source, err := os.Open(in)
	if err != nil {
		return err
	}
	defer source.Close()
	t, err := geo.Load(source)
	if err != nil {
		return err
	}
	if t.Date == "" {
		t.Date = date
	}
	if t.Attribution == "" {
		t.Attribution = geo.Attribution
	}
	packed, err := os.Create(out + ".new")
	if err != nil {
		return err
	}
	size, err := t.WriteTo(packed)
	if closing := packed.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(out+".new", out)
	}
	if err != nil {
		return errors.Join(err, os.Remove(out+".new"))
	}
	fmt.Printf("%s: %s, %d bytes\n", out, t, size)
	return nil
}
