package native

import (
	"encoding/json"
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"accountd/commands"
	"accountd/commands/secrets"
	"accountd/events"
)

type historyPage struct {
	Data []struct {
		Sequence uint64
		Type     string
		Changes  []struct {
			Field         string
			Before, After any
		}
	}
	Meta struct{ Total int }
}

func (s *service) history(path string) (page historyPage, link []string) {
	s.t.Helper()
	w := s.call(http.MethodGet, path, s.token, "")
	require.Equal(s.t, http.StatusOK, w.Code, w.Body)
	require.NoError(s.t, json.Unmarshal(w.Body.Bytes(), &page))
	return page, w.Header().Values("Link")
}

// TestNobodyHasAPast asks for users whom nobody is. Nobody is not everybody.
func TestNobodyHasAPast(t *testing.T) {
	s := start(t, commands.Options{})
	for _, id := range []string{"nobody", uuid.Nil.String(), uuid.NewString()} {
		for _, path := range []string{"/history", "?at=1"} {
			require.Equal(t, http.StatusNotFound, s.call(http.MethodGet, usersPath+"/"+id+path, s.token, "").Code, id+path)
		}
	}
}

// TestHistoryIsPagedBothWays walks by the links, from either end and back.
func TestHistoryIsPagedBothWays(t *testing.T) {
	s := start(t, commands.Options{})
	u := s.create(commands.Service(), events.UserCreated{Email: "ada@example.com", Active: true})
	for i := range 9 {
		phone := string(rune('0' + i))
		s.do(commands.Service(), commands.UpdateUser{ID: u.ID, Profile: events.ProfileUpdated{Phone: &phone}})
	}
	form := regexp.MustCompile(`<([^>]+)>; rel="(next|prev)"`)
	walk := func(path, rel string) (seen []uint64, last string) {
		for path != "" {
			page, links := s.history(path)
			require.Equal(t, 10, page.Meta.Total)
			for _, e := range page.Data {
				seen = append(seen, e.Sequence)
			}
			last, path = path, ""
			for _, l := range links {
				if found := form.FindStringSubmatch(l); found[2] == rel {
					path = found[1]
				}
			}
		}
		return seen, last
	}
	const first, newest = 3, 12 // sequences
	rapid.Check(t, func(r *rapid.T) {
		limit := rapid.SampledFrom([]string{"1", "2", "3", "4", "10", "50"}).Draw(r, "limit")
		sort := rapid.SampledFrom([]string{"sequence", "-sequence"}).Draw(r, "sort")
		seen, last := walk("/v1/users/"+u.ID.String()+"/history?limit="+limit+"&sort="+sort, "next")
		require.Len(t, seen, 10)
		for i, n := range seen {
			if want := uint64(first + i); sort == "sequence" {
				require.Equal(t, want, n)
			} else {
				require.Equal(t, newest+first-want, n)
			}
		}
		back, _ := walk(last, "prev")
		require.Equal(t, unique(seen), unique(back))
	})
}

func unique(in []uint64) map[uint64]bool {
	out := map[uint64]bool{}
	for _, n := range in {
		out[n] = true
	}
	return out
}

// TestHistoryNamesWhatChanged looks at what the transcript does not have.
func TestHistoryNamesWhatChanged(t *testing.T) {
	s := start(t, commands.Options{})
	do := func(c commands.Command) { s.t.Helper(); s.do(commands.Service(), c) }
	dc, group := uuid.New(), uuid.New()
	do(commands.CreateDatacenter{ID: dc, Datacenter: events.DatacenterCreated{Name: "main", Owner: s.admin.ID}})
	do(commands.CreateGroup{ID: group, Group: events.GroupCreated{Name: "staff"}})
	u := s.create(commands.Service(), events.UserCreated{Email: "ada@example.com", Active: true,
		SigningKeys: []events.SigningKey{{ID: "AK1", Secret: "first secret"}}})
	do(commands.UpdateUser{ID: u.ID, Membership: events.MembershipChanged{Datacenter: &dc, Groups: &[]uuid.UUID{group}}})
	do(commands.RotateSigningKey{ID: u.ID, KeyID: "AK1", Secret: "second secret"})
	do(commands.RotateStorageKeys{ID: u.ID, Keys: []events.StorageKey{{Kind: "s3", ID: "SK1", Secret: "third secret"}}})
	hash := secrets.Hash("token")
	do(commands.RequestPasswordReset{ID: u.ID, Hash: events.Secret(hash), ExpiresAt: time.Now().Add(time.Hour)})
	page, _ := s.history("/v1/users/" + u.ID.String() + "/history?sort=sequence")
	raw, err := json.Marshal(page)
	require.NoError(t, err)
	for _, secret := range []string{"first secret", "second secret", "third secret", hash} {
		require.NotContains(t, string(raw), secret)
	}
	fields := map[string][2]any{}
	for _, e := range page.Data[1:] {
		for _, c := range e.Changes {
			fields[c.Field] = [2]any{c.Before, c.After}
		}
	}
	require.Equal(t, [2]any{nil, "main"}, fields["datacenter"])
	require.Equal(t, [2]any{[]any{}, []any{"staff"}}, fields["groups"])
	require.Equal(t, "***", fields["signing_keys"][0].(map[string]any)["secret"])
	require.Equal(t, fields["signing_keys"][0], fields["signing_keys"][1], "what is new about it is not shown")
	require.Equal(t, "SK1", fields["storage_keys"][1].(map[string]any)["id"])
	require.Contains(t, fields["password_reset"][1], "expires_at")
	require.Len(t, fields, 5)
}

// TestOneselfMayReadOnesPast uses the weakest of credentials.
func TestOneselfMayReadOnesPast(t *testing.T) {
	s := start(t, commands.Options{})
	u := s.create(commands.Service(), events.UserCreated{Email: "ada@example.com", Active: true})
	token := s.key(u.ID, events.Permissions{Users: commands.LevelNone, Servers: commands.LevelNone, Audit: commands.LevelNone})
	path := "/v1/users/" + u.ID.String()
	require.Equal(t, http.StatusOK, s.call(http.MethodGet, path+"/history", token, "").Code)
	require.Equal(t, http.StatusOK, s.call(http.MethodGet, path+"?at=3", token, "").Code)
	auditor := s.key(u.ID, events.Permissions{Users: commands.LevelNone, Audit: commands.LevelRead})
	admin := "/v1/users/" + s.admin.ID.String()
	require.Equal(t, http.StatusOK, s.call(http.MethodGet, admin+"?at=1", auditor, "").Code)
	require.Equal(t, http.StatusOK, s.call(http.MethodGet, "/v1/users?at=1", auditor, "").Code)
	require.Equal(t, http.StatusNotFound, s.call(http.MethodGet, admin, auditor, "").Code)
}
