package engine

import (
	"crypto/rand"
	"crypto/subtle"
	"crypto/tls"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync/atomic"

	"github.com/nats-io/nats-server/v2/server"
)

// Reader is the name of the one user who may connect from outside.
const Reader = "feed"

// Listen lets outside subscribers in: as the user [Reader], who may subscribe to some subjects, read from the durable pull
// consumers that [Engine.Admit] names, and nothing else.
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

// readerAccount is where outside subscribers are. See "Why an account of their own" in the package comment.
const readerAccount = "FEED"

// door decides who may connect.
type door struct {
	service string // the service's own password, drawn anew at each start
	reader  string // empty: nobody comes from outside
	allowed *server.Permissions
	account atomic.Pointer[server.Account] // of the Reader; nil until there is one
}

func newDoor(l *Listen) *door {
	d := &door{service: rand.Text()}
	if l != nil {
		d.reader = l.Password
		d.allowed = &server.Permissions{
			Subscribe: &server.SubjectPermission{Allow: []string{l.Subjects, "_INBOX.>"}},
			Publish:   &server.SubjectPermission{Allow: []string{apiConsumerNext + "*.*", apiConsumerInfo + "*.*", ackSubjects}},
		}
	}
	return d
}

// Check is server.Authentication's.
func (d *door) Check(c server.ClientAuthentication) bool {
	given := c.GetOpts()
	switch account := d.account.Load(); {
	case given.Username == serviceUser && same(given.Password, d.service):
		return true // in the global account, with every right
	case given.Username == Reader && d.reader != "" && same(given.Password, d.reader) && account != nil:
		c.RegisterUser(&server.User{Username: Reader, Account: account, Permissions: d.allowed})
		return true
	}
	return false
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

const (
	serviceUser     = "accountd"
	apiConsumerNext = "$JS.API.CONSUMER.MSG.NEXT."
	apiConsumerInfo = "$JS.API.CONSUMER.INFO."
	ackPrefix       = "$JS.ACK."
	ackSubjects     = ackPrefix + ">"
)

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
	d.account.Store(account)
	e.reader = account
	return nil
}

// Admit lets the Reader read from that durable pull consumer of the stream, for as long as the engine runs. It does nothing when
// nobody comes from outside.
func (e *Engine) Admit(stream, consumer string) error {
	e.admitting.Lock()
	defer e.admitting.Unlock()
	name := stream + "." + consumer
	if e.reader == nil || slices.Contains(e.admitted, name) {
		return nil
	}
	for subject, response := range map[string]server.ServiceRespType{
		apiConsumerNext + name:  server.Streamed,
		apiConsumerInfo + name:  server.Singleton,
		ackPrefix + name + ".>": server.Singleton,
	} {
		global := e.server.GlobalAccount()
		if err := global.AddServiceExportWithResponse(subject, response, []*server.Account{e.reader}); err != nil {
			return fmt.Errorf("exporting %s: %w", subject, err)
		}
		if err := e.reader.AddServiceImport(global, subject, ""); err != nil {
			return fmt.Errorf("importing %s: %w", subject, err)
		}
	}
	e.admitted = append(e.admitted, name)
	return nil
}

// Addr returns where the embedded server listens, nil when it does not.
func (e *Engine) Addr() net.Addr {
	if e.server == nil {
		return nil
	}
	return e.server.Addr()
}
