package sqlstore

import (
	"encoding/json"
	"reflect"
	"testing"

	"waybill"
)

// BenchmarkCodec compares a body with the plain JSON of the same shipment, all of whose members but a
// few are set twice over, and with that of an ordinary one.
func BenchmarkCodec(b *testing.B) {
	var full waybill.Shipment
	n := 0
	fillValue(reflect.ValueOf(&full).Elem(), &n)
	ordinary := full
	ordinary.ReturnTo, ordinary.Options, ordinary.Choice, ordinary.Failure, ordinary.Tags = nil, waybill.Options{}, waybill.Choice{}, nil, nil
	ordinary.Parcels, ordinary.Items = full.Parcels[:1], full.Items[:1]
	ordinary.Parcels[0].Contents, ordinary.Items[0].Commodity = nil, waybill.Commodity{}
	for name, v := range map[string]waybill.Shipment{"full": full, "ordinary": ordinary} {
		body, err := encode(&v)
		if err != nil {
			b.Fatal(err)
		}
		plain, err := json.Marshal(v)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name+"/encode", func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				encode(&v)
			}
		})
		b.Run(name+"/decode", func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				var back waybill.Shipment
				decode(body, &back)
			}
		})
		b.Run(name+"/plain decode", func(b *testing.B) {
			b.SetBytes(int64(len(plain)))
			for b.Loop() {
				var back waybill.Shipment
				json.Unmarshal(plain, &back)
			}
		})
	}
}
