package peddler

import (
	"strings"

	"waybill/dialect"
	"waybill/engine"
)

// The operations, as the fault table, metrics and logs know them.
const (
	opToken     = "token"
	opCreate    = "create_shipments"
	opStatuses  = "get_shipment_statuses"
	opUpdate    = "update_shipment"
	opUpdates   = "update_shipments"
	opCancel    = "cancel_shipment"
	opLabel     = "shipping_label"
	opDepart    = "departed_facility"
	opPostcodes = "postcodes"
	opPostcode  = "postcode"
)

// The path parameters.
const (
	carrierID      = "carrier_id"
	trackingNumber = "tracking_number"
)

// The roots of the API: see the package comment.
const (
	root2023    = "/api/carrier/"
	rootCurrent = "/api/Carriers/"
)

// maxBody is room for as many shipments as one call may bring.
const maxBody = 4 << 20

func routes() dialect.Routes {
	token := dialect.Route{Op: opToken, Open: true, Call: dialect.Do(decodeToken, issueToken, encodeToken)}
	all := dialect.Routes{"POST /oauth/token": token, "POST /api/oauth/token": token}
	for pattern, route := range (dialect.Routes{
		"POST createShipments":                  {Op: opCreate, MaxBody: maxBody, Call: dialect.Do(decodeCreate, create, encodeCreate)},
		"GET getShipmentStatuses":               {Op: opStatuses, Call: dialect.Do(decodeStatuses, engine.Session.TrackNumbers, encodeStatuses)},
		"POST updateShipment/{tracking_number}": {Op: opUpdate, Call: dialect.Do(decodeUpdate, update, encodeUpdate)},
		"PUT updateShipments":                   {Op: opUpdates, MaxBody: maxBody, Call: dialect.Do(decodeUpdates, updateEach, encodeUpdates)},
		"POST cancelShipment/{tracking_number}": {Op: opCancel, Call: dialect.Do(decodeCancel, engine.Session.CancelShipment, encodeCancel)},
		"DELETE cancelShipment/{tracking_number}": {
			Op: opCancel, Call: dialect.Do(decodeCancel, engine.Session.CancelShipment, encodeCancel),
		},
		"POST cancelShipment":   {Op: opCancel, Call: dialect.Do(decodeCancelNamed, engine.Session.CancelShipment, encodeCancel)},
		"GET shippingLabel/zpl": {Op: opLabel, Call: dialect.Do(decodeZPL, engine.Session.GetLabel, encodeZPL)},
		"GET shippingLabel/pdf": {Op: opLabel, Call: dialect.Do(decodePDF, engine.Session.GetLabel, encodePDF)},
		"GET shippingLabel":     {Op: opLabel, Call: dialect.Do(decodeLabel, labelOf, encodeLabel)},
		"POST departedFacility": {Op: opDepart, Call: dialect.Do(decodeDepart, depart, encodeDepart)},
		"GET postcodes":         {Op: opPostcodes, Call: dialect.Do(decodePostcodes, engine.Session.Reach, encodePostcodes)},
		"GET postcode":          {Op: opPostcode, Call: dialect.Do(decodePostcode, reachOne, encodePostcode)},
	}) {
		method, path, _ := strings.Cut(pattern, " ")
		for _, root := range []string{root2023, rootCurrent} {
			all[method+" "+root+"{"+carrierID+"}/"+path] = route
		}
	}
	return all
}

// of2023 reports whether the caller speaks the API as it was in 2023.
func of2023(r *dialect.Request) bool { return strings.HasPrefix(r.Path, root2023) }
