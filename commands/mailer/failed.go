package mailer

import (
	"errors"
	"fmt"
	"net/textproto"

	"accountd/commands"
)

// failed is why a mail was not sent.
type failed struct {
	reason   string // snake_case
	code     int    // the mail server's reply, 0 for none
	extended string
	final    bool // trying again would not help
}

// Error is for the log; like a failed, it says nothing about a person.
func (f *failed) Error() string {
	if f.code == 0 {
		return f.reason
	}
	return fmt.Sprintf("%s (%d %s)", f.reason, f.code, f.extended)
}

// unreachable returns why there was no conversation. The library wraps no error types of its own around the log-in.
func unreachable(err error) *failed {
	f := &failed{reason: "server_unreachable"}
	var reply *textproto.Error
	if errors.As(err, &reply) {
		f.reason, f.code = "server_unwilling", reply.Code
	}
	return f
}

// refused returns why the server did not take the mail.
func refused(err error) *failed {
	f := &failed{reason: "connection_lost"}
	if f.code, f.extended = reply(err); f.code != 0 {
		f.reason, f.final = "refused", f.code >= 500
	}
	return f
}

// noLink returns why no link could be made: the user may have gone in this moment, which is no failure; or what it was
// for has ended since the mail was due, so that trying again would not help.
func noLink(err error) *failed {
	var refusal *commands.Refusal
	if errors.As(err, &refusal) {
		switch {
		case refusal.Kind == commands.NotFound:
			return nil
		case refusal.Reason == commands.ReasonLinkEnded:
			return &failed{reason: refusal.Reason, final: true}
		}
	}
	return &failed{reason: "link_not_made"}
}
