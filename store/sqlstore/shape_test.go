package sqlstore

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"waybill"
)

var update = flag.Bool("update", false, "write the golden files anew; review what changed")

// bodies are the types that have bodies.
var bodies = []reflect.Type{
	reflect.TypeFor[waybill.Account](), reflect.TypeFor[waybill.User](), reflect.TypeFor[waybill.Client](), reflect.TypeFor[waybill.Brand](),
	reflect.TypeFor[waybill.Location](), reflect.TypeFor[waybill.Connection](), reflect.TypeFor[waybill.Service](), reflect.TypeFor[waybill.PackageSize](),
	reflect.TypeFor[waybill.Product](), reflect.TypeFor[waybill.Tag](), reflect.TypeFor[waybill.Rule](), reflect.TypeFor[waybill.Subscription](),
	reflect.TypeFor[waybill.Shipment](), reflect.TypeFor[waybill.Decision](), reflect.TypeFor[waybill.Purchase](), reflect.TypeFor[waybill.Document](),
	reflect.TypeFor[waybill.Return](), reflect.TypeFor[waybill.Tracker](), reflect.TypeFor[waybill.Delivery](), reflect.TypeFor[waybill.Event](),
	reflect.TypeFor[waybill.Registration](), reflect.TypeFor[waybill.Proof](), reflect.TypeFor[waybill.Declaration](), reflect.TypeFor[waybill.APIKey](),
	reflect.TypeFor[waybill.SavedAddress](), reflect.TypeFor[waybill.AuditEntry](),
	reflect.TypeFor[waybill.RuleSet](), reflect.TypeFor[waybill.RuleDraft](), reflect.TypeFor[waybill.CardVersion](),
	reflect.TypeFor[waybill.APIRequest](), reflect.TypeFor[waybill.CarrierCall](),
	reflect.TypeFor[waybill.Pickup](), reflect.TypeFor[waybill.Manifest](), reflect.TypeFor[waybill.Login](), reflect.TypeFor[waybill.SavedView](), reflect.TypeFor[waybill.Erasure](),
}

// describe writes every member of a type that reaches the body, with its path and kind.
func describe(b *strings.Builder, path string, t reflect.Type) {
	switch {
	case t == reflect.TypeFor[time.Time](), t == reflect.TypeFor[json.RawMessage]():
		fmt.Fprintf(b, "%s %s\n", path, t)
	case t == reflect.TypeFor[waybill.Row]() && strings.Count(path, ".") == 1: // columns
	case t.Kind() == reflect.Struct:
		for i := range t.NumField() {
			describe(b, path+"."+t.Field(i).Name, t.Field(i).Type)
		}
	case t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8:
		describe(b, path+"[]", t.Elem())
	case t.Kind() == reflect.Map:
		describe(b, path+"{"+t.Key().Kind().String()+"}", t.Elem())
	case t.Kind() == reflect.Pointer:
		describe(b, path+"*", t.Elem())
	default:
		fmt.Fprintf(b, "%s %s\n", path, t.Kind())
	}
}

// TestShapes fails when a stored type changes its shape: raise the type's number in shapes, add an upcaster
// that is tested on a body of the last release, then bring the golden file up to date with -update.
// Before the first release there are no bodies to read, and -update alone will do.
func TestShapes(t *testing.T) {
	var b strings.Builder
	for _, s := range bodies {
		fmt.Fprintf(&b, "# %s, version %d\n", s.Name(), shapeOf(s))
		describe(&b, s.Name(), s)
	}
	golden(t, "testdata/shapes.txt", b.String())
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-golden +now):\n%s", path, diff)
	}
}

// fill sets every member of a value to something that is not zero.
func fillValue(v reflect.Value, n *int) {
	*n++
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Unix(1_700_000_000+int64(*n), 123000).UTC()))
	case v.Type() == reflect.TypeFor[json.RawMessage]():
		v.SetBytes([]byte(`{"a":0,"b":""}`))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			fillValue(v.Field(i), n)
		}
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillValue(v.Elem(), n)
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fillValue(v.Index(0), n)
		fillValue(v.Index(1), n)
	case v.Kind() == reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fillValue(key, n)
		fillValue(value, n)
		v.SetMapIndex(key, value)
	case v.Kind() == reflect.String:
		v.SetString(fmt.Sprintf("text <%d> \u00e9", *n))
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.CanInt():
		v.SetInt(int64(*n))
	case v.CanUint():
		v.SetUint(uint64(*n % 200))
	case v.CanFloat():
		v.SetFloat(float64(*n) + 0.25)
	default:
		panic("no value for " + v.Type().String())
	}
}

// TestCodec: every member of every stored type comes back from its body, set or not.
func TestCodec(t *testing.T) {
	roundTrip[waybill.Account](t)
	roundTrip[waybill.User](t)
	roundTrip[waybill.Client](t)
	roundTrip[waybill.Brand](t)
	roundTrip[waybill.Location](t)
	roundTrip[waybill.Connection](t)
	roundTrip[waybill.Service](t)
	roundTrip[waybill.PackageSize](t)
	roundTrip[waybill.Product](t)
	roundTrip[waybill.Tag](t)
	roundTrip[waybill.Rule](t)
	roundTrip[waybill.Subscription](t)
	roundTrip[waybill.Shipment](t)
	roundTrip[waybill.Decision](t)
	roundTrip[waybill.Purchase](t)
	roundTrip[waybill.Document](t)
	roundTrip[waybill.Return](t)
	roundTrip[waybill.Tracker](t)
	roundTrip[waybill.Delivery](t)
	roundTrip[waybill.Event](t)
	roundTrip[waybill.Registration](t)
	roundTrip[waybill.Proof](t)
	roundTrip[waybill.Declaration](t)
	roundTrip[waybill.APIKey](t)
	roundTrip[waybill.Pickup](t)
	roundTrip[waybill.Manifest](t)
}

func roundTrip[T any](t *testing.T) {
	t.Helper()
	n := 0
	var full, empty T
	fillValue(reflect.ValueOf(&full).Elem(), &n)
	for _, want := range []T{full, empty} {
		body, err := encode(&want)
		if err != nil {
			t.Fatal(err)
		}
		var got T
		if err := decode(body, &got); err != nil {
			t.Fatalf("%v\n%s", err, body)
		}
		if m, ok := any(&got).(interface{ Meta() *waybill.Row }); ok { // columns
			*m.Meta() = *any(&want).(interface{ Meta() *waybill.Row }).Meta()
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%T (-put +got):\n%s", want, diff)
		}
	}
}

// TestUpcast: a body of an older version is read through the upcasters, one of a newer is refused.
func TestUpcast(t *testing.T) {
	type noun struct{ Name string }
	kind := reflect.TypeFor[noun]()
	shapes[kind] = 3
	upcasters[kind] = map[int]func(map[string]json.RawMessage) error{
		1: func(m map[string]json.RawMessage) error { m["Title"] = m["Label"]; delete(m, "Label"); return nil },
		2: func(m map[string]json.RawMessage) error { m["Name"] = m["Title"]; delete(m, "Title"); return nil },
	}
	defer delete(shapes, kind)
	defer delete(upcasters, kind)
	for _, body := range []string{`{"v":1,"Label":"x"}`, `{"v":2,"Title":"x"}`, `{"v":3,"Name":"x"}`} {
		var got noun
		if err := decode([]byte(body), &got); err != nil || got.Name != "x" {
			t.Errorf("%s was read as %+v, %v", body, got, err)
		}
	}
	for _, body := range []string{`{"v":4,"Name":"x"}`, `{"Name":"x"}`, `{"v":0}`, ``} {
		var got noun
		if err := decode([]byte(body), &got); err == nil {
			t.Errorf("%s was read as %+v", body, got)
		}
	}
}
