package rule

import (
	"reflect"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"

	"waybill"
)

// What an expression may be at most. Its time is linear in the size of the shipment: predicates
// (any, all, count…) run over lists of the shipment, do not nest, and nothing else loops.
const (
	maxSource = 2000 // bytes
	maxNodes  = 200
	maxMemory = 50_000 // elements that one run may make
)

// environment is what an expression can name. Measures and money are whole numbers: grams, minor
// units. What is missing is empty or zero; rate names are known once rates are in.
type environment struct {
	Destination    environmentPlace  `expr:"destination"`
	Origin         environmentPlace  `expr:"origin"`
	Method         string            `expr:"method"`
	Channel        string            `expr:"channel"`
	Group          string            `expr:"group"`
	Brand          string            `expr:"brand"`
	Location       string            `expr:"location"`
	Metadata       string            `expr:"metadata"`
	Dialect        string            `expr:"dialect"`
	ValueMinor     int               `expr:"value_minor"`
	ValueCurrency  string            `expr:"value_currency"`
	Grams          int               `expr:"grams"`
	Parcels        int               `expr:"parcels"`
	Quantity       int               `expr:"quantity"`
	Items          []environmentItem `expr:"items"`
	Skus           []string          `expr:"skus"`
	Tags           []string          `expr:"tags"`
	Attribute      map[string]string `expr:"attribute"`
	Weekday        string            `expr:"weekday"` // Monday
	Time           string            `expr:"time"`    // 16:30
	ShipDate       string            `expr:"ship_date"`
	Residential    bool              `expr:"residential"`
	Signature      string            `expr:"signature"`
	Temperatures   []string          `expr:"temperatures"`
	DangerousGoods bool              `expr:"dangerous_goods"`

	Carrier       string `expr:"carrier"`
	Connection    string `expr:"connection"`
	Provider      string `expr:"provider"`
	Service       string `expr:"service"`
	ServiceNumber int    `expr:"service_number"`
	PriceMinor    int    `expr:"price_minor"`
	PriceCurrency string `expr:"price_currency"`
	TransitDays   int    `expr:"transit_days"`
}

type environmentPlace struct {
	Country  string `expr:"country"`
	State    string `expr:"state"`
	City     string `expr:"city"`
	Postcode string `expr:"postcode"` // SW1A1AA
}

type environmentItem struct {
	SKU        string `expr:"sku"`
	Title      string `expr:"title"`
	Quantity   int    `expr:"quantity"`
	Grams      int    `expr:"grams"` // of one
	TariffCode string `expr:"tariff_code"`
}

// ratedNames are the names that only a rate has.
var ratedNames = []string{
	"carrier", "connection", "provider", "service", "service_number", "price_minor", "price_currency", "transit_days",
}

// builtins are the functions an expression may call: none has an effect, knows the time or makes much
// of little.
var builtins = []string{
	"all", "any", "none", "one", "count", "sum", "len", "abs", "min", "max", "int", "lower", "upper", "trim", "hasPrefix", "hasSuffix",
}

// expression makes a criterion of an expression, checked against the environment.
func (p *parser) expression(source, path string) *leaf {
	l := &leaf{words: "the expression " + shorten(source, 120) + " to be true"}
	if len(source) > maxSource {
		p.wrong(path, waybill.RuleMaxLength, []byte(source), "an expression has at most %d bytes", maxSource)
		return l
	}
	var bounds limits
	options := []expr.Option{
		expr.Env(environment{}), expr.AsBool(), expr.MaxNodes(maxNodes), expr.DisableAllBuiltins(), expr.Patch(&bounds),
	}
	for _, name := range builtins {
		options = append(options, expr.EnableBuiltin(name))
	}
	program, err := expr.Compile(source, options...)
	if err != nil {
		message, _, _ := strings.Cut(err.Error(), "\n")
		p.wrong(path, waybill.RuleFormat, []byte(source), "%s", message)
		return l
	}
	if bounds.problem != "" {
		p.wrong(path, waybill.RuleFormat, []byte(source), "%s", bounds.problem)
		return l
	}
	l.rated = bounds.rated
	l.test = func(v *view) bool {
		result, err := v.run(program)
		return err == nil && result
	}
	l.got = func(v *view) string {
		if _, err := v.run(program); err != nil {
			message, _, _ := strings.Cut(err.Error(), "\n")
			return "an error: " + message
		}
		return "false"
	}
	return l
}

// limits refuses what would make an expression's time or memory more than linear, and notes whether it
// names a rate.
type limits struct {
	problem string
	rated   bool
}

// Visit implements ast.Visitor.
func (l *limits) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		l.rated = l.rated || slices.Contains(ratedNames, n.Value)
	case *ast.PredicateNode:
		inner := &nested{}
		ast.Walk(&n.Node, inner)
		if inner.found {
			l.problem = "predicates do not nest"
		}
	case *ast.BinaryNode:
		switch {
		case n.Operator == "..":
			l.problem = "ranges (..) cannot be used; compare with < and >"
		case n.Operator == "matches" && !constant(n.Right):
			l.problem = "the pattern of matches must be a constant text"
		case n.Operator == "+" && n.Type() != nil && n.Type().Kind() == reflect.String:
			l.problem = "texts cannot be joined"
		}
	}
}

func constant(node ast.Node) bool {
	_, ok := node.(*ast.StringNode)
	return ok
}

// nested finds a predicate.
type nested struct{ found bool }

// Visit implements ast.Visitor.
func (n *nested) Visit(node *ast.Node) {
	_, ok := (*node).(*ast.PredicateNode)
	n.found = n.found || ok
}

// run evaluates an expression; one that fails does not hold.
func (v *view) run(program *vm.Program) (bool, error) {
	machine := vm.VM{MemoryBudget: maxMemory}
	result, err := machine.Run(program, v.environment())
	return result == true, err
}

// environment is made once for the shipment; the names of a rate are set for each.
func (v *view) environment() *environment {
	if v.env == nil {
		v.env = v.newEnvironment()
	}
	if c := v.candidate; c != nil {
		e := v.env
		e.Carrier, e.Connection, e.Provider = c.Provider.Carrier, c.Provider.ExternalID, c.Provider.Name
		code, number := v.product()
		e.Service, e.ServiceNumber = code, int(number)
		e.PriceMinor, e.PriceCurrency, e.TransitDays = int(c.Sold.Minor), c.Sold.Currency, c.Rate.TransitDays
	}
	return v.env
}

func (v *view) newEnvironment() *environment {
	s := v.shipment()
	grams, _ := v.weight()
	quantity, _ := v.quantity()
	weekday, _ := v.weekday()
	clock, _ := v.clock()
	day, _ := v.shipDate()
	home, _ := v.residential()
	e := &environment{
		Destination: environmentAddress(v.to(), v.destination()), Origin: environmentAddress(v.from(), v.origin()),
		Method: s.Method, Channel: s.Channel, Group: s.Group, Brand: s.Brand, Location: v.location(),
		Metadata: s.Metadata, Dialect: s.Dialect,
		ValueMinor: int(s.Value.Money().Minor), ValueCurrency: s.Value.Currency,
		Grams: int(grams), Parcels: pieces(s), Quantity: int(quantity),
		Skus: v.skus(), Tags: v.tags(), Attribute: v.attributes(),
		Weekday: weekdays[weekday], Time: show(TypeTime, clock, ""), ShipDate: show(TypeDate, day, ""),
		Residential: home, Signature: s.Options.Signature, Temperatures: v.temperatures(), DangerousGoods: s.Options.DangerousGoods,
	}
	e.Items = make([]environmentItem, len(s.Items))
	for i := range s.Items {
		item := &s.Items[i]
		e.Items[i] = environmentItem{
			SKU: item.SKU, Title: item.Title, Quantity: item.Quantity, Grams: int(item.Weight.Grams()),
			TariffCode: item.Commodity.Code,
		}
	}
	return e
}

func environmentAddress(a *waybill.Address, p *place) environmentPlace {
	return environmentPlace{Country: a.Country, State: a.State, City: a.City, Postcode: p.whole}
}
