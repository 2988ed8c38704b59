package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"waybill"
	"waybill/client"
)

// orderFlags say what is to be shipped. The columns of a CSV file have the same names, with _ for -.
type orderFlags struct {
	Reference    string   `help:"Yours; one is made where none is given." placeholder:"TEXT"`
	From         string   `help:"Location that it leaves from, by its external id (default: the account's default)." placeholder:"ID"`
	ToName       string   `help:"Who gets it." placeholder:"NAME"`
	ToCompany    string   `placeholder:"NAME" help:"Their company."`
	ToStreet     string   `placeholder:"TEXT" help:"Street and house."`
	ToStreet2    string   `name:"to-street2" placeholder:"TEXT" help:"Second line."`
	ToPostcode   string   `placeholder:"CODE" help:"Postcode."`
	ToCity       string   `placeholder:"NAME" help:"City."`
	ToState      string   `placeholder:"CODE" help:"State, where the country has them."`
	ToCountry    string   `placeholder:"CC" help:"Country: two letters."`
	ToEmail      string   `placeholder:"ADDRESS" help:"E-mail address."`
	ToPhone      string   `placeholder:"NUMBER" help:"Telephone."`
	Weight       []string `help:"Of a parcel, such as 1.2kg, 500g, 3lb; once for each parcel." placeholder:"WEIGHT"`
	Size         []string `help:"Of a parcel, such as 30x20x10cm; in the order of the weights." placeholder:"SIZE"`
	Value        string   `help:"Of what is in it, such as 49.99GBP." placeholder:"MONEY"`
	Insurance    string   `help:"Insure it for this." placeholder:"MONEY"`
	COD          string   `name:"cod" help:"What the deliverer collects." placeholder:"MONEY"`
	Signature    string   `help:"required or adult." placeholder:"KIND"`
	Instructions string   `help:"To the deliverer." placeholder:"TEXT"`
	Channel      string   `help:"Where it was sold." placeholder:"TEXT"`
	Method       string   `help:"What the buyer chose in the shop; rules match it." placeholder:"TEXT"`
}

// given reports whether anything was said.
func (f orderFlags) given() bool {
	text, err := json.Marshal(f)
	none, err2 := json.Marshal(orderFlags{})
	return err == nil && err2 == nil && string(text) != string(none)
}

// order is the order that the flags describe.
func (f orderFlags) order() (client.Ordered, error) {
	o := client.Ordered{
		Reference: f.Reference, Location: f.From, Instructions: f.Instructions, Channel: f.Channel, Method: f.Method,
		To: client.Party{
			Name: f.ToName, Company: f.ToCompany, Street1: f.ToStreet, Street2: f.ToStreet2, Postcode: f.ToPostcode, City: f.ToCity,
			State: f.ToState, Country: strings.ToUpper(f.ToCountry), Email: f.ToEmail, Phone: f.ToPhone,
		},
	}
	var options client.Options
	var wrong []string
	for _, m := range []struct {
		flag, text string
		to         **client.Money
	}{{"value", f.Value, &o.Value}, {"insurance", f.Insurance, &options.Insurance}, {"cod", f.COD, &options.COD}} {
		var err error
		if *m.to, err = parseMoney(m.flag, m.text); err != nil {
			wrong = append(wrong, err.Error())
		}
	}
	if options.Signature = f.Signature; options.Signature != "" || options.Insurance != nil || options.COD != nil {
		o.Options = &options
	}
	list, misread := parcels(f.Weight, f.Size)
	if wrong = append(wrong, misread...); len(wrong) > 0 {
		return o, errUsage(strings.Join(wrong, "; "))
	}
	o.Parcels = list
	return o, nil
}

var (
	moneyForm  = regexp.MustCompile(`^(?:([A-Z]{3}) ?([0-9]+(?:\.[0-9]+)?)|([0-9]+(?:\.[0-9]+)?) ?([A-Z]{3}))$`)
	weightForm = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?) ?(g|kg|oz|lb)$`)
	sizeForm   = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)[x×]([0-9]+(?:\.[0-9]+)?)[x×]([0-9]+(?:\.[0-9]+)?) ?(mm|cm|m|in|ft)$`)
)

func parseMoney(flag, text string) (*client.Money, error) {
	if text == "" {
		return nil, nil
	}
	m := moneyForm.FindStringSubmatch(strings.ToUpper(strings.TrimSpace(text)))
	if m == nil {
		return nil, errUsage(fmt.Sprintf("%s: %q is no money, such as 49.99GBP", flag, text))
	}
	minor := waybill.Amount{Value: waybill.Decimal(m[2] + m[3]), Currency: m[1] + m[4]}.Money()
	return &client.Money{Amount: minor.Minor, Currency: minor.Currency}, nil
}

// parcels pairs weights and sizes, and tells which are none.
func parcels(weights, sizes []string) (list []client.Parcel, wrong []string) {
	for i := range max(len(weights), len(sizes)) {
		var p client.Parcel
		if i < len(weights) {
			m := weightForm.FindStringSubmatch(strings.ToLower(strings.TrimSpace(weights[i])))
			if m == nil {
				wrong = append(wrong, fmt.Sprintf("weight: %q is no weight, such as 1.2kg", weights[i]))
			} else {
				p.Weight = &client.Weight{Value: json.Number(m[1]), Unit: m[2]}
			}
		}
		if i < len(sizes) {
			m := sizeForm.FindStringSubmatch(strings.ToLower(strings.TrimSpace(sizes[i])))
			if m == nil {
				wrong = append(wrong, fmt.Sprintf("size: %q is no size, such as 30x20x10cm", sizes[i]))
			} else {
				p.Size = &client.Size{Length: json.Number(m[1]), Width: json.Number(m[2]), Height: json.Number(m[3]), Unit: m[4]}
			}
		}
		list = append(list, p)
	}
	return list, wrong
}

// orderOf is the order alone, without who shall carry it.
func orderOf(o client.Ordered) (*client.Order, error) {
	o.Book = nil
	text, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	order := new(client.Order)
	return order, json.Unmarshal(text, order)
}
