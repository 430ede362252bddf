package native

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/events"
	"accountd/http/native/call"
	"accountd/http/rest"
	"accountd/projections"
)

// sink is a ResponseWriter that keeps its buffers between requests.
type sink struct {
	header http.Header
	status int
	bytes  int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(status int)      { s.status = status }
func (s *sink) Write(b []byte) (int, error) { s.bytes += len(b); return len(b), nil }

// BenchmarkList answers lists of 50 of 10,000 users, every third of whom has a profile.
func BenchmarkList(b *testing.B) {
	const users = 10_000
	view := projections.NewView()
	token, hash := call.NewToken()
	now := time.Now().UTC()
	yes := true
	var records []events.Record
	for i := range users {
		e := events.UserCreated{Number: int64(i + 1), Username: fmt.Sprintf("user%05d", i),
			Email:     fmt.Sprintf("user%05d@example.com", i),
			FirstName: "Anna", LastName: "Łącka", Phone: "+48 600 100 200", Active: true, State: "created",
			SuperAdmin: i == 0, Language: "pl", Timezone: "Europe/Warsaw"}
		if i == 0 {
			e.APIKeys = []events.APIKey{{ID: uuid.New(), Kind: call.KeyKind, Hash: events.Secret(hash)}}
		}
		if i%3 == 0 {
			e.Profile = &events.Profile{City: "Poznań", Country: "PL", Street1: "Long Street 1", Postcode: "60-101",
				TosAcceptation: &yes}
		}
		records = append(records, events.Record{Sequence: uint64(i + 1), Time: now, Type: e.Type(), Event: e,
			Aggregate: events.User(uuid.New()), Assigned: e.Assigned()})
	}
	require.NoError(b, view.Apply(records))
	view.Open()
	h := New(rest.Service{View: view}, Options{})
	for _, query := range []string{"", "?offset=9000", "?sort=-email&offset=9000",
		"?sort=-created_at,username&filter[active]=true"} {
		b.Run("50"+query, func(b *testing.B) {
			r := httptest.NewRequest("GET", "/v1/users"+query, nil)
			r.Header.Set("Authorization", "Bearer "+token)
			b.ReportAllocs()
			for b.Loop() {
				w := &sink{header: http.Header{}}
				h.ServeHTTP(w, r)
				if w.status != http.StatusOK {
					b.Fatal(w.status)
				}
				b.SetBytes(int64(w.bytes))
			}
		})
	}
}
