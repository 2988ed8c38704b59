package engine

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/argon2"

	"waybill"
)

// Vault seals secrets at rest, signs tokens and links, and hashes passwords. Its keys never leave it.
type Vault struct {
	keys    map[string][]byte // by key id: 32 bytes each
	current string            // the id new secrets are sealed under
	hashing chan struct{}     // argon2 needs memory: few at once
	derived sync.Map          // keys made from those, by [2]string of id and purpose
	tokens  tokens
}

// NewVault makes a vault of 32-byte keys by id; current seals, the others only open.
func NewVault(keys map[string][]byte, current string) (*Vault, error) {
	if len(keys[current]) != 32 {
		return nil, fmt.Errorf("vault: key %q must have 32 bytes, it has %d", current, len(keys[current]))
	}
	for id, key := range keys {
		if len(key) != 32 || len(id) != 8 {
			return nil, fmt.Errorf("vault: key %q must have an id of 8 characters and 32 bytes", id)
		}
	}
	return &Vault{keys: keys, current: current, hashing: make(chan struct{}, 2)}, nil
}

// KeyID names the key that new secrets are sealed under; a backup notes it.
func (v *Vault) KeyID() string { return v.current }

// derive makes a key for one purpose from a master key (HKDF, RFC 5869).
func (v *Vault) derive(id, purpose string) []byte {
	if key, ok := v.derived.Load([2]string{id, purpose}); ok {
		return key.([]byte)
	}
	key, err := hkdf.Key(sha256.New, v.keys[id], nil, "waybill/"+purpose, 32)
	if err != nil {
		panic("vault: hkdf: " + err.Error())
	}
	v.derived.Store([2]string{id, purpose}, key)
	return key
}

// Derive is a key for another part of the program, such as the store's cursors.
func (v *Vault) Derive(purpose string) []byte { return v.derive(v.current, purpose) }

const sealVersion = 1

// Seal encrypts with a key of its own (AES-256-GCM), which is itself sealed under the current master
// key: version, key id, sealed data key, sealed text. The context is bound in: a secret cannot be moved to
// another record.
func (v *Vault) Seal(plain []byte, context string) []byte {
	data := make([]byte, 32)
	must(rand.Read(data))
	out := append([]byte{sealVersion}, v.current...)
	out = append(out, box(v.derive(v.current, "seal"), data, context)...)
	return append(out, box(data, plain, context)...)
}

// Open undoes Seal.
func (v *Vault) Open(sealed []byte, context string) ([]byte, error) {
	const wrapped = 12 + 32 + 16 // nonce, key, tag
	if len(sealed) < 9+wrapped || sealed[0] != sealVersion {
		return nil, waybill.E("vault.open", waybill.ReasonBug, "a sealed secret is damaged")
	}
	id := string(sealed[1:9])
	if v.keys[id] == nil {
		return nil, waybill.E("vault.open", waybill.ReasonBug, "the key %q that sealed this secret is not here", id)
	}
	data, err := unbox(v.derive(id, "seal"), sealed[9:9+wrapped], context)
	if err != nil {
		return nil, err
	}
	return unbox(data, sealed[9+wrapped:], context)
}

func box(key, plain []byte, context string) []byte {
	aead := gcm(key)
	nonce := make([]byte, aead.NonceSize())
	must(rand.Read(nonce))
	return aead.Seal(nonce, nonce, plain, []byte(context))
}

func unbox(key, sealed []byte, context string) ([]byte, error) {
	aead := gcm(key)
	if len(sealed) < aead.NonceSize() {
		return nil, waybill.E("vault.open", waybill.ReasonBug, "a sealed secret is damaged")
	}
	n := aead.NonceSize()
	plain, err := aead.Open(nil, sealed[:n], sealed[n:], []byte(context))
	if err != nil {
		return nil, waybill.E("vault.open", waybill.ReasonBug, "a sealed secret does not open with this key file")
	}
	return plain, nil
}

func gcm(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic("vault: " + err.Error())
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic("vault: " + err.Error())
	}
	return aead
}

func must(_ int, err error) {
	if err != nil {
		panic("vault: no randomness: " + err.Error())
	}
}

// argon2id with 19 MiB, two passes, one lane: the first choice of OWASP's password storage guidance.
const (
	argonMemory = 19 * 1024
	argonPasses = 2
)

// Hash makes the stored form of a password or client secret.
func (v *Vault) Hash(secret string) string {
	salt := make([]byte, 16)
	must(rand.Read(salt))
	return fmt.Sprintf("argon2id$%d$%d$%s$%s", argonMemory, argonPasses,
		base64.RawStdEncoding.EncodeToString(salt),
		base64.RawStdEncoding.EncodeToString(v.argon(secret, salt, argonMemory, argonPasses)))
}

// Matches reports whether the secret is the one that was hashed.
func (v *Vault) Matches(hash, secret string) bool {
	part := strings.Split(hash, "$")
	if len(part) != 5 || part[0] != "argon2id" {
		return false
	}
	memory, err1 := strconv.ParseUint(part[1], 10, 32)
	passes, err2 := strconv.ParseUint(part[2], 10, 32)
	salt, err3 := base64.RawStdEncoding.DecodeString(part[3])
	want, err4 := base64.RawStdEncoding.DecodeString(part[4])
	if err1 != nil || err2 != nil || err3 != nil || err4 != nil || memory > 1<<20 || passes > 16 {
		return false
	}
	return subtle.ConstantTimeCompare(v.argon(secret, salt, uint32(memory), uint32(passes)), want) == 1
}

func (v *Vault) argon(secret string, salt []byte, memory, passes uint32) []byte {
	v.hashing <- struct{}{}
	defer func() { <-v.hashing }()
	return argon2.IDKey([]byte(secret), salt, passes, memory, 1, 32)
}

// pseudonym names a record in 32 hexadecimal digits from which nothing can be told.
func (v *Vault) pseudonym(id waybill.ID) string {
	return hex.EncodeToString(v.mac("pseudonym", v.current, string(id))[:16])
}

// Link signs the address of one file until a time: kind, id, expiry and a MAC, in 74 characters or so.
func (v *Vault) Link(kind string, id waybill.ID, until time.Time) string {
	text := kind + "." + string(id) + "." + strconv.FormatInt(until.Unix(), 36)
	return text + "." + hex.EncodeToString(v.mac("link", v.current, text)[:16])
}

// ReadLink undoes Link: a changed or expired link is Forbidden.
func (v *Vault) ReadLink(link string, now time.Time) (kind string, id waybill.ID, err error) {
	bad := waybill.E("link", waybill.ReasonForeign, "this link is not valid")
	text, mac, ok := cutLast(link, ".")
	part := strings.Split(text, ".")
	if !ok || len(part) != 3 {
		return "", "", bad
	}
	given, err := hex.DecodeString(mac)
	if err != nil || !v.anyKey(func(key string) bool { return hmac.Equal(given, v.mac("link", key, text)[:16]) }) {
		return "", "", bad
	}
	until, err := strconv.ParseInt(part[2], 36, 64)
	if err != nil || now.Unix() > until {
		return "", "", waybill.E("link", waybill.ReasonForeign, "this link has expired")
	}
	return part[0], waybill.ID(part[1]), nil
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

func (v *Vault) mac(purpose, key, text string) []byte {
	m := hmac.New(sha256.New, v.derive(key, purpose))
	m.Write([]byte(text))
	return m.Sum(nil)
}

func (v *Vault) anyKey(ok func(id string) bool) bool {
	if ok(v.current) {
		return true
	}
	for id := range v.keys {
		if id != v.current && ok(id) {
			return true
		}
	}
	return false
}
