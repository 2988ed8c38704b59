package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// CreateReport compares creates with the floor: rates a second, each the median of its rounds.
type CreateReport struct {
	Waybill   float64   `json:"waybill"` // creates a second
	Floor     float64   `json:"floor"`   // of the same rows, a second
	Ratio     float64   `json:"ratio"`   // of the medians
	Goal      float64   `json:"goal"`
	Reached   bool      `json:"reached"`
	Rounds    []float64 `json:"rounds"`    // the ratio of each round: how much the machine wavers
	Rows      int       `json:"rows"`      // that one create writes
	Latencies []float64 `json:"latencies"` // milliseconds of a create: median, 99 %, of the last round
}

// login gets the client's token as any client would.
func (p *product) login(ctx context.Context) (string, error) {
	form := url.Values{"grant_type": {"client_credentials"}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.base+"/ent-services/security/v1/oauth/token", strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth("bench", benchSecret)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var answer struct {
		Token string `json:"access_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return "", err
	}
	if answer.Token == "" {
		return "", fmt.Errorf("bench: no token: %s", response.Status)
	}
	return answer.Token, nil
}

// orderBody is a small domestic order, as a LynkUp client writes it.
func orderBody(n int64) string {
	return fmt.Sprintf(`{"locationExternalId":"7709","orderExternalId":"B-%09d","orderValue":10,`+
		`"deliveryContact":{"name":"Ray Receiver","phone":"+1 212-555-0102","email":"ray@example.com"},`+
		`"deliveryAddress":{"street1":"725 Albany Street","city":"Boston","state":"MA","countryCode":"US","postalCode":"02118"},`+
		`"package":{"name":"custom","itemQuantity":1,"size":{"length":10,"width":10,"height":10,"unit":"in"},"weight":{"value":10,"unit":"lb"}}}`, n)
}

// load sends creates over keep-alive connections.
type load struct {
	client *http.Client
	url    string
	token  string
	number *atomic.Int64 // of the last order
}

func newLoad(address, token string, connections int, number *atomic.Int64) *load {
	return &load{
		client: &http.Client{Transport: &http.Transport{MaxConnsPerHost: connections, MaxIdleConnsPerHost: connections}},
		url:    address, token: token, number: number,
	}
}

// one sends one create and answers what came back.
func (l *load) one(ctx context.Context) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, l.url, strings.NewReader(orderBody(l.number.Add(1))))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+l.token)
	response, err := l.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusCreated {
		err = fmt.Errorf("bench: %s: %s", response.Status, answer)
	}
	return answer, err
}

// turn is one turn of a side: how many creates were acknowledged, in what time, and how long each took.
type turn struct {
	rate  float64
	times []time.Duration
}

// run sends from all connections until the time is over, or so many were sent.
func (l *load) run(ctx context.Context, b Bench) (turn, error) {
	var wait sync.WaitGroup
	var left atomic.Int64
	left.Store(int64(b.Requests))
	times, errs := make([][]time.Duration, b.Connections), make([]error, b.Connections)
	began := time.Now()
	for i := range b.Connections {
		wait.Go(func() {
			for errs[i] == nil && ctx.Err() == nil {
				if b.Requests > 0 && left.Add(-1) < 0 || b.Requests == 0 && time.Since(began) > b.Round {
					return
				}
				sent := time.Now()
				_, errs[i] = l.one(ctx)
				times[i] = append(times[i], time.Since(sent))
			}
		})
	}
	wait.Wait()
	took := time.Since(began)
	for _, err := range append(errs, ctx.Err()) {
		if err != nil {
			return turn{}, err
		}
	}
	all := slices.Concat(times...)
	return turn{float64(len(all)) / took.Seconds(), all}, nil
}

// creates lets both sides work by turns.
func (b Bench) creates(ctx context.Context, p *product, f *floor, tell func(string, ...any)) (CreateReport, error) {
	report := CreateReport{Goal: goalCreate, Rows: f.rows()}
	tell("\nCreate: POST /lynkup/shipments with the house carrier at %d connections, against a bare server that inserts the same %d rows",
		b.Connections, report.Rows)
	var number atomic.Int64
	number.Store(1000) // those before took the rows' measure
	ours := newLoad(p.base+"/shipments", p.token, b.Connections, &number)
	bare := newLoad(f.url, p.token, b.Connections, &number)
	var rates, floors []float64
	var last turn
	for round := range b.Rounds + 1 {
		mine, err := ours.run(ctx, b)
		if err != nil {
			return report, err
		}
		theirs, err := bare.run(ctx, b)
		if err != nil {
			return report, err
		}
		if round == 0 {
			continue // warms both up
		}
		last = mine
		rates, floors = append(rates, mine.rate), append(floors, theirs.rate)
		report.Rounds = append(report.Rounds, mine.rate/theirs.rate)
		tell("  round %d   waybill %7.0f/s   floor %7.0f/s   ratio %.2f", round, mine.rate, theirs.rate, mine.rate/theirs.rate)
	}
	report.Waybill, report.Floor = median(rates), median(floors)
	report.Ratio = report.Waybill / report.Floor
	report.Reached = report.Ratio >= goalCreate
	slices.Sort(last.times)
	for _, share := range []int{50, 99} {
		report.Latencies = append(report.Latencies, milliseconds(last.times[len(last.times)*share/100]))
	}
	tell("  median    waybill %7.0f/s   floor %7.0f/s   ratio %.2f (goal %.2f: %s)   a create takes %.1f ms, 99 %% under %.1f ms",
		report.Waybill, report.Floor, report.Ratio, goalCreate, verdict(report.Reached), report.Latencies[0], report.Latencies[1])
	return report, nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
