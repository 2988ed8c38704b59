package ratecard

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"waybill"
)

// table is a CSV file on its way in: a header that names the columns, in any order, then rows. What is
// wrong is collected row by row, under paths like rows[12].price, 12 being the line a spreadsheet shows.
type table struct {
	op       string
	columns  []string // by position in the file
	problems []waybill.FieldError
}

// row is one line of a table.
type row struct {
	table *table
	line  int
	cells []string
}

// readTable hands each row to the closure. Columns that the file does not have read as empty; one that
// is not known is an error, since a misspelt column would otherwise be lost without a word.
func readTable(op string, in io.Reader, known []string, each func(row)) *table {
	t := &table{op: op}
	reader := csv.NewReader(in)
	reader.FieldsPerRecord = -1
	reader.TrimLeadingSpace = true
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.add("rows", waybill.RuleFormat, "", "the file is no CSV: %s", err)
			break
		}
		line, _ := reader.FieldPos(0)
		switch {
		case t.columns == nil:
			t.header(cells, known)
		case len(cells) != len(t.columns):
			t.add(fmt.Sprintf("rows[%d]", line), waybill.RuleFormat, strings.Join(cells, ","),
				"has %d cells, the header %d", len(cells), len(t.columns))
		default:
			each(row{table: t, line: line, cells: cells})
		}
	}
	if t.columns == nil && len(t.problems) == 0 {
		t.add("rows", waybill.RuleEmpty, "", "the file is empty")
	}
	return t
}

func (t *table) header(cells, known []string) {
	t.columns = make([]string, len(cells))
	for i, cell := range cells {
		// Spreadsheets put a byte order mark before the first cell.
		name := strings.ToLower(strings.TrimSpace(strings.TrimPrefix(cell, "\uFEFF")))
		t.columns[i] = name
		switch {
		case !slices.Contains(known, name):
			t.add("rows[1]", waybill.RuleEnum, cell, "has no column %q; there are %s", name, strings.Join(known, ", "))
		case slices.Index(t.columns[:i], name) >= 0:
			t.add("rows[1]", waybill.RuleUnique, cell, "has the column %q twice", name)
		}
	}
}

func (t *table) add(path string, rule waybill.FieldRule, value, format string, args ...any) {
	t.problems = append(t.problems, waybill.FieldError{
		Path: path, Rule: rule, Value: value, Message: path + " " + fmt.Sprintf(format, args...),
	})
}

// err is everything that is wrong with the file; nil when nothing is.
func (t *table) err() error { return waybill.FieldErrors(t.op, t.problems) }

// judge adds what [Validate] says of the members that the file wrote; wrote tells the row of each path. Of a row that
// could not be read that was told already, and a heading that is wrong leaves nothing to judge.
func (t *table) judge(card Card, wrote map[string]int) {
	unread := map[string]bool{}
	for _, problem := range t.problems {
		row, _, _ := strings.Cut(problem.Path, ".")
		unread[row] = true
	}
	if unread["rows"] || unread["rows[1]"] {
		return
	}
	for _, problem := range Validate(card) {
		for path := problem.Path; path != ""; {
			if line, ok := wrote[path]; ok {
				if unread[fmt.Sprintf("rows[%d]", line)] {
					break
				}
				t.add(fmt.Sprintf("rows[%d]", line), problem.Rule, problem.Value, "makes a card in which %s", problem.Message)
				break
			}
			path = path[:max(strings.LastIndexByte(path, '.'), 0)]
		}
	}
}

// cell is the text under a column.
func (r row) cell(column string) string {
	if i := slices.Index(r.table.columns, column); i >= 0 {
		return strings.TrimSpace(r.cells[i])
	}
	return ""
}

func (r row) fail(column string, rule waybill.FieldRule, format string, args ...any) {
	r.table.add(fmt.Sprintf("rows[%d].%s", r.line, column), rule, r.cell(column), format, args...)
}

// list is a cell of several values, separated by semicolons.
func (r row) list(column string) []string {
	var list []string
	for value := range strings.SplitSeq(r.cell(column), ";") {
		if value = strings.TrimSpace(value); value != "" {
			list = append(list, value)
		}
	}
	return list
}

// amount is a cell in major units, as minor units; one with more places than the currency has fails.
func (r row) amount(column, currency string) int64 {
	return r.exact(column, func(d waybill.Decimal) (int64, waybill.Decimal) {
		money := waybill.Amount{Value: d, Currency: currency}.Money()
		return money.Minor, money.Decimal()
	})
}

// grams is a cell in kilograms, as grams; one with more than three places fails.
func (r row) grams(column string) int64 {
	return r.exact(column, func(d waybill.Decimal) (int64, waybill.Decimal) {
		grams := waybill.Weight{Value: d, Unit: waybill.Kilogram}.Grams()
		return grams, kilograms(grams)
	})
}

// whole is a cell that holds an integer.
func (r row) whole(column string) int64 {
	return r.exact(column, func(d waybill.Decimal) (int64, waybill.Decimal) {
		n, _ := d.Scaled(1, 1)
		return n, waybill.Decimal(number(n))
	})
}

// exact reads a cell through a conversion to whole units, which must lose nothing.
func (r row) exact(column string, convert func(waybill.Decimal) (int64, waybill.Decimal)) int64 {
	text := r.cell(column)
	if text == "" {
		return 0
	}
	d, err := waybill.ParseDecimal(text)
	if err != nil {
		r.fail(column, waybill.RuleNumber, "must be a number such as 12.5")
		return 0
	}
	n, back := convert(d)
	if !back.Equal(d) {
		r.fail(column, waybill.RuleFormat, "has more decimal places than can be kept")
		return 0
	}
	return n
}

// kilograms writes grams for a spreadsheet.
func kilograms(grams int64) waybill.Decimal {
	return waybill.Weight{Value: waybill.Decimal(number(grams)), Unit: waybill.Gram}.In(waybill.Kilogram, 3)
}

// writeTable writes a header and rows.
func writeTable(op string, out io.Writer, columns []string, rows [][]string) error {
	w := csv.NewWriter(out)
	_ = w.Write(columns) // the writer keeps the first error for Error
	_ = w.WriteAll(rows)
	if err := w.Error(); err != nil {
		e := waybill.E(op, waybill.ReasonBug, "the table cannot be written")
		e.Err = err
		return e
	}
	return nil
}
