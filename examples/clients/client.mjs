// A tour of the five APIs with Node's fetch. Usage: client.mjs BASE WORD
const [base, word] = process.argv.slice(2);

async function call(want, method, path, { body, form, headers = {} } = {}) {
  const options = { method, headers: { ...headers } };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers['Content-Type'] ??= 'application/json';
  }
  if (form !== undefined) options.body = new URLSearchParams(form); // sends a charset with the content type
  const answer = await fetch(base + path, options);
  const text = await answer.text();
  if (answer.status !== want) throw new Error(`${method} ${path}: ${answer.status} instead of ${want}: ${text}`);
  return JSON.parse(text);
}

const bearer = (token, scheme = 'Bearer') => ({ Authorization: `${scheme} ${token}` });

const tours = {
  async lynkup() {
    const basic = Buffer.from('demo-client:demo-secret').toString('base64');
    const { access_token: token } = await call(200, 'POST', '/lynkup/ent-services/security/v1/oauth/token', {
      form: { grant_type: 'client_credentials' }, headers: { Authorization: `Basic ${basic}` },
    });
    const order = await call(201, 'POST', '/lynkup/shipments', {
      headers: { ...bearer(token, 'bearer'), 'Content-Type': 'application/json;charset=UTF-8' },
      body: {
        locationExternalId: '7709', orderExternalId: `js-l-${word}`, orderValue: 10,
        deliveryContact: { name: 'John Smith', phone: '+1 234-567-8900' },
        deliveryAddress: { street1: '725 Albany Street', city: 'Boston', state: 'MA', postalCode: '02118', countryCode: 'US' },
        package: { name: 'custom', itemQuantity: 1, size: { length: 10, width: 10, height: 10, unit: 'in' }, weight: { value: 10, unit: 'lb' } },
      },
    });
    return order.trackingId;
  },

  async shiptheory() {
    const { data } = await call(200, 'POST', '/shiptheory/v1/token', { body: { email: 'demo@waybill.test', password: 'demo-password' } });
    const booked = await call(200, 'POST', '/shiptheory/v1/shipments', {
      headers: bearer(data.token),
      form: {
        reference: `js-s-${word}`, reference2: 'web', 'shipment_detail[weight]': '2.5', 'shipment_detail[parcels]': '1', 'shipment_detail[value]': '135.18',
        'recipient[firstname]': 'William', 'recipient[lastname]': 'Riker', 'recipient[address_line_1]': '123 Southpaw Lane',
        'recipient[city]': 'Bristol', 'recipient[postcode]': 'BS2 3AP', 'recipient[country]': 'GB',
        'products[0][name]': 'Earl Grey', 'products[0][sku]': 'earlgrey', 'products[0][qty]': '2', 'products[0][value]': '49.99', 'products[0][weight]': '1',
      },
    });
    return booked.carrier_result.tracking;
  },

  async peddler() {
    const { access_token: token } = await call(200, 'POST', '/peddler/oauth/token', {
      form: { grant_type: 'client_credentials', client_id: 'demo-client', client_secret: 'demo-secret', scope: 'DEFAULT authenticated demo' },
    });
    const [added] = await call(200, 'POST', '/peddler/api/carrier/demo/createShipments', {
      headers: bearer(token),
      body: [{ metaData: `js-p-${word}`, deliveryAddress: { name: 'Zoë', address1: 'Kinkerstraat 12', city: 'Amsterdam', postCode: '1053DV', country: 'NL' } }],
    });
    if (added.status !== 'ADDED') throw new Error(JSON.stringify(added));
    const number = added.trackingNumber;
    const ways = [
      new URLSearchParams([['trackingNumbers', number], ['trackingNumbers', 'P0']]),
      new URLSearchParams([['trackingNumbers[0]', number], ['trackingNumbers[1]', 'P0']]),
      new URLSearchParams({ trackingNumbers: JSON.stringify([number, 'P0']) }),
    ];
    for (const way of ways) {
      const statuses = await call(200, 'GET', `/peddler/api/Carriers/demo/getShipmentStatuses?${way}&access_token=${token}`);
      if (statuses.length !== 2 || statuses[0].packages === null || statuses[1].packages !== null) throw new Error(`${way}: ${JSON.stringify(statuses)}`);
    }
    return number;
  },

  async epgl() {
    const { accessToken } = await call(200, 'POST', '/epgl/api/v1/auth/authenticate', { body: { clientId: 'demo-client', clientSecret: 'demo-secret' } });
    const party = { name: 'John Doe', phone: '+11234567890', countryCode: 'US', city: 'Beverly Hills', line1: '1234 Elm Street' };
    const weight = { unit: 'KG', value: 10.0 };
    const declared = await call(201, 'POST', '/epgl/api/v1/shipment/create', {
      headers: bearer(accessToken),
      body: {
        trackingNumber: `js-e-${word}`, sender: party, receiver: { ...party, name: 'Jane Smith' },
        details: {
          weight, declaredWeight: weight, numberOfPieces: 1, pickupDate: '2024-09-11T06:40:49.160Z', shippingType: 'INT',
          productCategory: 'Electronics', productType: 'Parcel', descriptionOfGoods: 'Smartphones',
        },
      },
    });
    return declared.message;
  },

  async shiplee() {
    const { token } = await call(200, 'POST', '/shiplee/login', { body: { username: 'demo@waybill.test', apikey: 'demo-apikey' } });
    const headers = bearer(token);
    const { order_id: order } = await call(201, 'POST', '/shiplee/order', {
      headers,
      body: {
        pincode: '560098', city: 'Bangalore', state: 'Karnataka', name: 'John Doe', email: 'customer@example.com', mobileNumber: '9000000001',
        addressLine1: '123 Sample Street, Apt 4B', sameAddressCheckbox: 1, orderID: `js-i-${word}`, paymentType: 'prepaid',
        products: [{ productName: 'Sample Product', quantity: 2, productPrice: 500.0, sku: 'SKU123' }],
        parcels: [{ length: 10, breadth: 10, height: 10, physicalWeight: 1.5 }],
      },
    });
    const { data } = await call(200, 'POST', '/shiplee/rates', { headers, body: { orderId: order, warehouseId: 2147483833, shipmentType: 'forward' } });
    const [offer] = data.carrier_info;
    const { awb_number: awb } = await call(201, 'POST', '/shiplee/create_shipment', {
      headers,
      body: {
        orderId: order, warehouseId: 2147483833, action: 'book_shipment', carrierId: offer.carrier_id, carrierName: offer.carrier_name, shipmentType: 'forward',
      },
    });
    const reverse = await call(201, 'POST', '/shiplee/reverse_order', {
      headers,
      body: {
        orderId: order, awbNumber: awb, reason: 'Customer return', warehouseId: 2147483833,
        customer: { name: 'John Doe', mobile: '9000000001', address1: '123 Sample St', pincode: '560098', city: 'Bangalore', state: 'Karnataka' },
        products: [{ productName: 'Sample Product', quantity: 1, productPrice: 500 }],
        parcel: { length: 10, breadth: 10, height: 10, physicalWeight: 1.5 },
      },
    });
    await call(200, 'POST', '/shiplee/reverse_create_shipment', {
      headers, form: { order_id: reverse.id, warehouse_id: '2147483833', carrierId: offer.carrier_id, carrierName: offer.carrier_name },
    });
    return `${awb} and back`;
  },
};

for (const [name, tour] of Object.entries(tours)) console.log(name.padEnd(12) + (await tour()));
