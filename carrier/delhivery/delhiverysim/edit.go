package delhiverysim

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strings"
	"time"
)

// cancelShows is how long tracking does not yet show that a parcel was cancelled.
const cancelShows = time.Minute

// edited is the reply of the edit call.
type edited struct {
	XMLName xml.Name `json:"-" xml:"root"`
	Status  edStatus `json:"status" xml:"status"`
	Waybill string   `json:"waybill" xml:"waybill"`
	OrderID string   `json:"order_id,omitempty" xml:"order_id"`
	Remark  string   `json:"remark" xml:"remark"`
	Error   string   `json:"error,omitempty" xml:"error,omitempty"`
}

// edStatus is a boolean in JSON, and True or False in XML.
type edStatus bool

// MarshalText writes it as XML has it.
func (b edStatus) MarshalText() ([]byte, error) {
	if b {
		return []byte("True"), nil
	}
	return []byte("False"), nil
}

// MarshalJSON writes it as JSON has it.
func (b edStatus) MarshalJSON() ([]byte, error) { return json.Marshal(bool(b)) }

// change is the body of the edit call: what is to be different, or a cancellation.
type change struct {
	Waybill      text            `json:"waybill"`
	Cancellation json.RawMessage `json:"cancellation"`
	Name         *string         `json:"name"`
	Add          *string         `json:"add"`
	Phone        json.RawMessage `json:"phone"` // text, or a list of texts
	ProductsDesc *string         `json:"products_desc"`
	Grams        *text           `json:"gm"`
	Length       *text           `json:"shipment_length"`
	Width        *text           `json:"shipment_width"`
	Height       *text           `json:"shipment_height"`
	PT           *string         `json:"pt"`
	COD          *text           `json:"cod"`
}

// edit changes or cancels a parcel.
func (s *Sim) edit(r *http.Request) (any, error) {
	var in change
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return &answer{status: http.StatusBadRequest, json: "Unable to parse the data"}, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	have := s.memory.byNumber[string(in.Waybill)]
	if have == nil {
		return edited{Waybill: string(in.Waybill), Error: "Invalid waybill: no such package"}, nil
	}
	p := have.clone()
	p.catchUp(s.Clock.Now())
	out := edited{Status: true, Waybill: p.Waybill, OrderID: p.Order.Order}
	switch {
	case in.Cancellation == nil:
		out.Remark, out.Error = p.change(in)
	case string(in.Cancellation) == `"true"`:
		out.Remark, out.Error = s.cancel(p)
	default:
		out.Error = `cancellation must be "true"`
	}
	out.Status = edStatus(out.Error == "")
	if out.Error == "" {
		if err := s.remember(entry{Parcels: []*parcel{p}}); err != nil {
			return nil, err
		}
		s.Mischief().Note(OpEdit, p.Waybill)
	}
	if strings.Contains(p.Order.Name, FateXML) {
		return xmlAnswer(out)
	}
	return out, nil
}

// cancel gives a parcel up. One that nobody has picked up yet stays "Not Picked" and only gets a code, after a minute;
// one on its way is turned round.
func (s *Sim) cancel(p *parcel) (remark, refusal string) {
	now := s.Clock.Now()
	current := p.now()
	if p.Cancelled {
		return "Shipment has been cancelled.", ""
	}
	switch {
	case current.kind == "UD" && (current.word == "Manifested" || current.word == "Not Picked"):
		p.Plan = []event{{Status: "cancelled", At: now.Add(cancelShows), Place: p.last().Place}}
	case current.kind == "UD" && (current.word == "In Transit" || current.word == "Pending"):
		p.Events = append(p.Events, event{Status: "rto_in_transit", At: now, Place: p.last().Place})
		p.Plan = s.home(p, now)
	case current.kind == "PP" && (current.word == "Scheduled" || current.word == "Open"):
		p.Events = append(p.Events, event{Status: "pickup_cancelled", At: now, Place: p.last().Place})
		p.Plan = nil
	default:
		return "", "Shipment cannot be cancelled in status " + current.word
	}
	p.Cancelled, p.CancelledAt = true, now
	return "Shipment has been cancelled.", ""
}

// change puts new data into a parcel that has not yet been delivered.
func (p *parcel) change(in change) (remark, refusal string) {
	current := p.now()
	switch {
	case p.Cancelled, current.kind != "UD" && current.kind != "PP", current.word == "Dispatched":
		return "", "Shipment cannot be edited in status " + current.word
	}
	o := &p.Order
	for _, field := range []struct {
		to   *string
		from *string
	}{{&o.Name, in.Name}, {&o.Add, in.Add}, {&o.ProductsDesc, in.ProductsDesc}} {
		if field.from != nil {
			*field.to = *field.from
		}
	}
	for _, field := range []struct{ to, from *text }{{&o.Weight, in.Grams}, {&o.Length, in.Length}, {&o.Width, in.Width}, {&o.Height, in.Height}} {
		if field.from != nil {
			*field.to = *field.from
		}
	}
	if in.Phone != nil {
		phones := []text{""}
		if json.Unmarshal(in.Phone, &phones[0]) != nil && (json.Unmarshal(in.Phone, &phones) != nil || len(phones) == 0) {
			return "", "phone must be a number or a list of numbers"
		}
		o.Phone = phones[0]
	}
	if in.PT != nil {
		switch {
		case o.reverse():
			return "", "Payment mode of a pickup cannot be changed"
		case *in.PT == "COD" && in.COD != nil && in.COD.paise() > 0:
			o.PaymentMode, o.CODAmount = "COD", *in.COD
		case *in.PT == "Pre-paid":
			o.PaymentMode, o.CODAmount = "Prepaid", "0"
		default:
			return "", "pt must be Pre-paid, or COD with cod"
		}
	}
	return "Shipment has been updated.", ""
}

// ewaybill takes the tax document of a parcel of much value.
func (s *Sim) ewaybill(r *http.Request) (any, error) {
	var in struct {
		Data []struct {
			Invoice  string `json:"dcn"`
			Ewaybill string `json:"ewbn"`
		} `json:"data"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || len(in.Data) == 0 {
		return &answer{status: http.StatusBadRequest, json: map[string]any{"success": false, "error": "data must be a list"}}, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	have := s.memory.byNumber[r.PathValue("waybill")]
	if have == nil {
		return &answer{status: http.StatusBadRequest, json: map[string]any{"success": false, "error": "No such waybill"}}, nil
	}
	p := have.clone()
	for _, one := range in.Data {
		p.Ewaybill = append(p.Ewaybill, one.Ewaybill)
	}
	return map[string]any{"success": true}, s.remember(entry{Parcels: []*parcel{p}})
}
