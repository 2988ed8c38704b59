package label

import (
	"strings"

	"waybill"
)

// code128 is a Code 128 symbol (ISO/IEC 15417): its code words for those who draw bars, start, check
// and stop included, and the field data by which a ZPL printer makes the very same words.
type code128 struct {
	words []byte
	zpl   string
}

// The code words that are no characters. Set B is all printable characters, set C pairs of digits;
// FNC1 right after the start makes the symbol a GS1-128.
const (
	toC    = 99
	toB    = 100
	fnc1   = 102
	startB = 104
	startC = 105
	stop   = 106
)

// The modules in a code word, the wider stop, and the quiet space on either side.
const (
	wordModules  = 11
	stopModules  = 13
	quietModules = 10
)

// encode128 is the symbol of a tracking number; an error unless it is printable ASCII. It changes
// between sets only when it would not fit otherwise: a symbol in one set is what every printer and
// emulator agrees on. fits tells whether so many modules make bars of a comfortable width.
func encode128(number string, fits func(modules int) bool) (code128, error) {
	if number == "" || strings.ContainsFunc(number, func(r rune) bool { return r < ' ' || r > '~' }) {
		return code128{}, waybill.E("label.render", waybill.ReasonFields, "tracking number %q: a barcode holds printable ASCII only", number)
	}
	runs := codeSets(number)
	if plain := encodeRuns([]codeRun{{number, false}}); len(runs) > 1 && fits(plain.modules()) {
		return plain, nil
	}
	return encodeRuns(runs), nil
}

func encodeRuns(runs []codeRun) code128 {
	var c code128
	for _, run := range runs {
		c.change(run.pairs)
		if run.pairs {
			c.addPairs(run.text)
		} else {
			c.addCharacters(run.text)
		}
	}
	return c.finished()
}

// encodeSSCC is the GS1-128 symbol of application identifier 00 and 18 digits.
func encodeSSCC(sscc string) code128 {
	c := code128{words: []byte{startC, fnc1}, zpl: ">;>8"}
	c.addPairs("00" + sscc)
	return c.finished()
}

// codeRun is a stretch of the text to be written in set C (pairs) or set B.
type codeRun struct {
	text  string
	pairs bool
}

// codeSets divides text so that the symbol is as short as can be: digits go in pairs where they are at
// least four at either end, six in the middle; an odd one is left to the neighbour (ISO/IEC 15417, annex E).
func codeSets(text string) []codeRun {
	var runs []codeRun
	from := 0 // what is before is in runs
	for i := 0; i < len(text); {
		end := i
		for end < len(text) && isDigit(text[end]) {
			end++
		}
		if end == i {
			i++
			continue
		}
		need := 6
		if i == 0 || end == len(text) {
			need = 4
		}
		first, last := i, end
		switch odd := (end-i)%2 == 1; {
		case odd && i == 0:
			last--
		case odd:
			first++
		case i == 0 && end == len(text):
			need = 2
		}
		if end-i >= need {
			if first > from {
				runs = append(runs, codeRun{text[from:first], false})
			}
			runs = append(runs, codeRun{text[first:last], true})
			from = last
		}
		i = end
	}
	if from < len(text) {
		runs = append(runs, codeRun{text[from:], false})
	}
	return runs
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// change starts in a set or goes over to it.
func (c *code128) change(pairs bool) {
	word, invocation := byte(startB), ">:"
	switch first := len(c.words) == 0; {
	case first && pairs:
		word, invocation = startC, ">;"
	case pairs:
		word, invocation = toC, ">5"
	case !first:
		word, invocation = toB, ">6"
	}
	c.words = append(c.words, word)
	c.zpl += invocation
}

func (c *code128) addPairs(text string) {
	for i := 0; i < len(text); i += 2 {
		c.words = append(c.words, (text[i]-'0')*10+text[i+1]-'0')
	}
	c.zpl += text
}

// zplCharacters are those that ZPL keeps for itself, as ^BC spells them.
var zplCharacters = strings.NewReplacer(">", ">0", "^", "><", "~", ">=")

func (c *code128) addCharacters(text string) {
	for i := range len(text) {
		c.words = append(c.words, text[i]-' ')
	}
	c.zpl += zplCharacters.Replace(text)
}

// finished adds the check word, which is the words times their places mod 103, and the stop.
func (c code128) finished() code128 {
	sum := int(c.words[0])
	for i, word := range c.words[1:] {
		sum += (i + 1) * int(word)
	}
	c.words = append(c.words, byte(sum%103), stop)
	return c
}

// modules is the symbol's width without quiet zones.
func (c code128) modules() int { return (len(c.words)-1)*wordModules + stopModules }

// bars calls back with the place and width of each bar, in modules.
func (c code128) bars(bar func(at, width int)) {
	at := 0
	for _, word := range c.words {
		for i, width := range []byte(code128Widths[word]) {
			if i%2 == 0 {
				bar(at, int(width-'0'))
			}
			at += int(width - '0')
		}
	}
}

// code128Widths are the widths of bar, space, bar… of each code word.
var code128Widths = [...]string{
	"212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312",
	"132212", "221213", "221312", "231212", "112232", "122132", "122231", "113222",
	"123122", "123221", "223211", "221132", "221231", "213212", "223112", "312131",
	"311222", "321122", "321221", "312212", "322112", "322211", "212123", "212321",
	"232121", "111323", "131123", "131321", "112313", "132113", "132311", "211313",
	"231113", "231311", "112133", "112331", "132131", "113123", "113321", "133121",
	"313121", "211331", "231131", "213113", "213311", "213131", "311123", "311321",
	"331121", "312113", "312311", "332111", "314111", "221411", "431111", "111224",
	"111422", "121124", "121421", "141122", "141221", "112214", "112412", "122114",
	"122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111",
	"111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112",
	"421211", "212141", "214121", "412121", "111143", "111341", "131141", "114113",
	"114311", "411113", "411311", "113141", "114131", "311141", "411131", "211412",
	"211214", "211232", "2331112",
}
