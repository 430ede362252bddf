package oauth

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/commands/login"
	"accountd/commands/secrets"
	"accountd/http/rest"
	"accountd/http/rest/page"
)

// A log-in of this kind is a consent as well.
const (
	consentParameter = "consent"
	consentByLogin   = "login"
)

// failedParameter says on the log-in's page why the one before failed.
const failedParameter = "failed"

// failedProof is its value when somebody is logged in for too long to allow anything.
const failedProof = "proof"

// Its values when a code is needed besides, and when one was given and something was wrong. The form has a field for it
// then.
const (
	failedCode     = "code"
	failedWithCode = "credentials-or-code"
)

// codeParameter is the name of the code of a second factor, in the form and at the token endpoint.
const codeParameter = "otp"

// failures are the sentences for its values.
var failures = map[string]string{
	"credentials":  "The name or the password is wrong.",
	failedWithCode: "The name, the password or the code is wrong. A code can be used once.",
	failedCode: "Enter the code that your authenticator app shows, or one of your recovery codes, and your name " +
		"and password once more.",
	"inactive":  "This account is not active.",
	failedProof: "You logged in a while ago. To allow it, log in once more.",
	"attempts":  "Too many log-ins have failed. Wait a while, a quarter of an hour at most, then try again.",
}

func (s *Server) showLogin(w http.ResponseWriter, r *http.Request) error {
	a, err := s.goingOn(r)
	if err != nil {
		return err
	}
	p := loginPage("Log in", a.asked.get(failedParameter))
	p.Lead = []string{a.app.Name + " asks to act in your name. Log in first; then you decide."}
	if a.asked.get(consentParameter) == consentByLogin {
		p = loginPage("Log in and allow", a.asked.get(failedParameter))
		p.Lead = []string{"By logging in you allow " + a.app.Name + " to act in your name, until you withdraw it."}
		p.Facts = a.facts()
	}
	p.LeadsTo = a.redirect
	return s.pages.Write(w, http.StatusOK, p)
}

// loginPage returns the page with the form that logs in, after a failure for that reason, if any.
func loginPage(title, failed string) page.Page {
	p := page.Page{Title: title, Form: &page.Form{
		Fields: []page.Field{
			{Name: "username", Label: "Username or e-mail address", Autocomplete: "username"},
			{Name: "password", Label: "Password", Type: "password", Autocomplete: "current-password"},
		},
		Buttons: []page.Button{{Label: title}},
	}}
	if failed == failedCode || failed == failedWithCode {
		p.Form.Fields = append(p.Form.Fields, page.Field{Name: codeParameter, Label: "Code",
			Autocomplete: "one-time-code"})
	}
	if why := failures[failed]; why != "" {
		p.Errors = []page.Error{{Text: why}}
	}
	return p
}

// logIn answers the log-in's form. Whatever comes of it, the browser is sent on: programs follow as people do.
func (s *Server) logIn(w http.ResponseWriter, r *http.Request) error {
	form, err := page.ReadForm(w, r)
	if err != nil {
		return err
	}
	a, err := s.goingOn(r)
	if err != nil {
		return err
	}
	byLogin := a.asked.get(consentParameter) == consentByLogin
	u, err := s.verify(r, form.Get("username"), form.Get("password"), form.Get(codeParameter))
	if why := failureIn(form, err); why != "" {
		again := []string{failedParameter, why}
		if byLogin {
			again = append(again, consentParameter, consentByLogin)
		}
		return redirect(w, r, s.self(r, a, loginPath, again...))
	}
	if err != nil {
		return err
	}
	v, err := s.remember(w, r, u)
	if err != nil {
		return err
	}
	if byLogin && s.mayBeActedFor(u) == nil {
		if _, err := s.consent(r, v, a.app); err != nil {
			return err
		}
	}
	return redirect(w, r, s.self(r, a, authorizePath))
}

// failureOf returns why a log-in failed, empty when the error is none of the person's.
func failureOf(err error) string {
	var refusal *commands.Refusal
	switch {
	case errors.As(err, &refusal) && refusal.Reason == commands.ReasonInactive:
		return "inactive"
	case errors.As(err, &refusal) && refusal.Reason == login.ReasonCode:
		return failedCode
	case errors.As(err, &refusal) && refusal.Kind == commands.Forbidden,
		err != nil && rest.FaultOf(err).Reason == "password_invalid":
		return "credentials"
	case errors.As(err, &refusal) && refusal.Kind == commands.Throttled:
		return "attempts"
	}
	return ""
}

// failureIn is failureOf for what a form was answered with.
func failureIn(form url.Values, err error) string {
	why := failureOf(err)
	if why == "credentials" && form.Has(codeParameter) {
		return failedWithCode
	}
	return why
}

// verify returns the user of that name and password, who may need a code, too.
func (s *Server) verify(r *http.Request, name, password, code string) (*commands.User, error) {
	return s.LogIn(r, login.Attempt{Name: name, Password: password, Code: code, At: s.opts.Now(),
		Unbounded: !s.opts.RateLimits})
}

// cookie returns the name of the browser's cookie; where it may, the name has browsers take it over HTTPS alone.
func (s *Server) cookie() string {
	if s.secure() {
		return "__Host-accountd-login"
	}
	return "accountd-login"
}

func (s *Server) secure() bool { return strings.HasPrefix(s.opts.PublicURL, "https://") }

// visitor is the user as whom a browser is logged in, nil for none.
type visitor struct {
	*commands.User
	session      commands.Session
	secondFactor bool // a code of one was given
}

// actor returns who asks by the request.
func (s *Server) actor(r *http.Request, v visitor) commands.Actor {
	a := rest.Identify(r, commands.Actor{User: v.ID, Credential: rest.SessionCredential(v.session.ID),
		Permissions: commands.Whole(), Session: v.session})
	a.At = s.opts.Now()
	return a
}

// remember has the browser come back as the user who has logged in, in place of whoever it was.
func (s *Server) remember(w http.ResponseWriter, r *http.Request, u *commands.User) (visitor, error) {
	if err := s.forget(r); err != nil {
		return visitor{}, err
	}
	token, hash := secrets.Token("")
	t := s.stamped(kindLogin, commands.Grant{User: u.ID, Since: u.LogInSince()}, loginLife, nil)
	var err error
	if t.Session, err = s.NewSession(r, u, uuid.New(), commands.SessionBrowser); err != nil {
		return visitor{}, err
	}
	t.Session.SecondFactor = u.NeedsCode()
	if err := s.putListed(r.Context(), hash, t); err != nil {
		return visitor{}, err
	}
	http.SetCookie(w, &http.Cookie{Name: s.cookie(), Value: token, Path: "/", HttpOnly: true, Secure: s.secure(),
		SameSite: http.SameSiteLaxMode})
	return visitor{u, rest.SessionOf(t, hash), t.Session.SecondFactor}, nil
}

// forget ends what the browser's cookie stands for.
func (s *Server) forget(r *http.Request) error {
	if c, err := r.Cookie(s.cookie()); err == nil {
		return s.store.Delete(r.Context(), kindLogin, secrets.Hash(c.Value))
	}
	return nil
}

// browser returns as whom the browser is logged in.
func (s *Server) browser(r *http.Request) (v visitor, err error) {
	c, err := r.Cookie(s.cookie())
	if err != nil {
		return v, nil
	}
	states, err := s.states()
	if err != nil {
		return v, err
	}
	hash := secrets.Hash(c.Value)
	t, ok, err := s.store.Get(r.Context(), kindLogin, hash)
	if err != nil || !ok {
		return v, err
	}
	v.session, v.secondFactor = rest.SessionOf(t, hash), t.Session.SecondFactor
	if u := states.User(t.User); v.session.Holds(u, s.opts.Now()) && u.Usable() {
		v.User = u
		s.UsedUntil(rest.SessionCredential(v.session.ID), s.opts.Now(), t.ExpiresAt)
	}
	return v, nil
}
