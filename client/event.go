package client

import (
	"bufio"
	"context"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// StreamEventsParams say where a stream begins, and what is told.
type StreamEventsParams struct {
	// After is the id of the last event that was heard, or the next_cursor of a list. Without it the stream begins now.
	After string
	// Kind are the only kinds that are told; none: all.
	Kind []string
}

// Streamed is an event of a stream. ID is its place there: what StreamEventsParams.After takes.
type Streamed struct {
	ID    string
	Event EventOut
	Raw   []byte // the event as it came
}

// StreamEvents tells what happens as it happens. Where the line breaks it comes back by itself and hears what happened
// meanwhile, each once, until the context ends or the loop does. A refusal is yielded, and is the last.
//
// GET /events/stream
func (c *Client) StreamEvents(ctx context.Context, params StreamEventsParams, opts ...Option) iter.Seq2[Streamed, error] {
	return func(yield func(Streamed, error) bool) {
		s := stream{client: c, params: params, opts: opts, wait: time.Second}
		for {
			err := s.listen(ctx, yield)
			var p *Problem
			switch {
			case errors.Is(err, errEnough), ctx.Err() != nil:
				return
			case errors.As(err, &p):
				wait, again := pause(p, 1)
				if !again {
					yield(Streamed{}, err)
					return
				}
				s.wait = max(s.wait, wait)
			}
			if c.sleep(ctx, s.wait) != nil {
				return
			}
		}
	}
}

var errEnough = errors.New("the reader has heard enough")

// stream is a reader of events, and how far it has come.
type stream struct {
	client *Client
	params StreamEventsParams
	opts   []Option
	wait   time.Duration // before coming back
}

// listen reads one connection to its end.
func (s *stream) listen(ctx context.Context, yield func(Streamed, error) bool) error {
	q := url.Values{}
	add(q, "cursor", s.params.After)
	add(q, "kind", s.params.Kind)
	r := request{op: "stream-events", method: http.MethodGet, path: "/events/stream", query: q, seated: true}
	for _, opt := range s.opts {
		opt(&r)
	}
	sent, err := s.client.request(ctx, r, nil)
	if err != nil {
		return err
	}
	answer, err := s.client.http.Do(sent)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
		return problemOf(r.op, reply{answer.StatusCode, answer.Header, text})
	}
	return s.read(answer.Body, yield)
}

// read takes the lines of a stream (https://html.spec.whatwg.org/multipage/server-sent-events.html).
func (s *stream) read(from io.Reader, yield func(Streamed, error) bool) error {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, maxAnswer)
	id, data := s.params.After, ""
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ":")
		value = strings.TrimPrefix(value, " ")
		switch name {
		case "id":
			id = value
		case "data":
			data += value
		case "retry":
			if ms, err := strconv.Atoi(value); err == nil {
				s.wait = time.Duration(ms) * time.Millisecond
			}
		case "":
			if lines.Text() != "" {
				continue // a sign of life
			}
			s.params.After = id
			if data == "" {
				continue // where the stream begins
			}
			told := Streamed{ID: id, Raw: []byte(data)}
			err := decode(told.Raw, &told.Event)
			data = ""
			if !yield(told, err) {
				return errEnough
			}
		}
	}
	return lines.Err()
}
