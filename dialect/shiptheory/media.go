package shiptheory

import (
	"context"

	"waybill/dialect"
	"waybill/engine"
)

const mediaJSON = "application/json"

// media is the format that the caller wants answers in: JSON unless the Accept header prefers XML; a
// format that is neither is an error.
func media(r *dialect.Request) (string, error) {
	return r.Accept(mediaJSON, "application/xml", "text/xml")
}

// spoken answers in the caller's format. Who wants neither JSON nor XML is refused before anything is
// done.
func spoken(call dialect.Call) dialect.Call {
	return func(ctx context.Context, s engine.Session, r *dialect.Request) (dialect.Reply, error) {
		format, err := media(r)
		if err != nil {
			return dialect.Reply{}, err
		}
		reply, err := call(ctx, s, r)
		if err != nil {
			return dialect.Reply{}, err
		}
		return in(format, reply), nil
	}
}

// in puts an answer that was made as JSON into a format.
func in(format string, reply dialect.Reply) dialect.Reply {
	if format == mediaJSON {
		return reply
	}
	return dialect.XML(reply)
}
