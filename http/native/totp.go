package native

import (
	"net/http"

	"accountd/commands"
	"accountd/commands/login"
	"accountd/commands/totp"
	"accountd/http/native/call"
	"accountd/http/rest"
	"accountd/http/rest/openapi"
)

const totpPath = call.UsersPath + "/:id/totp"

func (a *api) totpCalls() call.Noun {
	code := openapi.Object(map[string]openapi.Schema{"code!": openapi.Filled(openapi.Text())})
	example := map[string]any{"code": "123456"}
	return call.Noun{
		Tag: openapi.Tag{Name: "Second factor",
			About: "Codes of an authenticator app (TOTP) that log-ins require in addition to the password."},
		Calls: []call.Call{
			{Method: http.MethodGet, Path: totpPath, Handle: a.getFactor, Doc: openapi.Operation{Answer: factorAnswer{},
				Summary: "Show whether a user has a second factor, and how many recovery codes are left"}},
			{Method: http.MethodPost, Path: totpPath, Handle: a.enrollTOTP, Changes: call.OfUser,
				Doc: openapi.Operation{
					Summary: "Enroll an authenticator app as a second factor",
					About:   "It takes effect when a code from the app is confirmed.",
					Body:    openapi.Object(nil), Answer: secretAnswer{}, Status: http.StatusCreated}},
			{Method: http.MethodPost, Path: totpPath + "/confirm", Handle: a.confirmTOTP, Changes: call.OfUser,
				Doc: openapi.Operation{
					Summary: "Confirm the authenticator app with a code",
					About: "From then on, log-ins by password require a code. Only this answer shows the recovery " +
						"codes; each works once.", Body: code,
					Example: example, Answer: recoveryAnswer{}}},
			{Method: http.MethodPost, Path: totpPath + "/recovery-codes", Handle: a.renewRecoveryCodes,
				Changes: call.OfUser, Doc: openapi.Operation{
					Summary: "Replace the recovery codes; only this answer shows them",
					Body:    code, Example: example,
					Answer: recoveryAnswer{}}},
			{Method: http.MethodDelete, Path: totpPath, Handle: a.removeTOTP, Changes: call.OfUser,
				Doc: openapi.Operation{Summary: "Remove a second factor"}},
		},
	}
}

// factorAnswer shows a second factor to who may remove it.
type factorAnswer struct {
	Confirmed         bool `json:"confirmed"`
	RecoveryCodesLeft int  `json:"recovery_codes_left"`
}

// secretAnswer is the one answer that shows the secret.
type secretAnswer struct {
	Secret string `json:"secret"`
	URI    string `json:"uri"`
}

// recoveryAnswer is the one answer that shows the recovery codes.
type recoveryAnswer struct {
	RecoveryCodes []string `json:"recovery_codes"`
}

func (a *api) getFactor(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	u, err := c.Visible(r)
	if err != nil {
		return err
	}
	if err := commands.MayReadFactor(c.States, c.Actor, u); err != nil {
		return err
	}
	return rest.Write(w, http.StatusOK, factorAnswer{u.SecondFactor.Confirmed, len(u.SecondFactor.RecoveryCodes)})
}

func (a *api) enrollTOTP(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	m, err := call.ReadObject(w, r, true, call.TypeJSON)
	if err != nil {
		return err
	}
	if err := m.Done(); err != nil {
		return err
	}
	secret := totp.SecretFrom(c.Random("secrets"))
	out, err := a.OnUser(r, c, commands.EnrollTOTP{ID: call.UserID(r), Secret: secret})
	if err != nil {
		return err
	}
	return call.WriteMade(w, out, call.Location(r),
		secretAnswer{secret.Reveal(), totp.URI(a.issuer, out.User.Username, secret)})
}

func (a *api) confirmTOTP(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	codes, hashes := totp.RecoveryCodesFrom(c.Random("secrets"))
	confirm := func(u *commands.User) commands.Command {
		return commands.ConfirmTOTP{ID: u.ID, Secret: u.SecondFactor.Secret, RecoveryCodes: hashes}
	}
	return a.withCode(w, r, c, confirm, codes)
}

func (a *api) renewRecoveryCodes(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	codes, hashes := totp.RecoveryCodesFrom(c.Random("secrets"))
	renew := func(u *commands.User) commands.Command {
		return commands.RenewRecoveryCodes{ID: u.ID, RecoveryCodes: hashes}
	}
	return a.withCode(w, r, c, renew, codes)
}

// withCode runs a command for who shows a code of the user's app, and answers with recovery codes. No code is used up
// for what would be refused.
func (a *api) withCode(w http.ResponseWriter, r *http.Request, c call.Caller,
	command func(*commands.User) commands.Command, codes []string) error {
	m, err := call.ReadObject(w, r, false, call.TypeJSON)
	if err != nil {
		return err
	}
	code := call.Needed(m, "code")
	if err := m.Done(); err != nil {
		return err
	}
	u, err := c.Visible(r)
	if err != nil {
		return err
	}
	if u.SecondFactor == nil {
		return commands.NoTOTP()
	}
	cmd := command(u)
	done, err := a.Done(r.Context(), c, cmd)
	if err != nil {
		return err
	}
	if done != nil {
		rest.SetSequence(w, done.Sequence)
		return rest.Write(w, http.StatusOK, recoveryAnswer{codes})
	}
	if err := c.Refusal(cmd); err != nil {
		return err
	}
	if a.Rehearsing {
		return call.ErrRehearsed
	}
	if err := a.CheckCode(r, u, login.Attempt{Code: code, At: a.Now(), Unbounded: !a.Bounded}); err != nil {
		return refusedCode(err)
	}
	out, err := a.OnUser(r, c, cmd)
	if err != nil {
		return err
	}
	rest.SetSequence(w, out.Sequence)
	return rest.Write(w, http.StatusOK, recoveryAnswer{codes})
}

// refusedCode says which member is wrong.
func refusedCode(err error) error {
	if call.HasReason(err, login.ReasonWrong) {
		return call.BadMember(call.Pointer("code"), "totp_code_invalid",
			"This is not the app's code at this time, or it was used.")
	}
	return err
}

func (a *api) removeTOTP(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	return a.End(w, r, c, commands.RemoveTOTP{ID: call.UserID(r)})
}
