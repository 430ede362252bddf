package native

import (
	"net/http"

	"accountd/commands"
	"accountd/commands/login"
	"accountd/commands/totp"
	"accountd/http/rest"
)

const totpPath = usersPath + "/:id/totp"

func (a *api) totpRoutes() []route {
	return []route{
		{http.MethodGet, totpPath, a.getFactor, false},
		{http.MethodPost, totpPath, a.enrollTOTP, false},
		{http.MethodPost, totpPath + "/confirm", a.confirmTOTP, false},
		{http.MethodPost, totpPath + "/recovery-codes", a.renewRecoveryCodes, false},
		{http.MethodDelete, totpPath, a.removeTOTP, false},
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

func (a *api) getFactor(w http.ResponseWriter, r *http.Request, c caller) error {
	u, err := c.visible(r)
	if err != nil {
		return err
	}
	if err := commands.MayReadFactor(c.states, c.Actor, u); err != nil {
		return err
	}
	return rest.Write(w, http.StatusOK, factorAnswer{u.SecondFactor.Confirmed, len(u.SecondFactor.RecoveryCodes)})
}

func (a *api) enrollTOTP(w http.ResponseWriter, r *http.Request, c caller) error {
	m, err := readObject(w, r, true, typeJSON)
	if err != nil {
		return err
	}
	if err := m.done(); err != nil {
		return err
	}
	secret := totp.SecretFrom(c.random("secrets"))
	out, err := a.do(r, c, commands.EnrollTOTP{ID: userID(r), Secret: secret})
	if err != nil {
		return err
	}
	return writeMade(w, out, location(r), secretAnswer{secret.Reveal(), totp.URI(a.issuer, out.User.Username, secret)})
}

func (a *api) confirmTOTP(w http.ResponseWriter, r *http.Request, c caller) error {
	codes, hashes := totp.RecoveryCodesFrom(c.random("secrets"))
	confirm := func(u *commands.User) commands.Command {
		return commands.ConfirmTOTP{ID: u.ID, Secret: u.SecondFactor.Secret, RecoveryCodes: hashes}
	}
	return a.withCode(w, r, c, confirm, codes)
}

func (a *api) renewRecoveryCodes(w http.ResponseWriter, r *http.Request, c caller) error {
	codes, hashes := totp.RecoveryCodesFrom(c.random("secrets"))
	renew := func(u *commands.User) commands.Command {
		return commands.RenewRecoveryCodes{ID: u.ID, RecoveryCodes: hashes}
	}
	return a.withCode(w, r, c, renew, codes)
}

// withCode runs a command for who shows a code of the user's app, and answers with recovery codes. No code is used up for what
// would be refused.
func (a *api) withCode(w http.ResponseWriter, r *http.Request, c caller, command func(*commands.User) commands.Command, codes []string) error {
	m, err := readObject(w, r, false, typeJSON)
	if err != nil {
		return err
	}
	code := needed(m, "code")
	if err := m.done(); err != nil {
		return err
	}
	u, err := c.visible(r)
	if err != nil {
		return err
	}
	if u.SecondFactor == nil {
		return commands.NoTOTP()
	}
	cmd := command(u)
	done, err := a.done(r.Context(), c, cmd)
	if err != nil {
		return err
	}
	if done != nil {
		rest.SetSequence(w, done.Sequence)
		return rest.Write(w, http.StatusOK, recoveryAnswer{codes})
	}
	if err := c.refusal(cmd); err != nil {
		return err
	}
	if a.rehearsing {
		return errRehearsed
	}
	if err := a.CheckCode(r, u, login.Attempt{Code: code, At: a.now(), Unbounded: !a.bounded}); err != nil {
		return refusedCode(err)
	}
	out, err := a.do(r, c, cmd)
	if err != nil {
		return err
	}
	rest.SetSequence(w, out.Sequence)
	return rest.Write(w, http.StatusOK, recoveryAnswer{codes})
}

// refusedCode says which member is wrong.
func refusedCode(err error) error {
	if hasReason(err, login.ReasonWrong) {
		return badMember(pointer("code"), "totp_code_invalid", "This is not the app's code at this time, or it was used.")
	}
	return err
}

func (a *api) removeTOTP(w http.ResponseWriter, r *http.Request, c caller) error {
	return a.end(w, r, c, commands.RemoveTOTP{ID: userID(r)})
}
