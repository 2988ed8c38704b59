package carrier

import (
	"context"
	"fmt"
	"time"

	"waybill"
)

// Manifest closes the list of what leaves a place on a day, and must never be called twice with one key: after an Unsure
// error ask FindManifest. The closing has the carrier's number, and papers that are what they claim to be; one without
// is Unsure, since the list was probably taken.
func (c *Carrier) Manifest(ctx context.Context, r ManifestRequest) (Closing, error) {
	manifester, ok := c.adapter.(Manifester)
	if !ok {
		return Closing{}, c.lacks("manifest", Manifests)
	}
	fields := checkParty("at", r.At)
	if r.Key == "" {
		fields = append(fields, required("key", "a manifest needs a key to be known by"))
	}
	if _, err := time.Parse(time.DateOnly, r.Day); err != nil {
		fields = append(fields, waybill.FieldError{Path: "ship_date", Rule: waybill.RuleFormat, Value: r.Day, Message: "the ship date is a day, such as 2027-01-11"})
	}
	if len(r.Lines) == 0 {
		fields = append(fields, required("shipments", "a manifest needs at least one shipment"))
	}
	for i, line := range r.Lines {
		if line.CarrierID == "" && len(line.Numbers) == 0 {
			fields = append(fields, required(fmt.Sprintf("shipments.%d.tracking_number", i), "the carrier knows no shipment without a number"))
		}
	}
	if err := c.refuse("manifest", fields); err != nil {
		return Closing{}, err
	}
	closing, err := effect(about(ctx, r.Key, ""), c, "manifest", func(ctx context.Context) (Closing, error) {
		return heard(c, "manifest", r.At, func() (Closing, error) { return manifester.Manifest(ctx, r) })
	})
	if err != nil {
		return Closing{}, discreet(err, r.At)
	}
	return c.closed("manifest", true, closing)
}

// FindManifest tells whether a list with our key was closed: the closing, or code NotFound when it surely was not. Any
// other error means "not known yet".
func (c *Carrier) FindManifest(ctx context.Context, r FindManifestRequest) (Closing, error) {
	finder, ok := c.adapter.(ManifestFinder)
	if !ok {
		return Closing{}, c.lacks("find_manifest", FindsLists)
	}
	if r.Key == "" {
		return Closing{}, c.refuse("find_manifest", []waybill.FieldError{required("key", "no key to look for")})
	}
	ctx, cancel := bounded(ctx, readTime)
	defer cancel()
	closing, err := witnessed(about(ctx, r.Key, ""), c, "find_manifest", func(ctx context.Context) (Closing, error) {
		return guard(c, c.driver.Name+".find_manifest", false, func() (Closing, error) { return finder.FindManifest(ctx, r) })
	})
	if err != nil {
		return Closing{}, err
	}
	return c.closed("find_manifest", false, closing)
}

// closed holds a closing against what each promises.
func (c *Carrier) closed(verb string, effectful bool, closing Closing) (Closing, error) {
	if closing.ID == "" {
		return Closing{}, c.broken(verb, effectful, "a manifest without a number")
	}
	for _, paper := range closing.Documents {
		if got := Sniff(paper.Data); got != paper.Format {
			return Closing{}, c.broken(verb, effectful, "a manifest claims to be %s and is %q", paper.Format, got)
		}
	}
	return closing, nil
}
