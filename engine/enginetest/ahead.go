package enginetest

import (
	"context"
	"fmt"

	"waybill/carrier"
)

// The operations that only "ahead" has.
const (
	OpNumbers  = "numbers"
	OpRegister = "register"
	OpEdit     = "edit"
)

// ahead is the courier as carriers are that hand out numbers before a booking, must know the places they collect
// from, and take changes of what they have.
type ahead struct{ *Courier }

// Numbers hands out numbers that were never handed out.
func (a ahead) Numbers(ctx context.Context, n int) (list []string, err error) {
	err = a.call(ctx, OpNumbers, "", func() error {
		a.mu.Lock()
		defer a.mu.Unlock()
		for range n {
			a.handed++
			list = append(list, fmt.Sprintf("CN%06d", a.handed))
		}
		return nil
	})
	return list, err
}

// Register takes a place under the name proposed.
func (a ahead) Register(ctx context.Context, r carrier.RegisterRequest) (string, error) {
	err := a.call(ctx, OpRegister, r.Name, func() error {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.places = append(a.places, r)
		return nil
	})
	return r.Name, err
}

// Edit takes a change.
func (a ahead) Edit(ctx context.Context, r carrier.EditRequest) error {
	return a.call(ctx, OpEdit, r.Key, func() error {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.edits = append(a.edits, r)
		return nil
	})
}

// Places lists what was registered, oldest first.
func (c *Courier) Places() []carrier.RegisterRequest {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]carrier.RegisterRequest(nil), c.places...)
}

// Edits lists the changes that were taken, oldest first.
func (c *Courier) Edits() []carrier.EditRequest {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]carrier.EditRequest(nil), c.edits...)
}

var (
	_ carrier.Numberer  = ahead{}
	_ carrier.Registrar = ahead{}
	_ carrier.Editor    = ahead{}
)
