package label

import (
	"fmt"

	"waybill"
)

// Lengths are in tenths of a millimetre, type sizes in tenths of a point. The label is 4x6 inches; the
// columns are those of all blocks: captions, text, and on the right facts and 2D code.
const (
	sheetWidth  = 1016
	sheetHeight = 1524
	margin      = 35
	left        = margin
	right       = sheetWidth - margin
	indent      = left + 120 // text beside its caption
	column      = 708        // the right column
	gap         = 18         // between a rule and what is beside it

	sampleHeight       = 90
	headHeight         = 112
	fromHeight         = 216
	sortHeight         = 262
	instructionsHeight = 102
	hairline           = 3
	heavy              = 9
)

// composer places the blocks one under another.
type composer struct {
	sheet
	face waybill.Face
	y    int // where the next block begins, in tenths of a millimetre
}

// compose lays a face out: banner, heading, from, to, sort text with the 2D code, instructions, and
// the licence plate at the bottom. What is absent leaves its room to the receiver's address.
func compose(face waybill.Face, dpi int) (*sheet, error) {
	c := &composer{face: tidy(face), y: margin - 5}
	c.dpi = dpi
	c.width, c.height = 4*dpi, 6*dpi
	if err := c.codes(); err != nil {
		return nil, err
	}
	c.banner()
	c.heading()
	c.sender()
	bottom := sheetHeight - c.plateHeight()
	if c.face.Instructions != "" {
		bottom -= instructionsHeight
	}
	c.receiver(bottom - sortHeight)
	c.sorting()
	c.instructions()
	c.licencePlate()
	return &c.sheet, nil
}

// rule ends a block with a line across the label.
func (c *composer) rule(thickness int) {
	c.fill(left, c.y, right-left, thickness)
	c.y += thickness
}

// banner says across the label that it must not travel.
func (c *composer) banner() {
	if c.face.Sample == "" {
		return
	}
	c.fill(left, c.y, right-left, sampleHeight)
	c.writeIn(c.face.Sample, bold, rect{left + 30, c.y + 52, right - left - 60, 0}, text{white: true, centre: true}, 170, 140, 110)
	c.writeIn("NOT VALID FOR CARRIAGE · DO NOT SHIP", bold, rect{left + 30, c.y + 80, right - left - 60, 0},
		text{white: true, centre: true}, 68)
	c.y += sampleHeight + 8
}

// heading is the carrier and the service.
func (c *composer) heading() {
	half := 470
	if c.face.Service == "" {
		half = right - left
	}
	base := c.y + 78
	c.write(c.face.Carrier, bold, left, base, half, 220, 190, 160, 130, 110)
	c.write(c.face.Service, bold, left+half+gap, base, right-left-half-gap, 150, 130, 110, 90)
	c.y += headHeight - heavy
	c.rule(heavy)
}

// sender is who sends, and beside it the facts of the parcel.
func (c *composer) sender() {
	if len(addressLines(c.face.From, false)) > 0 {
		c.caption("FROM", left, c.y+gap, indent-left-10)
	}
	c.address(c.face.From, rect{indent, c.y + gap, column - gap - indent, fromHeight - 2*gap + 6}, false, []int{84, 76}, []int{70, 64})
	const x, width, row, weightWidth = column + gap, right - column - gap, (fromHeight - 2*gap + 20) / 2, 148
	c.fact("SHIP DATE", c.face.ShipDate, x, c.y+gap, width)
	if c.face.Weight.Value != "" {
		c.fact("WEIGHT", string(c.face.Weight.Value)+" "+string(c.face.Weight.Unit), x, c.y+gap+row, weightWidth)
	}
	if c.face.Pieces > 0 {
		c.fact("PIECE", fmt.Sprintf("%d of %d", max(c.face.Piece, 1), c.face.Pieces), x+weightWidth+6, c.y+gap+row, width-weightWidth-6)
	}
	c.fill(column, c.y, hairline, fromHeight)
	c.y += fromHeight
	c.rule(hairline)
}

// fact is a short value under its caption, whose capitals hang from y.
func (c *composer) fact(caption, value string, x, y, width int) {
	if value == "" {
		return
	}
	c.caption(caption, x, y, width)
	c.write(value, bold, x, y+factBase, width, 97, 90, 82, 74, 66)
}

// receiver is the address that all else serves: as large as it can be, down to a given bottom.
func (c *composer) receiver(bottom int) {
	c.fill(left, c.y+gap, 84, 54)
	c.writeIn("TO", bold, rect{left, c.y + gap + 41, 84, 0}, text{white: true, centre: true}, 115)
	c.address(c.face.To, rect{indent, c.y + gap, right - indent, bottom - c.y - 2*gap + 6}, true,
		[]int{150, 138, 126, 116, 106}, []int{98, 90, 82, 74})
	c.y = bottom - heavy
	c.rule(heavy)
}

// sorting is what a person sorts by: the country, the sort text or else the postal code, the
// references, and the 2D code.
func (c *composer) sorting() {
	end := right
	if c.matrix != nil {
		end = column
		c.matrix.place(c.cell(column+hairline, c.y, right-column-hairline, sortHeight-hairline))
		c.fill(column, c.y, hairline, sortHeight-hairline)
	}
	x := left
	if country := c.face.To.Address.Country; country != "" {
		c.fill(left, c.y+gap, 166, 116)
		c.writeIn(country, bold, rect{left + 8, c.y + gap + 89, 150, 0}, text{white: true, centre: true}, 270, 240, 210, 150)
		x += 166 + 22
	}
	sort := c.face.Routing
	if sort == "" {
		sort = c.face.To.Address.Postcode
	}
	c.write(sort, bold, x, c.y+gap+91, end-gap-x, 300, 270, 240, 210, 180, 150, 120)
	c.references(end)
	c.y += sortHeight - hairline
	c.rule(hairline)
}

func (c *composer) references(end int) {
	y := c.y + gap + 116 + 22
	refs := []struct{ caption, value string }{{"REFERENCE", c.face.Reference}, {"REFERENCE 2", c.face.Reference2}}
	width := end - gap - left
	if c.face.Reference != "" && c.face.Reference2 != "" {
		width = (width - gap) / 2
	}
	x := left
	for _, ref := range refs {
		if ref.value != "" {
			c.fact(ref.caption, ref.value, x, y, width)
			x += width + gap
		}
	}
}

// instructions are for whoever delivers: at most two lines.
func (c *composer) instructions() {
	if c.face.Instructions == "" {
		return
	}
	c.caption("NOTE", left, c.y+gap+2, indent-left-10)
	at := c.cell(indent, c.y+gap+22, right-indent, 0)
	for i, l := range wrap(c.face.Instructions, regular, at.w, 2, c.pt(90)) {
		c.put(l, rect{at.x, at.y + i*c.mm(41), at.w, 0}, text{})
	}
	c.y += instructionsHeight - hairline
	c.rule(hairline)
}
