package engine

import (
	"crypto/rand"
	"crypto/subtle"
	"crypto/tls"
	"fmt"
	"net"
	"strconv"

	"github.com/nats-io/nats-server/v2/server"
)

// Reader is the name of the user who hears what comes, and remembers nothing.
const Reader = "feed"

// Listen lets outside subscribers in: as the user [Reader], who may subscribe to some subjects and nothing else, and as
// the Guests that [Engine.Admit] names.
type Listen struct {
	// Addr is the address to listen on; port 0 stands for any.
	Addr string
	// Password is the Reader's.
	Password string
	// Subjects is what the Reader may subscribe to.
	Subjects string
	// TLS encrypts the connections; nil leaves them in clear.
	TLS *tls.Config
}

// readerAccount is where the Reader is. See "Why accounts of their own" in the package comment.
const readerAccount = "FEED"

const serviceUser = "accountd"

func newDoor(l *Listen) *door {
	d := &door{service: rand.Text(), guests: map[string]guest{}}
	if l != nil {
		d.password = l.Password
		d.allowed = &server.Permissions{
			Subscribe: &server.SubjectPermission{Allow: []string{l.Subjects}},
			Publish:   &server.SubjectPermission{Deny: []string{">"}},
		}
	}
	return d
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// bind makes the server listen.
func (l *Listen) bind(o *server.Options) error {
	host, port, err := net.SplitHostPort(l.Addr)
	if err != nil {
		return fmt.Errorf("listening for NATS: %w", err)
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return fmt.Errorf("listening for NATS: %w", err)
	}
	o.DontListen, o.Host, o.Port, o.TLSConfig = false, host, int(number), l.TLS
	if number == 0 {
		o.Port = server.RANDOM_PORT
	}
	return nil
}

// openDoor makes the Reader's account, and lets it have the subjects.
func (e *Engine) openDoor(d *door, l *Listen) error {
	account, _ := e.server.LookupOrRegisterAccount(readerAccount)
	global := e.server.GlobalAccount()
	if err := global.AddStreamExport(l.Subjects, []*server.Account{account}); err != nil {
		return fmt.Errorf("exporting %s: %w", l.Subjects, err)
	}
	if err := account.AddStreamImport(global, l.Subjects, ""); err != nil {
		return fmt.Errorf("importing %s: %w", l.Subjects, err)
	}
	d.open(account)
	e.door = d
	return nil
}

// Addr returns where the embedded server listens, nil when it does not.
func (e *Engine) Addr() net.Addr {
	if e.server == nil {
		return nil
	}
	return e.server.Addr()
}
