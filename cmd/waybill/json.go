package main

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
)

// The JSON of --json: the members of the record in lower snake case (external_id, time_zone), in its order; times
// as RFC 3339, null for none; figures that must stay exact (weights, prices) as text; map keys as they are; JSON
// within as JSON.

// unsaid are members that never leave the program.
var unsaid = []string{"Password", "Secret", "OldSecret", "Sealed", "Token", "APIKey", "HookToken", "Version"}

func writeJSON(w io.Writer, v any) error {
	var b, indented bytes.Buffer
	if err := appendJSON(&b, reflect.ValueOf(v)); err != nil {
		return err
	}
	if err := json.Indent(&indented, b.Bytes(), "", "  "); err != nil {
		return err
	}
	indented.WriteByte('\n')
	_, err := w.Write(indented.Bytes())
	return err
}

func appendJSON(b *bytes.Buffer, v reflect.Value) error {
	if !v.IsValid() {
		b.WriteString("null")
		return nil
	}
	switch value := v.Interface().(type) {
	case time.Time:
		if value.IsZero() {
			b.WriteString("null")
			return nil
		}
		return encode(b, value)
	case time.Duration:
		return encode(b, value.String())
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return appendJSON(b, v.Elem())
	case reflect.Struct:
		return appendObject(b, v)
	case reflect.Map:
		return appendMap(b, v)
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
			return appendBytes(b, v.Bytes())
		}
		b.WriteByte('[')
		for i := range v.Len() {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := appendJSON(b, v.Index(i)); err != nil {
				return err
			}
		}
		b.WriteByte(']')
		return nil
	}
	return encode(b, v.Interface())
}

// appendBytes writes JSON as it is (the conditions of a rule, the body of a webhook), other bytes in base64.
func appendBytes(b *bytes.Buffer, data []byte) error {
	switch {
	case len(data) == 0:
		b.WriteString("null")
	case (data[0] == '{' || data[0] == '[') && json.Valid(data):
		b.Write(data)
	default:
		return encode(b, data)
	}
	return nil
}

func appendObject(b *bytes.Buffer, v reflect.Value) error {
	b.WriteByte('{')
	err := appendMembers(b, v)
	b.WriteByte('}')
	return err
}

// appendMembers writes the members of a struct; those of an embedded one are its own.
func appendMembers(b *bytes.Buffer, v reflect.Value) error {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		var err error
		switch {
		case !field.IsExported(), slices.Contains(unsaid, field.Name):
		case field.Anonymous && field.Type.Kind() == reflect.Struct:
			err = appendMembers(b, v.Field(i))
		default:
			err = appendMember(b, snake(field.Name), v.Field(i))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func appendMember(b *bytes.Buffer, name string, v reflect.Value) error {
	if last := b.Bytes()[b.Len()-1]; last != '{' {
		b.WriteByte(',')
	}
	if err := encode(b, name); err != nil {
		return err
	}
	b.WriteByte(':')
	return appendJSON(b, v)
}

func appendMap(b *bytes.Buffer, v reflect.Value) error {
	b.WriteByte('{')
	keys := v.MapKeys()
	slices.SortFunc(keys, func(x, y reflect.Value) int { return bytes.Compare([]byte(x.String()), []byte(y.String())) })
	for _, key := range keys {
		if err := appendMember(b, key.String(), v.MapIndex(key)); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

func encode(b *bytes.Buffer, v any) error {
	encoder := json.NewEncoder(b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // the newline
	return nil
}

// snake turns ExternalID into external_id, LabelDPI into label_dpi and IPs into ips.
func snake(name string) string {
	var b []rune
	if plural, ok := strings.CutSuffix(name, "s"); ok && strings.ToUpper(plural) == plural {
		return strings.ToLower(name)
	}
	runes := []rune(name)
	for i, r := range runes {
		if unicode.IsUpper(r) {
			startsWord := i > 0 && (unicode.IsLower(runes[i-1]) || unicode.IsDigit(runes[i-1]) ||
				(i+1 < len(runes) && unicode.IsLower(runes[i+1]) && unicode.IsUpper(runes[i-1])))
			if startsWord {
				b = append(b, '_')
			}
			r = unicode.ToLower(r)
		}
		b = append(b, r)
	}
	return string(b)
}
