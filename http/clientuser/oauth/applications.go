package oauth

import (
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/http/rest/page"
)

// withdraw is the name of the buttons that take a consent back; their values are ids of applications.
const withdraw = "withdraw"

// showApplications shows to a person which applications may act in the person's name, after a log-in.
func (s *Server) showApplications(w http.ResponseWriter, r *http.Request) error {
	v, err := s.browser(r)
	if err != nil {
		return err
	}
	if v.User == nil {
		p := loginPage("Log in", r.URL.Query().Get(failedParameter))
		p.Lead = []string{"Log in to see which applications may act in your name."}
		return s.pages.Write(w, http.StatusOK, p)
	}
	states, err := s.states()
	if err != nil {
		return err
	}
	p := applicationsPage(states, v.User)
	if p.Form != nil {
		p.Form.Hidden = []page.Fact{s.pages.Token(w, r, purposeOfWithdrawal(v.User))}
	}
	return s.pages.Write(w, http.StatusOK, p)
}

func applicationsPage(s commands.States, u *commands.User) page.Page {
	p := page.Page{Title: "Your applications",
		Lead: []string{"You are logged in as " + u.Username + ". No application may act in your name."}}
	var buttons []page.Button
	for _, c := range u.Consents {
		if app := s.Directory().Application(c.Application); app != nil {
			p.Facts = append(p.Facts, page.Fact{Name: app.Name, Value: "Since " + c.At.UTC().Format(time.DateOnly)})
			buttons = append(buttons, page.Button{Label: "Withdraw " + app.Name, Name: withdraw, Value: app.ID.String(),
				Secondary: true})
		}
	}
	if len(buttons) > 0 {
		p.Lead = []string{"You are logged in as " + u.Username + ". These applications may act in your name:"}
		p.Form = &page.Form{Buttons: buttons}
	}
	return p
}

func purposeOfWithdrawal(u *commands.User) string { return "withdrawal of " + u.ID.String() }

// changeApplications answers the forms of showApplications: the log-in, and a consent that is taken back.
func (s *Server) changeApplications(w http.ResponseWriter, r *http.Request) error {
	form, err := page.ReadForm(w, r)
	if err != nil {
		return err
	}
	if form.Has(withdraw) {
		err = s.withdraw(r, form)
	} else {
		err = s.logInAs(w, r, form)
	}
	to := s.base(r) + applicationsPath
	if why := failureIn(form, err); why != "" {
		return redirect(w, r, to+"?"+failedParameter+"="+why)
	}
	if err != nil {
		return err
	}
	return redirect(w, r, to)
}

func (s *Server) logInAs(w http.ResponseWriter, r *http.Request, form url.Values) error {
	u, err := s.verify(r, form.Get("username"), form.Get("password"), form.Get(codeParameter))
	if err != nil {
		return err
	}
	_, err = s.remember(w, r, u)
	return err
}

// withdraw takes back what the form names, if the browser is somebody's.
func (s *Server) withdraw(r *http.Request, form url.Values) error {
	v, err := s.browser(r)
	if err != nil || v.User == nil {
		return err
	}
	if err := s.pages.CheckToken(r, form, purposeOfWithdrawal(v.User)); err != nil {
		return err
	}
	app, _ := uuid.Parse(form.Get(withdraw)) // what is none is the id of no application
	_, err = s.Do(r.Context(), s.actor(r, v), commands.WithdrawConsent{ID: v.ID, Application: app})
	return err
}
