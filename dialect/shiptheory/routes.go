package shiptheory

import (
	"strings"

	"waybill/dialect"
	"waybill/engine"
)

// The operations, as the fault table, metrics and logs know them.
const (
	opToken          = "token"
	opBook           = "book"
	opView           = "view"
	opList           = "list"
	opSearch         = "search"
	opReturn         = "return"
	opServices       = "services"
	opReturnServices = "return_services"
	opSizes          = "package_sizes"
	opProducts       = "products"
	opProduct        = "product"
	opNewProduct     = "new_product"
	opPutProduct     = "put_product"
	opTags           = "tags"
	opTag            = "tag"
	opNewTag         = "new_tag"
	opPutTag         = "put_tag"
	opDropTag        = "drop_tag"
	opPicking        = "picking_list"
)

// roots are where the API begins: the documented one, and the one without a version that an older
// client was written for.
var roots = []string{"/v1", "/api"}

func routes() dialect.Routes {
	putTag := dialect.Do(decodePutTag, engine.Session.PutTag, encodeTag)
	all := dialect.Routes{}
	for pattern, route := range (dialect.Routes{
		"POST /token":                  {Op: opToken, Open: true, Call: dialect.Do(decodeToken, issueToken, encodeToken)},
		"POST /shipments":              {Op: opBook, Call: dialect.Do(decodeBook, book, encodeBook)},
		"GET /shipments/{reference}":   {Op: opView, Call: dialect.Do(decodeView, engine.Session.ViewShipment, encodeView)},
		"GET /shipments/list":          {Op: opList, Call: dialect.Do(decodeList, find, encodeList)},
		"GET /shipments/search":        {Op: opSearch, Call: dialect.Do(decodeSearch, find, encodeSearch)},
		"POST /returns":                {Op: opReturn, Call: dialect.Do(decodeReturn, engine.Session.CreateReturn, encodeReturn)},
		"GET /services":                {Op: opServices, Call: dialect.Do(decodeServices, engine.Session.ListServices, encodeServices)},
		"GET /services/incoming":       {Op: opReturnServices, Call: dialect.Do(decodeReturnServices, engine.Session.ListServices, encodeReturnServices)},
		"GET /packages/sizes":          {Op: opSizes, Call: dialect.Do(decodeSizes, listSizes, encodeSizes)},
		"GET /products":                {Op: opProducts, Call: dialect.Do(decodeProducts, listProducts, encodeProducts)},
		"POST /products":               {Op: opNewProduct, Call: dialect.Do(decodeNewProduct, engine.Session.PutProduct, encodePutProduct)},
		"GET /products/view/{sku}":     {Op: opProduct, Call: dialect.Do(decodeProduct, engine.Session.GetProduct, encodeProduct)},
		"PUT /products/update/{sku}":   {Op: opPutProduct, Call: dialect.Do(decodePutProduct, engine.Session.PutProduct, encodePutProduct)},
		"GET /tags":                    {Op: opTags, Call: dialect.Do(decodeTags, listTags, encodeTags)},
		"POST /tags":                   {Op: opNewTag, Call: dialect.Do(decodeNewTag, engine.Session.PutTag, encodeTag)},
		"GET /tags/{id}":               {Op: opTag, Call: dialect.Do(decodeTagID, engine.Session.GetTag, encodeTag)},
		"PUT /tags/{id}":               {Op: opPutTag, Call: putTag},
		"PATCH /tags/{id}":             {Op: opPutTag, Call: putTag},
		"DELETE /tags/{id}":            {Op: opDropTag, Call: dialect.Do(decodeTagID, engine.Session.DeleteTag, encodeDropTag)},
		"POST /picking_lists/download": {Op: opPicking, Call: dialect.Do(decodePicking, engine.Session.PickingList, encodePicking)},
	}) {
		method, path, _ := strings.Cut(pattern, " ")
		route.Call = spoken(route.Call)
		for _, root := range roots {
			all[method+" "+root+path] = route
		}
	}
	return all
}
