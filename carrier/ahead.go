package carrier

import (
	"context"

	"waybill"
)

// Numbers asks the carrier for n tracking numbers ahead of booking; it may give fewer, but not none.
func (c *Carrier) Numbers(ctx context.Context, n int) ([]string, error) {
	numberer, ok := c.adapter.(Numberer)
	if !ok {
		return nil, c.lacks("numbers", Numbering)
	}
	numbers, err := effect(ctx, c, "numbers", func(ctx context.Context) ([]string, error) { return numberer.Numbers(ctx, n) })
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, number := range numbers {
		if number == "" || seen[number] {
			return nil, c.broken("numbers", false, "an empty number, or one twice")
		}
		seen[number] = true
	}
	if len(numbers) == 0 || len(numbers) > n {
		return nil, c.broken("numbers", false, "%d numbers where %d were asked for", len(numbers), n)
	}
	return numbers, nil
}

// Register takes a place into the carrier's books and answers the name it is known by there.
func (c *Carrier) Register(ctx context.Context, r RegisterRequest) (string, error) {
	registrar, ok := c.adapter.(Registrar)
	if !ok {
		return "", c.lacks("register", Registers)
	}
	fields := checkParty("location", waybill.Party{Address: r.Location.Address})
	if r.Name == "" {
		fields = append(fields, required("name", "a place needs a name"))
	}
	if err := c.refuse("register", fields); err != nil {
		return "", err
	}
	alias, err := effect(ctx, c, "register", func(ctx context.Context) (string, error) { return registrar.Register(ctx, r) })
	if err == nil && alias == "" {
		return "", c.broken("register", false, "no name for the place")
	}
	return alias, err
}

// Edit tells the carrier what has changed of a booked shipment. It may be repeated.
func (c *Carrier) Edit(ctx context.Context, r EditRequest) error {
	editor, ok := c.adapter.(Editor)
	if !ok {
		return c.lacks("edit", Edits)
	}
	if err := c.refuse("edit", checkShipment(r.Shipment)); err != nil {
		return err
	}
	_, err := effect(about(ctx, r.Key, r.Shipment.ID), c, "edit", func(ctx context.Context) (struct{}, error) { return struct{}{}, editor.Edit(ctx, r) })
	return err
}

// Redeliver tells the carrier to try again.
func (c *Carrier) Redeliver(ctx context.Context, r RedeliverRequest) error {
	redeliverer, ok := c.adapter.(Redeliverer)
	if !ok {
		return c.lacks("redeliver", Redelivers)
	}
	if len(r.Numbers) == 0 {
		return c.refuse("redeliver", []waybill.FieldError{required("numbers", "nothing names the parcel")})
	}
	_, err := effect(ctx, c, "redeliver", func(ctx context.Context) (struct{}, error) {
		return struct{}{}, redeliverer.Redeliver(ctx, r)
	})
	return err
}
