package engine

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/nats-io/nats-server/v2/server"
)

// Guest is a user who may connect from outside, to read one durable pull consumer and for nothing else.
type Guest struct {
	Stream   string
	Consumer string
	Hash     string // of its password: SHA-256, lower-case hex; empty: nobody comes in by it
}

// User returns the Guest's name.
func (g Guest) User() string { return Reader + "." + g.Consumer }

// InboxPrefix returns what the Guest's inboxes begin with; clients are told by an option such as
// nats.CustomInboxPrefix.
func (g Guest) InboxPrefix() string { return "_INBOX_" + g.Consumer }

// service is what the engine does for who publishes on a subject, and how often it answers.
type service struct {
	subject string
	answers server.ServiceRespType
}

// services returns what the Guest may ask for: about the stream, about the consumer, its messages, and that they are
// done.
func (g Guest) services() []service {
	name := g.Stream + "." + g.Consumer
	return []service{
		{"$JS.API.STREAM.INFO." + g.Stream, server.Singleton},
		{"$JS.API.CONSUMER.INFO." + name, server.Singleton},
		{"$JS.API.CONSUMER.MSG.NEXT." + name, server.Streamed},
		{"$JS.ACK." + name + ".>", server.Singleton},
	}
}

// Publishes returns the subjects on which the Guest may publish.
func (g Guest) Publishes() (subjects []string) {
	for _, s := range g.services() {
		subjects = append(subjects, s.subject)
	}
	return subjects
}

// Subscribes returns the subjects to which the Guest may subscribe: its own inboxes.
func (g Guest) Subscribes() []string { return []string{g.InboxPrefix() + ".>"} }

func (g Guest) permissions() *server.Permissions {
	return &server.Permissions{
		Publish:   &server.SubjectPermission{Allow: g.Publishes()},
		Subscribe: &server.SubjectPermission{Allow: g.Subscribes()},
	}
}

// Configuration returns the Guest's permissions as NATS's configuration files have them, for whoever runs a cluster
// outside.
func (g Guest) Configuration() string {
	quoted := func(subjects []string) string { return `"` + strings.Join(subjects, `", "`) + `"` }
	return fmt.Sprintf("permissions: {\n  publish: { allow: [%s] }\n  subscribe: { allow: [%s] }\n}\n",
		quoted(g.Publishes()), quoted(g.Subscribes()))
}

// Admit lets exactly these Guests in from outside. Connections of those who are not among them any more, or have
// another password, are closed before it returns. It does nothing when nobody comes from outside.
func (e *Engine) Admit(guests []Guest) error {
	if e.door == nil {
		return nil
	}
	e.admitting.Lock()
	defer e.admitting.Unlock()
	admitted := make(map[string]guest, len(guests))
	var failed error
	for _, g := range guests {
		account, err := e.account(g)
		if err != nil { // the others are let in and shut out all the same
			failed = errors.Join(failed, err)
			continue
		}
		admitted[g.User()] = guest{g, account}
	}
	for _, g := range e.door.replace(admitted) {
		failed = errors.Join(failed, e.shutOut(g.account))
	}
	return failed
}

// account returns the Guest's account, which may use the services that the Guest may. An account stays for as long as
// the server runs, which cannot take one back: nobody comes into that of a Guest who is gone, until one of the same
// name comes.
func (e *Engine) account(g Guest) (*server.Account, error) {
	name := readerAccount + "." + g.Stream + "." + g.Consumer
	if account, there := e.accounts[name]; there {
		return account, nil
	}
	account, _ := e.server.LookupOrRegisterAccount(name)
	global := e.server.GlobalAccount()
	for _, s := range g.services() {
		if err := global.AddServiceExportWithResponse(s.subject, s.answers, []*server.Account{account}); err != nil {
			return nil, fmt.Errorf("exporting %s: %w", s.subject, err)
		}
		if err := account.AddServiceImport(global, s.subject, ""); err != nil {
			return nil, fmt.Errorf("importing %s: %w", s.subject, err)
		}
	}
	e.accounts[name] = account
	return account, nil
}

// shutOut closes all connections of an account.
func (e *Engine) shutOut(account *server.Account) error {
	found, err := e.server.Connz(&server.ConnzOptions{Account: account.GetName(), Limit: math.MaxInt32})
	if err != nil {
		return fmt.Errorf("looking for the connections of %s: %w", account.GetName(), err)
	}
	for _, c := range found.Conns {
		_ = e.server.DisconnectClientByID(c.Cid) // one that is not there any more has gone by itself
	}
	return nil
}
