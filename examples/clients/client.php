<?php
// A tour of the five APIs with PHP's curl extension. Usage: client.php BASE WORD
[, $base, $word] = $argv;

function call(int $want, string $method, string $path, array $headers = [], ?array $json = null, ?array $form = null): array
{
    global $base;
    $ch = curl_init($base . $path);
    $options = [CURLOPT_RETURNTRANSFER => true, CURLOPT_CUSTOMREQUEST => $method];
    if ($json !== null) {
        $headers[] = 'Content-Type: application/json';
        $options[CURLOPT_POSTFIELDS] = json_encode($json);
    }
    if ($form !== null) {
        $options[CURLOPT_POSTFIELDS] = http_build_query($form);
    }
    $options[CURLOPT_HTTPHEADER] = $headers;
    curl_setopt_array($ch, $options);
    $text = curl_exec($ch);
    $status = curl_getinfo($ch, CURLINFO_RESPONSE_CODE);
    if ($status !== $want) {
        fwrite(STDERR, "$method $path: $status instead of $want: $text\n");
        exit(1);
    }
    return json_decode($text, true);
}

function tell(string $name, string $what): void
{
    echo str_pad($name, 12), $what, "\n";
}

// LynkUp
$basic = base64_encode('demo-client:demo-secret');
$token = call(200, 'POST', '/lynkup/ent-services/security/v1/oauth/token', ["Authorization: Basic $basic"], null, ['grant_type' => 'client_credentials'])['access_token'];
$order = call(201, 'POST', '/lynkup/shipments', ["authorization: bearer $token"], [
    'locationExternalId' => '7709', 'orderExternalId' => "php-l-$word", 'orderValue' => 10,
    'deliveryContact' => ['name' => 'John Smith', 'phone' => '+1 234-567-8900'],
    'deliveryAddress' => ['street1' => '725 Albany Street', 'city' => 'Boston', 'state' => 'MA', 'postalCode' => '02118', 'countryCode' => 'US'],
    'package' => ['name' => 'custom', 'itemQuantity' => 1, 'size' => ['length' => 10, 'width' => 10, 'height' => 10, 'unit' => 'in'], 'weight' => ['value' => 10, 'unit' => 'lb']],
]);
tell('lynkup', $order['trackingId']);

// Shiptheory: JSON, and a search whose keys are bracketed
$token = call(200, 'POST', '/shiptheory/v1/token', [], ['email' => 'demo@waybill.test', 'password' => 'demo-password'])['data']['token'];
$booked = call(200, 'POST', '/shiptheory/v1/shipments', ["Authorization: Bearer $token"], [
    'reference' => "php-s-$word", 'reference2' => 'web', 'shipment_detail' => ['weight' => '2.5', 'parcels' => 1, 'value' => '135.18'],
    'recipient' => ['firstname' => 'William', 'lastname' => 'Riker', 'address_line_1' => '123 Southpaw Lane', 'city' => 'Bristol', 'postcode' => 'BS2 3AP', 'country' => 'GB'],
    'products' => [['name' => 'Earl Grey', 'sku' => 'earlgrey', 'qty' => 2, 'value' => 49.99, 'weight' => 1]],
]);
tell('shiptheory', $booked['carrier_result']['tracking']);

// Peddler
$token = call(200, 'POST', '/peddler/oauth/token', [], null, [
    'grant_type' => 'client_credentials', 'client_id' => 'demo-client', 'client_secret' => 'demo-secret', 'scope' => 'DEFAULT authenticated demo',
])['access_token'];
$address = ['name' => 'Sanne de Vries', 'address1' => 'Kinkerstraat 12', 'city' => 'Amsterdam', 'postCode' => '1053DV', 'country' => 'NL'];
$added = call(200, 'POST', '/peddler/api/Carriers/demo/createShipments', ["Authorization: Bearer $token"], [['metaData' => "php-p-$word", 'deliveryAddress' => $address]]);
$number = $added[0]['trackingNumber'];
// http_build_query writes trackingNumbers[0]=…&trackingNumbers[1]=…, brackets encoded
call(200, 'GET', '/peddler/api/carrier/demo/getShipmentStatuses?' . http_build_query(['trackingNumbers' => [$number, 'P0']]), ["Authorization: Bearer $token"]);
tell('peddler', $number);

// EPGL
$token = call(200, 'POST', '/epgl/api/v1/auth/authenticate', [], ['clientId' => 'demo-client', 'clientSecret' => 'demo-secret'])['accessToken'];
$party = ['name' => 'John Doe', 'phone' => '+11234567890', 'countryCode' => 'US', 'city' => 'Beverly Hills', 'line1' => '1234 Elm Street'];
$weight = ['unit' => 'KG', 'value' => 10.0];
$declared = call(201, 'POST', '/epgl/api/v1/shipment/create', ["Authorization: Bearer $token"], [
    'trackingNumber' => "php-e-$word", 'sender' => $party, 'receiver' => $party,
    'details' => ['weight' => $weight, 'declaredWeight' => $weight, 'numberOfPieces' => 1, 'pickupDate' => '2024-09-11T06:40:49.160Z', 'shippingType' => 'INT',
        'productCategory' => 'Electronics', 'productType' => 'Parcel', 'descriptionOfGoods' => 'Smartphones'],
]);
tell('epgl', $declared['message']);

// Shiplee
$token = call(200, 'POST', '/shiplee/login', ['Origin: http://localhost'], ['username' => 'demo@waybill.test', 'apikey' => 'demo-apikey'])['token'];
$auth = ["Authorization: Bearer $token"];
$order = call(201, 'POST', '/shiplee/order', $auth, [
    'pincode' => '560098', 'city' => 'Bangalore', 'state' => 'Karnataka', 'name' => 'John Doe', 'email' => 'customer@example.com', 'mobileNumber' => '9000000001',
    'addressLine1' => '123 Sample Street, Apt 4B', 'sameAddressCheckbox' => 1, 'orderID' => "php-i-$word", 'paymentType' => 'prepaid',
    'products' => [['productName' => 'Sample Product', 'quantity' => 2, 'productPrice' => 500.00, 'sku' => 'SKU123']],
    'parcels' => [['length' => 10, 'breadth' => 10, 'height' => 10, 'physicalWeight' => 1.5]],
])['order_id'];
$offer = call(200, 'POST', '/shiplee/rates', $auth, ['orderId' => $order, 'warehouseId' => 2147483833, 'shipmentType' => 'forward'])['data']['carrier_info'][0];
$awb = call(201, 'POST', '/shiplee/create_shipment', $auth, [
    'orderId' => $order, 'warehouseId' => 2147483833, 'action' => 'book_shipment', 'carrierId' => $offer['carrier_id'], 'carrierName' => $offer['carrier_name'], 'shipmentType' => 'forward',
])['awb_number'];
$reverse = call(201, 'POST', '/shiplee/reverse_order', $auth, [
    'orderId' => $order, 'awbNumber' => $awb, 'reason' => 'Customer return', 'warehouseId' => 2147483833,
    'customer' => ['name' => 'John Doe', 'mobile' => '9000000001', 'address1' => '123 Sample St', 'pincode' => '560098', 'city' => 'Bangalore', 'state' => 'Karnataka'],
    'products' => [['productName' => 'Sample Product', 'quantity' => 1, 'productPrice' => 500]],
    'parcel' => ['length' => 10, 'breadth' => 10, 'height' => 10, 'physicalWeight' => 1.5],
]);
call(200, 'POST', '/shiplee/reverse_create_shipment', $auth, null, [
    'order_id' => $reverse['id'], 'warehouse_id' => 2147483833, 'carrierId' => $offer['carrier_id'], 'carrierName' => $offer['carrier_name'],
]);
tell('shiplee', "$awb and back");
