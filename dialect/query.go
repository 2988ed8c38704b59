package dialect

import (
	"slices"
	"strconv"
	"strings"
)

// Asked is the query string as an object of text values. Keys stay as they were sent, so that
// DeliveryAddress.postcode and filter[0] are each one key; of a key given twice the last counts.
func (r *Request) Asked() Value {
	object := make(map[string]any, len(r.Query))
	for key, values := range r.Query {
		object[key] = values[len(values)-1]
	}
	v := Root(object, true)
	v.reads = &r.asked
	return v
}

// AskedAll are all values of a list in the query string, however it was written: name=a&name=b,
// name[]=a&name[]=b or name[0]=a&name[1]=b, the last in order of index.
func (r *Request) AskedAll(name string) []string {
	r.asked.list = append(r.asked.list, name)
	values := slices.Concat(r.Query[name], r.Query[name+"[]"])
	indices := make([]int, 0)
	for key := range r.Query {
		inner, ok := strings.CutPrefix(key, name+"[")
		if !ok {
			continue
		}
		if index, err := strconv.Atoi(strings.TrimSuffix(inner, "]")); err == nil && name+"["+strconv.Itoa(index)+"]" == key {
			indices = append(indices, index)
		}
	}
	slices.Sort(indices)
	for _, index := range indices {
		values = append(values, r.Query[name+"["+strconv.Itoa(index)+"]"]...)
	}
	return values
}
