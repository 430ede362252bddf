package native

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/commands/committer"
	"accountd/http/native/call"
	"accountd/testing/transcript"
)

// TestTranscripts plays testdata. Three headers are not sent: "As: admin" uses the admin's token, "From: 192.0.2.9" and
// "At: 2031-01-01T00:00:00Z" are the client's address and the time.
func TestTranscripts(t *testing.T) {
	transcript.Run(t, transcript.Sections, func(t *testing.T, about string) transcript.Player {
		s := start(t, committer.Options{ExternalProvisioning: strings.Contains(about, "external provisioning")})
		s.api.Preconditions = strings.Contains(about, "must name a version")
		if strings.Contains(about, "with limits") {
			s.api.Limits = call.NewLimiter(3)
		}
		return transcript.Player{Send: s.send, Masks: newMasks(s), Headers: shownHeaders, Indent: true}
	})
}

// shownHeaders are those that matter to a client.
var shownHeaders = []string{"Content-Type", "Location", "ETag", "Account-Sequence", "Link", "Allow", "Accept-Patch",
	call.ReplayedHeader, "RateLimit-Policy", "RateLimit", "Retry-After", "WWW-Authenticate"}

func newMasks(s *service) *transcript.Masks {
	m := transcript.NewMasks(
		transcript.Mask{Name: "{uuid-%d}", Form: regexp.MustCompile(`[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`)},
		transcript.Mask{Name: "{token-%d}", Form: regexp.MustCompile(`acct_[\w-]{43}`)},
		transcript.Mask{Name: "{password-%d}", Form: regexp.MustCompile(`acfd_[\w-]{43}`)},
		transcript.Mask{Name: "{session-%d}", Form: regexp.MustCompile(`acse_[\w-]{43}`)},
		transcript.Mask{Name: "{webhook-secret-%d}", Form: regexp.MustCompile(`whsec_[A-Za-z0-9+/]{43}=`)},
		transcript.Mask{Name: "{signing-key-%d}", Form: regexp.MustCompile(`AK[A-Z0-9]{18}`)},
		transcript.Mask{Name: "{storage-key-%d}", Form: regexp.MustCompile(`SK[A-Z0-9]{18}`)},
		transcript.Mask{Name: "{app-%d}", Form: regexp.MustCompile(`"app_(?:id|secret)": "([0-9a-f]{32})"`)},
		transcript.Mask{Name: "{secret-%d}", Form: regexp.MustCompile(`\b[A-Za-z0-9]{40}\b`)},
		transcript.Mask{Name: "{cursor}", Form: regexp.MustCompile(`"next_cursor": "([^"]+)"`)},
		transcript.Mask{Name: "{time}", Form: regexp.MustCompile(`"(?:created_at|updated_at|added_at|time)": "([^"]+)"`)},
	)
	m.Name("{admin}", s.admin.ID.String())
	m.Name("{request}", testRequest)
	m.Name("{admin-key}", s.Snapshot().User(s.admin.ID).APIKeys[0].ID.String())
	return m
}

// send sends a transcript's request.
func (s *service) send(x transcript.Request) *httptest.ResponseRecorder {
	address := testAddress
	s.now = testNow
	as, ok := x.Take("As")
	if from, ok := x.Take("From"); ok {
		address = from
	}
	if at, ok := x.Take("At"); ok {
		var err error
		s.now, err = time.Parse(time.RFC3339, at)
		require.NoError(s.t, err)
	}
	r := httptest.NewRequest(x.Method, x.Target, strings.NewReader(x.Body))
	if ok {
		require.Equal(s.t, "admin", as)
		r.Header.Set("Authorization", "Bearer "+s.token)
	}
	x.Set(r.Header)
	return s.serve(r, address)
}
