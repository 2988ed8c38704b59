package shiptheory_test

import (
	"net/url"
	"strings"
	"testing"

	"waybill/dialect/dialecttest"
)

// TestFilters books two shipments that differ in everything and sees each filter of the page tell them
// apart, in searches and in lists.
func TestFilters(t *testing.T) {
	app := start(t, installation(t))
	given(t, app, `rule 9 | {"field":"channel","op":"is","value":"Fair"} | [{"do":"require","provider":"DPD"}]`)
	must200(t, app, "POST /v1/shipments", `{"reference":"A","reference2":"Order A","shipment_detail":{"weight":0.500,"parcels":1,"value":10.50,"sales_source":"Shop"},
		"recipient":{"company":"Beard  Supplies","firstname":"William","lastname":"Riker","address_line_1":"1 Lane","address_line_2":"Floor 1","address_line_3":"Door 1",
		"city":"Bristol","county":"Avon","country":"GB","postcode":"BS1 4TW","telephone":"0117","email":"A@example.com"}}`)
	must200(t, app, "POST /v1/shipments", `{"reference":"a","reference2":"Order B","shipment_detail":{"weight":1,"parcels":2,"value":11,"sales_source":"Fair"},
		"recipient":{"company":"Hair","firstname":"Julian","lastname":"Bashir","address_line_1":"2 Lane","address_line_2":"Floor 2","address_line_3":"Door 2",
		"city":"Dublin","county":"Leinster","country":"IE","postcode":"D02","telephone":"0118","email":"b@example.com"}}`)
	must200(t, app, "POST /v1/shipments", `{"reference":"ignored","reference2":"Order C","shipment_detail":{"weight":2,"parcels":3,"value":12},
		"recipient":{"firstname":"Will","lastname":"R","address_line_1":"3 Lane","city":"Boston","country":"US","postcode":"02118"}}`)
	for filter, want := range map[string]string{
		"status=Complete": "a A", "status=Ignored": "ignored", "status=complete": "", "status=PROCESSINNG": "", "status=Not Ready": "",
		"status=": "ignored a A", "nobody.knows=1": "ignored a A",
		"channel_name=shop": "A", "channel_name=API": "ignored", "channel_reference_id=A": "A", "channel_reference_id=a": "a", "channel_reference_id=B": "",
		"channel_reference_id_2=order a": "A", "ShipmentDetails.parcels=2": "a", "ShipmentDetails.weight=0.5": "A", "ShipmentDetails.weight=1.000": "a",
		"ShipmentDetails.value=10.5": "A", "ShipmentDetails.value=10.51": "",
		"Couriers.couriername=DHL": "A", "Couriers.couriername=dhl": "", "Couriers.couriername=DPD": "a",
		"Countries.code=IRL": "a", "Countries.code=USA": "ignored", "Countries.code=XYZ": "",
		"DeliveryAddress.address_line_1=1 lane": "A", "DeliveryAddress.address_line_2=floor 2": "a", "DeliveryAddress.address_line_3=door 1": "A",
		"DeliveryAddress.city=BRISTOL": "A", "DeliveryAddress.county=leinster": "a", "DeliveryAddress.postcode=bs1  4tw": "A",
		"DeliveryAddress.telephone=0118": "a", "DeliveryAddress.email=a@EXAMPLE.com": "A", "DeliveryAddress.company=beard supplies": "A",
		"DeliveryAddress.firstname=julian": "a", "DeliveryAddress.lastname=r": "ignored",
		"status=Complete&DeliveryAddress.city=Dublin": "a", "status=Ignored&DeliveryAddress.city=Dublin": "",
	} {
		var query []string
		for _, part := range strings.Split(filter, "&") {
			name, value, _ := strings.Cut(part, "=")
			query = append(query, name+"="+url.QueryEscape(value))
		}
		for _, path := range []string{"search?created_from=2026-11-21&created_to=2026-11-21&", "list?"} {
			if got := references(t, app, "GET /v1/shipments/"+path+strings.Join(query, "&")); got != want {
				t.Errorf("%s%s finds %q, want %q", path, filter, got, want)
			}
		}
	}
}

// references are those of the shipments that a list or search answers, in order.
func references(t *testing.T, app *dialecttest.App, first string) string {
	t.Helper()
	var list []string
	for _, s := range must200(t, app, first, "")["shipments"].([]any) {
		list = append(list, s.(map[string]any)["channel_reference_id"].(string))
	}
	return strings.Join(list, " ")
}
