package shiptheory

import (
	"net/http"
	"strconv"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

func decodeServices(*dialect.Request) (engine.ListServices, error) {
	return engine.ListServices{Direction: waybill.Outgoing}, nil
}

func decodeReturnServices(*dialect.Request) (engine.ListServices, error) {
	return engine.ListServices{Direction: waybill.Incoming}, nil
}

// outgoing is a delivery service; its numbers are text, those of return services are numbers.
type outgoing struct {
	ID         string   `json:"id"`
	Increments []string `json:"courier_increment_ids"`
}

func encodeServices(_ *dialect.Request, list []engine.ServiceListing) dialect.Reply {
	carriers := map[string]map[string]outgoing{}
	for _, s := range list {
		if carriers[s.Carrier] == nil {
			carriers[s.Carrier] = map[string]outgoing{}
		}
		service := outgoing{ID: strconv.FormatInt(s.Number, 10)}
		for _, n := range s.Increments {
			service.Increments = append(service.Increments, strconv.Itoa(n))
		}
		carriers[s.Carrier][s.Name] = service
	}
	return dialect.JSON(http.StatusOK, map[string]any{"delivery_services": carriers})
}

type incoming struct {
	Name string `json:"name"`
	ID   int64  `json:"id"`
}

func encodeReturnServices(_ *dialect.Request, list []engine.ServiceListing) dialect.Reply {
	carriers := map[string][]incoming{}
	for _, s := range list {
		carriers[s.Carrier] = append(carriers[s.Carrier], incoming{s.Name, s.Number})
	}
	return dialect.JSON(http.StatusOK, map[string]any{"return_services": carriers})
}
