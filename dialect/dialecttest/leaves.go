package dialecttest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill"
)

// Leaf is one plain value inside a domain struct: a place where a mapping may forget something.
type Leaf struct {
	Path  string
	value reflect.Value
	count int
}

// Change gives the leaf another value of its kind and answers how to undo it.
func (l Leaf) Change() (undo func()) {
	old := reflect.ValueOf(l.value.Interface())
	put(l.value, l.Path, l.count+5000)
	return func() { l.value.Set(old) }
}

// Fill gives every leaf of a struct (v is a pointer) a value of its own, lists one item, pointers something
// to point at.
func Fill(v any) { Leaves(v) }

// Leaves fills a struct and lists its leaves.
func Leaves(v any) []Leaf {
	var leaves []Leaf
	grow(reflect.ValueOf(v).Elem(), "", &leaves, 0)
	return leaves
}

func grow(v reflect.Value, path string, leaves *[]Leaf, depth int) {
	switch {
	case plain(v):
		n := len(*leaves) + 1
		put(v, path, n)
		*leaves = append(*leaves, Leaf{Path: path, value: v, count: n})
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if !field.IsExported() {
				continue
			}
			name := strings.TrimPrefix(path+"."+field.Name, ".")
			if field.Anonymous {
				name = path
			}
			grow(v.Field(i), name, leaves, depth+1)
		}
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		grow(v.Elem(), path, leaves, depth+1)
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		grow(v.Index(0), path+"[]", leaves, depth+1)
	}
}

var timeType = reflect.TypeFor[time.Time]()

// plain reports whether a value is a leaf. A map is one leaf: its keys are the caller's.
func plain(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Struct:
		return v.Type() == timeType
	case reflect.Slice:
		return v.Type().Elem().Kind() == reflect.Uint8
	case reflect.Pointer:
		return v.Type().Elem().Kind() == reflect.Bool
	}
	return true
}

// put sets a leaf to its nth value. Where only certain words make sense there are two, one for the fill
// and one for the change.
func put(v reflect.Value, path string, n int) {
	changed := n > 5000
	switch {
	case v.Type() == timeType:
		v.Set(reflect.ValueOf(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Hour)))
	case v.Kind() == reflect.String:
		v.SetString(word(v, path, n, changed))
	case v.Kind() == reflect.Bool:
		v.SetBool(!changed)
	case v.CanInt() && v.Type() == reflect.TypeFor[time.Duration]():
		v.SetInt(int64(n) * int64(time.Minute))
	case v.CanInt():
		v.SetInt(int64(1000 + n))
	case v.CanFloat():
		v.SetFloat(float64(n%80) + 0.25)
	case v.Kind() == reflect.Pointer: // to bool
		b := !changed
		v.Set(reflect.ValueOf(&b).Convert(v.Type()))
	case v.Kind() == reflect.Slice:
		v.SetBytes(fmt.Appendf(nil, `{"leaf":%d}`, n))
	case v.Kind() == reflect.Map && v.Type().Key().Kind() == reflect.String:
		m := reflect.MakeMap(v.Type())
		item := reflect.New(v.Type().Elem()).Elem()
		if plain(item) {
			put(item, path, n)
		}
		m.SetMapIndex(reflect.ValueOf(fmt.Sprintf("key%d", n)).Convert(v.Type().Key()), item)
		v.Set(m)
	}
}

// choices are the closed words: the first for the fill, the second for the change.
var choices = map[reflect.Type][2]string{
	reflect.TypeFor[waybill.Booking]():       {string(waybill.Booked), string(waybill.Failed)},
	reflect.TypeFor[waybill.Transit]():       {string(waybill.InTransit), string(waybill.Delivered)},
	reflect.TypeFor[waybill.WeightUnit]():    {string(waybill.Kilogram), string(waybill.Pound)},
	reflect.TypeFor[waybill.LengthUnit]():    {string(waybill.Centimetre), string(waybill.Inch)},
	reflect.TypeFor[waybill.LabelFormat]():   {string(waybill.PDF), string(waybill.ZPL)},
	reflect.TypeFor[waybill.Mode]():          {string(waybill.ModeSimulator), string(waybill.ModeLive)},
	reflect.TypeFor[waybill.Direction]():     {string(waybill.Outgoing), string(waybill.Incoming)},
	reflect.TypeFor[waybill.ActorKind]():     {string(waybill.ActorUser), string(waybill.ActorCarrier)},
	reflect.TypeFor[waybill.EventKind]():     {string(waybill.ShipmentBooked), string(waybill.ShipmentTracked)},
	reflect.TypeFor[waybill.Reason]():        {string(waybill.ReasonNoRate), string(waybill.ReasonBookingFailed)},
	reflect.TypeFor[waybill.DocumentKind]():  {string(waybill.DocumentLabel), string(waybill.DocumentCustoms)},
	reflect.TypeFor[waybill.PurchaseState](): {string(waybill.Bought), string(waybill.Refused)},
}

func word(v reflect.Value, path string, n int, changed bool) string {
	pick := func(first, second string) string {
		if changed {
			return second
		}
		return first
	}
	if c, ok := choices[v.Type()]; ok {
		return pick(c[0], c[1])
	}
	switch v.Type() {
	case reflect.TypeFor[waybill.ID]():
		return fmt.Sprintf("%024x", 0xabc000+n)
	case reflect.TypeFor[waybill.Decimal]():
		return fmt.Sprintf("%d.5", n)
	}
	name := path[strings.LastIndex(path, ".")+1:]
	switch {
	case name == "Country":
		return pick("GB", "US")
	case name == "Currency":
		return pick("GBP", "USD")
	case name == "TimeZone":
		return pick("Europe/London", "America/New_York")
	case name == "ShipDate" || name == "Expiry":
		return pick("2026-12-01", "2026-12-02")
	case strings.HasSuffix(name, "IP"):
		return fmt.Sprintf("192.0.%d.%d", n/250, n%250)
	case name == "Email":
		return fmt.Sprintf("leaf%d@example.com", n)
	}
	return fmt.Sprintf("leaf%d", n)
}

// Unspoken changes each leaf of a filled struct in turn and sees whether the wire output changes with it.
// Those that leave no trace must stand in the file, each as "Path: reason" (or "Path.*: reason" for all
// below), and nothing else may.
func Unspoken(t *testing.T, file string, v any, encode func() []byte) {
	t.Helper()
	silent, err := silence(v, encode)
	if err != nil {
		t.Fatal(err)
	}
	Explained(t, file, silent)
}

// Explained wants a reason in the file for each path that leaves no trace, and no other reasons.
func Explained(t *testing.T, file string, silent []string) {
	t.Helper()
	reasons, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range unexplained(silent, string(reasons)) {
		t.Errorf("%s: %s", file, problem)
	}
}

// silence lists the leaves whose change leaves no trace.
func silence(v any, encode func() []byte) (silent []string, err error) {
	leaves := Leaves(v)
	base := encode()
	if !bytes.Equal(base, encode()) {
		return nil, errors.New("the encoder is not pure: one value, two outputs")
	}
	if !json.Valid(base) {
		return nil, fmt.Errorf("the output is not JSON: %s", base)
	}
	for _, leaf := range leaves {
		undo := leaf.Change()
		if bytes.Equal(base, encode()) {
			silent = append(silent, leaf.Path)
		}
		undo()
	}
	return silent, nil
}

// unexplained holds silent leaves against the reasons given, both ways.
func unexplained(silent []string, text string) (problems []string) {
	reasons, problems := reasonsIn(text)
	for _, path := range silent {
		if !covered(reasons, path) {
			problems = append(problems, path+" leaves no trace on the wire, and no reason is given")
		}
	}
	for _, path := range slices.Sorted(maps.Keys(reasons)) {
		if !slices.ContainsFunc(silent, func(s string) bool { return within(s, path) }) {
			problems = append(problems, path+" is spoken, or is no leaf; take it out")
		}
	}
	return problems
}

// reasonsIn reads lines of "path: reason"; a path without a reason is a problem.
func reasonsIn(text string) (reasons map[string]string, problems []string) {
	reasons = map[string]string{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		path, reason, _ := strings.Cut(line, ":")
		if reasons[path] = strings.TrimSpace(reason); reasons[path] == "" {
			problems = append(problems, path+" has no reason")
		}
	}
	return reasons, problems
}

func covered(reasons map[string]string, path string) bool {
	for entry := range reasons {
		if within(path, entry) {
			return true
		}
	}
	return false
}

// within reports whether a leaf is what an entry names: itself, or with ".*" all below.
func within(path, entry string) bool {
	if above, ok := strings.CutSuffix(entry, ".*"); ok {
		return strings.HasPrefix(path, above+".") || strings.HasPrefix(path, above+"[]")
	}
	return path == entry
}
