package label

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// zplField is one field of a label as a printer would understand it.
type zplField struct {
	command        string // A0, GB, GF, BC, BQ
	x, y           int
	args           []string // of the command
	module         int      // of the last ^BY
	data           string
	reverse, block bool
}

// readZPL reads the commands that our labels use; any other fails the test, since it would mean that a
// text got out of its field.
func readZPL(t *testing.T, data []byte) (width, length int, fields []zplField) {
	t.Helper()
	text := strings.ReplaceAll(string(data), "\n", "")
	if !strings.HasPrefix(text, "^XA") || !strings.HasSuffix(text, "^XZ") || strings.Count(text, "^XA") != 1 || strings.Count(text, "^XZ") != 1 {
		t.Fatalf("not one label from ^XA to ^XZ: %.80q", text)
	}
	if strings.Contains(text, "~") {
		t.Error("a tilde would begin a control command")
	}
	var f zplField
	module, hex := 0, false
	for _, command := range strings.Split(text, "^")[1:] {
		name, rest := command[:2], command[2:]
		args := strings.Split(rest, ",")
		number := func(i int) int {
			n, err := strconv.Atoi(args[i])
			if err != nil {
				t.Errorf("^%s: %v", command, err)
			}
			return n
		}
		switch name {
		case "XA", "XZ", "CI", "LH", "LS", "PO", "LR", "FW", "PQ":
		case "PW":
			width = number(0)
		case "LL":
			length = number(0)
		case "BY":
			module = number(0)
		case "FO", "FT":
			f = zplField{x: number(0), y: number(1), module: module}
		case "A0", "BC", "BQ", "GB", "GF":
			f.command, f.args, f.module = name, args, module
		case "FB":
			f.block = true
		case "FR":
			f.reverse = true
		case "FH":
			hex = true
		case "FD":
			f.data = rest
			if hex {
				f.data = zplHexCode.ReplaceAllStringFunc(rest, func(code string) string {
					n, _ := strconv.ParseUint(code[1:], 16, 8)
					return string(rune(n))
				})
				hex = false
			}
		case "FS":
			fields = append(fields, f)
			f = zplField{}
		default:
			t.Errorf("unexpected command ^%s", name)
		}
	}
	return width, length, fields
}

var zplHexCode = regexp.MustCompile(`_[0-9A-F]{2}`)

// readGraphic unpacks the picture of a ^GFA field.
func readGraphic(t *testing.T, f zplField) *canvas {
	t.Helper()
	total, _ := strconv.Atoi(f.args[1])
	perRow, _ := strconv.Atoi(f.args[3])
	data := strings.Join(f.args[4:], ",")
	c := newCanvas(perRow*8, total/perRow)
	x, y, times := 0, 0, 0
	put := func(digit byte, n int) {
		v, err := strconv.ParseUint(string(digit), 16, 8)
		if err != nil {
			t.Fatalf("graphic: %q", digit)
		}
		for range n {
			for bit := range 4 {
				if v&(8>>bit) != 0 {
					c.row(y)[4*x+bit] = 255
				}
			}
			x++
		}
	}
	for i := range len(data) {
		switch d := data[i]; {
		case d >= 'G' && d <= 'Y':
			times += int(d-'G') + 1
			continue
		case d >= 'g' && d <= 'z':
			times += 20 * (int(d-'g') + 1)
			continue
		case d == ',':
			put('0', 2*perRow-x)
		case d == '!':
			put('F', 2*perRow-x)
		case d == ':':
			copy(c.row(y), c.row(y-1))
			x = 2 * perRow
		default:
			put(d, max(times, 1))
		}
		times = 0
		if x > 2*perRow {
			t.Fatalf("graphic: row %d is too long", y)
		}
		if x == 2*perRow {
			x, y = 0, y+1
		}
	}
	if y != c.height || x != 0 {
		t.Fatalf("graphic: %d rows of %d", y, c.height)
	}
	return c
}
