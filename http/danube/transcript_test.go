package danube

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
	"accountd/testing/transcript"
)

// TestTranscripts plays testdata. Some headers are not sent: "As: normal" uses a token of that user (admin unless told,
// nobody for none), "Key: normal" an API key, "From: 192.0.2.9" and "Later: 2h" are the client's address and how much
// later it is. Orders are those of [service.prepare].
func TestTranscripts(t *testing.T) {
	transcript.Run(t, transcript.Sections, func(t *testing.T, about string) transcript.Player {
		s := start(t, Options{RateLimits: strings.Contains(about, "with limits")})
		if strings.Contains(about, "provider") {
			s.provider()
		}
		return transcript.Player{Send: s.exchange, Order: s.prepare, Masks: newMasks(), Headers: shownHeaders}
	})
}

// shownHeaders are those that matter to a client; what every answer has stands in one transcript.
var shownHeaders = []string{"Location", "es_username", "es_dc", "es_task_id", "Retry-After", "Account-Sequence"}

func newMasks() *transcript.Masks {
	return transcript.NewMasks(
		transcript.Mask{Name: "{random}", Form: regexp.MustCompile(`\d+d\d+u\d+-[0-9a-f]{8}-([0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3})`)},
		transcript.Mask{Name: "{token-%d}", Form: regexp.MustCompile(`"token":\s*"([0-9a-f]{40})"`)},
		transcript.Mask{Name: "{key-%d}", Form: regexp.MustCompile(`"(?:api_key|callback_key)":"([0-9a-f]{32})"`)},
		transcript.Mask{Name: "{time}", Form: regexp.MustCompile(`"created":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?Z)"`)},
		transcript.Mask{Name: "{time}", Form: regexp.MustCompile(`"expires":\s*"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?\+00:00)"`)},
	)
}

func (s *service) exchange(x transcript.Request) *httptest.ResponseRecorder {
	as, address := "admin", testAddress
	if name, ok := x.Take("As"); ok {
		as = name
	}
	if from, ok := x.Take("From"); ok {
		address = from
	}
	s.ahead = 0
	if later, ok := x.Take("Later"); ok {
		var err error
		s.ahead, err = time.ParseDuration(later)
		require.NoError(s.T, err)
	}
	r := request(x.Method, x.Target, x.Body)
	if name, ok := x.Take("Key"); ok {
		as = "none"
		r.Header.Set("ES-API-KEY", "key of "+name)
	}
	if token := s.tokens[as]; token != "" {
		r.Header.Set("Authorization", "Token "+token)
	}
	x.Set(r.Header)
	return s.serve(r, address)
}

// prepare does what other APIs do:
//
//	group NAME DC DC …    a group with the permission user_admin, bound to the first and attached to all
//	datacenter NAME OWNER
//	block NAME
//	closed NAME           takes the access to the API
//	password NAME TEXT
//	link NAME {…}         an events.ResourceLinked
//	plain NAME            a user whom another API made
func (s *service) prepare(order string) {
	words := strings.Fields(order)
	rest := order[strings.Index(order+"{", "{"):]
	switch words[0] {
	case "group":
		s.group(words[1], words[2], []string{"user_admin"}, words[2:]...)
	case "datacenter":
		s.datacenter(words[1], commands.CreateDatacenter{Datacenter: events.DatacenterCreated{Owner: s.Named(words[2]).ID}})
	case "block":
		s.Given(commands.UpdateUser{ID: s.Named(words[1]).ID, Active: new(bool)})
	case "closed":
		s.Given(commands.UpdateUser{ID: s.Named(words[1]).ID, Rights: events.RightsChanged{APIAccess: new(bool)}})
	case "password":
		hash, err := s.HashPassword(s.T.Context(), words[2])
		require.NoError(s.T, err)
		s.Given(commands.UpdateUser{ID: s.Named(words[1]).ID, PasswordHash: &hash})
	case "link":
		s.Given(commands.LinkResource{ID: s.Named(words[1]).ID, Resource: decoded[events.ResourceLinked](s.T, rest)})
	case "plain":
		s.Given(commands.CreateUser{ID: uuid.New(), User: events.UserCreated{Username: words[1], Email: words[1] +
			"@example.org", Active: true}})
	default:
		require.Fail(s.T, "no such order", order)
	}
}
