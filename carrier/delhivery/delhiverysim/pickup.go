package delhiverysim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// place is a pickup place: a ClientWarehouse in Delhivery's words.
type place struct {
	Name          string `json:"name"`
	Registered    string `json:"registered_name,omitempty"`
	Phone         text   `json:"phone"`
	Email         string `json:"email,omitempty"`
	Address       string `json:"address"`
	City          string `json:"city"`
	Pin           string `json:"pin"`
	Country       string `json:"country"`
	ReturnAddress string `json:"return_address,omitempty"`
	ReturnCity    string `json:"return_city,omitempty"`
	ReturnPin     string `json:"return_pin,omitempty"`
	ReturnState   string `json:"return_state,omitempty"`
	ReturnCountry string `json:"return_country,omitempty"`
	Active        bool   `json:"active"`
}

// pickup is a request to come, of which a place has one open a day.
type pickup struct {
	ID    int    `json:"pickup_id"`
	Place string `json:"pickup_location"`
	Date  string `json:"pickup_date"`
	Time  string `json:"pickup_time"`
	Count string `json:"expected_package_count"`
}

// The codes of what a place's registration may be refused for.
const (
	codeInvalid   = 1000
	codeDuplicate = 2000
)

func placeRefused(code int, why string) *answer {
	return &answer{status: http.StatusBadRequest, json: map[string]any{
		"success": false, "error": []string{why}, "error_code": []int{code}, "data": map[string]any{},
	}}
}

// createPlace registers a place. Members it does not know are refused.
func (s *Sim) createPlace(r *http.Request) (any, error) {
	in := struct {
		place
		Active *bool `json:"active"` // not a member of the request
	}{}
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&in); err != nil || in.Active != nil {
		return placeRefused(codeInvalid, fmt.Sprintf("Invalid key in the request: %v", err)), nil
	}
	p, served := lookup(in.Pin)
	switch {
	case in.Name == "" || in.Phone == "" || in.Pin == "" || in.Address == "" || in.ReturnAddress == "":
		return placeRefused(codeInvalid, "name, phone, address, pin and return_address are mandatory"), nil
	case !served || p.embargo:
		return placeRefused(codeInvalid, "pin "+in.Pin+" is not serviceable"), nil
	case !phoneForm.MatchString(string(in.Phone)):
		return placeRefused(codeInvalid, "phone is not valid"), nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.memory.places[in.Name]; known {
		return placeRefused(codeDuplicate, "client-warehouse with name "+in.Name+" already exists"), nil
	}
	one := in.place
	one.Active = true
	if err := s.remember(entry{Place: &one}); err != nil {
		return nil, err
	}
	s.Mischief().Note(OpWarehouse, one.Name)
	return &answer{status: http.StatusCreated, json: map[string]any{
		"success": true, "error": "", "data": s.described(one, "A new client warehouse has been created"),
	}}, nil
}

// described is a place as the answers show it.
func (s *Sim) described(p place, message string) map[string]any {
	hours, open := map[string]any{}, []string{"MON", "TUE", "WED", "THU", "FRI", "SAT"}
	for _, day := range open {
		hours[day] = map[string]string{"start_time": "14:00", "close_time": "18:00"}
	}
	pin, _ := lookup(p.Pin)
	return map[string]any{
		"name": p.Name, "business_hours": hours, "business_days": open, "pincode": json.Number(pin.code), "phone": p.Phone,
		"client": s.opts.ClientName, "address": p.Address, "active": p.Active, "message": message, "type_of_clientwarehouse": nil,
		"largest_vehicle_constraint": nil,
	}
}

// editPlace changes the address or phone of a place.
func (s *Sim) editPlace(r *http.Request) (any, error) {
	var in struct {
		Name    string `json:"name"`
		Phone   text   `json:"phone"`
		Address string `json:"address"`
		Pin     text   `json:"pin"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return placeRefused(codeInvalid, err.Error()), nil
	}
	return s.changePlace(in.Name, "The client warehouse has been updated", func(one *place) (refusal string) {
		if p, served := lookup(string(in.Pin)); in.Pin != "" && (!served || p.embargo) {
			return "pin " + string(in.Pin) + " is not serviceable"
		}
		one.Pin = cmp.Or(string(in.Pin), one.Pin)
		one.Address = cmp.Or(in.Address, one.Address)
		one.Phone = cmp.Or(in.Phone, one.Phone)
		return ""
	})
}

// placeStatus switches a place on or off.
func (s *Sim) placeStatus(r *http.Request) (any, error) {
	var in struct {
		Name   string `json:"name"`
		Active bool   `json:"active"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return placeRefused(codeInvalid, err.Error()), nil
	}
	return s.changePlace(in.Name, "", func(one *place) string {
		one.Active = in.Active
		return ""
	})
}

// changePlace changes a place, unless that is refused, and shows it with a message.
func (s *Sim) changePlace(name, message string, change func(*place) (refusal string)) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, known := s.memory.places[name]
	if !known {
		return placeRefused(codeInvalid, "client-warehouse does not exist"), nil
	}
	if refusal := change(&one); refusal != "" {
		return placeRefused(codeInvalid, refusal), nil
	}
	if err := s.remember(entry{Place: &one}); err != nil {
		return nil, err
	}
	return map[string]any{"success": true, "error": "", "data": s.described(one, message)}, nil
}

// pickup asks for a visit.
func (s *Sim) pickup(r *http.Request) (any, error) {
	var in struct {
		Time  string `json:"pickup_time"`
		Date  string `json:"pickup_date"`
		Place string `json:"pickup_location"`
		Count text   `json:"expected_package_count"`
	}
	refuse := func(member, why string) (any, error) {
		return &answer{status: http.StatusBadRequest, json: map[string]string{member: why}}, nil
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return refuse("detail", "JSON parse error")
	}
	at, err := time.ParseInLocation("2006-01-02 15:04:05", in.Date+" "+in.Time, ist)
	s.mu.Lock()
	defer s.mu.Unlock()
	_, known := s.memory.places[in.Place]
	switch {
	case err != nil:
		return refuse("pickup_date", "Datetime has wrong format. Use YYYY-MM-DD and HH:MM:SS")
	case at.Before(s.Clock.Now()):
		return refuse("pickup_date", "Pickup time must be in the future")
	case !known:
		return refuse("pickup_location", "client warehouse "+in.Place+" does not exist")
	case s.opts.Balance > 0 && s.opts.Balance <= s.memory.spent:
		return refuse("prepaid", "Wallet balance is low. Please recharge")
	}
	for _, open := range s.memory.pickups {
		if open.Place == in.Place && open.Date == in.Date {
			return map[string]any{
				"pr_exist": true, "pickup_id": open.ID,
				"error": map[string]string{"message": "Pickup request already exists", "code": "PR_EXIST"},
				"data":  map[string]string{"message": fmt.Sprintf("Pickup request %d is open for this warehouse", open.ID)},
			}, nil
		}
	}
	one := pickup{ID: 10_001 + len(s.memory.pickups), Place: in.Place, Date: in.Date, Time: in.Time, Count: string(in.Count)}
	if err := s.remember(entry{Pickup: &one}); err != nil {
		return nil, err
	}
	s.Mischief().Note(OpPickup, fmt.Sprint(one.ID))
	from, _ := lookup(s.memory.places[in.Place].Pin)
	return &answer{status: http.StatusCreated, json: map[string]any{
		"pickup_id": one.ID, "pickup_location_name": one.Place, "client_name": s.opts.ClientName, "pickup_time": one.Time, "pickup_date": one.Date,
		"incoming_center_name": from.center(), "expected_package_count": one.Count,
	}}, nil
}
