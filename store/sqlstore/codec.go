package sqlstore

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"sync"
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

// encode writes a value's body.
func encode[T any](value *T) ([]byte, error) {
	t := reflect.TypeFor[T]()
	b := buffers.Get().(*[]byte)
	defer buffers.Put(b)
	body := append((*b)[:0], `{"v":`...)
	body = strconv.AppendInt(body, int64(shapeOf(t)), 10)
	start := len(body)
	body, err := planOf(t, true).write(body, reflect.ValueOf(value).Elem())
	*b = body
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", t, err)
	}
	if len(body) == start+2 { // an empty value: {"v":1{} becomes {"v":1}
		return append(bytes.Clone(body[:start]), '}'), nil
	}
	body[start] = ',' // its own brace
	return bytes.Clone(body), nil
}

// buffers are used again and again.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

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
	r := &reader{data: body}
	if err := planOf(t, true).read(r, reflect.ValueOf(value).Elem()); err != nil {
		return fmt.Errorf("decode %s at byte %d: %w", t, r.at, err)
	}
	if r.next(); r.at != len(body) {
		return fmt.Errorf("decode %s at byte %d: %w", t, r.at, errBody)
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
