package native_test

import "strings"

// sequence is what docs/api.md shows, section by section: from top to bottom each line finds what it needs.
var sequence = [][2]string{
	{"Shipments", "create-shipment list-shipments get-shipment edit-shipment book-shipment cancel-shipment retry-shipment"},
	{"Rates", "rate-shipment"},
	{"Labels", "list-documents get-document get-label print-labels"},
	{"Returns", "create-return list-returns get-return rate-return book-return get-return-label cancel-return"},
	{"Pickups", "book-pickup list-pickups get-pickup cancel-pickup decide-pickup"},
	{"Manifests", "list-due-manifests plan-manifest close-manifest list-manifests get-manifest list-manifest-shipments get-manifest-document decide-manifest"},
	{"Tracking", "get-tracking track-numbers note-scan"},
	{"Find", "resolve-scan count-shipments"},
	{"History", "get-timeline list-shipment-events get-decision"},
	{"Purchases", "list-purchases get-purchase decide-purchase"},
	{"Wallet", "top-up-wallet list-wallets get-statement list-holds"},
	{"Webhooks", "create-webhook list-webhooks get-webhook update-webhook rotate-webhook-secret test-webhook pause-webhook resume-webhook replay-webhook " +
		"list-deliveries get-delivery replay-delivery delete-webhook"},
	{"Events", "list-events stream-events"},
	{"Requests", "list-requests get-request get-request-curl replay-request carrier-health"},
	{"Accounts", "create-account list-accounts get-account update-account get-access set-access get-retention set-retention delete-account restore-account"},
	{"Identity", "get-me issue-token create-user list-users get-user update-user delete-user create-client list-clients get-client rotate-client update-client " +
		"delete-client create-api-key list-api-keys get-api-key update-api-key rotate-api-key revoke-api-key list-limits set-limit clear-limit"},
	{"Sessions", "create-session list-sessions end-other-sessions end-session change-password end-user-sessions"},
	{"Connections", "list-carriers create-connection list-connections get-connection update-connection test-connection pause-connection resume-connection " +
		"delete-connection check-connection approve-connection get-connection-checklist plan-outage end-outage get-spending lend-connection take-connection-back"},
	{"Services", "create-service list-services get-service update-service delete-service"},
	{"Rate cards", "set-rate-card get-rate-card export-rate-card import-rate-card list-rate-card-versions get-rate-card-version restore-rate-card-version " +
		"withdraw-rate-card-version"},
	{"Locations", "create-location list-locations get-location update-location delete-location"},
	{"Package sizes", "create-package-size list-package-sizes get-package-size update-package-size delete-package-size"},
	{"Products", "create-product list-products get-product update-product delete-product"},
	{"Brands", "create-brand list-brands get-brand update-brand delete-brand"},
	{"Tags", "create-tag list-tags get-tag update-tag delete-tag"},
	{"Addresses", "create-address list-addresses get-address update-address delete-address"},
	{"Rules", "get-rule-vocabulary validate-rule create-rule list-rules get-rule update-rule list-rule-notices dry-run-rules backtest-rules delete-rule save-rule-draft " +
		"get-rule-draft diff-rules publish-rules list-rule-versions get-rule-version restore-rule-version withdraw-rule-version drop-rule-draft"},
	{"Saved views", "create-saved-view list-saved-views get-saved-view update-saved-view delete-saved-view"},
	{"Declarations", "list-declarations get-declaration"},
	{"Sandbox", "get-test-clock move-test-clock advance-parcel"},
	{"Erasures", "preview-erasure create-erasure list-erasures get-erasure"},
	{"Audit", "list-audit"},
}

// ours is what is the demo's own about an operation's line.
type ours struct {
	before []string // lines that make what it needs, or find it
	change []string // in the line that the document makes: what, and what is put in its place
}

// put adds the lines that come before, and has the shell fill the holes in the path.
func (o ours) put(line string) string {
	line = strings.NewReplacer(append(o.change, "{id}", "$ID", "0123456789abcdef01234567", "$ID", "{document}", "$DOCUMENT", "{number}", "$NUMBER", "{outage}", "$OUTAGE")...).Replace(line)
	return strings.Join(append(o.before, line), "\n")
}

const (
	asked = `curl -s -H "Authorization: Bearer $KEY" `
	json_ = `-H 'Content-Type: application/json' `
)

// newest finds the newest of a list.
func newest(variable, path string) string {
	return variable + "=$(" + asked + "$URL" + path + " | first id)"
}

// posted sends a body, whose answer is of no interest but for the member that is kept in the variable.
func posted(variable, member, path, body string) string {
	return variable + "=$(" + asked + json_ + "-d '" + body + "' $URL" + path + " | first " + member + ")"
}

// due finds the day that DHL's parcels leave a place on.
func due(location string) string {
	return "DAY=$(" + asked + "$URL/manifests/due | grep -o '" + location + `","connection":"dhl".*' | first ship_date)`
}

// toBristol is the body that books a parcel with DHL.
func toBristol(reference, name, location string) string {
	return `{"reference":"` + reference + `","location":"` + location + `","to":{"name":"` + name + `","street1":"12 Park Row","city":"Bristol","postcode":"BS1 5LN",` +
		`"country":"GB"},"parcels":[{"weight":{"value":1.2,"unit":"kg"}}],"book":{"connection":"dhl","service":"two_day"}}`
}

func loggedIn(email, password string) string {
	return "TOKEN=$(curl -s " + json_ + `-d '{"email":"` + email + `","password":"` + password + `"}' $URL/sessions | first token)`
}

// later is when something is planned that is taken back at once.
const later = `{"at":"2037-01-01T00:00:00Z"}`

var (
	mine = []string{"$KEY", "$TOKEN"}

	own = map[string]ours{
		"cancel-shipment": {
			before: []string{posted("ID", "id", "/shipments", toBristol("ORDER-1003", "Cy Byron", "GB-BATH"))},
			change: []string{"ORDER-1001", "$ID"},
		},
		"retry-shipment": {
			before: []string{
				posted("ID", "id", "/shipments", toBristol("ORDER-1004", "Magic outage", "GB-BATH")),
				asked + `-X PATCH ` + json_ + `-d '{"to":{"name":"Di Byron"}}' $URL/shipments/$ID`,
			},
			change: []string{"ORDER-1001", "$ID"},
		},
		"get-document": {before: []string{newest("DOCUMENT", "/shipments/ORDER-1001/documents")}},
		"print-labels": {before: []string{posted("ID", "id", "/shipments", toBristol("ORDER-1002", "Bea Byron", "GB-BATH"))}},
		"get-return":   {before: []string{newest("ID", "/returns")}},
		"get-pickup":   {before: []string{newest("ID", "/pickups")}},
		"decide-pickup": {before: []string{
			posted("DOCK", "id", "/locations", `{"reference":"DOCK","name":"A dock that answers get lost at","connections":["dhl"],"address":{"name":"Magic lost-for-good","phone":"0117 496 0000",`+
				`"street1":"1 Quay Street","city":"Bristol","postcode":"BS1 4DJ","country":"GB"}}`),
			posted("ID", "id", "/pickups", `{"location":"DOCK","connection":"dhl","ready":"2030-01-07T13:00:00Z","close":"2030-01-07T17:00:00Z","parcels":1}`),
		}},
		"close-manifest": {
			before: []string{due("GB-BATH")},
			change: []string{`"GB-BATH"}'`, `"GB-BATH","ship_date":"'$DAY'"}'`},
		},
		"get-manifest": {before: []string{newest("ID", "/manifests")}},
		"decide-manifest": {before: []string{
			posted("ID", "id", "/shipments", toBristol("ORDER-1005", "Ed Byron", "DOCK")),
			due("DOCK"),
			`ID=$(` + asked + json_ + `-d '{"connection":"dhl","location":"DOCK","ship_date":"'$DAY'"}' $URL/manifests | first id)`,
		}},
		"get-tracking": {before: []string{`NUMBER=$(` + asked + `$URL/shipments/ORDER-1001 | first tracking_number)`}},
		"list-purchases": {before: []string{posted("ID", "id", "/shipments",
			`{"reference":"ORDER-1006","location":"7709","to":{"name":"Magic lost-for-good","phone":"+1 617-555-0101","street1":"725 Albany Street","city":"Boston","state":"MA",`+
				`"postcode":"02118","country":"US"},"parcels":[{"weight":{"value":2,"unit":"kg"},"size":{"length":20,"width":15,"height":10,"unit":"cm"}}],"book":{"connection":"ups"}}`)}},
		"get-purchase":   {before: []string{newest("ID", "/purchases")}},
		"get-webhook":    {before: []string{newest("ID", "/webhooks")}},
		"get-delivery":   {before: []string{newest("ID", "/deliveries")}},
		"delete-webhook": {before: []string{newest("ID", "/webhooks")}},
		"stream-events":  {change: []string{"curl -s", "curl -sN", "/stream", "/stream?cursor=0 | head -n 5"}},
		"get-request":    {before: []string{newest("ID", "/requests?operation=get-me")}},
		"get-api-key":    {before: []string{newest("ID", "/api-keys")}},
		"set-limit":      {change: []string{"/native", `/native?account=Shop%20North`}},
		"clear-limit":    {change: []string{"/native", `/native?account=Shop%20North`}},
		"list-sessions":  {before: []string{loggedIn("demo@waybill.test", "demo-password")}, change: mine},
		"end-session":    {change: mine},
		"change-password": {
			before: []string{
				posted("CLERK", "id", "/users", `{"email":"clerk@shop.example","password":"correct horse battery","role":"operations"}`),
				loggedIn("clerk@shop.example", "correct horse battery"),
			},
			change: mine,
		},
		"end-other-sessions": {change: mine},
		"end-user-sessions":  {change: []string{"packer@shop.example", "$CLERK"}},
		"end-outage": {before: []string{
			`OUTAGE=$(` + asked + `$URL/connections/dpd | sed 's/.*"outages"://' | first id)`,
		}},
		"withdraw-rate-card-version": {
			before: []string{posted("VERSION", "version", "/connections/dpd/rate-card/versions/1/restore", later)},
			change: []string{"versions/1", "versions/$VERSION"},
		},
		"withdraw-rule-version": {
			before: []string{posted("VERSION", "version", "/rules/versions/2/restore", later)},
			change: []string{"versions/2", "versions/$VERSION"},
		},
		"drop-rule-draft": {before: []string{asked + `-X PUT ` + json_ + `-d '{"rules":[]}' $URL/rules/draft`}},
		"get-declaration": {before: []string{
			`TOKEN=$(curl -s ` + json_ + `-d '{"clientId":"demo-client","clientSecret":"demo-secret"}' ${URL%/api/v1}/epgl/api/v1/auth/authenticate | first accessToken)`,
			`curl -s -H "Authorization: Bearer $TOKEN" ` + json_ + `-d '{"trackingNumber":"EPGL-1001","sender":{"name":"Demo Trading","phone":"+97141234567","countryCode":"AE","city":"Dubai",` +
				`"line1":"Sheikh Zayed Road"},"receiver":{"name":"Omar Haddad","phone":"+97121234567","countryCode":"AE","city":"Abu Dhabi","line1":"Corniche Road"},` +
				`"details":{"weight":{"unit":"KG","value":1.5},"declaredWeight":{"unit":"KG","value":1.5},"numberOfPieces":1,"pickupDate":"'$(date -u +%F)'T08:00:00Z",` +
				`"deliveryStatus":"Delivered","shippingType":"DOM","productCategory":"Documents","productType":"Same Day","descriptionOfGoods":"Contracts"}}' ${URL%/api/v1}/epgl/api/v1/shipment/create`,
			newest("ID", "/declarations"),
		}},
		"advance-parcel": {before: []string{`NUMBER=$(` + asked + `$URL/shipments/ORDER-1002 | first tracking_number)`}},
		"get-erasure":    {before: []string{newest("ID", "/erasures")}},
	}
)
