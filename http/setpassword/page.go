package setpassword

import (
	"fmt"
	"net/http"
	"time"
	"unicode/utf8"

	"accountd/commands"
	"accountd/commands/mailer"
	"accountd/commands/password"
	"accountd/commands/secrets"
	"accountd/events"
	"accountd/http/rest"
	"accountd/http/rest/page"
)

// Path is where the page is.
const Path = mailer.SetPasswordPath

const tokenName = "token"

// Options of the page.
type Options struct {
	Pages *page.Pages
	Now   func() time.Time // nil: time.Now
}

// New returns the page's handler.
func New(s Service, o Options) http.Handler {
	if o.Now == nil {
		o.Now = time.Now
	}
	a := api{Service: s, Options: o}
	return rest.NewMux([]rest.Route{
		{Method: http.MethodGet, Path: Path, Handle: a.show}, {Method: http.MethodHead, Path: Path, Handle: a.show},
		{Method: http.MethodPost, Path: Path, Handle: a.set},
	}, o.Pages.Problem)
}

type api struct {
	Service
	Options
}

func (a api) show(w http.ResponseWriter, r *http.Request) error {
	token := r.URL.Query().Get(tokenName)
	u, err := a.owner(token)
	if err != nil || u == nil {
		return a.void(w, err)
	}
	return a.form(w, http.StatusOK, u, token)
}

func (a api) set(w http.ResponseWriter, r *http.Request) error {
	form, err := page.ReadForm(w, r)
	if err != nil {
		return err
	}
	token, plain := form.Get(tokenName), form.Get("password")
	u, err := a.owner(token)
	if err != nil || u == nil {
		return a.void(w, err)
	}
	if wrong := a.check(plain, form.Get("repeat")); len(wrong) > 0 {
		return a.form(w, http.StatusUnprocessableEntity, u, token, wrong...)
	}
	hash, err := a.NewPassword(r.Context(), plain)
	if err != nil {
		return err
	}
	out, err := a.Do(r.Context(), rest.Anonymous(r),
		commands.ResetPassword{ID: u.ID, Hash: events.Secret(secrets.Hash(token)), Now: a.Now(), PasswordHash: hash})
	if rest.FaultOf(err).Reason == "reset_token_invalid" { // somebody was faster with it
		return a.void(w, nil)
	}
	if err != nil {
		return err
	}
	rest.SetSequence(w, out.Sequence)
	return a.Pages.Write(w, http.StatusOK, page.Page{Title: "Your password is set", SecretURL: true,
		Notice: "You can log in with it from now on.", Facts: []page.Fact{{Name: "Username", Value: u.Username}}})
}

// owner returns whose password the token sets, nil when it is good for nobody's.
func (a api) owner(token string) (*commands.User, error) {
	states := a.Snapshot()
	if states == nil {
		return nil, &commands.Refusal{Kind: commands.Busy, Reason: "not_ready",
			Detail: "The service is still reading its log."}
	}
	u := states.User(secrets.ResetTokenUser(token))
	if u == nil || u.PasswordReset == nil || u.PasswordReset.Hash != events.Secret(secrets.Hash(token)) ||
		!a.Now().Before(u.PasswordReset.ExpiresAt) {
		return nil, nil
	}
	return u, nil
}

func (a api) form(w http.ResponseWriter, status int, u *commands.User, token string, wrong ...page.Error) error {
	return a.Pages.Write(w, status, page.Page{
		Title: "Set your password", SecretURL: true, Errors: wrong,
		Facts: []page.Fact{{Name: "Username", Value: u.Username}},
		Form: &page.Form{
			Action: Path, Hidden: []page.Fact{{Name: tokenName, Value: token}},
			Buttons: []page.Button{{Label: "Set password"}},
			Fields: []page.Field{
				{Name: "password", Label: "New password", Type: "password", Autocomplete: "new-password",
					MinLength: a.ShortestPassword(),
					Hint: fmt.Sprintf("At least %d characters. Several words make a good one.",
						a.ShortestPassword())},
				{Name: "repeat", Label: "New password again", Type: "password", Autocomplete: "new-password",
					MinLength: a.ShortestPassword()},
			},
		},
	})
}

// void answers a link that does not work.
func (a api) void(w http.ResponseWriter, err error) error {
	if err != nil {
		return err
	}
	return a.Pages.Write(w, http.StatusGone, page.Page{Title: "This link does not work any more", SecretURL: true,
		Lead: []string{
			"It was used already, it has expired, or a newer link was sent. A link works once and for one hour.",
			"If you still need to set your password, ask whoever gave you the account for a new link.",
		}})
}

// check returns what is wrong with a new password.
func (a api) check(plain, repeat string) []page.Error {
	switch {
	case utf8.RuneCountInString(plain) < max(a.ShortestPassword(), 1):
		return []page.Error{{Field: "password", Text: fmt.Sprintf("The password must have at least %d characters.",
			max(a.ShortestPassword(), 1))}}
	case len(plain) > password.MaxLength:
		return []page.Error{{Field: "password", Text: "The password is too long."}}
	case plain != repeat:
		return []page.Error{{Field: "repeat", Text: "The two passwords are not the same."}}
	}
	return nil
}
