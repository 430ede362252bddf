package native

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"accountd/commands"
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
//	body
//
// Three headers are not sent: "As: admin" uses the admin's token, "From: 192.0.2.9" and "At: 2031-01-01T00:00:00Z" are
// the client's address and the time. What differs from run to run is masked by names such as {uuid-1}, which requests
// may use.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			want := strings.Split(string(text), separator)
			got := play(t, want)
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(strings.Join(got, separator)), 0o644))
				return
			}
			for i := range want {
				assert.Equal(t, strings.TrimRight(want[i], "\n"), strings.TrimRight(got[i], "\n"))
			}
		})
	}
}

const separator = "\n=== "

// play plays the exchanges behind the first part of a transcript, which describes it.
func play(t *testing.T, parts []string) []string {
	s := start(t, commands.Options{ExternalProvisioning: strings.Contains(parts[0], "external provisioning")})
	m := newMasks(s)
	out := []string{parts[0]}
	for _, exchange := range parts[1:] {
		title, rest, _ := strings.Cut(exchange, "\n")
		request, _, _ := strings.Cut(rest, "\n-->")
		w := s.send(m.reveal(request))
		out = append(out, fmt.Sprintf("%s\n%s\n-->\n%s", title, request, m.mask(answerText(w))))
	}
	return out
}

// send sends a transcript's request.
func (s *service) send(text string) *httptest.ResponseRecorder {
	head, body, _ := strings.Cut(text, "\n\n")
	first, lines, _ := strings.Cut(head, "\n")
	method, target, ok := strings.Cut(first, " ")
	require.True(s.t, ok, "not a request line: %q", first)
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	address := testAddress
	s.now = testNow
	for line := range strings.Lines(lines) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch name {
		case "As":
			r.Header.Set("Authorization", "Bearer "+s.token)
		case "From":
			address = value
		case "At":
			at, err := time.Parse(time.RFC3339, value)
			require.NoError(s.t, err)
			s.now = at
		default:
			r.Header.Add(name, value)
		}
	}
	return s.serve(r, address)
}

// shownHeaders are those that matter to a client.
var shownHeaders = []string{"Content-Type", "Location", "ETag", "Account-Sequence", "Link", "Allow", "Accept-Patch",
	"Retry-After", "WWW-Authenticate"}

func answerText(w *httptest.ResponseRecorder) string {
	var out strings.Builder
	fmt.Fprintln(&out, w.Code)
	for _, name := range shownHeaders {
		for _, v := range w.Header()[http.CanonicalHeaderKey(name)] {
			fmt.Fprintf(&out, "%s: %s\n", name, v)
		}
	}
	if w.Body.Len() > 0 {
		var pretty bytes.Buffer
		if json.Indent(&pretty, w.Body.Bytes(), "", "  ") != nil {
			pretty = *w.Body
		}
		fmt.Fprintf(&out, "\n%s\n", pretty.String())
	}
	return out.String()
}

// masks are the names under which run-dependent values stand in a transcript.
type masks struct {
	names  map[string]string // by value
	values map[string]string // by name
	counts map[string]int
}

func newMasks(s *service) *masks {
	m := &masks{names: map[string]string{}, values: map[string]string{}, counts: map[string]int{}}
	m.learn("{admin}", s.admin.ID.String())
	m.learn("{request}", testRequest)
	m.learn("{admin-key}", s.Snapshot().User(s.admin.ID).APIKeys[0].ID.String())
	return m
}

func (m *masks) learn(name, value string) { m.names[value], m.values[name] = name, value }

func (m *masks) reveal(text string) string {
	for name, value := range m.values {
		text = strings.ReplaceAll(text, name, value)
	}
	return text
}

var masked = []struct {
	name   string
	values *regexp.Regexp
}{
	{"uuid", regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)},
	{"token", regexp.MustCompile(`acct_[\w-]{43}`)},
	{"signing-key", regexp.MustCompile(`AK[A-Z0-9]{18}`)},
	{"secret", regexp.MustCompile(`\b[A-Za-z0-9]{40}\b`)},
}

var times = regexp.MustCompile(`("(?:created|updated|added)_at": )"[^"]+"`)

func (m *masks) mask(text string) string {
	for _, kind := range masked {
		text = kind.values.ReplaceAllStringFunc(text, func(value string) string {
			if m.names[value] == "" {
				m.counts[kind.name]++
				m.learn(fmt.Sprintf("{%s-%d}", kind.name, m.counts[kind.name]), value)
			}
			return m.names[value]
		})
	}
	return times.ReplaceAllString(text, `$1"{time}"`)
}
