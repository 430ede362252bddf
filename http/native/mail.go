package native

import (
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/commands/mailer"
	"accountd/events"
	"accountd/http/rest"
)

func (a *api) mailRoutes() []route {
	const mails, mail = "/v1/mail", "/v1/mail/:mail"
	return []route{
		{http.MethodGet, mails, a.listMails, true},
		{http.MethodGet, mail, a.getMail, false},
		{http.MethodPost, mail + "/send", a.sendMail, false},
		{http.MethodDelete, mail, a.discardMail, false},
		{http.MethodPost, usersPath + "/:id/password-reset", a.requestPasswordReset, false},
	}
}

// mailAnswer is a mail that could not be sent.
type mailAnswer struct {
	ID       uuid.UUID `json:"id"`
	Mail     string    `json:"mail"`
	User     uuid.UUID `json:"user"`
	Sequence uint64    `json:"sequence"`
	Reason   string    `json:"reason"`
	Code     *int      `json:"code"`
	Extended *string   `json:"extended_code"`
	Attempts int       `json:"attempts"`
	At       time.Time `json:"last_attempt_at"`
}

func mailOf(l mailer.Letter) mailAnswer {
	return mailAnswer{ID: l.ID, Mail: l.Mail, User: l.User, Sequence: l.Sequence, Reason: l.Reason, Code: unlessZero(l.Code),
		Extended: unlessZero(l.Extended), Attempts: l.Attempts, At: l.At}
}

func unlessZero[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

func (a *api) listMails(w http.ResponseWriter, r *http.Request, c caller) error {
	if !commands.MayReadUsers(c.states, c.Actor) {
		return noMail("see")
	}
	all, err := a.Mail.Letters(r.Context())
	if err != nil {
		return err
	}
	return writeList(w, r, keyed("mail", all, func(l mailer.Letter) string { return fmt.Sprintf("%019d %v", l.Sequence, l.ID) }), mailOf)
}

func (a *api) getMail(w http.ResponseWriter, r *http.Request, c caller) error {
	if !commands.MayReadUsers(c.states, c.Actor) {
		return noMail("see")
	}
	letter, err := a.Mail.Letter(r.Context(), parseID(param(r, "mail")))
	if err != nil {
		return err
	}
	return rest.Write(w, http.StatusOK, mailOf(letter))
}

func (a *api) sendMail(w http.ResponseWriter, r *http.Request, c caller) error {
	if !commands.MayWriteUsers(c.states, c.Actor) {
		return noMail("send")
	}
	if err := readNothing(w, r); err != nil {
		return err
	}
	if err := a.Mail.SendAgain(r.Context(), parseID(param(r, "mail"))); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (a *api) discardMail(w http.ResponseWriter, r *http.Request, c caller) error {
	if !commands.MayWriteUsers(c.states, c.Actor) {
		return noMail("discard")
	}
	if err := a.Mail.Discard(r.Context(), parseID(param(r, "mail"))); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func noMail(doing string) error {
	return &commands.Refusal{Kind: commands.Forbidden, Reason: "not_allowed", Detail: "Only a super admin may " + doing + " mails."}
}

// requestPasswordReset has a link to set a new password mailed to the user.
func (a *api) requestPasswordReset(w http.ResponseWriter, r *http.Request, c caller) error {
	if err := readNothing(w, r); err != nil {
		return err
	}
	cmd := commands.RequestMail{ID: userID(r), Mail: events.MailPasswordReset}
	if err := c.refusal(cmd); err != nil {
		return err
	}
	if a.Mail == nil {
		return &commands.Refusal{Kind: commands.Conflict, Reason: "mail_off", Detail: "No mail server is set, so no mail can be sent."}
	}
	out, err := a.do(r, c, cmd)
	if err != nil {
		return err
	}
	rest.SetSequence(w, out.Sequence)
	w.WriteHeader(http.StatusAccepted)
	return nil
}
