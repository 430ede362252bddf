package pterodactyl

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// exchange is one request that was sent to a panel, and what it answered. Texts hold {run}, {RUN} and {base} for what
// differs by run, {id:x} and {uuid:x} for the user that was made as x, <ts> for a time.
type exchange struct {
	Case struct {
		Name, Method, Path, Key, Scheme, Capture string
		JSON                                     json.RawMessage
		Raw                                      *string
		Headers                                  map[string]string
		StatusOnly                               bool
	}
	Answer struct {
		Status           int
		ContentType      *string
		RateLimitHeaders bool
		Allow            string
		JSON             json.RawMessage
		Text             *string
	}
}

// otherwise is where we answer in another way on purpose.
var otherwise = map[string]int{
	"auth: no key, Accept */* redirects": http.StatusUnauthorized, // not to a page for people
	"list: per_page abc":                 http.StatusOK,           // not 500
}

// keysOfRecording are the keys by their names in the recording; a case without one has all permissions.
var keysOfRecording = map[string]string{"": "admin", "read": "read", "none": "none", "nonadmin": "plain", "anon": ""}

// TestRecorded plays what was recorded against a panel (testdata/recorded.jsonl), and wants the same answers.
func TestRecorded(t *testing.T) {
	file, err := os.Open("testdata/recorded.jsonl")
	require.NoError(t, err)
	defer file.Close()
	p := &replay{service: start(t, Options{RateLimits: true}), known: []string{
		"{run}", "r1", "{RUN}", "R1", "{base}", "http://panel.example.com"}}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	played := 0
	for lines.Scan() {
		var x exchange
		require.NoError(t, json.Unmarshal(lines.Bytes(), &x))
		played++
		t.Run(x.Case.Name, func(t *testing.T) { p.play(t, x) })
	}
	require.NoError(t, lines.Err())
	require.Equal(t, 110, played)
}

type replay struct {
	service *service
	known   []string // names and values in turn
}

func (p *replay) fill(text string) string { return strings.NewReplacer(p.known...).Replace(text) }

func (p *replay) play(t *testing.T, x exchange) {
	w := p.send(x)
	if status, ok := otherwise[x.Case.Name]; ok {
		require.True(t, x.Case.StatusOnly)
		require.NotEqual(t, x.Answer.Status, status)
		require.Equal(t, status, w.Code)
		return
	}
	require.Equal(t, x.Answer.Status, w.Code, w.Body)
	require.Equal(t, x.Answer.ContentType, headerOf(w, "Content-Type"))
	require.Equal(t, x.Answer.RateLimitHeaders, headerOf(w, "X-RateLimit-Limit") != nil && headerOf(w,
		"X-RateLimit-Remaining") != nil)
	require.Equal(t, x.Answer.Allow, w.Header().Get("Allow"))
	if x.Answer.Text != nil {
		require.Equal(t, *x.Answer.Text, w.Body.String())
		return
	}
	p.capture(t, x.Case.Capture, w)
	want := tokens(t, p.fill(string(x.Answer.JSON)))
	require.Equal(t, withoutTimes(want), withoutTimes(tokens(t, p.mask(w.Body.String()))))
}

func headerOf(w *httptest.ResponseRecorder, name string) *string {
	if v := w.Header().Values(name); len(v) > 0 {
		return &v[0]
	}
	return nil
}

func (p *replay) send(x exchange) *httptest.ResponseRecorder {
	body, headers := p.fill(string(x.Case.JSON)), []string{"Accept", "application/json", "Content-Type",
		"application/json"}
	if x.Case.Raw != nil {
		body = p.fill(*x.Case.Raw)
	}
	for name, value := range x.Case.Headers {
		headers = append(headers, name, value)
	}
	key := keysOfRecording[x.Case.Key]
	if x.Case.Scheme != "" {
		headers = append(headers, "Authorization", x.Case.Scheme+p.service.keys[key])
	}
	return p.service.call(key, x.Case.Method, p.fill(x.Case.Path), body, headers...)
}

// capture remembers who was made.
func (p *replay) capture(t *testing.T, name string, w *httptest.ResponseRecorder) {
	if name == "" {
		return
	}
	var made struct {
		Attributes struct {
			ID   int64
			UUID string
		}
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &made))
	id := fmt.Sprint(made.Attributes.ID)
	// a number stands without quotes
	p.known = append(p.known, `"{id:`+name+`}"`, id, "{id:"+name+"}", id, "{uuid:"+name+"}", made.Attributes.UUID)
}

var parserText = regexp.MustCompile(`(appears to be malformed: )[^"]+`)

func (p *replay) mask(text string) string {
	return parserText.ReplaceAllString(text, "$1<parser text>")
}

var timeForm = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$`)

// withoutTimes masks what has the form of a time.
func withoutTimes(all []json.Token) []json.Token {
	for i, token := range all {
		if text, ok := token.(string); ok && timeForm.MatchString(text) {
			all[i] = "<ts>"
		}
	}
	return all
}
