package ups

import (
	"fmt"
	"time"

	"waybill"
)

// forms asks UPS for the commercial invoice (form 01) of a shipment that crosses a customs border.
type forms struct {
	FormType        []string  `json:"FormType"`
	Contacts        *contacts `json:"Contacts,omitempty"`
	Product         []product `json:"Product"`
	InvoiceNumber   string    `json:"InvoiceNumber,omitempty"`
	InvoiceDate     string    `json:"InvoiceDate"`
	ReasonForExport string    `json:"ReasonForExport"`
	CurrencyCode    string    `json:"CurrencyCode"`
}

type contacts struct {
	SoldTo soldTo `json:"SoldTo"`
}

type soldTo struct {
	Name          string  `json:"Name"`
	AttentionName string  `json:"AttentionName"`
	Phone         *phone  `json:"Phone,omitempty"`
	Address       address `json:"Address"`
}

type product struct {
	Description       []string     `json:"Description"`
	Unit              *productUnit `json:"Unit,omitempty"`
	CommodityCode     string       `json:"CommodityCode,omitempty"`
	PartNumber        string       `json:"PartNumber,omitempty"`
	OriginCountryCode string       `json:"OriginCountryCode,omitempty"`
}

type productUnit struct {
	Number            string `json:"Number"`
	UnitOfMeasurement coded  `json:"UnitOfMeasurement"`
	Value             string `json:"Value"`
}

// customs adds the invoice when there are items to declare. Without items nothing is added: papers then
// travel on the parcel, as shippers without UPS's forms have always done it.
func (r *request) customs(s *shipment, w waybill.Shipment, now time.Time) {
	from, to := s.ShipFrom.Address.CountryCode, s.ShipTo.Address.CountryCode
	if domestic(from, to) || europe[from] && europe[to] || len(w.Items) == 0 {
		return
	}
	if len(w.Value.Currency) != 3 {
		r.report("value.currency", waybill.RuleRequired, "", "", "customs needs the currency of the goods' value")
		return
	}
	buyer := s.ShipTo.Address
	buyer.ResidentialAddressIndicator = nil
	invoice := &forms{
		FormType:        []string{"01"},
		Contacts:        &contacts{SoldTo: soldTo{Name: s.ShipTo.Name, AttentionName: s.ShipTo.AttentionName, Phone: s.ShipTo.Phone, Address: buyer}},
		InvoiceDate:     now.Format("20060102"),
		ReasonForExport: "SALE",
		CurrencyCode:    w.Value.Currency,
	}
	if number, ok := latin(w.Reference); ok {
		invoice.InvoiceNumber = shorten(number, nameLength)
	}
	for i, item := range w.Items {
		invoice.Product = append(invoice.Product, r.product(fmt.Sprintf("items[%d]", i), item, w.Value.Currency))
	}
	if s.ShipmentServiceOptions == nil {
		s.ShipmentServiceOptions = &shipmentOptions{}
	}
	s.ShipmentServiceOptions.InternationalForms = invoice
}

func (r *request) product(path string, item waybill.Item, currency string) product {
	text := item.Commodity.Description
	if text == "" {
		text = item.Title
	}
	out := product{
		Description:       []string{r.name(path+".title", text, nameLength)},
		CommodityCode:     r.whole(path+".commodity.code", item.Commodity.Code, 15),
		PartNumber:        r.name(path+".sku", item.SKU, nameLength),
		OriginCountryCode: item.Commodity.Country,
	}
	if out.Description[0] == "" {
		r.report(path+".title", waybill.RuleRequired, "", "", "customs needs to know what each item is")
	}
	value := unitPrice(item)
	if value == "" {
		r.report(path+".price", waybill.RuleRequired, "", "", "customs needs the price of each item")
		return out
	}
	out.Unit = &productUnit{
		Number:            fmt.Sprint(max(item.Quantity, 1)),
		UnitOfMeasurement: coded{Code: "PCS"},
		Value:             string(waybill.Amount{Value: value, Currency: currency}.Money().Decimal()),
	}
	return out
}

// unitPrice is what one piece costs: the price it was sold at, else the list price.
func unitPrice(item waybill.Item) waybill.Decimal {
	if item.SalePrice != "" {
		return item.SalePrice
	}
	return item.Price
}
