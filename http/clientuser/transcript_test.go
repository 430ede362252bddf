package clientuser

import (
	"encoding/json"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
	"accountd/testing/transcript"
)

// TestTranscripts plays testdata. "As: clerk" is not sent: it uses an access token of that user, of the boss unless
// told, of the application behind a slash, password unless told; "As: -" uses none. Of a page, what is between main and
// /main is shown. What stands in braces is a secret of [service]. Orders are those of [service.prepare].
func TestTranscripts(t *testing.T) {
	transcript.Run(t, transcript.Sections, func(t *testing.T, about string) transcript.Player {
		s := start(t, Options{RateLimits: strings.Contains(about, "three requests an hour"), HourlyLimit: 3})
		return transcript.Player{Send: s.send, Order: s.prepare, Masks: s.masks(), Headers: shownHeaders}
	})
}

var shownHeaders = []string{"Content-Type", "Location", "Set-Cookie", "Account-Sequence", "Allow", "Retry-After",
	"WWW-Authenticate", "X-Total-Count", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"}

func (s *service) masks() *transcript.Masks {
	m := transcript.NewMasks(
		transcript.Mask{Name: "{access-%d}", Form: regexp.MustCompile(`"access_token":"([\w-]{43})"`)},
		transcript.Mask{Name: "{refresh-%d}", Form: regexp.MustCompile(`"refresh_token":"([\w-]{43})"`)},
		transcript.Mask{Name: "{code-%d}", Form: regexp.MustCompile(`\bcode=([\w-]{43})`)},
		transcript.Mask{Name: "{login-%d}", Form: regexp.MustCompile(`accountd-login=([\w-]{43})`)},
		transcript.Mask{Name: "{form-%d}", Form: regexp.MustCompile(`form=([\w-]{43})`)},
		transcript.Mask{Name: "{form-token-%d}", Form: regexp.MustCompile(`name="form_token" value="([\w-]{43})"`)},
		transcript.Mask{Name: "{uuid-%d}", Form: regexp.MustCompile(`[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`)},
		transcript.Mask{Name: "{date}", Form: regexp.MustCompile(`Since (\d{4}-\d\d-\d\d)`)},
		transcript.Mask{Name: "{seconds}", Form: regexp.MustCompile(`(?:X-RateLimit-Reset|Retry-After): (\d+)`)},
	)
	for name, app := range s.apps {
		m.Name("{"+name+"}", app.id)
		m.Name("{"+name+" secret}", app.secret)
	}
	return m
}

func (s *service) send(x transcript.Request) *httptest.ResponseRecorder {
	as, _ := x.Take("As")
	if as == "" {
		as = "boss"
	}
	r := httptest.NewRequest(x.Method, x.Target, strings.NewReader(x.Body))
	if user, app, found := strings.Cut(as, "/"); user != "-" && !strings.HasPrefix(x.Target, "/oauth") {
		if !found {
			app = "password"
		}
		if s.token[as] == "" {
			s.token[as] = s.access(app, user).Access
		}
		r.Header.Set("Authorization", "Bearer "+s.token[as])
	}
	x.Set(r.Header)
	w := s.serve(r)
	if main := mainPart.FindString(w.Body.String()); main != "" {
		w.Body.Reset()
		w.Body.WriteString(main)
	}
	return w
}

var mainPart = regexp.MustCompile(`(?s)<main>.*</main>`)

// prepare does what happens elsewhere:
//
//	user NAME {…}     changes the user, as a commands.UpdateUser has it
//	new {…}           makes a user, an events.UserCreated
//	block client NUMBER, unblock client NUMBER
//	delete user NAME, delete application NAME
//	shift DURATION    sets the clock
//	restart
func (s *service) prepare(order string) {
	words := strings.SplitN(order, " ", 3)
	switch words[0] {
	case "user":
		cmd := decodedText[commands.UpdateUser](s.T, words[2])
		cmd.ID = s.Named(words[1]).ID
		s.Given(cmd)
	case "new":
		s.user(decodedText[events.UserCreated](s.T, strings.TrimPrefix(order, "new ")))
	case "block", "unblock":
		blocked := words[0] == "block"
		id := s.Snapshot().Directory().Clients()[words[2][0]-'1'].ID
		s.Given(commands.UpdateClient{ID: id, Blocked: &blocked})
	case "delete":
		if words[1] == "user" {
			s.Given(commands.DeleteUser{ID: s.Named(words[2]).ID})
			return
		}
		s.Given(commands.DeleteApplication{ID: s.Snapshot().Directory().ApplicationByAppID(s.apps[words[2]].id).ID})
	case "shift":
		var err error
		s.shift, err = time.ParseDuration(words[1])
		require.NoError(s.T, err)
	case "restart":
		s.restart()
	default:
		require.Fail(s.T, "no such order", order)
	}
}

func decoded[T any](t testing.TB, w *httptest.ResponseRecorder) T {
	t.Helper()
	return decodedText[T](t, w.Body.String())
}

func decodedText[T any](t testing.TB, text string) (v T) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(text), &v), text)
	return v
}
