package sqlstore

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"

	"waybill"
	"waybill/store"
)

// position is a place in a list: the sort key and id of one of its records. From means the place
// just before it, else just after.
type position struct {
	key  int64
	id   string
	from bool
}

// cursors signs positions, so that a cursor is followed only in the list that answered it.
type cursors struct{ secret []byte }

func newCursors(secret []byte) (cursors, error) {
	if len(secret) == 0 {
		secret = make([]byte, 32)
		if _, err := rand.Read(secret); err != nil {
			return cursors{}, err
		}
	}
	return cursors{secret}, nil
}

// list identifies a list: who asked for what, in which order.
func (c cursors) list(actor waybill.Actor, q any, page store.Page) ([]byte, error) {
	text, err := json.Marshal([]any{actor.Account, actor.Grants, q, page.Order, page.Ascending})
	sum := sha256.Sum256(text)
	return sum[:], err
}

// write makes the cursor of a position.
func (c cursors) write(list []byte, p position) string {
	b := make([]byte, 9, 48)
	b[0] = byte(bit(p.from))
	binary.BigEndian.PutUint64(b[1:], uint64(p.key))
	b = append(b, p.id...)
	return base64.RawURLEncoding.EncodeToString(append(b, c.sign(list, b)...))
}

// around makes the cursors on both sides of a page. Its keys are in the direction of reading, which began at
// a place (nil: the end of the list) and goes on after one of them (nil: nothing is there).
func (c cursors) around(list []byte, keys []key, on *key, at *position, back bool) (next, prev string) {
	var onward *position
	if on != nil {
		onward = &position{key: on.sort, id: on.id, from: back}
	}
	if at != nil && len(keys) > 0 {
		at = &position{key: keys[0].sort, id: keys[0].id, from: !back}
	}
	if back {
		onward, at = at, onward
	}
	if onward != nil {
		next = c.write(list, *onward)
	}
	if at != nil {
		prev = c.write(list, *at)
	}
	return next, prev
}

// read is the position of a cursor: Invalid, ReasonBadCursor when it is not of this list.
func (c cursors) read(list []byte, cursor string) (position, error) {
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if at := len(b) - signature; err == nil && at >= 9 && hmac.Equal(c.sign(list, b[:at]), b[at:]) {
		return position{from: b[0] == 1, key: int64(binary.BigEndian.Uint64(b[1:9])), id: string(b[9:at])}, nil
	}
	return position{}, waybill.E("store.cursor", waybill.ReasonBadCursor, "the cursor is not of this list")
}

// signature is how many bytes of the MAC a cursor carries.
const signature = 12

func (c cursors) sign(list, b []byte) []byte {
	mac := hmac.New(sha256.New, c.secret)
	mac.Write(list)
	mac.Write(b)
	return mac.Sum(nil)[:signature]
}
