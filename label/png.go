package label

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"sync"
)

// writePNG paints a sheet: codes and rules in black dots, letters in four grey levels.
func writePNG(s *sheet) ([]byte, error) {
	c := newCanvas(s.width, s.height)
	defer c.free()
	if err := c.paint(s); err != nil {
		return nil, err
	}
	return encodePNG(c, s.dpi), nil
}

func (c *canvas) paint(s *sheet) error {
	for _, r := range s.fills {
		c.fill(r)
	}
	for _, t := range s.texts {
		c.text(t.line, t.x, t.base, t.white)
	}
	for _, r := range s.plate.fills() {
		c.fill(r)
	}
	if s.matrix == nil {
		return nil
	}
	modules, err := s.matrix.fills()
	for _, r := range modules {
		c.fill(r)
	}
	return err
}

// deflaters are costly to make.
var deflaters = sync.Pool{New: func() any {
	z, _ := zlib.NewWriterLevel(nil, zlib.BestSpeed) // the level is valid
	return z
}}

// encodePNG writes a canvas as a greyscale PNG of two bits a dot that says its resolution, so that
// viewers and print drivers know the label's true size. The standard library's encoder writes no
// resolution and takes several times as long: it does not know that most rows repeat the one above.
func encodePNG(c *canvas, dpi int) []byte {
	out := bytes.NewBuffer(make([]byte, 0, 48<<10))
	out.WriteString("\x89PNG\r\n\x1a\n")
	header := binary.BigEndian.AppendUint32(nil, uint32(c.width))
	header = binary.BigEndian.AppendUint32(header, uint32(c.height))
	chunk(out, "IHDR", append(header, 2, 0, 0, 0, 0)) // two bits, grey
	perMetre := uint32((dpi*10000 + 127) / 254)
	physical := binary.BigEndian.AppendUint32(nil, perMetre)
	physical = binary.BigEndian.AppendUint32(physical, perMetre)
	chunk(out, "pHYs", append(physical, 1))
	var data bytes.Buffer
	z := deflaters.Get().(*zlib.Writer)
	defer deflaters.Put(z)
	z.Reset(&data)
	packed := make([]byte, 1+(c.width+3)/4)
	same := make([]byte, len(packed))
	same[0] = 2 // filter "up": nothing differs from the row above
	for y := range c.height {
		row := c.row(y)
		if y > 0 && bytes.Equal(row, c.row(y-1)) {
			z.Write(same)
			continue
		}
		pack(packed[1:], row)
		z.Write(packed)
	}
	z.Close() // writes to memory do not fail
	chunk(out, "IDAT", data.Bytes())
	chunk(out, "IEND", nil)
	return out.Bytes()
}

// pack makes two bits of each dot, 3 for white. Four dots together are nearly always all white or all
// black.
func pack(dst, ink []byte) {
	for i := range dst {
		four := ink[4*i : min(4*i+4, len(ink))]
		if len(four) == 4 {
			switch binary.LittleEndian.Uint32(four) {
			case 0:
				dst[i] = 0xff
				continue
			case 0xffffffff:
				dst[i] = 0
				continue
			}
		}
		packed := byte(0xff)
		for x, v := range four {
			packed &^= (v/85 + v%85/43) << (6 - 2*x) // rounded
		}
		dst[i] = packed
	}
}

func chunk(out *bytes.Buffer, kind string, data []byte) {
	sum := crc32.NewIEEE()
	sum.Write([]byte(kind))
	sum.Write(data)
	out.Write(binary.BigEndian.AppendUint32(nil, uint32(len(data))))
	out.WriteString(kind)
	out.Write(data)
	out.Write(binary.BigEndian.AppendUint32(nil, sum.Sum32()))
}
