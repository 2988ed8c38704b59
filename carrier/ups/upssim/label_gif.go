package upssim

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"sync"

	"github.com/boombuler/barcode/code128"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// A UPS GIF lies on its side: 1400 by 800 dots at 200 dots an inch, the label's top at the left, and the last inch at
// the right empty (the stock was once 4 by 7 inches). Whoever prints it turns it a quarter clockwise.
const (
	gifWidth  = 1400
	gifHeight = 800
)

// greys is the palette: few enough to compress well, enough for smooth letters.
var greys = color.Palette{color.Gray{0xff}, color.Gray{0x00}, color.Gray{0x55}, color.Gray{0xaa}}

var fonts = sync.OnceValues(func() ([2]*opentype.Font, error) {
	regular, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return [2]*opentype.Font{}, err
	}
	bold, err := opentype.Parse(gobold.TTF)
	return [2]*opentype.Font{regular, bold}, err
})

// drawGIF draws the marks upright, turns them a quarter counter-clockwise and encodes them.
func drawGIF(marks []mark) ([]byte, error) {
	c := &canvas{image.NewGray(image.Rect(0, 0, labelWidth, labelHeight))}
	for i := range c.Pix {
		c.Pix[i] = 0xff
	}
	for _, m := range marks {
		if err := c.draw(m); err != nil {
			return nil, fmt.Errorf("draw label: %w", err)
		}
	}
	side := image.NewPaletted(image.Rect(0, 0, gifWidth, gifHeight), greys)
	for y := range labelHeight {
		for x, grey := range c.Pix[y*c.Stride : y*c.Stride+labelWidth] {
			if grey != 0xff { // white is the palette's first
				side.Pix[(labelWidth-1-x)*side.Stride+y] = shade(grey)
			}
		}
	}
	var out bytes.Buffer
	if err := gif.Encode(&out, side, &gif.Options{NumColors: len(greys)}); err != nil {
		return nil, fmt.Errorf("draw label: %w", err)
	}
	return out.Bytes(), nil
}

// shade finds the nearest of the four greys.
func shade(grey uint8) uint8 {
	switch {
	case grey > 0xd4:
		return 0
	case grey > 0x7f:
		return 3
	case grey > 0x2a:
		return 2
	}
	return 1
}

type canvas struct{ *image.Gray }

func (c *canvas) draw(m mark) error {
	switch m.kind {
	case markText:
		return c.text(m, image.Black)
	case markBanner:
		c.fill(m.x, m.y, m.w, m.h)
		middle := m
		middle.y = m.y + m.h/2 + m.size*36/100
		face, err := c.face(m)
		if err != nil {
			return err
		}
		middle.x = m.x + (m.w-font.MeasureString(face, m.text).Ceil())/2
		middle.w = 0
		return c.text(middle, image.White)
	case markRule:
		c.fill(m.x, m.y, m.w, m.h)
	case markCode128:
		return c.bars(m)
	case markMaxiCode:
		c.maxi(m)
	}
	return nil
}

// fill blackens a box.
func (c *canvas) fill(x, y, w, h int) {
	box := image.Rect(x, y, x+w, y+h).Intersect(c.Rect)
	for row := box.Min.Y; row < box.Max.Y; row++ {
		clear(c.Pix[row*c.Stride+box.Min.X : row*c.Stride+box.Max.X])
	}
}

func (c *canvas) face(m mark) (font.Face, error) {
	both, err := fonts()
	if err != nil {
		return nil, err
	}
	f := both[0]
	if m.bold {
		f = both[1]
	}
	return opentype.NewFace(f, &opentype.FaceOptions{Size: float64(m.size), DPI: 72, Hinting: font.HintingFull})
}

// text sets one line, smaller if it is wider than its mark allows.
func (c *canvas) text(m mark, ink image.Image) error {
	face, err := c.face(m)
	if err != nil {
		return err
	}
	width := font.MeasureString(face, m.text).Ceil()
	for m.w > 0 && width > m.w && m.size > 10 {
		m.size--
		if face, err = c.face(m); err != nil {
			return err
		}
		width = font.MeasureString(face, m.text).Ceil()
	}
	if m.right {
		m.x -= width
	}
	(&font.Drawer{Dst: c, Src: ink, Face: face, Dot: fixed.P(m.x, m.y)}).DrawString(m.text)
	return nil
}

// bars draws a Code 128 symbol of three-dot modules; x below zero means in the middle.
func (c *canvas) bars(m mark) error {
	const module = 3
	symbol, err := code128.Encode(m.text)
	if err != nil {
		return err
	}
	n := symbol.Bounds().Dx()
	if m.x < 0 {
		m.x = (labelWidth - n*module) / 2
	}
	for i := range n {
		if r, _, _, _ := symbol.At(i, 0).RGBA(); r == 0 {
			c.fill(m.x+i*module, m.y, module, m.h)
		}
	}
	return nil
}

// maxi draws what looks like a MaxiCode, bull's-eye and all, and says nothing: the simulator has no encoder for it,
// and nobody may sort a sample by it.
func (c *canvas) maxi(m mark) {
	noise := sha256.Sum256([]byte(m.text))
	cx, cy := m.x+m.w/2, m.y+m.h/2
	for row := range 33 {
		for col := range 30 - row%2 {
			x := m.x + col*m.w/30 + row%2*m.w/60
			y := m.y + row*m.h/33
			if dx, dy := x+3-cx, y+3-cy; dx*dx+dy*dy < 34*34 {
				continue
			}
			if bit := row*30 + col; noise[bit/8%32]>>(bit%8)&1 == uint8(row*7/11+col*5/3)&1 {
				c.fill(x+1, y, 4, 1)
				c.fill(x, y+1, 6, 3)
				c.fill(x+1, y+4, 4, 1)
			}
		}
	}
	for y := -30; y <= 30; y++ {
		for x := -30; x <= 30; x++ {
			d := x*x + y*y
			if d < 6*6 || d >= 11*11 && d < 17*17 || d >= 22*22 && d < 28*28 {
				continue
			}
			c.SetGray(cx+x, cy+y, color.Gray{0xff})
		}
	}
	for _, ring := range [][2]int{{11, 17}, {22, 28}, {0, 5}} {
		c.ring(cx, cy, ring[0], ring[1])
	}
}

func (c *canvas) ring(cx, cy, inner, outer int) {
	for y := -outer; y <= outer; y++ {
		for x := -outer; x <= outer; x++ {
			if d := x*x + y*y; d >= inner*inner && d < outer*outer {
				c.SetGray(cx+x, cy+y, color.Gray{})
			}
		}
	}
}
