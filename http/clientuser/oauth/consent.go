package oauth

import (
	"net/http"

	"accountd/commands"
	"accountd/http/rest"
	"accountd/http/rest/page"
)

// The answers to the question of consent.
const (
	decision      = "decision"
	decisionAllow = "allow"
	decisionDeny  = "deny"
	decisionOther = "other" // to be somebody else
)

// facts says what the application is and what it may.
func (a authorization) facts() []page.Fact {
	may := "See the users of your client, and nothing more"
	if a.app.Access == commands.AccessAll {
		may = "See and, as far as you may, change the users of your client"
	}
	return []page.Fact{{Name: "Application", Value: a.app.Name}, {Name: "It may", Value: may},
		{Name: "You go on to", Value: a.redirect}}
}

// askConsent asks whether the application may act for the user.
func (s *Server) askConsent(w http.ResponseWriter, r *http.Request, a authorization, u *commands.User) error {
	return s.pages.Write(w, http.StatusOK, page.Page{
		Title: "Allow " + a.app.Name + "?",
		Lead: []string{"You are logged in as " + u.Username + ". " + a.app.Name +
			" asks to act in your name, until you withdraw it."},
		Facts: a.facts(), LeadsTo: a.redirect,
		Links: []page.Link{{Text: "What you have allowed already", URL: applicationsPath}},
		Form: &page.Form{
			Action: a.page(consentPath),
			Hidden: []page.Fact{s.pages.Token(w, r, a.purpose(u))},
			Buttons: []page.Button{{Label: "Allow", Name: decision, Value: decisionAllow},
				{Label: "Deny", Name: decision, Value: decisionDeny, Secondary: true},
				{Label: "Use another account", Name: decision, Value: decisionOther, Secondary: true}},
		},
	})
}

// purpose is what a form was filled in for. Who is of another client since is asked again.
func (a authorization) purpose(u *commands.User) string {
	return "consent of " + u.ID.String() + " since " + written(u.MemberSince) + " to " + a.page(consentPath)
}

// decide answers the form of askConsent.
func (s *Server) decide(w http.ResponseWriter, r *http.Request) error {
	form, err := page.ReadForm(w, r)
	if err != nil {
		return err
	}
	a, err := s.goingOn(r)
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
	if err := s.pages.CheckToken(r, form, a.purpose(v.User)); err != nil {
		return err
	}
	switch form.Get(decision) {
	case decisionAllow:
		v.User, err = s.consent(r, v, a.app)
		if rest.FaultOf(err).Reason == commands.ReasonProof {
			return redirect(w, r, s.self(r, a, loginPath, failedParameter, failedProof))
		}
		if err != nil {
			return err
		}
		return s.giveCode(w, r, a, v)
	case decisionDeny:
		return redirect(w, r, a.refused(codeAccessDenied, "The user denied it."))
	case decisionOther:
		if err := s.forget(r); err != nil {
			return err
		}
		return redirect(w, r, s.self(r, a, loginPath))
	}
	return rest.BadRequest("decision_invalid", decision, "Please choose one of the answers.")
}

// consent has the user let the application act in the user's name.
func (s *Server) consent(r *http.Request, v visitor, app *commands.Application) (*commands.User, error) {
	out, err := s.Do(r.Context(), s.actor(r, v), commands.GiveConsent{ID: v.ID, Application: app.ID,
		Membership: v.MemberSince})
	return out.User, err
}
