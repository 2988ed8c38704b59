package delhiverysim

import (
	"net/http"
	"strconv"
	"strings"
)

// mostNumbers is how many waybill numbers one call gives.
const mostNumbers = 10_000

// bulkWaybills gives out numbers: one JSON string, with commas. A refusal is a JSON string too.
func (s *Sim) bulkWaybills(r *http.Request) (any, error) {
	n, err := strconv.Atoi(r.URL.Query().Get("count"))
	if err != nil || n < 1 || n > mostNumbers {
		return &answer{status: http.StatusBadRequest, json: "count must be a number from 1 to 10000"}, nil
	}
	numbers, err := s.issue(n)
	if err != nil {
		return nil, err
	}
	return strings.Join(numbers, ","), nil
}

// oneWaybill gives out one number, bare.
func (s *Sim) oneWaybill(r *http.Request) (any, error) {
	if cl := r.URL.Query().Get("cl"); cl != "" && cl != s.opts.ClientName {
		return &answer{status: http.StatusBadRequest, json: "Client " + cl + " does not exist"}, nil
	}
	numbers, err := s.issue(1)
	if err != nil {
		return nil, err
	}
	return numbers[0], nil
}

// issue makes numbers that can be used from now on, or when they are prepared.
func (s *Sim) issue(n int) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	numbers := make([]string, n)
	for i := range numbers {
		numbers[i] = s.number()
	}
	from := s.Clock.Now().Add(s.opts.Prepare)
	return numbers, s.remember(entry{Issued: numbers, From: &from})
}

// balance tells what is left in the client's wallet.
func (s *Sim) balance(*http.Request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return map[string]any{"cash_balance": rupees(s.opts.Balance - s.memory.spent)}, nil
}
