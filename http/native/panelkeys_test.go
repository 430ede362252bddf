package native

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/commands/secrets"
	"accountd/events"
	"accountd/events/usage"
	"accountd/http/native/call"
	"accountd/testing/testlog"
)

// panelKey is what is shown of an API key.
type panelKey struct {
	ID, Kind    string
	Key         *string
	Memo        *string
	Permissions struct{ Users, Servers *string }
	AllowedIPs  []string   `json:"allowed_ips"`
	ExpiresAt   *time.Time `json:"expires_at"`
	LastUsedAt  *time.Time `json:"last_used_at"`

	PreviousExpiresAt *time.Time `json:"previous_expires_at"`
}

func TestPanelKeys(t *testing.T) {
	s := start(t, committer.Options{})
	path := "/v1/users/" + s.admin.ID.String() + "/api-keys"
	for body, want := range map[string]struct {
		key            string
		users, servers *string
	}{
		`{"kind":"pterodactyl","permissions":{"users":"write","servers":"read"},"allowed_ips":["192.0.2.0/24"],"expires_at":"2031-01-01T00:00:00Z","memo":"shop"}`: {"^ptla_[A-Za-z0-9]{43}$", new("write"), new("read")},
		`{"kind":"pterodactyl","permissions":{"users":"all"}}`:                   {"^ptla_", new("all"), new("none")},
		`{"kind":"pterodactyl","permissions":{"users":"none","servers":"none"}}`: {"^ptla_", new("none"), new("none")},
		`{"kind":"pterodactyl","allowed_ips":[],"expires_at":null,"memo":""}`:    {"^ptlc_[A-Za-z0-9]{43}$", nil, nil},
		`{"kind":"pterodactyl","permissions":{"users":null,"servers":null}}`:     {"^ptlc_", nil, nil},
	} {
		w := s.call(http.MethodPost, path, s.token, body)
		require.Equal(t, http.StatusCreated, w.Code, w.Body)
		made := decodePanelKey(t, w.Body.Bytes())
		require.Equal(t, "pterodactyl", made.Kind)
		require.Regexp(t, want.key, *made.Key)
		require.Equal(t, want.users, made.Permissions.Users)
		require.Equal(t, want.servers, made.Permissions.Servers)

		stored, ok := s.Snapshot().UserByAPIKey(secrets.Hash(*made.Key)).APIKey(call.ParseID(made.ID))
		require.True(t, ok)
		require.Equal(t, commands.KeyPterodactyl, stored.Kind)
		require.Equal(t, http.StatusUnauthorized, s.call(http.MethodGet, path, *made.Key, "").Code,
			"it opens nothing here")

		require.Equal(t, http.StatusNoContent, s.call(http.MethodDelete, path+"/"+made.ID, s.token, "").Code)
		require.Nil(t, s.Snapshot().UserByAPIKey(secrets.Hash(*made.Key)))
	}
}

func decodePanelKey(t *testing.T, body []byte) (k panelKey) {
	t.Helper()
	require.NoError(t, json.Unmarshal(body, &k))
	return k
}

func TestLastUsed(t *testing.T) {
	s := start(t, committer.Options{})
	var err error
	s.api.Usage, err = usage.Open(context.Background(), testlog.Start(t).Engine)
	require.NoError(t, err)
	defer func() { require.NoError(t, s.api.Usage.Close(context.Background())) }()
	s.key(s.admin.ID, events.Permissions{Users: commands.LevelRead})
	s.now = testNow.Add(5 * time.Second)
	w := s.call(http.MethodGet, "/v1/users/"+s.admin.ID.String()+"/api-keys", s.token, "")
	var list struct{ Data []panelKey }
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &list))
	require.Len(t, list.Data, 2)
	require.Equal(t, s.now, *list.Data[0].LastUsedAt)
	require.Nil(t, list.Data[1].LastUsedAt)
	require.Nil(t, list.Data[0].Key)
}
