// A tour of the client against a running server with the demo's data: node test/tour.mjs SERVER KEY.
// Each line that it prints is something that worked; the first thing that does not ends it.
import assert from "node:assert/strict";

import { Client, Problem } from "../dist/index.js";

const [server, key] = process.argv.slice(2);

/** Counts requests, and loses or refuses the answer of those that it is told to. */
function flaky(plan) {
  const seen = [];
  const fetch = async (url, init) => {
    seen.push({ method: init.method, key: init.headers["Idempotency-Key"] });
    const response = await globalThis.fetch(url, init);
    switch (plan.shift()) {
      case "lose":
        await response.text(); // it was done, and nobody hears of it
        throw new TypeError("fetch failed");
      case "busy":
        return new Response("", { status: 503, headers: { "Retry-After": "0" } });
      default:
        return response;
    }
  };
  return { fetch, seen };
}

const waybill = new Client({ server, key });
const to = { name: "Ada Byron", street1: "12 Park Row", city: "Bristol", postcode: "BS1 5LN", country: "GB", email: "ada@example.com" };
const order = (reference) => ({
  reference,
  location: "GB-BATH",
  value: { amount: 4999, currency: "GBP" },
  to,
  parcels: [{ weight: { value: 1.2, unit: "kg" }, size: { length: 30, width: 20, height: 10, unit: "cm" } }],
});

const me = await waybill.get("/me");
assert.equal(me.account.name, "demo");
console.log("me", me.account.name);

const stop = new AbortController();
const heard = [];
const began = Promise.withResolvers?.() ?? (() => {
  let resolve;
  return { promise: new Promise((r) => (resolve = r)), resolve: () => resolve() };
})();
const streaming = new Client({
  server,
  key,
  fetch: async (...args) => {
    const response = await globalThis.fetch(...args);
    began.resolve();
    return response;
  },
});
const listening = (async () => {
  for await (const { id, event } of streaming.events({ kind: ["shipment.booked"], signal: stop.signal })) {
    assert.ok(id);
    heard.push(event);
    return;
  }
})();
await began.promise;

const rates = await waybill.post("/rates", { body: { shipment: order("TS-RATES") } });
assert.ok(rates.rates.length > 1, "there is a choice");
assert.ok(rates.rates.every((r) => r.price.currency === "GBP"));
const [best] = rates.rates;
console.log("rates", rates.rates.length);

const once = flaky(["lose", "busy"]);
const lossy = new Client({ server, key, fetch: once.fetch });
const booked = await lossy.send("post", "/shipments", { body: { ...order("TS-1"), book: { connection: best.connection, service: best.service } } });
assert.equal(booked.data.booking, "booked");
assert.equal(booked.tries, 3);
assert.equal(new Set(once.seen.map((s) => s.key)).size, 1, "one key goes with every try");
assert.equal(booked.data.carrier.service, best.service);
assert.deepEqual(booked.data.price, best.price);
console.log("booked", booked.data.tracking_number, "in", booked.tries, "tries");

await listening;
assert.equal(heard[0].kind, "shipment.booked");
assert.equal(heard[0].shipment_id, booked.data.id);
console.log("heard", heard[0].kind);

const label = await waybill.file("/shipments/{id}/label", { path: { id: "TS-1" }, query: { format: "pdf" } });
assert.equal(label.type, "application/pdf");
assert.equal(new TextDecoder().decode(label.data.slice(0, 5)), "%PDF-");
console.log("label", label.data.length);

const before = await waybill.send("get", "/shipments/{id}", { path: { id: "TS-1" } });
const edited = await waybill.patch("/shipments/{id}", { path: { id: "TS-1" }, body: { reference2: "PO-7" }, ifMatch: before.etag });
assert.equal(edited.reference2, "PO-7");
await assert.rejects(
  waybill.patch("/shipments/{id}", { path: { id: "TS-1" }, body: { reference2: "PO-8" }, ifMatch: before.etag }),
  (error) => error instanceof Problem && error.status === 412 && error.reason !== "" && error.requestId !== undefined,
);
console.log("edited, and not over another's change");

await assert.rejects(waybill.post("/shipments", { body: { ...order("TS-2"), to: { ...to, country: "Britain" } } }), (error) => {
  assert.ok(error instanceof Problem);
  assert.equal(error.status, 422);
  assert.ok(error.errors.some((e) => e.path === "to.country"), JSON.stringify(error.errors));
  return true;
});
console.log("refused, with the member's name");

const cancelled = await waybill.delete("/shipments/{id}", { path: { id: "TS-1" }, query: { note: "changed my mind" } });
assert.ok(cancelled.booking === "cancelled" || cancelled.cancel_requested);
console.log("cancelled", cancelled.booking);

for (let i = 3; i < 13; i++) {
  await waybill.post("/shipments", { body: order(`TS-${i}`) });
}
const references = new Set();
let count = 0;
for await (const shipment of waybill.all("/shipments", { query: { limit: 3 } })) {
  references.add(shipment.reference);
  count++;
}
assert.equal(references.size, count, "nothing comes twice");
for (let i = 3; i < 13; i++) {
  assert.ok(references.has(`TS-${i}`), `TS-${i} is in the list`);
}
console.log("listed", count);

const unkeyed = new Client({ server: "http://127.0.0.1:1", key });
await assert.rejects(unkeyed.get("/me", { signal: AbortSignal.timeout(300) }));
console.log("done");
