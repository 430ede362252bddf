package oauth

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/commands/secrets"
	"accountd/http/rest"
)

// authorization is an application's request for a code. Where the answer goes is known to be right; what else is asked
// for may not be, see fault.
type authorization struct {
	app      *commands.Application
	redirect string
	asked    parameters
}

// carried are the parameters of a request for a code that go with it from page to page.
var carried = []string{"response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge",
	"code_challenge_method"}

// authorization reads a request for a code. Whatever is wrong with the application or where it wants the answer is told
// to the person: nobody is ever sent to an address that is not registered.
func (s *Server) authorization(p parameters) (authorization, error) {
	if err := p.check(carried...); err != nil {
		return authorization{}, err
	}
	states, err := s.states()
	if err != nil {
		return authorization{}, err
	}
	app := states.Directory().ApplicationByAppID(p.get("client_id"))
	if app == nil {
		return authorization{}, rest.BadRequest("application_unknown", "client_id",
			"This application is not known here.")
	}
	to := p.get("redirect_uri")
	if to == "" && len(app.RedirectURIs) == 1 {
		to = app.RedirectURIs[0]
	}
	if !slices.Contains(app.RedirectURIs, to) {
		return authorization{}, rest.BadRequest("redirect_uri_unknown", "redirect_uri",
			"The application asks to be answered at an address that is not registered for it.")
	}
	return authorization{app: app, redirect: to, asked: p}, nil
}

// askedFor reads a request for a code as it comes from the application, in the query or as a form.
func (s *Server) askedFor(w http.ResponseWriter, r *http.Request) (authorization, error) {
	p, err := readParameters(w, r)
	if err != nil {
		return authorization{}, err
	}
	return s.authorization(p)
}

// goingOn reads a request for a code out of the address of one of this service's own pages.
func (s *Server) goingOn(r *http.Request) (authorization, error) {
	p, err := queryParameters(r)
	if err != nil {
		return authorization{}, err
	}
	return s.authorization(p)
}

// fault returns what is wrong with the request, which is told to the application, nil for nothing.
func (a authorization) fault() *failure {
	challenge, method := a.asked.get("code_challenge"), a.asked.get("code_challenge_method")
	switch {
	case a.app.Kind != commands.ApplicationPublic:
		return &failure{code: codeUnauthorizedClient, description: "An application of this type gets no codes."}
	case a.asked.get("response_type") == "":
		return &failure{code: codeInvalidRequest, description: "The parameter response_type is missing."}
	case a.asked.get("response_type") != "code":
		return &failure{code: codeUnsupportedType, description: "The response_type is code."}
	case challenge != "" && (method != "S256" || len(challenge) != challengeLength), challenge == "" && method != "":
		return &failure{code: codeInvalidRequest, description: "The code_challenge_method is S256."}
	}
	return nil
}

const challengeLength = 43 // a SHA-256 in base64url

// page returns the path of a page of this service that goes on with the request, with more names and values in turn.
func (a authorization) page(path string, more ...string) string {
	query := url.Values{}
	for _, name := range carried {
		if v := a.asked.get(name); v != "" {
			query.Set(name, v)
		}
	}
	for i := 0; i < len(more); i += 2 {
		query.Set(more[i], more[i+1])
	}
	return path + "?" + query.Encode()
}

// self returns the absolute address of such a page.
func (s *Server) self(r *http.Request, a authorization, path string, more ...string) string {
	return s.base(r) + a.page(path, more...)
}

// answered returns where the application gets its answer, which are names and values in turn. The answer stands before
// whatever the address has in its query, since there are clients that look no further.
func (a authorization) answered(answer ...string) string {
	base, query, _ := strings.Cut(a.redirect, "?")
	var parts []string
	for i := 0; i < len(answer); i += 2 {
		parts = append(parts, answer[i]+"="+url.QueryEscape(answer[i+1]))
	}
	if query != "" {
		parts = append(parts, query)
	}
	if state := a.asked.get("state"); state != "" {
		parts = append(parts, "state="+url.QueryEscape(state))
	}
	return base + "?" + strings.Join(parts, "&")
}

// refused returns where the application is told why it gets no code.
func (a authorization) refused(code, description string) string {
	return a.answered("error", code, "error_description", description)
}

// redirect sends the browser on: after a form with GET, whatever the form's method was.
func redirect(w http.ResponseWriter, r *http.Request, to string) error {
	status := http.StatusFound
	if r.Method == http.MethodPost {
		status = http.StatusSeeOther
	}
	w.Header().Set("Location", to)
	w.WriteHeader(status)
	return nil
}

// authorize answers GET /oauth/authorize: with the log-in, the question, or the code.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) error {
	a, err := s.askedFor(w, r)
	if err != nil {
		return err
	}
	if f := a.fault(); f != nil {
		return redirect(w, r, a.refused(f.code, f.description))
	}
	v, err := s.browser(r)
	if err != nil {
		return err
	}
	if v.User == nil {
		return redirect(w, r, s.self(r, a, loginPath))
	}
	if s.mayBeActedFor(v.User) != nil {
		return s.turnAway(w, r, a)
	}
	if _, ok := v.Consented(a.app.ID, a.app.WidenedSince); !ok {
		return s.askConsent(w, r, a, v.User)
	}
	return s.giveCode(w, r, a, v)
}

// turnAway tells the application that it may not act for whom the browser is logged in as, and ends that log-in, so
// that the person can be somebody else the next time.
func (s *Server) turnAway(w http.ResponseWriter, r *http.Request, a authorization) error {
	if err := s.forget(r); err != nil {
		return err
	}
	return redirect(w, r, a.refused(codeAccessDenied, "The user is no active member of a client."))
}

// startByHand answers POST /oauth/authorize, by which programs drive the flow that have the user's name and password:
// it leads to a log-in that is the consent as well, and says so to whoever looks at it.
func (s *Server) startByHand(w http.ResponseWriter, r *http.Request) error {
	a, err := s.askedFor(w, r)
	if err != nil {
		return err
	}
	if f := a.fault(); f != nil {
		return redirect(w, r, a.refused(f.code, f.description))
	}
	return redirect(w, r, s.self(r, a, loginPath, consentParameter, consentByLogin))
}

// mayBeActedFor refuses a user for whom no application may act.
func (s *Server) mayBeActedFor(u *commands.User) error {
	states, err := s.states()
	if err != nil {
		return err
	}
	return commands.MayBeActedFor(states, u.ID)
}

// giveCode sends the browser to the application with a code by which it gets the user's tokens.
func (s *Server) giveCode(w http.ResponseWriter, r *http.Request, a authorization, v visitor) error {
	consent, _ := v.Consented(a.app.ID, a.app.WidenedSince)
	code, hash := secrets.Token("")
	g := commands.Grant{User: v.ID, Application: a.app.ID, Session: uuid.New(), Consent: consent.Sequence,
		Since: v.session.Since, Membership: v.MemberSince}
	data := map[string]string{dataRedirect: a.asked.get("redirect_uri"), dataChallenge: a.asked.get("code_challenge"),
		dataBrowser: v.session.ID.String()}
	t := s.stamped(kindCode, g, codeLife, data)
	t.ProvenAt, t.Session.SecondFactor = v.session.ProvenAt, v.secondFactor
	if err := s.store.Put(r.Context(), hash, t); err != nil {
		return err
	}
	return redirect(w, r, a.answered("code", code))
}
