package sqlstore

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"sync"
	"time"
	"unsafe"

	"waybill"
)

// Bodies are the JSON of the untagged domain value, its zero members left out, with the version of its
// shape as first member: {"v":1,"Reference":"A-1",…}. What has a column (the Row) is not in the body.

// shapes tells the current version of each stored type. A change of a type's shape (see shape_test.go)
// raises its number here and adds an upcaster from the version before.
var shapes = map[reflect.Type]int{}

// upcasters rewrite a body of one version as the next: upcasters[type][v] makes v+1 of v.
var upcasters = map[reflect.Type]map[int]func(map[string]json.RawMessage) error{}

// shapeOf is the current version of a type's shape; 1 unless shapes says more.
func shapeOf(t reflect.Type) int {
	if v, ok := shapes[t]; ok {
		return v
	}
	return 1
}

// encoder is a buffer that JSON is written to; they are used again and again.
type encoder struct {
	bytes.Buffer
	json *json.Encoder
}

var encoders = sync.Pool{New: func() any {
	e := &encoder{}
	e.json = json.NewEncoder(&e.Buffer)
	e.json.SetEscapeHTML(false)
	return e
}}

// encode writes a value's body.
func encode[T any](value *T) ([]byte, error) {
	t := reflect.TypeFor[T]()
	b := encoders.Get().(*encoder)
	defer encoders.Put(b)
	b.Reset()
	b.WriteString(`{"v":`)
	b.WriteString(strconv.Itoa(shapeOf(t)))
	start := b.Len()
	if err := b.json.Encode(reflect.NewAt(slim(t, true), unsafe.Pointer(value)).Interface()); err != nil {
		return nil, fmt.Errorf("encode %s: %w", t, err)
	}
	body := bytes.Clone(b.Bytes()[:b.Len()-1]) // without the encoder's newline
	if body[start+1] == '}' {                  // an empty value: {"v":1{} becomes {"v":1}
		return append(body[:start], '}'), nil
	}
	body[start] = ','
	return body, nil
}

// decode reads a body into a value, through the upcasters when an older version wrote it.
func decode[T any](body []byte, value *T) error {
	t := reflect.TypeFor[T]()
	v, err := versionOf(body)
	if err != nil {
		return fmt.Errorf("decode %s: %w", t, err)
	}
	if v != shapeOf(t) {
		if body, err = upcast(t, v, body); err != nil {
			return err
		}
	}
	if err := json.Unmarshal(body, value); err != nil {
		return fmt.Errorf("decode %s: %w", t, err)
	}
	return nil
}

func versionOf(body []byte) (int, error) {
	rest, ok := bytes.CutPrefix(body, []byte(`{"v":`))
	end := bytes.IndexAny(rest, ",}")
	if !ok || end < 0 {
		return 0, fmt.Errorf("the body names no version")
	}
	return strconv.Atoi(string(rest[:end]))
}

func upcast(t reflect.Type, v int, body []byte) ([]byte, error) {
	if v > shapeOf(t) {
		return nil, fmt.Errorf("decode %s: a newer program wrote version %d, this one reads up to %d", t, v, shapeOf(t))
	}
	members := map[string]json.RawMessage{}
	if err := json.Unmarshal(body, &members); err != nil {
		return nil, fmt.Errorf("decode %s: %w", t, err)
	}
	for ; v < shapeOf(t); v++ {
		up := upcasters[t][v]
		if up == nil {
			return nil, fmt.Errorf("decode %s: nothing reads version %d", t, v)
		}
		if err := up(members); err != nil {
			return nil, fmt.Errorf("decode %s: version %d: %w", t, v, err)
		}
	}
	return json.Marshal(members)
}

// slims caches slim types: by type, those of whole bodies and those of parts.
var slims [2]sync.Map

// slim is the same type with omitzero on every member, so that bodies hold only what is set: a third
// of the bytes, and half of the time to read them back. The memory layout is the type's own; encode
// looks at the value through it. Types that write their own JSON stay as they are. The Row of a whole
// body is left to its columns; that of a record inside another's body is kept.
func slim(t reflect.Type, whole bool) reflect.Type {
	cache := &slims[bit(whole)]
	if s, ok := cache.Load(t); ok {
		return s.(reflect.Type)
	}
	s := t
	switch t.Kind() {
	case reflect.Struct:
		if t == reflect.TypeFor[time.Time]() {
			break
		}
		fields := make([]reflect.StructField, t.NumField())
		for i := range fields {
			f := t.Field(i)
			fields[i] = reflect.StructField{Name: f.Name, Type: slim(f.Type, false), Tag: `json:",omitzero"`}
			if f.Anonymous {
				fields[i].Anonymous, fields[i].Tag = true, ""
			}
			if whole && f.Type == reflect.TypeFor[waybill.Row]() {
				fields[i].Anonymous, fields[i].Tag = false, `json:"-"`
			}
		}
		s = reflect.StructOf(fields)
	case reflect.Slice:
		if t != reflect.TypeFor[json.RawMessage]() {
			s = reflect.SliceOf(slim(t.Elem(), false))
		}
	case reflect.Pointer:
		s = reflect.PointerTo(slim(t.Elem(), false))
	case reflect.Map:
		// A map's values are written as they are: its layout hangs on its exact type.
	}
	cache.Store(t, s)
	return s
}
