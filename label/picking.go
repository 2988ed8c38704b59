package label

import (
	"fmt"
	"strconv"

	"waybill"
)

// The picking list is on A4, upright. Lengths are in tenths of a millimetre; the columns are the tick
// box, the quantity, the SKU and the name.
const (
	listWidth    = 2100
	listHeight   = 2970
	listDPI      = 300
	listLeft     = 150
	listRight    = listWidth - 150
	quantityAt   = 212
	quantityEnd  = 330
	skuAt        = 400
	nameAt       = 830
	itemHeight   = 76
	headerHeight = 118 // of a shipment
	listBottom   = listHeight - 210
	tickSide     = 42
)

// pickingList is a list in the making: pages of which the last is being written at y.
type pickingList struct {
	title   string
	summary string
	pages   []*sheet
	y       int
}

// PickingList is a PDF for a person who collects the items of shipments from the shelves: A4, one block
// a shipment with its reference and receiver, one line an item with a box to tick, quantity, SKU and
// name. A shipment whose block breaks is named again on the next page.
func PickingList(title string, shipments []waybill.Shipment) ([]byte, error) {
	if len(shipments) == 0 {
		return nil, waybill.E("label.picking", waybill.ReasonUnknownShipment, "there are no shipments to pick")
	}
	pages := layList(title, shipments)
	p := newPDF(listDPI, pages[0].width, pages[0].height, clean(title))
	for _, page := range pages {
		if err := p.draw(page); err != nil {
			return nil, err
		}
	}
	return p.bytes()
}

// layList composes the pages.
func layList(title string, shipments []waybill.Shipment) []*sheet {
	l := &pickingList{title: clean(title), summary: summary(shipments)}
	l.turn()
	for _, s := range shipments {
		l.shipment(s)
	}
	for i, page := range l.pages {
		page.write(fmt.Sprintf("Page %d of %d", i+1, len(l.pages)), regular, listLeft, listHeight-120, listRight-listLeft, 80)
	}
	return l.pages
}

// summary counts what there is to fetch.
func summary(shipments []waybill.Shipment) string {
	lines, pieces := 0, 0
	for _, s := range shipments {
		lines += len(s.Items)
		for _, item := range s.Items {
			pieces += item.Quantity
		}
	}
	return count(len(shipments), "shipment") + " · " + count(lines, "line") + " · " + count(pieces, "piece")
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// page is the one being written.
func (l *pickingList) page() *sheet { return l.pages[len(l.pages)-1] }

// turn begins a page: title, summary and the columns' names.
func (l *pickingList) turn() {
	p := &sheet{dpi: listDPI}
	p.width, p.height = p.mm(listWidth), p.mm(listHeight)
	l.pages = append(l.pages, p)
	p.write(l.title, bold, listLeft, 215, 1250, 190, 160, 130, 110)
	p.write(l.summary, regular, 1420, 215, listRight-1420, 90, 80, 70)
	p.fill(listLeft, 240, listRight-listLeft, heavy)
	p.caption("DONE", listLeft, 268, quantityAt-listLeft)
	p.caption("QTY", quantityEnd-62, 268, 62+gap)
	p.caption("SKU", skuAt, 268, nameAt-skuAt)
	p.caption("ITEM", nameAt, 268, listRight-nameAt)
	p.fill(listLeft, 300, listRight-listLeft, hairline)
	l.y = 312
}

// shipment writes one block; its heading never stands alone at the foot of a page.
func (l *pickingList) shipment(s waybill.Shipment) {
	if l.y+headerHeight+itemHeight > listBottom {
		l.turn()
	}
	l.heading(s, "")
	for _, item := range s.Items {
		if l.y+itemHeight > listBottom {
			l.turn()
			l.heading(s, " (continued)")
		}
		l.item(item)
	}
	if len(s.Items) == 0 {
		l.page().write("No items were named for this shipment.", regular, skuAt, l.y+50, listRight-skuAt, 95)
		l.y += itemHeight
	}
	l.page().fill(listLeft, l.y+4, listRight-listLeft, hairline)
	l.y += 16
}

// heading names the shipment and who gets it.
func (l *pickingList) heading(s waybill.Shipment, more string) {
	p := l.page()
	reference := clean(s.Reference)
	if reference == "" {
		reference = "#" + strconv.FormatInt(s.Number, 10)
	}
	p.write(reference+more, bold, listLeft, l.y+70, nameAt-listLeft-gap, 125, 110, 95, 80)
	to := clean(s.To.Contact.FullName())
	if town := clean(s.To.Address.City); town != "" {
		to += ", " + town
	}
	if country := countryName(clean(s.To.Address.Country)); country != "" {
		to += ", " + country
	}
	p.write(to, regular, nameAt, l.y+70, listRight-nameAt, 95, 85)
	l.y += headerHeight
}

// item writes one line with its box.
func (l *pickingList) item(item waybill.Item) {
	p := l.page()
	base := l.y + 50
	p.frame(listLeft+8, base-tickSide+6, tickSide)
	end := p.mm(quantityEnd)
	quantity := fit(strconv.Itoa(item.Quantity), bold, end-p.mm(quantityAt), p.pt(110), p.pt(90), p.pt(70))
	p.put(quantity, rect{end - quantity.width, p.mm(base), quantity.width, 0}, text{})
	p.write(clean(item.SKU), regular, skuAt, base, nameAt-skuAt-gap, 100, 90, 80)
	name := item.Title
	if name == "" {
		name = item.Commodity.Description
	}
	p.write(clean(name), regular, nameAt, base, listRight-nameAt, 100, 90, 80)
	l.y += itemHeight
}

// frame is an empty square.
func (s *sheet) frame(x, y, side int) {
	const line = 4
	s.fill(x, y, side, line)
	s.fill(x, y+side-line, side, line)
	s.fill(x, y, line, side)
	s.fill(x+side-line, y, line, side)
}
