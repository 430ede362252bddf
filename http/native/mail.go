package native

import (
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/commands/mailer"
	"accountd/events"
	"accountd/http/native/call"
	"accountd/http/rest"
	"accountd/http/rest/openapi"
)

func (a *api) mailCalls() call.Noun {
	const all, one = "/v1/mail", "/v1/mail/:mail"
	nothing := openapi.Object(nil)
	return call.Noun{
		Tag: openapi.Tag{Name: "Mail", About: "Mails that could not be sent, and mails with a link to set a " +
			"password."},
		Calls: []call.Call{
			{Method: http.MethodGet, Path: all, Handle: a.listMails,
				Doc: openapi.Operation{Summary: "List mails that could not be sent", Query: call.Paged(),
					Answer: call.ListAnswer[mailAnswer]{}}},
			{Method: http.MethodGet, Path: one, Handle: a.getMail,
				Doc: openapi.Operation{Summary: "Show a mail that could not be sent", Answer: mailAnswer{}}},
			{Method: http.MethodPost, Path: one + "/send", Handle: a.sendMail, Changes: call.Unlogged,
				Doc: openapi.Operation{Summary: "Send a mail again", Body: nothing}},
			{Method: http.MethodDelete, Path: one, Handle: a.discardMail, Changes: call.Unlogged,
				Doc: openapi.Operation{Summary: "Discard a mail"}},
			{Method: http.MethodPost, Path: call.UsersPath + "/:id/password-reset", Handle: a.requestPasswordReset,
				Changes: call.OfUser,
				Doc: openapi.Operation{Summary: "Mail a user a link to set a new password",
					Body: nothing, Status: http.StatusAccepted}},
		},
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
	return mailAnswer{ID: l.ID, Mail: l.Mail, User: l.User, Sequence: l.Sequence, Reason: l.Reason,
		Code:     call.OrNull(l.Code),
		Extended: call.OrNull(l.Extended), Attempts: l.Attempts, At: l.At}
}

func (a *api) listMails(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	if !commands.MayReadUsers(c.States, c.Actor) {
		return noMail("see")
	}
	all, err := a.Mail.Letters(r.Context())
	if err != nil {
		return err
	}
	return call.WriteList(w, r,
		call.Keyed("mail", all, func(l mailer.Letter) string { return fmt.Sprintf("%019d %v", l.Sequence, l.ID) }),
		mailOf)
}

func (a *api) getMail(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	if !commands.MayReadUsers(c.States, c.Actor) {
		return noMail("see")
	}
	letter, err := a.Mail.Letter(r.Context(), call.ParseID(call.Param(r, "mail")))
	if err != nil {
		return err
	}
	return rest.Write(w, http.StatusOK, mailOf(letter))
}

func (a *api) sendMail(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	if !commands.MayWriteUsers(c.States, c.Actor) {
		return noMail("send")
	}
	if err := call.ReadNothing(w, r); err != nil {
		return err
	}
	if err := a.Mail.SendAgain(r.Context(), call.ParseID(call.Param(r, "mail"))); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (a *api) discardMail(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	if !commands.MayWriteUsers(c.States, c.Actor) {
		return noMail("discard")
	}
	if err := a.Mail.Discard(r.Context(), call.ParseID(call.Param(r, "mail"))); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func noMail(doing string) error {
	return &commands.Refusal{Kind: commands.Forbidden, Reason: "not_allowed",
		Detail: "Only a super admin may " + doing + " mails."}
}

// requestPasswordReset has a link to set a new password mailed to the user.
func (a *api) requestPasswordReset(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	if err := call.ReadNothing(w, r); err != nil {
		return err
	}
	cmd := commands.RequestMail{ID: call.UserID(r), Mail: events.MailPasswordReset}
	if err := c.Refusal(cmd); err != nil {
		return err
	}
	if a.Mail == nil {
		return &commands.Refusal{Kind: commands.Conflict, Reason: "mail_off",
			Detail: "No mail server is set, so no mail can be sent."}
	}
	out, err := a.OnUser(r, c, cmd)
	if err != nil {
		return err
	}
	rest.SetSequence(w, out.Sequence)
	w.WriteHeader(http.StatusAccepted)
	return nil
}
