package shiplee

import (
	"context"
	"net/http"
	"slices"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// usualKind is what a warehouse is called that nobody gave a kind.
const usualKind = "primary"

// decodeWarehouse reads a place that parcels leave from and come back to. It is known by what it is: the same one
// sent again is the one that is there.
func decodeWarehouse(r *dialect.Request) (waybill.Location, error) {
	v, err := document(r)
	if err != nil {
		return waybill.Location{}, err
	}
	l := waybill.Location{
		Name:     v.At("nickname").Required().Text(maxText),
		TimeZone: timeZone,
		Contact:  waybill.Contact{Phone: mobile(v.At("mobileNumber").Required())},
		Address: waybill.Address{
			Street1: v.At("address1").Required().Text(maxText), Street2: v.At("address2").Text(maxText),
			Postcode: pincode(v.At("pincode").Required()), City: v.At("city").Required().Text(maxText),
			State: v.At("state").Required().Text(maxText), Country: india,
		},
		Kind: v.At("addressType").Text(maxText),
	}
	if l.Kind == "" {
		l.Kind = usualKind
	}
	l.Contact.Company = l.Name
	l.ExternalID = "shiplee-" + digest(dialect.Root([]any{
		l.Name, l.Contact.Phone, l.Address.Street1, l.Address.Street2, l.Address.Postcode, l.Address.City, l.Address.State, l.Kind,
	}, false))[:24]
	return l, v.Errors(opAddWarehouse)
}

// addWarehouse makes a location that every connection of the account serves. One that is there is left as it is:
// its connections may have been chosen since.
func addWarehouse(s engine.Session, ctx context.Context, l waybill.Location) (waybill.Location, error) {
	if role := s.Actor.Role; role != waybill.RoleAdmin && role != waybill.RoleDeveloper {
		return l, waybill.E("setup", waybill.ReasonRole, "the role %q may not add a warehouse", role)
	}
	known, err := listWarehouses(s, ctx, struct{}{})
	if err != nil {
		return l, err
	}
	if i := slices.IndexFunc(known, func(k waybill.Location) bool { return k.ExternalID == l.ExternalID }); i >= 0 {
		return known[i], nil
	}
	connections, err := s.ListConnections(ctx)
	if err != nil {
		return l, err
	}
	for _, c := range connections {
		if c.Account == s.Actor.Account || slices.ContainsFunc(c.Lent, func(loan waybill.Loan) bool { return loan.Account == s.Actor.Account }) {
			l.Connections = append(l.Connections, c.ID)
		}
	}
	return s.SaveLocation(ctx, l)
}

// warehouse is a location as this API shows it.
type warehouse struct {
	ID          int64  `json:"id"`
	Nickname    string `json:"nickname"`
	Address1    string `json:"address1"`
	Pincode     string `json:"pincode"`
	City        string `json:"city"`
	State       string `json:"state"`
	AddressType string `json:"addressType"`
}

func warehouseOf(l waybill.Location) warehouse {
	w := warehouse{l.Number, l.Name, l.Address.Street1, l.Address.Postcode, l.Address.City, l.Address.State, l.Kind}
	if w.AddressType == "" {
		w.AddressType = usualKind
	}
	return w
}

type warehoused struct {
	said
	Data warehouse `json:"data"`
}

func encodeWarehouse(_ *dialect.Request, l waybill.Location) dialect.Reply {
	return dialect.JSON(http.StatusCreated, warehoused{said{true, "Warehouse added successfully"}, warehouseOf(l)})
}

func decodeWarehouses(*dialect.Request) (struct{}, error) { return struct{}{}, nil }

// listWarehouses lists the account's own locations, the oldest first.
func listWarehouses(s engine.Session, ctx context.Context, _ struct{}) ([]waybill.Location, error) {
	all, err := s.ListLocations(ctx)
	return slices.DeleteFunc(all, func(l waybill.Location) bool { return l.Account != s.Actor.Account }), err
}

type warehouses struct {
	said
	Data []warehouse `json:"data"`
}

func encodeWarehouses(_ *dialect.Request, list []waybill.Location) dialect.Reply {
	out := warehouses{said{true, "Warehouses retrieved successfully"}, []warehouse{}}
	for _, l := range list {
		out.Data = append(out.Data, warehouseOf(l))
	}
	return dialect.JSON(http.StatusOK, out)
}
