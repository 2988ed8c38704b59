#!/bin/sh
# A tour of the five APIs with curl. Usage: client.sh BASE WORD
set -eu
base=$1
word=$2
nl='
'

# call WANT METHOD PATH [curl options…]: the body of an answer with the status WANT.
call() {
	want=$1 method=$2 path=$3
	shift 3
	answer=$(curl -sS -g -X "$method" -w "$nl%{http_code}" "$@" "$base$path")
	got=${answer##*"$nl"}
	if [ "$got" != "$want" ]; then
		echo "$method $path: $got instead of $want: ${answer%"$nl"*}" >&2
		exit 1
	fi
	printf '%s' "${answer%"$nl"*}"
}

# member NAME: the first member of that name in the JSON on standard input, text or number.
member() { sed -n "s/.*\"$1\": *\"\{0,1\}\([^\",}]*\).*/\1/p" | head -n 1; }

json='Content-Type: application/json'

# LynkUp: credentials in the Authorization header, then a lower-case bearer.
token=$(call 200 POST /lynkup/ent-services/security/v1/oauth/token -u demo-client:demo-secret -d grant_type=client_credentials | member access_token)
order=$(call 201 POST /lynkup/shipments -H "Authorization: bearer $token" -H 'Content-Type: application/json; charset=utf-8' -d '{
	"locationExternalId": "7709", "orderExternalId": "sh-l-'"$word"'", "orderValue": 10,
	"deliveryContact": {"name": "John Smith", "phone": "+1 234-567-8900"},
	"deliveryAddress": {"street1": "725 Albany Street", "city": "Boston", "state": "MA", "postalCode": "02118", "countryCode": "US"},
	"package": {"name": "custom", "itemQuantity": 1, "size": {"length": 10, "width": 10, "height": 10, "unit": "in"}, "weight": {"value": 10, "unit": "lb"}}}')
echo "lynkup      $(printf '%s' "$order" | member trackingId)"

# Shiptheory: a nested form, as its JavaScript sample sends it.
token=$(call 200 POST /shiptheory/v1/token -H "$json" -d '{"email":"demo@waybill.test","password":"demo-password"}' | member token)
booked=$(call 200 POST /shiptheory/v1/shipments -H "Authorization: Bearer $token" -H 'Accept: application/json' \
	--data-urlencode "reference=sh-s-$word" -d reference2=web --data-urlencode 'shipment_detail[weight]=2.5' --data-urlencode 'shipment_detail[parcels]=1' \
	--data-urlencode 'shipment_detail[value]=135.18' --data-urlencode 'recipient[firstname]=William' --data-urlencode 'recipient[lastname]=Riker' \
	--data-urlencode 'recipient[address_line_1]=123 Southpaw Lane' --data-urlencode 'recipient[city]=Bristol' --data-urlencode 'recipient[postcode]=BS2 3AP' \
	--data-urlencode 'recipient[country]=GB' --data-urlencode 'products[0][name]=Earl Grey' --data-urlencode 'products[0][sku]=earlgrey' \
	--data-urlencode 'products[0][qty]=2' --data-urlencode 'products[0][value]=49.99' --data-urlencode 'products[0][weight]=1')
echo "shiptheory  $(printf '%s' "$booked" | member tracking)"
call 200 GET "/shiptheory/v1/shipments/sh-s-$word" -H "Authorization: Bearer $token" >/dev/null

# Peddler: credentials in the form, a bare list, and three ways to name numbers.
token=$(call 200 POST /peddler/oauth/token -d grant_type=client_credentials -d client_id=demo-client -d client_secret=demo-secret \
	--data-urlencode 'scope=DEFAULT authenticated demo' | member access_token)
added=$(call 200 POST /peddler/api/Carriers/demo/createShipments -H "Authorization: Bearer $token" -H "$json" -d '[{"metaData": "sh-p-'"$word"'",
	"deliveryAddress": {"name": "Sanne de Vries", "address1": "Kinkerstraat 12", "city": "Amsterdam", "postCode": "1053DV", "country": "NL"}, "weight": "10"}]')
number=$(printf '%s' "$added" | member trackingNumber)
call 200 GET "/peddler/api/carrier/demo/getShipmentStatuses?trackingNumbers[0]=$number&trackingNumbers[1]=P0" -H "Authorization: Bearer $token" >/dev/null
call 200 GET "/peddler/api/Carriers/demo/getShipmentStatuses?trackingNumbers=$number&trackingNumbers=P0&access_token=$token" >/dev/null
call 200 GET "/peddler/api/Carriers/demo/getShipmentStatuses?trackingNumbers=%5B%22$number%22%5D" -H "Authorization: Bearer $token" >/dev/null
echo "peddler     $number"

# EPGL: a shipment that somebody else carries.
token=$(call 200 POST /epgl/api/v1/auth/authenticate -H "$json" -d '{"clientId":"demo-client","clientSecret":"demo-secret"}' | member accessToken)
declared=$(call 201 POST /epgl/api/v1/shipment/create -H "Authorization: bearer $token" -H "$json" -d '{"trackingNumber": "sh-e-'"$word"'",
	"sender": {"name": "John Doe", "phone": "+11234567890", "countryCode": "US", "city": "Beverly Hills", "line1": "1234 Elm Street"},
	"receiver": {"name": "Jane Smith", "phone": "+442071234567", "countryCode": "GB", "city": "London", "line1": "10 Downing Street"},
	"details": {"weight": {"unit": "KG", "value": 10.0}, "declaredWeight": {"unit": "KG", "value": 10.0}, "numberOfPieces": 1,
		"pickupDate": "2024-09-11T06:40:49.160Z", "shippingType": "INT", "productCategory": "Electronics", "productType": "Parcel", "descriptionOfGoods": "Smartphones"}}')
echo "epgl        $(printf '%s' "$declared" | member message)"

# Shiplee: an order, its rates, the booking from the wallet; then the way back, booked by a form.
token=$(call 200 POST /shiplee/login -H "$json" -H 'Origin: http://localhost' -d '{"username":"demo@waybill.test","apikey":"demo-apikey"}' | member token)
ordered=$(call 201 POST /shiplee/order -H "Authorization: Bearer $token" -H "$json" -d '{"pincode": "560098", "city": "Bangalore", "state": "Karnataka", "name": "John Doe",
	"email": "customer@example.com", "mobileNumber": "9000000001", "addressLine1": "123 Sample Street, Apt 4B", "sameAddressCheckbox": 1, "orderID": "sh-i-'"$word"'",
	"paymentType": "prepaid", "products": [{"productName": "Sample Product", "quantity": 2, "productPrice": 500.00, "sku": "SKU123"}],
	"parcels": [{"length": 10, "breadth": 10, "height": 10, "physicalWeight": 1.5}]}')
order=$(printf '%s' "$ordered" | member order_id)
call 200 POST /shiplee/rates -H "Authorization: Bearer $token" -H "$json" -d '{"orderId": '"$order"', "warehouseId": 2147483833, "shipmentType": "forward"}' >/dev/null
booked=$(call 201 POST /shiplee/create_shipment -H "Authorization: Bearer $token" -H "$json" -d '{"orderId": '"$order"', "warehouseId": 2147483833,
	"action": "book_shipment", "carrierId": "delhivery_s_prepaid", "carrierName": "Delhivery Surface", "shipmentType": "forward"}')
awb=$(printf '%s' "$booked" | member awb_number)
back=$(call 201 POST /shiplee/reverse_order -H "Authorization: Bearer $token" -H "$json" -d '{"orderId": '"$order"', "awbNumber": "'"$awb"'", "reason": "Customer return",
	"warehouseId": 2147483833, "customer": {"name":"John Doe","mobile":"9000000001","address1":"123 Sample St","pincode":"560098","city":"Bangalore","state":"Karnataka"},
	"products": [{"productName":"Sample Product","quantity":1,"productPrice":500}], "parcel": {"length":10,"breadth":10,"height":10,"physicalWeight":1.5}}')
reverse=$(printf '%s' "$back" | member id)
call 200 POST /shiplee/reverse_create_shipment -H "Authorization: Bearer $token" --data-urlencode "order_id=$reverse" \
	--data-urlencode 'warehouse_id=2147483833' --data-urlencode 'carrierId=delhivery_s_prepaid' --data-urlencode 'carrierName=Delhivery Surface' >/dev/null
echo "shiplee     $awb and back"
