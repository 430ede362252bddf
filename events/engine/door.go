package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"sync"

	"github.com/nats-io/nats-server/v2/server"
)

// door decides who may connect to the embedded server. It is safe for concurrent use.
type door struct {
	service  string // the service's own password, drawn anew at each start
	password string // the Reader's; empty: nobody comes from outside
	allowed  *server.Permissions

	mu     sync.RWMutex
	reader *server.Account  // nil until there is one
	guests map[string]guest // by the name of their user
}

// guest is a Guest who may come in, and where.
type guest struct {
	Guest
	account *server.Account
}

// Check is server.Authentication's. Who is let in is in the account by the time that it returns, so that whoever
// changes the guests afterwards finds the connection there.
func (d *door) Check(c server.ClientAuthentication) bool {
	given := c.GetOpts()
	if given.Username == serviceUser {
		return same(given.Password, d.service) // in the global account, with every right
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.reader == nil {
		return false
	}
	if given.Username == Reader {
		if d.password == "" || !same(given.Password, d.password) {
			return false
		}
		c.RegisterUser(&server.User{Username: Reader, Account: d.reader, Permissions: d.allowed})
		return true
	}
	g, ok := d.guests[given.Username]
	if !ok || g.Hash == "" || !same(hashed(given.Password), g.Hash) {
		return false
	}
	c.RegisterUser(&server.User{Username: given.Username, Account: g.account, Permissions: g.permissions()})
	return true
}

func hashed(password string) string {
	sum := sha256.Sum256([]byte(password))
	return hex.EncodeToString(sum[:])
}

// open lets the Reader in.
func (d *door) open(account *server.Account) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.reader = account
}

// replace makes the guests those who may come in, and returns those who may not any more, or not with their password.
func (d *door) replace(guests map[string]guest) (gone []guest) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for name, before := range d.guests {
		if after, stays := guests[name]; !stays || after.Guest != before.Guest {
			gone = append(gone, before)
		}
	}
	d.guests = guests
	return gone
}
