package e24

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
	"accountd/http/rest"
	"accountd/http/rest/openapi"
	"accountd/testing/contract"
	"accountd/testing/transcript"
)

// TestTranscripts plays testdata. A request's head has, besides the headers that are sent, lines that say how it is
// signed, see [player.request]; orders are those of [player.prepare].
func TestTranscripts(t *testing.T) {
	transcript.Run(t, transcript.Marked, func(t *testing.T, _ string) transcript.Player {
		s := start(t)
		handler := serve(s, Options{Swift: strings.Contains(t.Name(), "swift"), Hosts: []string{"api.example.net"}})
		p := &player{t: t, service: s, secrets: map[string]string{adminKey.ID: adminKey.Secret.Reveal()},
			masks:   newMasks(),
			handler: contract.Watch(t, openapi.Document(Describe()), contract.Rules{Lenient: true}, handler)}
		p.masks.Name("<admin>", adminID.String())
		return transcript.Player{Send: p.exchange, Order: p.prepare, Masks: p.masks, Headers: shownHeaders,
			Indent: true}
	})
}

// shownHeaders are those that matter to a client; Content-Type is the same everywhere.
var shownHeaders = []string{"Account-Sequence", "Allow", "Retry-After", "WWW-Authenticate"}

func newMasks() *transcript.Masks {
	return transcript.NewMasks(
		// the one fingerprint that differs is that of a key which was made here
		transcript.Mask{Name: "<fingerprint %d>",
			Form: regexp.MustCompile(`([0-9a-f]{2}(?::[0-9a-f]{2}){15})",\s*"private_key`)},
		transcript.Mask{Name: "<uuid %d>", Form: regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`)},
		transcript.Mask{Name: "<key %d>", Form: regexp.MustCompile(`\bAK[A-Z0-9]{18}\b`)},
		transcript.Mask{Name: "<storage key %d>", Form: regexp.MustCompile(`\bSK[A-Z0-9]{18}\b`)},
		transcript.Mask{Name: "<secret %d>", Form: regexp.MustCompile(`"secret_key":\s*"([A-Za-z0-9]{40})"`)},
		transcript.Mask{Name: "<private key %d>",
			Form: regexp.MustCompile(`-----BEGIN OPENSSH PRIVATE KEY-----(?:\\n[A-Za-z0-9+/=]+)+\\n-----END OPENSSH PRIVATE KEY-----\\n`)},
	)
}

// player plays one transcript.
type player struct {
	t       *testing.T
	service rest.Service
	handler http.Handler
	secrets map[string]string // by API key, as answers told them
	masks   *transcript.Masks
}

func (p *player) exchange(x transcript.Request) *httptest.ResponseRecorder {
	w := answer(p.handler, p.request(x))
	require.Equal(p.t, "application/json", w.Header().Get("Content-Type"))
	p.learn(w)
	return w
}

// request builds and signs a request. Lines of its head that are not sent:
//
//	Key: the API key that signs, the administrator's by default, or none
//	Secret: the secret to sign with instead of the newest that an answer told
//	Signs-Target: what is signed as path and query instead of what is sent
//	Body-Size: sends so many blanks as body
func (p *player) request(x transcript.Request) *http.Request {
	signer := adminKey.ID
	if id, ok := x.Take("Key"); ok {
		signer = id
	}
	key := events.SigningKey{ID: signer, Secret: events.Secret(p.secrets[signer])}
	if secret, ok := x.Take("Secret"); ok {
		key.Secret = events.Secret(secret)
	}
	signed := x.Target
	if target, ok := x.Take("Signs-Target"); ok {
		signed = target
	}
	if size, ok := x.Take("Body-Size"); ok {
		n, err := strconv.Atoi(size)
		require.NoError(p.t, err)
		x.Body = strings.Repeat(" ", n)
	}
	r := newRequest(x.Method, signed, x.Body, key)
	for _, f := range x.Fields {
		if f.Name == "X-Date" {
			r.Header.Set(f.Name, f.Value)
			sign(r, x.Body, key)
		}
	}
	asSent := httptest.NewRequest(x.Method, x.Target, nil)
	r.URL, r.RequestURI = asSent.URL, asSent.RequestURI
	if signer == "none" {
		r.Header.Del("Authorization")
	}
	x.Set(r.Header)
	return r
}

// learn remembers the secrets of API keys.
func (p *player) learn(w *httptest.ResponseRecorder) {
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

// prepare does what this dialect cannot.
func (p *player) prepare(text string) {
	order := strings.Fields(text)
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
		p.masks.Name("<user "+order[1]+">", noID(byte(n)).String())
	case "group": // group NAME UUID: a new one, and the user is in it
		id := noID(200)
		run(t, s, commands.CreateGroup{ID: id, Group: events.GroupCreated{Name: order[1]}})
		run(t, s, commands.UpdateUser{ID: uuid.MustParse(order[2]),
			Membership: events.MembershipChanged{Groups: &[]uuid.UUID{id}}})
		p.masks.Name("<group "+order[1]+">", id.String())
	case "key": // key UUID ID LEVEL: one more signing key with the permission users=LEVEL
		key := events.SigningKey{ID: order[2], Secret: "secret of " + events.Secret(order[2]),
			Permissions: events.Permissions{Users: order[3]}}
		run(t, s, commands.AddSigningKey{ID: uuid.MustParse(order[1]), Key: key})
		p.secrets[key.ID] = key.Secret.Reveal()
	default:
		require.Fail(t, "no such order", "%q", order)
	}
}

// noID returns an id that is the same in every run.
func noID(n byte) uuid.UUID { return uuid.UUID{6: 0x40, 8: 0x80, 15: n, 14: 1} }
