package shiptheory

import (
	"context"
	"net/http"
	"strings"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// finding is a list or search to be made.
type finding struct {
	paging
	query    engine.ShipmentQuery
	nothing  bool // a filter that no shipment can meet
	products bool
	counted  bool
}

// finds is what a list or search found.
type finds struct {
	listed[waybill.Shipment]
	products bool
}

// listSorts are the ways a list of shipments can be sorted; without any the newest comes first.
var listSorts = map[string]string{"created": string(engine.ByCreated), "modified": string(engine.ByUpdated)}

// decodeList reads a list: any filters of a search, dates too, and a page.
func decodeList(r *dialect.Request) (finding, error) {
	v := r.Asked()
	f := finding{paging: decodePaging(v, listSorts), counted: true, products: asksForProducts(v)}
	readFilters(v, &f)
	if from := day(v.At("created_from")); !from.IsZero() {
		f.query.CreatedFrom = from
	}
	if to := day(v.At("created_to")); !to.IsZero() {
		f.query.CreatedTo = lastOf(to)
	}
	return f, v.Errors(opList)
}

// find makes a list or search. A page past the end is an error, the first page never.
func find(s engine.Session, ctx context.Context, f finding) (finds, error) {
	out := finds{listed: listed[waybill.Shipment]{paging: f.paging}, products: f.products}
	if !f.nothing {
		page := engine.Page{
			Limit: f.Limit, Offset: (f.Page - 1) * f.Limit, Order: engine.Order(f.Sort), Ascending: f.Ascending && f.Sort != "",
		}
		if page.Order == "" {
			page.Order = engine.ByCreated
		}
		list, err := s.ListShipments(ctx, engine.ListShipments{Query: f.query, Page: page, Count: f.counted})
		if err != nil {
			return out, err
		}
		out.items, out.total = list.Items, list.Total
	}
	if f.Page > 1 && len(out.items) == 0 {
		return out, waybill.E(opList, waybill.ReasonNoPage, "there is no page %d", f.Page)
	}
	return out, nil
}

func (f finds) shipments() []found {
	list := make([]found, 0, len(f.items))
	for _, s := range f.items {
		list = append(list, foundOf(s, f.products))
	}
	return list
}

func encodeList(_ *dialect.Request, f finds) dialect.Reply {
	return dialect.JSON(http.StatusOK, struct {
		Shipments  []found    `json:"shipments"`
		Pagination pagination `json:"pagination"`
	}{f.shipments(), f.asAsked()})
}

// names are first and last name; a shipment that came in through another API may have a whole name only.
func names(c waybill.Contact) (first, last string) {
	if c.First == "" && c.Last == "" {
		first, last, _ = strings.Cut(c.Name, " ")
		return first, last
	}
	return c.First, c.Last
}
