package native

import (
	"context"
	"strings"

	"waybill/engine"
)

// dryRun decides about a shipment, and tells what is wrong with one that is not stored by the paths that it was sent with.
func dryRun(s engine.Session, ctx context.Context, in engine.DryRun) (engine.DryRunResult, error) {
	out, err := s.DryRunRules(ctx, in)
	if in.Shipment == nil {
		return out, err
	}
	return out, repath(err, func(path string) string {
		if strings.HasPrefix(path, "rules[") || path == "version" {
			return path
		}
		return belowShipment(path)
	})
}
