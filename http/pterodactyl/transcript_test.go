package pterodactyl

import (
	"encoding/json"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
	"accountd/testing/transcript"
)

// TestTranscripts plays testdata. Some headers are not sent: "As: read" uses the key of that name (admin unless told,
// nobody for none), "From: 192.0.2.9" and "At: 2031-01-01T00:00:00Z" are the client's address and the time, "Break: \n"
// puts a line break where that text stands in the body. Orders are those of [service.prepare].
func TestTranscripts(t *testing.T) {
	transcript.Run(t, transcript.Sections, func(t *testing.T, about string) transcript.Player {
		o := Options{RateLimits: strings.Contains(about, "with limits")}
		if strings.Contains(about, "behind TLS") {
			o.BaseURL = "https://panel.example.com"
		}
		s := start(t, o)
		return transcript.Player{Send: s.exchange, Order: s.prepare, Masks: newMasks(), Headers: shownHeaders}
	})
}

// shownHeaders are those that matter to a client.
var shownHeaders = []string{"Content-Type", "Account-Sequence", "Allow", "Retry-After", "X-RateLimit-Limit",
	"X-RateLimit-Remaining", "X-RateLimit-Reset"}

func newMasks() *transcript.Masks {
	return transcript.NewMasks(
		// a transcript may give ids itself, with zeros in front
		transcript.Mask{Name: "{uuid-%d}", Form: regexp.MustCompile(`[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`),
			Keep: "00000000"},
		transcript.Mask{Name: "{time}", Form: regexp.MustCompile(`"(?:created|updated)_at":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00)"`)},
		transcript.Mask{Name: "{8 of uuid}", Form: regexp.MustCompile(`"identifier":"([0-9a-f]{8})"`)},
	)
}

func (s *service) exchange(x transcript.Request) *httptest.ResponseRecorder {
	as, address := "admin", testAddress
	s.now = noon
	if name, ok := x.Take("As"); ok {
		as = name
	}
	if from, ok := x.Take("From"); ok {
		address = from
	}
	if at, ok := x.Take("At"); ok {
		var err error
		s.now, err = time.Parse(time.RFC3339, at)
		require.NoError(s.T, err)
	}
	if mark, ok := x.Take("Break"); ok {
		x.Body = strings.ReplaceAll(x.Body, mark, "\r\n")
	}
	r := request(x.Method, x.Target, x.Body)
	r.Header.Set("Content-Type", "application/json")
	if key := s.keys[as]; key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	for i := range x.Fields {
		x.Fields[i].Value = s.withKeys(x.Fields[i].Value)
	}
	x.Set(r.Header)
	return s.serve(r, address)
}

// withKeys puts keys where their names stand in braces.
func (s *service) withKeys(text string) string {
	for name, key := range s.keys {
		text = strings.ReplaceAll(text, "{"+name+"}", key)
		text = strings.ReplaceAll(text, "{"+name+" cut}", key[:47])
	}
	return text
}

// prepare does what other APIs do:
//
//	user {…}            an events.UserCreated
//	link NUMBER {…}     an events.ResourceLinked
//	key NAME NUMBER {…} an events.APIKey, known by the name
//	revoke NAME         ends it
//	block NUMBER
func (s *service) prepare(order string) {
	words := strings.SplitN(order, " ", 4)
	rest := order[strings.Index(order+"{", "{"):]
	number := func(i int) int64 {
		n, err := strconv.ParseInt(words[i], 10, 64)
		require.NoError(s.T, err)
		return n
	}
	switch words[0] {
	case "user":
		s.make(decoded[events.UserCreated](s.T, rest))
	case "link":
		s.Given(commands.LinkResource{ID: s.number(number(1)).ID, Resource: decoded[events.ResourceLinked](s.T, rest)})
	case "key":
		s.key(words[1], number(2), decoded[events.APIKey](s.T, rest))
	case "revoke":
		s.revoke(words[1])
	case "block":
		s.Given(commands.UpdateUser{ID: s.number(number(1)).ID, Active: new(bool)})
	default:
		require.Fail(s.T, "no such order", order)
	}
}

func decoded[T any](t testing.TB, text string) (v T) {
	require.NoError(t, json.Unmarshal([]byte(text), &v), text)
	return v
}
