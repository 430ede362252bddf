package pterodactyl

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
)

var update = flag.Bool("update", false, "write the answers into testdata instead of comparing them")

// TestTranscripts plays every testdata/*.txt on a service of its own. A transcript is a list of exchanges:
//
//	=== what it shows
//	METHOD /path
//	Header: value
//
//	body
//	-->
//	status
//	Header: value
//
//	body, byte for byte
//
// Some headers are not sent: "As: read" uses the key of that name (admin unless told, nobody for none), "From: 192.0.2.9"
// and "At: 2031-01-01T00:00:00Z" are the client's address and the time, "Break: \n" puts a line break where that text stands
// in the body. The method DO does what other APIs do, see [service.prepare]. What differs from run to run is masked by names
// such as {uuid-1}, which requests may use.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			got := play(t, string(text))
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
				return
			}
			require.Equal(t, string(text), got)
		})
	}
}

const separator = "\n=== "

// play plays the exchanges behind the first part of a transcript, which describes it.
func play(t *testing.T, text string) string {
	parts := strings.Split(strings.TrimRight(text, "\n"), separator)
	o := Options{RateLimits: strings.Contains(parts[0], "with limits")}
	if strings.Contains(parts[0], "behind TLS") {
		o.BaseURL = "https://panel.example.com"
	}
	s, m := start(t, o), &masks{}
	out := []string{strings.TrimRight(parts[0], "\n")}
	for _, exchange := range parts[1:] {
		title, rest, _ := strings.Cut(exchange, "\n")
		request, _, _ := strings.Cut(rest, "\n-->")
		request = strings.TrimRight(request, "\n")
		answer := s.exchange(m.reveal(request))
		out = append(out, fmt.Sprintf("%s\n%s\n-->\n%s", title, request, m.mask(answer)))
	}
	return strings.Join(out, "\n"+separator) + "\n"
}

func (s *service) exchange(text string) string {
	head, body, _ := strings.Cut(text, "\n\n")
	first, lines, _ := strings.Cut(head, "\n")
	method, target, ok := strings.Cut(first, " ")
	require.True(s.t, ok, "not a request line: %q", first)
	if method == "DO" {
		s.prepare(target)
		return "done"
	}
	as, address := "admin", testAddress
	headers := http.Header{"Content-Type": {"application/json"}}
	s.now = noon
	for line := range strings.Lines(lines) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch name {
		case "As":
			as = value
		case "From":
			address = value
		case "At":
			at, err := time.Parse(time.RFC3339, value)
			require.NoError(s.t, err)
			s.now = at
		case "Break":
			body = strings.ReplaceAll(body, value, "\r\n")
		default:
			headers[name] = []string{value}
		}
	}
	r := request(method, target, body)
	if key := s.keys[as]; key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	for name, values := range headers {
		r.Header.Set(name, s.withKeys(values[0]))
	}
	return answerText(s.serve(r, address))
}

// withKeys puts keys where their names stand in braces.
func (s *service) withKeys(text string) string {
	for name, key := range s.keys {
		text = strings.ReplaceAll(text, "{"+name+"}", key)
		text = strings.ReplaceAll(text, "{"+name+" cut}", key[:47])
	}
	return text
}

// shownHeaders are those that matter to a client.
var shownHeaders = []string{"Content-Type", "Account-Sequence", "Allow", "Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining",
	"X-RateLimit-Reset"}

func answerText(w *httptest.ResponseRecorder) string {
	var out strings.Builder
	fmt.Fprint(&out, w.Code)
	for _, name := range shownHeaders {
		for _, v := range w.Header().Values(name) {
			fmt.Fprintf(&out, "\n%s: %s", name, v)
		}
	}
	if w.Body.Len() > 0 {
		fmt.Fprintf(&out, "\n\n%s", w.Body)
	}
	return out.String()
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
		require.NoError(s.t, err)
		return n
	}
	switch words[0] {
	case "user":
		s.make(decoded[events.UserCreated](s.t, rest))
	case "link":
		s.do(commands.LinkResource{ID: s.number(number(1)).ID, Resource: decoded[events.ResourceLinked](s.t, rest)})
	case "key":
		s.key(words[1], number(2), decoded[events.APIKey](s.t, rest))
	case "revoke":
		s.revoke(words[1])
	case "block":
		s.do(commands.UpdateUser{ID: s.number(number(1)).ID, Active: new(bool)})
	default:
		require.Fail(s.t, "no such order", order)
	}
}

func decoded[T any](t testing.TB, text string) (v T) {
	require.NoError(t, json.Unmarshal([]byte(text), &v), text)
	return v
}

// masks are the names under which run-dependent values stand in a transcript.
type masks struct {
	names []string // names and values in turn
}

func (m *masks) reveal(text string) string { return strings.NewReplacer(m.names...).Replace(text) }

var (
	uuids = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
	times = regexp.MustCompile(`("(?:created|updated)_at":)"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00"`)
	heads = regexp.MustCompile(`("identifier":)"[0-9a-f]{8}"`)
)

// mask leaves UUIDs that stand for nobody, such as those that a transcript gives itself.
func (m *masks) mask(text string) string {
	text = uuids.ReplaceAllStringFunc(text, func(value string) string {
		if strings.HasPrefix(value, "00000000") {
			return value
		}
		for i := 1; i < len(m.names); i += 2 {
			if m.names[i] == value {
				return m.names[i-1]
			}
		}
		name := fmt.Sprintf("{uuid-%d}", len(m.names)/2+1)
		m.names = append(m.names, name, value)
		return name
	})
	return heads.ReplaceAllString(times.ReplaceAllString(text, `$1"{time}"`), `$1"{8 of uuid}"`)
}
