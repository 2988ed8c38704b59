package engine

import (
	"context"
	"slices"
	"strings"
	"time"

	"waybill"
	"waybill/store"
)

// How long a login lasts: until it was not used for half a day, and a month at most. Its last use is written down
// every five minutes at most.
const (
	loginText  = "wb_login_"
	loginIdle  = 12 * time.Hour
	loginLife  = 30 * 24 * time.Hour
	loginNoted = 5 * time.Minute
	agentShown = 200 // of what a browser calls itself
)

// LooksLikeLogin reports whether a text is what a login shows, by its form alone.
func LooksLikeLogin(text string) bool { return strings.HasPrefix(text, loginText) }

// LogIn asks to be let in with e-mail and password.
type LogIn struct {
	Email, Password string
	Cookie          bool
	Agent           string
	From            Caller
}

// LoggedIn is a login with the text that it shows, which is told this once.
type LoggedIn struct {
	Login   waybill.Login
	Text    string
	User    waybill.User
	Account waybill.Account
}

// LogIn lets a person in. Unknown, wrong, disabled and without a password are answered alike, and who guesses has to
// wait: TooManyRequests, ReasonRateLimit. From where the account may not be called is Forbidden.
func (s Session) LogIn(ctx context.Context, in LogIn) (out LoggedIn, err error) {
	email := strings.ToLower(strings.TrimSpace(in.Email))
	if err := s.guesses.allow(email, in.From.IP, s.Clock.Now()); err != nil {
		return out, err
	}
	gate := Gate{Engine: s.Engine}
	k, err := gate.whoHas(ctx, Credentials{Dialect: s.Actor.Dialect, Kind: waybill.ActorUser, ID: email})
	if err != nil && !waybill.IsCode(err, waybill.NotFound) {
		return out, err
	}
	if err != nil || k.hash == "" {
		k.hash = s.Vault.decoy() // the same time, whether or not the person exists
	}
	if !s.Vault.Matches(k.hash, in.Password) || err != nil {
		s.guesses.failed(email, in.From.IP, s.Clock.Now())
		return out, waybill.E("login", waybill.ReasonLogin, "the e-mail or the password is not right")
	}
	s.guesses.passed(email, in.From.IP)
	if err := checkAccess(k.account.Access, in.From.IP, in.From.Origin); err != nil {
		return out, err
	}
	now := s.Clock.Now()
	text := loginText + randomKey()
	text += checksum(text)
	login := waybill.Login{
		Row: waybill.Row{ID: s.IDs.New(), Account: k.account.ID}, User: k.user.ID, Hash: keyHash(text), Turn: k.user.Turn, Cookie: in.Cookie,
		Agent: clipped(in.Agent, agentShown), IP: in.From.IP, LastUsed: now, Expires: now.Add(loginLife),
	}
	s.Actor = k.actor
	s.Actor.IP = in.From.IP
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		next := login
		if err := tx.Logins().Put(&next); err != nil {
			return err
		}
		out = LoggedIn{next, text, *k.user, k.account}
		return s.noteChange(tx, nil, &next)
	})
	return out, err
}

// clipped is a text of at most n bytes that both databases can keep.
func clipped(text string, n int) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text[:min(len(text), n)], ""), "\x00", "")
}

// AuthenticateLogin finds whose login it is. One that is unknown, over, or of another turn of its person is
// Unauthenticated; from where the account may not be called is Forbidden.
func (g Gate) AuthenticateLogin(ctx context.Context, text string, from Caller) (actor waybill.Actor, err error) {
	bad := waybill.E("auth", waybill.ReasonTokenBad, "the session is not valid, or was ended")
	if n := len(text) - keyChecksum; n < 0 || checksum(text[:n]) != text[n:] {
		return actor, bad
	}
	now := g.Clock.Now()
	var login waybill.Login
	err = g.Store.View(ctx, waybill.System(""), func(tx store.Tx) error {
		found, err := tx.Logins().ByKey(keyHash(text))
		if err != nil {
			return err
		}
		set, err := g.setup(tx, found.Account)
		if err != nil {
			return err
		}
		who, err := set.actor(waybill.ActorUser, found.User, "")
		if err == nil {
			err = g.admits(set.account)
		}
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(set.users, func(u waybill.User) bool { return u.ID == found.User && u.Turn == found.Turn }) {
			return waybill.E("auth", waybill.ReasonUnknownRecord, "all logins of the person were ended")
		}
		login, actor = found, who
		return checkAccess(set.account.Access, from.IP, from.Origin)
	})
	switch {
	case waybill.IsCode(err, waybill.NotFound):
		return waybill.Actor{}, bad
	case err != nil:
		return actor, err
	case over(login, now):
		return waybill.Actor{}, waybill.E("auth", waybill.ReasonTokenExpired, "the session has ended: it was not used for long")
	}
	g.noteLogin(ctx, login, from, now)
	actor.Login, actor.IP = login.ID, from.IP
	return actor, nil
}

// over reports whether a login was not used for too long, or is too old.
func over(l waybill.Login, now time.Time) bool {
	return !now.Before(l.Expires) || now.Sub(l.LastUsed) >= loginIdle
}

// noteLogin writes down that a login is in use. That it could not be is no reason to refuse a call.
func (g Gate) noteLogin(ctx context.Context, login waybill.Login, from Caller, now time.Time) {
	if now.Sub(login.LastUsed) < loginNoted && login.IP == from.IP {
		return
	}
	err := g.Store.Update(ctx, waybill.System(login.Account), func(tx store.Tx) error {
		next := login
		next.LastUsed, next.IP = now, from.IP
		return tx.Logins().Put(&next)
	})
	if err != nil {
		g.Log.Debug("the last use of a login was not noted", "login", string(login.ID), "error", err.Error())
	}
}

// Person is a user with the logins that are good.
type Person struct {
	User   waybill.User
	Logins []waybill.Login
}

// Person reads who asks, where that is a person: Forbidden, ReasonRole for a program.
func (s Session) Person(ctx context.Context) (Person, error) {
	if s.Actor.Kind != waybill.ActorUser {
		return Person{}, notPerson()
	}
	return s.person(ctx, s.Actor.ID)
}

func notPerson() error {
	return waybill.E("login", waybill.ReasonRole, "this is for people who have logged in; a key or an OAuth client is none")
}

func (s Session) person(ctx context.Context, id waybill.ID) (p Person, err error) {
	now := s.Clock.Now()
	err = s.Store.View(ctx, waybill.System(""), func(tx store.Tx) error {
		user, err := tx.Users().Get(id)
		if err != nil {
			return err
		}
		list, err := tx.Logins().All()
		p = Person{user, slices.DeleteFunc(list, func(l waybill.Login) bool {
			return l.User != id || l.Turn != user.Turn || over(l, now)
		})}
		return err
	})
	return p, err
}

// EndLogin ends a login of the person who asks; what is not theirs is not there.
func (s Session) EndLogin(ctx context.Context, id waybill.ID) (login waybill.Login, err error) {
	p, err := s.Person(ctx)
	if err != nil {
		return login, err
	}
	at := slices.IndexFunc(p.Logins, func(l waybill.Login) bool { return l.ID == id })
	if at < 0 {
		return login, waybill.E("login", waybill.ReasonUnknownRecord, "there is no such session")
	}
	s.Actor.Account = p.User.Account // though it may be at work in a child
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		found, err := tx.Logins().Get(id)
		if err != nil {
			return err
		}
		if err := tx.Logins().Delete(id, found.Version); err != nil {
			return err
		}
		login = found
		return s.noteChange(tx, &found, nil)
	})
	return login, err
}

// EndOtherLogins ends every login of the person who asks but the one that was shown.
func (s Session) EndOtherLogins(ctx context.Context, _ struct{}) (none struct{}, err error) {
	p, err := s.Person(ctx)
	if err != nil {
		return none, err
	}
	return none, s.turn(ctx, p.User.ID, func(*waybill.User) {})
}

// ChangePassword gives the person who asks another password. It ends every other login of theirs.
type ChangePassword struct{ Old, New string }

// ChangePassword takes the old password: wrong, it is Invalid at its member, and who guesses has to wait.
func (s Session) ChangePassword(ctx context.Context, in ChangePassword) (none struct{}, err error) {
	p, err := s.Person(ctx)
	if err != nil {
		return none, err
	}
	now := s.Clock.Now()
	if err := s.guesses.allow(p.User.Email, s.Actor.IP, now); err != nil {
		return none, err
	}
	if p.User.Password == "" || !s.Vault.Matches(p.User.Password, in.Old) {
		s.guesses.failed(p.User.Email, s.Actor.IP, now)
		return none, waybill.FieldErrors("login", []waybill.FieldError{{Path: "old_password", Rule: waybill.RuleFormat, Message: "this is not the password"}})
	}
	s.guesses.passed(p.User.Email, s.Actor.IP)
	hash := s.Vault.Hash(in.New)
	return none, s.turn(ctx, p.User.ID, func(u *waybill.User) { u.Password = hash })
}

// EndLoginsOf ends every login of a person of the session's account, but the one that was shown where it is their own.
func (s Session) EndLoginsOf(ctx context.Context, ref RecordRef) (none struct{}, err error) {
	user, err := Users.Get(s, ctx, ref)
	if err == nil {
		err = firstError(s.mayManageUser(user), s.notForTests(ctx, testsManageNobody))
	}
	if err == nil {
		err = s.turn(ctx, user.ID, func(*waybill.User) {})
	}
	return none, err
}

// turn changes a person and begins their next turn, which ends all logins but the one that was shown.
func (s Session) turn(ctx context.Context, id waybill.ID, change func(*waybill.User)) error {
	for tries := 1; ; tries++ {
		err := s.turnOnce(ctx, id, change)
		if waybill.ReasonOf(err) != waybill.ReasonVersion || tries == changeTries || s.IfVersion != 0 {
			return err
		}
	}
}

func (s Session) turnOnce(ctx context.Context, id waybill.ID, change func(*waybill.User)) error {
	return s.Store.Update(ctx, waybill.System(""), func(tx store.Tx) error {
		before, err := tx.Users().Get(id)
		if err == nil {
			err = s.meant(before.Row)
		}
		if err != nil {
			return err
		}
		next := before
		change(&next)
		next.Turn++
		if err := tx.Users().Put(&next); err != nil {
			return err
		}
		if s.Actor.Login != "" {
			own, err := tx.Logins().Get(s.Actor.Login)
			if err != nil && !waybill.IsCode(err, waybill.NotFound) {
				return err
			}
			if err == nil && own.User == id {
				own.Turn = next.Turn
				if err := tx.Logins().Put(&own); err != nil {
					return err
				}
			}
		}
		noted := s
		noted.Actor.Account = before.Account
		return noted.noteChange(tx, &before, &next)
	})
}

// sweepLogins removes logins that are over.
func (e *Engine) sweepLogins(ctx context.Context) error {
	now := e.Clock.Now()
	return e.Store.Update(ctx, waybill.System(""), func(tx store.Tx) error {
		all, err := tx.Logins().All()
		for i := 0; err == nil && i < len(all); i++ {
			if over(all[i], now) {
				err = tx.Logins().Delete(all[i].ID, all[i].Version)
			}
		}
		return err
	})
}
