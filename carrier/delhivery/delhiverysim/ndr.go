package delhiverysim

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// action is an uploaded list of wishes about parcels that could not be delivered or fetched.
type action struct {
	ID      string         `json:"id"`
	Results []actionResult `json:"results"`
	Waits   int            `json:"waits,omitempty"` // how many times more it is answered as not done
}

type actionResult struct {
	Waybill string `json:"waybill"`
	Act     string `json:"act"`
	Status  string `json:"status"`
	Remark  string `json:"remark"`
}

// ndr takes a list of wishes; what became of each is asked for later.
func (s *Sim) ndr(r *http.Request) (any, error) {
	var in struct {
		Data []struct {
			Waybill text   `json:"waybill"`
			Act     string `json:"act"`
		} `json:"data"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || len(in.Data) == 0 {
		return &answer{status: http.StatusBadRequest, json: map[string]any{"success": false, "error": "data must be a list of waybills and acts"}}, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := action{ID: s.upload()}
	for _, wish := range in.Data {
		result, p := s.act(string(wish.Waybill), wish.Act)
		out.Results = append(out.Results, result)
		if p == nil {
			continue
		}
		if strings.Contains(p.Order.Name, FateWaits) {
			out.Waits = 2
		}
		if err := s.remember(entry{Parcels: []*parcel{p}}); err != nil {
			return nil, err
		}
		s.Mischief().Note(OpNDR, p.Waybill)
	}
	if err := s.remember(entry{Action: &out}); err != nil {
		return nil, err
	}
	return map[string]string{"request_id": out.ID}, nil
}

// act carries out one wish; the parcel is nil where nothing changed.
func (s *Sim) act(number, act string) (actionResult, *parcel) {
	out := actionResult{Waybill: number, Act: act, Status: "Failure"}
	have := s.memory.byNumber[number]
	if have == nil {
		out.Remark = "Invalid waybill"
		return out, nil
	}
	p, now := have.clone(), s.Clock.Now()
	p.catchUp(now)
	newest := p.last().Status
	switch {
	case act == "RE-ATTEMPT" && (newest == "ndr" || newest == "refused"):
		p.Plan = events([]step{{"dispatched", 12 * time.Hour, p.last().Place}, {"delivered", 18 * time.Hour, p.last().Place}}, now, s.opts.Pace)
	case act == "PICKUP_RESCHEDULE" && newest == "pickup_failed":
		from, _ := lookup(string(p.Order.Pin))
		to, _ := lookup(s.memory.places[p.Place].Pin)
		whole := time.Duration(days[p.Order.mode()][zone(from.code, to.code)]) * 24 * time.Hour
		steps := append([]step{{"pickup_dispatched", 20 * time.Hour, from.center()}}, moving(24*time.Hour, whole, from.center(), to.center())...)
		p.Plan = events(steps, now, s.opts.Pace)
	case act != "RE-ATTEMPT" && act != "PICKUP_RESCHEDULE":
		out.Remark = "Invalid act " + act
		return out, nil
	default:
		out.Remark = "Action " + act + " is not applicable in status " + p.now().word
		return out, nil
	}
	out.Status, out.Remark = "Success", "Action taken"
	return out, p
}

// ndrStatus tells what became of an uploaded list. Its shape is not published; this is the simulator's own.
func (s *Sim) ndrStatus(r *http.Request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	done, known := s.memory.actions[r.PathValue("id")]
	switch {
	case !known:
		return &answer{status: http.StatusBadRequest, json: map[string]any{"success": false, "error": "Invalid request id"}}, nil
	case done.Waits > 0:
		done.Waits--
		return map[string]any{"request_id": done.ID, "status": "Pending"}, s.remember(entry{Action: &done})
	}
	return map[string]any{"request_id": done.ID, "status": "Completed", "results": done.Results}, nil
}
