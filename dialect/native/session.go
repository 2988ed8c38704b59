package native

import (
	"context"
	"net/http"
	"strings"
	"time"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// cookieName is the cookie that a browser keeps a session in.
const cookieName = "waybill_session"

// logInIn is a person who wants to be let in.
type logInIn struct {
	Body struct {
		Email    string `json:"email" minLength:"1" maxLength:"254"`
		Password string `json:"password" minLength:"1" maxLength:"200"`
		Cookie   bool   `json:"cookie,omitempty" doc:"Have the browser keep the session in a cookie that no script can read, in place of a token in the answer."`
	}
}

// Session is one of a person's own.
type Session struct {
	ID        string    `json:"id"`
	Current   bool      `json:"current" doc:"It is the one that asks."`
	Agent     string    `json:"agent,omitempty" doc:"What the browser or program calls itself."`
	IP        string    `json:"ip,omitempty" doc:"From where it was last used."`
	Cookie    bool      `json:"cookie" doc:"A browser keeps it in a cookie."`
	CreatedAt time.Time `json:"created_at"`
	LastUsed  time.Time `json:"last_used_at" doc:"To five minutes."`
	ExpiresAt time.Time `json:"expires_at" doc:"It ends then; sooner where it is not used for twelve hours."`
}

type newSession struct {
	Session
	Token string `json:"token,omitempty" doc:"Send it as bearer. Shown this once, and not where a cookie was wanted."`
	User  person `json:"user"`
}

// person is who has logged in.
type person struct {
	ID      string `json:"id"`
	Email   string `json:"email"`
	Name    string `json:"name,omitempty"`
	Role    string `json:"role" enum:"admin,operations,developer,rates-only,read-only"`
	Account string `json:"account" doc:"Id of the account."`
}

type sessionAnswer struct {
	Cookie string `header:"Set-Cookie" doc:"The session, where a cookie was wanted."`
	Cache  string `header:"Cache-Control"`
	Body   newSession
}

type sessionPath struct {
	ID string `path:"id" maxLength:"24" doc:"Id of the session; self is the one that asks." example:"self"`
}

type endedAnswer struct {
	Cookie string `header:"Set-Cookie" doc:"Takes the cookie away, where the session that asks was ended."`
}

type passwordIn struct {
	Conditional
	Body struct {
		Old string `json:"old_password" minLength:"1" maxLength:"200"`
		New string `json:"new_password" minLength:"10" maxLength:"200"`
	}
}

func sessions(a *api) {
	const tag = "Sessions"
	op(a, operation{
		ID: "create-session", Method: "POST", Path: "/sessions", Tag: tag, Summary: "Log in", Open: true, Status: 201,
		About: "With e-mail and password, for people. A session ends when it was not used for twelve hours, after thirty days, when it is ended, and when the person " +
			"is disabled, deleted, or gets another password, role or grant. Who tries passwords has to wait.",
		Example: map[string]any{"email": "demo@waybill.test", "password": "demo-password"},
	}, readLogIn, engine.Session.LogIn, showNewSession)
	op(a, operation{
		ID: "list-sessions", Method: "GET", Path: "/sessions", Tag: tag, Summary: "List your own sessions", Anyone: true,
		About: "Of a person who has logged in; keys and OAuth clients have none.",
	}, toSince, changedSince(ownLogins, func(l waybill.Login) time.Time { return l.LastUsed }), func(c *call, all []waybill.Login) *one[list[Session]] {
		return inFull(all, c.login)
	})
	op(a, operation{
		ID: "end-session", Method: "DELETE", Path: "/sessions/{id}", Tag: tag, Summary: "Log out", Anyone: true, Status: 204,
	}, func(c *call, in *sessionPath) (waybill.ID, error) {
		if in.ID == "self" {
			return c.session.Actor.Login, nil
		}
		return waybill.ID(in.ID), nil
	}, engine.Session.EndLogin, func(c *call, l waybill.Login) *endedAnswer {
		if !l.Cookie || l.ID != c.session.Actor.Login {
			return &endedAnswer{}
		}
		return &endedAnswer{c.cookie("", -1)}
	})
	op(a, operation{
		ID: "end-other-sessions", Method: "DELETE", Path: "/sessions", Tag: tag, Summary: "Log out everywhere else", Anyone: true, Status: 204,
	}, func(*call, *struct{}) (struct{}, error) { return struct{}{}, nil }, engine.Session.EndOtherLogins, func(*call, struct{}) *none { return &none{} })
	op(a, operation{
		ID: "change-password", Method: "PUT", Path: "/me/password", Tag: tag, Summary: "Change your own password", Anyone: true, Status: 204,
		About:   "It ends your other sessions. If-Match takes the ETag of /me. An administrator gives somebody else a new one by changing the user, which ends all sessions of theirs.",
		Example: map[string]any{"old_password": "correct horse battery", "new_password": "another horse altogether"},
	}, func(_ *call, in *passwordIn) (engine.ChangePassword, error) {
		return engine.ChangePassword{Old: in.Body.Old, New: in.Body.New}, nil
	}, engine.Session.ChangePassword, func(*call, struct{}) *none { return &none{} })
	op(a, operation{
		ID: "end-user-sessions", Method: "DELETE", Path: "/users/{id}/sessions", Tag: tag, Summary: "Log a person out everywhere", Scope: waybill.ScopeAdmin, Status: 204,
	}, func(_ *call, in *touchSetupIn) (acting[engine.RecordRef], error) {
		return acting[engine.RecordRef]{waybill.ID(in.Account), recordRef(in.ID)}, nil
	}, within(engine.Session.EndLoginsOf, nil), func(*call, struct{}) *none { return &none{} })
	a.named("/users/{id}/sessions", "packer@shop.example")
}

// readLogIn reads who wants to be let in. A cookie is given to pages of this installation alone.
func readLogIn(c *call, in *logInIn) (engine.LogIn, error) {
	if in.Body.Cookie {
		if err := sameOrigin(c.Request); err != nil {
			return engine.LogIn{}, err
		}
	}
	return engine.LogIn{
		Email: in.Body.Email, Password: in.Body.Password, Cookie: in.Body.Cookie, Agent: c.Header.Get("User-Agent"), From: c.Caller(),
	}, nil
}

func showNewSession(c *call, l engine.LoggedIn) *sessionAnswer {
	c.session.Actor.Login = l.Login.ID
	out := &sessionAnswer{Cache: "no-store", Body: newSession{Session: c.login(l.Login), User: person{
		string(l.User.ID), l.User.Email, l.User.Name, string(l.User.Role), string(l.Account.ID),
	}}}
	if !l.Login.Cookie {
		out.Body.Token = l.Text
		return out
	}
	out.Cookie = c.cookie(l.Text, int(l.Login.Expires.Sub(c.Now)/time.Second))
	return out
}

func (c *call) login(l waybill.Login) Session {
	return Session{string(l.ID), l.ID == c.session.Actor.Login, l.Agent, l.IP, l.Cookie, l.Created, l.LastUsed, l.Expires}
}

// cookie keeps a session for so many seconds; negative: no longer.
func (c *call) cookie(text string, seconds int) string {
	cookie := http.Cookie{
		Name: cookieName, Value: text, Path: "/", MaxAge: seconds, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: strings.HasPrefix(c.Root, "https:"),
	}
	return cookie.String()
}

func ownLogins(s engine.Session, ctx context.Context, _ struct{}) ([]waybill.Login, error) {
	p, err := s.Person(ctx)
	return p.Logins, err
}

// sessionOf is the session that a browser keeps; empty: none.
func sessionOf(r *dialect.Request) string {
	cookie, err := (&http.Request{Header: r.Header}).Cookie(cookieName)
	if err != nil {
		return ""
	}
	return cookie.Value
}

// sameOrigin refuses a write that another site's page has a browser send with the cookie.
func sameOrigin(r *dialect.Request) error {
	_, host, _ := strings.Cut(r.Root, "://")
	if http.NewCrossOriginProtection().Check(&http.Request{Method: r.Method, Header: r.Header, Host: host}) != nil {
		return waybill.E("auth", waybill.ReasonOrigin, "a page of another site may not act with a session's cookie")
	}
	return nil
}
