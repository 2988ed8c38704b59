package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http/httptest"
	"os"

	"waybill/app"
	"waybill/client"
)

// running is the address of a server with the demo's data, for an example.
func running() (string, func()) {
	a, err := demo()
	if err != nil {
		log.Fatal(err)
	}
	server := httptest.NewServer(a.Server)
	return server.URL, func() {
		server.Close()
		_ = errors.Join(a.Close(), os.RemoveAll(a.Config.Data))
	}
}

// Ask for prices, buy one, print the label, and give it back.
func Example() {
	server, stop := running()
	defer stop()
	ctx := context.Background()
	c, err := client.New(server, app.DemoKey)
	if err != nil {
		log.Fatal(err)
	}
	order := client.Order{
		Location: "GB-BATH",
		To:       client.Party{Name: "Ada Byron", Street1: "12 Park Row", City: "Bristol", Postcode: "BS1 5LN", Country: "GB"},
		Parcels: []client.Parcel{{
			Weight: &client.Weight{Value: "1.2", Unit: "kg"},
			Size:   &client.Size{Length: "30", Width: "20", Height: "10", Unit: "cm"},
		}},
	}
	offers, err := c.RateShipment(ctx, client.RatesInBody{Shipment: &order})
	if err != nil {
		log.Fatal(err)
	}
	best := offers.Rates[0]
	fmt.Println(best.Name, best.ServiceName, best.Price.Amount, best.Price.Currency)

	s, err := c.CreateShipment(ctx, client.Ordered{
		Reference: "ORDER-1001", Location: order.Location, To: order.To, Parcels: order.Parcels,
		Book: &client.Booking{Connection: best.Connection, Service: best.Service},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Booking, s.Price.Amount == best.Price.Amount)

	label, err := c.GetLabel(ctx, "ORDER-1001", client.GetLabelParams{Format: "pdf"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(label.Type, string(label.Data[:5]))

	s, err = c.CancelShipment(ctx, "ORDER-1001", client.CancelShipmentParams{Note: "changed my mind"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Booking)
	// Output:
	// DHL Domestic Economy 407 GBP
	// booked true
	// application/pdf %PDF-
	// cancelled
}

// A refusal is told by code, reason and members.
func ExampleProblem() {
	server, stop := running()
	defer stop()
	c, err := client.New(server, app.DemoKey)
	if err != nil {
		log.Fatal(err)
	}
	_, err = c.CreateShipment(context.Background(), client.Ordered{To: client.Party{Country: "Britain"}})
	var p *client.Problem
	if errors.As(err, &p) {
		fmt.Println(p.Status, p.Code)
		for _, field := range p.Errors {
			fmt.Println(field.Path, field.Rule)
		}
	}
	// Output:
	// 422 invalid
	// to.country format
}

// All of a list, however long it is.
func ExampleClient_AllShipments() {
	server, stop := running()
	defer stop()
	ctx := context.Background()
	c, err := client.New(server, app.DemoKey)
	if err != nil {
		log.Fatal(err)
	}
	for _, reference := range []string{"A", "B", "C"} {
		if _, err := c.CreateShipment(ctx, client.Ordered{Reference: reference, To: client.Party{Country: "GB"}}); err != nil {
			log.Fatal(err)
		}
	}
	for s, err := range c.AllShipments(ctx, client.ListShipmentsParams{Booking: []string{"draft"}, Sort: "created", Limit: 2}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(s.Reference, s.Booking)
	}
	// Output:
	// A draft
	// B draft
	// C draft
}
