#!/usr/bin/env python3
"""A tour of the five APIs with Python's standard library. Usage: client.py BASE WORD"""
import base64
import json
import sys
import urllib.error
import urllib.parse
import urllib.request

BASE, WORD = sys.argv[1], sys.argv[2]


def call(want, method, path, body=None, form=None, headers=None):
    """Send a request, insist on its status and read the JSON of the answer."""
    headers = dict(headers or {})
    data = None
    if body is not None:
        data = json.dumps(body).encode()
        headers.setdefault("Content-Type", "application/json")
    if form is not None:
        data = urllib.parse.urlencode(form).encode()
    request = urllib.request.Request(BASE + path, data=data, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            status, text = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read()
    if status != want:
        sys.exit(f"{method} {path}: {status} instead of {want}: {text.decode(errors='replace')}")
    return json.loads(text)


def bearer(token, word="Bearer"):
    return {"Authorization": f"{word} {token}"}


def lynkup():
    basic = base64.b64encode(b"demo-client:demo-secret").decode()
    token = call(200, "POST", "/lynkup/ent-services/security/v1/oauth/token", form={"grant_type": "client_credentials"},
                 headers={"Authorization": "Basic " + basic})["access_token"]
    headers = bearer(token, "bearer") | {"Content-Type": "application/json; charset=utf-8"}
    order = call(201, "POST", "/lynkup/shipments", headers=headers, body={
        "locationExternalId": "7709", "orderExternalId": f"py-l-{WORD}", "orderValue": 10,
        "deliveryContact": {"name": "John Smith", "phone": "+1 234-567-8900"},
        "deliveryAddress": {"street1": "725 Albany Street", "city": "Boston", "state": "MA", "postalCode": "02118", "countryCode": "US"},
        "package": {"name": "custom", "itemQuantity": 1, "size": {"length": 10, "width": 10, "height": 10, "unit": "in"},
                    "weight": {"value": 10, "unit": "lb"}}})
    return order["trackingId"]


def shiptheory():
    token = call(200, "POST", "/shiptheory/v1/token", body={"email": "demo@waybill.test", "password": "demo-password"})["data"]["token"]
    booked = call(200, "POST", "/shiptheory/v1/shipments", headers=bearer(token), body={
        "reference": f"py-s-{WORD}", "reference2": "web", "shipment_detail": {"weight": "2.5", "parcels": 1, "value": 135.18},
        "recipient": {"firstname": "William", "lastname": "Riker", "address_line_1": "123 Southpaw Lane", "city": "Bristol",
                      "postcode": "BS2 3AP", "country": "GB"},
        "products": [{"name": "Earl Grey", "sku": "earlgrey", "qty": 2, "value": 49.99, "weight": 1}]})
    call(200, "GET", f"/shiptheory/v1/shipments/py-s-{WORD}", headers=bearer(token))
    return booked["carrier_result"]["tracking"]


def peddler():
    token = call(200, "POST", "/peddler/oauth/token", form={
        "grant_type": "client_credentials", "client_id": "demo-client", "client_secret": "demo-secret",
        "scope": "DEFAULT authenticated demo"})["access_token"]
    address = {"name": "Sanne de Vries", "address1": "Kinkerstraat 12", "city": "Amsterdam", "postCode": "1053 DV", "country": "NL"}
    added = call(200, "POST", "/peddler/api/Carriers/demo/createShipments", headers=bearer(token),
                 body={"shipments": [{"metaData": f"py-p-{WORD}", "deliveryAddress": address, "weight": 2}, {"metaData": f"py-q-{WORD}"}]})
    if [item["status"] for item in added] != ["ADDED", "ERROR"]:
        sys.exit(f"peddler: {added}")
    number = added[0]["trackingNumber"]
    for query in (urllib.parse.urlencode({"trackingNumbers": [number, "P0"]}, doseq=True),
                  urllib.parse.urlencode({"trackingNumbers[0]": number, "trackingNumbers[1]": "P0"}),
                  urllib.parse.urlencode({"trackingNumbers": json.dumps([number, "P0"])})):
        statuses = call(200, "GET", "/peddler/api/Carriers/demo/getShipmentStatuses?" + query, headers=bearer(token))
        if [entry["inquiryNumber"] for entry in statuses] != [number, "P0"] or statuses[1]["packages"] is not None:
            sys.exit(f"peddler: {query}: {statuses}")
    return number


def epgl():
    token = call(200, "POST", "/epgl/api/v1/auth/authenticate", body={"clientId": "demo-client", "clientSecret": "demo-secret"})["accessToken"]
    party = {"name": "John Doe", "phone": "+11234567890", "countryCode": "US", "city": "Beverly Hills", "line1": "1234 Elm Street"}
    weight = {"unit": "KG", "value": 10.0}
    declared = call(201, "POST", "/epgl/api/v1/shipment/create", headers=bearer(token, "bearer"), body={
        "trackingNumber": f"py-e-{WORD}", "sender": party, "receiver": party | {"name": "Jane Smith"},
        "details": {"weight": weight, "declaredWeight": weight, "numberOfPieces": 1, "pickupDate": "2024-09-11T06:40:49.160Z",
                    "shippingType": "INT", "productCategory": "Electronics", "productType": "Parcel", "descriptionOfGoods": "Smartphones"}})
    return declared["message"]


def shiplee():
    token = call(200, "POST", "/shiplee/login", body={"username": "demo@waybill.test", "apikey": "demo-apikey"})["token"]
    order = call(201, "POST", "/shiplee/order", headers=bearer(token), body={
        "pincode": "560098", "city": "Bangalore", "state": "Karnataka", "name": "John Doe", "email": "customer@example.com",
        "mobileNumber": "9000000001", "addressLine1": "123 Sample Street, Apt 4B", "sameAddressCheckbox": 1, "orderID": f"py-i-{WORD}",
        "paymentType": "prepaid", "products": [{"productName": "Sample Product", "quantity": 2, "productPrice": 500.00, "sku": "SKU123"}],
        "parcels": [{"length": 10, "breadth": 10, "height": 10, "physicalWeight": 1.5}]})["order_id"]
    offers = call(200, "POST", "/shiplee/rates", headers=bearer(token),
                  body={"orderId": order, "warehouseId": 2147483833, "shipmentType": "forward"})["data"]["carrier_info"]
    offer = min(offers, key=lambda o: o["cost"])
    awb = call(201, "POST", "/shiplee/create_shipment", headers=bearer(token), body={
        "orderId": order, "warehouseId": 2147483833, "action": "book_shipment", "carrierId": offer["carrier_id"],
        "carrierName": offer["carrier_name"], "shipmentType": "forward"})["awb_number"]
    reverse = call(201, "POST", "/shiplee/reverse_order", headers=bearer(token), body={
        "orderId": order, "awbNumber": awb, "reason": "Customer return", "warehouseId": 2147483833,
        "customer": {"name": "John Doe", "mobile": "9000000001", "address1": "123 Sample St", "pincode": "560098", "city": "Bangalore", "state": "Karnataka"},
        "products": [{"productName": "Sample Product", "quantity": 1, "productPrice": 500}],
        "parcel": {"length": 10, "breadth": 10, "height": 10, "physicalWeight": 1.5}})
    call(200, "POST", "/shiplee/reverse_create_shipment", headers=bearer(token), form={
        "order_id": reverse["id"], "warehouse_id": 2147483833, "carrierId": offer["carrier_id"], "carrierName": offer["carrier_name"]})
    return f"{awb} and back"


for tour in (lynkup, shiptheory, peddler, epgl, shiplee):
    print(f"{tour.__name__:<12}{tour()}")
