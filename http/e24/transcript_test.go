package e24

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
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
	"accountd/http/rest"
)

var update = flag.Bool("update", false, "rewrite the answers in testdata")

// TestTranscripts plays testdata/*.txt. In them, lines with ">" are a request, those with "<" the answer to it, those
// with "!" are done by other APIs before it, and all others are for people. A request's head has, besides the headers
// that are sent (an empty one is not), lines that say how it is signed, see [transcript.request]. Values that differ from
// run to run stand as <kind number>, in requests too.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			before, err := os.ReadFile(file)
			require.NoError(t, err)
			s := start(t)
			p := &transcript{t: t, service: s, secrets: map[string]string{adminKey.ID: adminKey.Secret.Reveal()},
				handler: serve(s, Options{Swift: strings.Contains(file, "swift"), Hosts: []string{"api.example.net"}})}
			p.name("<admin>", adminID.String())
			after := p.play(string(before))
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(after), 0o644))
				return
			}
			require.Equal(t, string(before), after)
		})
	}
}

type transcript struct {
	t       *testing.T
	service rest.Service
	handler http.Handler
	secrets map[string]string // by API key, as answers told them
	names   []named
	count   map[string]int
}

// named is a value that differs from run to run, and what stands for it.
type named struct{ name, value string }

func (p *transcript) play(text string) string {
	var out, request []string
	flush := func() {
		if len(request) > 0 {
			out = append(out, p.exchange(request)...)
			request = nil
		}
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "<"):
			continue
		case strings.HasPrefix(line, ">"):
			request = append(request, strings.TrimPrefix(strings.TrimPrefix(line, ">"), " "))
			out = append(out, line)
			continue
		}
		flush()
		if order, ok := strings.CutPrefix(line, "! "); ok {
			p.prepare(strings.Fields(p.unmask(order)))
		}
		out = append(out, line)
	}
	flush()
	return strings.Join(out, "\n") + "\n"
}

func (p *transcript) exchange(request []string) []string {
	w := answer(p.handler, p.request(request))
	p.learn(w)
	out := []string{"< " + strconv.Itoa(w.Code)}
	for _, name := range []string{"Account-Sequence", "Allow", "Retry-After", "WWW-Authenticate"} {
		if v := w.Header().Get(name); v != "" {
			out = append(out, "< "+name+": "+v)
		}
	}
	require.Equal(p.t, "application/json", w.Header().Get("Content-Type"))
	var body bytes.Buffer
	require.NoError(p.t, json.Indent(&body, w.Body.Bytes(), "", "  "), "%s", w.Body)
	for line := range strings.Lines(p.mask(body.String())) {
		out = append(out, "< "+strings.TrimSuffix(line, "\n"))
	}
	return out
}

// request builds and signs a request. Lines of its head that are not sent:
//
//	Key: the API key that signs, the administrator's by default, or none
//	Secret: the secret to sign with instead of the newest that an answer told
//	Signs-Target: what is signed as path and query instead of what is sent
//	Body-Size: sends so many blanks as body
func (p *transcript) request(lines []string) *http.Request {
	head, body := lines, ""
	if i := slices.Index(lines, ""); i >= 0 {
		head, body = lines[:i], p.unmask(strings.Join(lines[i+1:], "\n"))
	}
	method, path, _ := strings.Cut(p.unmask(head[0]), " ")
	how, headers := map[string]string{"Key": adminKey.ID, "Signs-Target": path}, http.Header{}
	for _, line := range head[1:] {
		name, value, ok := strings.Cut(p.unmask(line), ":")
		require.True(p.t, ok, line)
		switch name {
		case "Key", "Secret", "Signs-Target", "Body-Size":
			how[name] = strings.TrimSpace(value)
		default:
			headers[name] = []string{strings.TrimSpace(value)}
		}
	}
	if size, ok := how["Body-Size"]; ok {
		n, err := strconv.Atoi(size)
		require.NoError(p.t, err)
		body = strings.Repeat(" ", n)
	}
	return p.signed(method, path, body, how, headers)
}

func (p *transcript) signed(method, path, body string, how map[string]string, headers http.Header) *http.Request {
	key := events.SigningKey{ID: how["Key"], Secret: events.Secret(p.secrets[how["Key"]])}
	if secret, ok := how["Secret"]; ok {
		key.Secret = events.Secret(secret)
	}
	r := newRequest(method, how["Signs-Target"], body, key)
	if date := headers["X-Date"]; date != nil {
		r.Header.Set("X-Date", date[0])
		sign(r, body, key)
	}
	asSent := httptest.NewRequest(method, path, nil)
	r.URL, r.RequestURI = asSent.URL, asSent.RequestURI
	if how["Key"] == "none" {
		r.Header.Del("Authorization")
	}
	for name, value := range headers {
		r.Header[name] = value
		if value[0] == "" {
			delete(r.Header, name)
		}
	}
	return r
}

// learn remembers the secrets of API keys.
func (p *transcript) learn(w *httptest.ResponseRecorder) {
	var body any
	require.NoError(p.t, json.Unmarshal(w.Body.Bytes(), &body))
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			id, _ := v["api_key"].(string)
			if secret, _ := v["secret_key"].(string); id != "" && secret != "" {
				p.secrets[id] = secret
			}
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(body)
}

// masks are the forms of values that differ from run to run.
var masks = []struct {
	kind string
	form *regexp.Regexp
}{
	{"uuid", regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`)},
	{"key", regexp.MustCompile(`\bAK[A-Z0-9]{18}\b`)},
	{"storage key", regexp.MustCompile(`\bSK[A-Z0-9]{18}\b`)},
	{"secret", regexp.MustCompile(`"secret_key":\s*"([A-Za-z0-9]{40})"`)},
	{"private key", regexp.MustCompile(`-----BEGIN OPENSSH PRIVATE KEY-----(?:\\n[A-Za-z0-9+/=]+)+\\n-----END OPENSSH PRIVATE KEY-----\\n`)},
}

// madeKey is what the answer to a generated SSH key has before its private key: the one fingerprint that differs.
var madeKey = regexp.MustCompile(`([0-9a-f]{2}(?::[0-9a-f]{2}){15})",\s*"private_key`)

func (p *transcript) mask(text string) string {
	if m := madeKey.FindStringSubmatch(text); m != nil {
		p.number("fingerprint", m[1])
	}
	for _, m := range masks {
		for _, found := range m.form.FindAllStringSubmatch(text, -1) {
			p.number(m.kind, found[len(found)-1])
		}
	}
	for _, n := range p.names {
		text = strings.ReplaceAll(text, n.value, n.name)
	}
	return text
}

func (p *transcript) unmask(text string) string {
	for _, n := range p.names {
		text = strings.ReplaceAll(text, n.name, n.value)
	}
	return text
}

// number names a value that has no name yet.
func (p *transcript) number(kind, value string) {
	if slices.ContainsFunc(p.names, func(n named) bool { return n.value == value }) {
		return
	}
	if p.count == nil {
		p.count = map[string]int{}
	}
	p.count[kind]++
	p.name(fmt.Sprintf("<%s %d>", kind, p.count[kind]), value)
}

func (p *transcript) name(name, value string) { p.names = append(p.names, named{name, value}) }

// prepare does what this dialect cannot.
func (p *transcript) prepare(order []string) {
	t, s := p.t, p.service
	switch order[0] {
	case "block":
		run(t, s, commands.UpdateUser{ID: uuid.MustParse(order[1]), Active: new(bool)})
	case "delete":
		run(t, s, commands.DeleteUser{ID: uuid.MustParse(order[1])})
	case "finish":
		run(t, s, commands.CompleteProvisioning{ID: uuid.MustParse(order[1])})
	case "user": // user NUMBER STATE: with the signing key AKUSERn and nothing else
		n, err := strconv.Atoi(order[1])
		require.NoError(t, err)
		key := events.SigningKey{ID: "AKUSER" + order[1], Secret: events.Secret("secret of user " + order[1])}
		run(t, s, commands.CreateUser{ID: noID(byte(n)), User: events.UserCreated{
			Email: "user" + order[1] + "@example.com", DisplayName: "User the " + order[1], Phone: "n/a", Active: true,
			State: order[2], SigningKeys: []events.SigningKey{key},
		}})
		p.secrets[key.ID] = key.Secret.Reveal()
		p.name("<user "+order[1]+">", noID(byte(n)).String())
	case "key": // key UUID ID LEVEL: one more signing key with the permission users=LEVEL
		key := events.SigningKey{ID: order[2], Secret: "secret of " + events.Secret(order[2]), Permissions: events.Permissions{Users: order[3]}}
		run(t, s, commands.AddSigningKey{ID: uuid.MustParse(order[1]), Key: key})
		p.secrets[key.ID] = key.Secret.Reveal()
	default:
		require.Fail(t, "no such order", "%q", order)
	}
}

// noID returns an id that is the same in every run.
func noID(n byte) uuid.UUID { return uuid.UUID{6: 0x40, 8: 0x80, 15: n, 14: 1} }
