package clientuser

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"

	"accountd/commands"
	"accountd/events"
)

// levels tells what is answered to whom: the user's access, the application's, and who is blocked, by method: the list,
// one user, and one that there is not, with its body or without. 403 has a word with it.
const levels = `
access    application blocked     LIST    GET     GET-  POST        PUT         PUT-        DELETE      DELETE-
full      all         nobody      200     200     404   201         200         404         204         404
full      call_api    nobody      200     200     404   application application application application application
read_only all         nobody      200     200     404   user        user        user        user        user
read_only call_api    nobody      200     200     404   application application application application application
full      all         user        blocked blocked blocked blocked   blocked     blocked     blocked     blocked
full      call_api    user        blocked blocked blocked blocked   blocked     blocked     blocked     blocked
read_only all         user        blocked blocked blocked blocked   blocked     blocked     blocked     blocked
read_only call_api    user        blocked blocked blocked blocked   blocked     blocked     blocked     blocked
full      all         client      blocked blocked blocked blocked   blocked     blocked     blocked     blocked
full      call_api    client      blocked blocked blocked blocked   blocked     blocked     blocked     blocked
read_only all         client      blocked blocked blocked blocked   blocked     blocked     blocked     blocked
read_only call_api    client      blocked blocked blocked blocked   blocked     blocked     blocked     blocked
full      all         application 401     401     401   401         401         401         401         401
read_only call_api    application 401     401     401   401         401         401         401         401
`

var levelWords = map[string]string{"application": statusApplication, "user": statusUserAccess,
	"blocked": statusUserBlocked}

func TestLevels(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(levels), "\n")
	calls := strings.Fields(lines[0])[3:]
	for _, line := range lines[1:] {
		s := start(t, Options{})
		fields := strings.Fields(line)
		user := map[string]string{"full": "boss", "read_only": "clerk"}[fields[0]]
		app := map[string]string{"all": "password", "call_api": "calls"}[fields[1]]
		token := s.access(app, user).Access
		s.block(fields[2], user, app)
		for i, call := range calls {
			target := s.user(events.UserCreated{Email: uuid.NewString() + "@example.org", Client: 2})
			w := s.call(token, strings.TrimSuffix(strings.Replace(call, "LIST", "GET", 1), "-"),
				levelPath(call, target), levelBody(call))
			want, word := http.StatusForbidden, levelWords[fields[3+i]]
			if word == "" {
				want, _ = strconv.Atoi(fields[3+i])
			}
			assert.Equal(t, want, w.Code, "%s: %s: %s", call, line, w.Body)
			if word != "" {
				assert.Equal(t, word, decoded[struct{ Status string }](t, w).Status, "%s: %s", call, line)
			}
		}
	}
}

func (s *service) block(what, user, app string) {
	switch what {
	case "user":
		s.Given(commands.UpdateUser{ID: s.Named(user).ID, Active: new(bool)})
	case "client":
		blocked := true
		s.Given(commands.UpdateClient{ID: s.Snapshot().Directory().ClientByNumber(2).ID, Blocked: &blocked})
	case "application":
		s.Given(commands.DeleteApplication{ID: s.Snapshot().Directory().ApplicationByAppID(s.apps[app].id).ID})
	}
}

func levelPath(call string, target *commands.User) string {
	const list = "/client/2/user/client/"
	switch {
	case call == "LIST" || call == "POST":
		return list
	case strings.HasSuffix(call, "-"):
		return list + "4" // of another client
	}
	return list + strconv.FormatInt(target.Number, 10)
}

func levelBody(call string) string {
	switch call {
	case "POST":
		name := "u-" + uuid.NewString()
		return `{"login":"` + name + `","name":"N","email":"` + name + `@example.org","password":"p"}`
	case "PUT":
		return `{"comment":"x"}`
	}
	return ""
}
