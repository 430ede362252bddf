package native

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/events"
	"accountd/http/native/call"
	"accountd/http/rest"
)

// TestWhoIsNobodyLearnsNothingOfTheLog asks, with made-up tokens and without, for sequences that the log has and that
// it has not: the answers are the same, at once, and only who is known has to wait.
func TestWhoIsNobodyLearnsNothingOfTheLog(t *testing.T) {
	s := start(t, committer.Options{})
	s.api.MaxWait = time.Minute
	position := s.View.Position()
	for _, token := range []string{"", "acct_" + strings.Repeat("x", 43), "acse_" + strings.Repeat("x", 43), "x"} {
		var answers []string
		for _, sequence := range []string{"1", fmt.Sprint(position), fmt.Sprint(position + 1), "1000000", "none"} {
			began := time.Now()
			w := s.call(http.MethodGet, "/v1/users", token, "", call.MinSequenceHeader, sequence)
			require.Equal(t, http.StatusUnauthorized, w.Code)
			require.Less(t, time.Since(began), 10*time.Second)
			answers = append(answers, w.Body.String())
			require.Equal(t, answers[0], w.Body.String(), "%q %s", token, sequence)
		}
	}
	s.api.MaxWait = time.Millisecond
	late, w := httptest.NewRequest(http.MethodGet, "/v1/users", nil), httptest.NewRecorder()
	late.Header.Set("Authorization", "Bearer "+s.token)
	late.Header.Set(call.MinSequenceHeader, "1000000")
	s.http.ServeHTTP(w, late)
	require.Equal(t, http.StatusServiceUnavailable, w.Code)
	require.Equal(t, http.StatusBadRequest, s.call(http.MethodGet, "/v1/users", s.token, "", call.MinSequenceHeader,
		"none").Code)
	require.Equal(t, http.StatusOK, s.call(http.MethodGet, "/v1/users", s.token, "", call.MinSequenceHeader,
		fmt.Sprint(position)).Code)
}

// TestATokenThatAnotherInstanceHasJustMade has the view follow a little later: with a sequence, the request waits for
// the log's end before it says that there is no such token.
func TestATokenThatAnotherInstanceHasJustMade(t *testing.T) {
	s := start(t, committer.Options{})
	token, hash := call.NewToken()
	asked := 0
	s.api.Newest = func(context.Context) (uint64, error) {
		asked++
		out, err := s.Do(context.Background(), commands.Service(), commands.AddAPIKey{ID: s.admin.ID,
			Key: events.APIKey{ID: uuid.New(), Kind: call.KeyKind, Hash: events.Secret(hash)}})
		return out.Sequence, err
	}
	require.Equal(t, http.StatusUnauthorized, s.call(http.MethodGet, "/v1/users", token, "").Code)
	require.Zero(t, asked)
	require.Equal(t, http.StatusOK, s.call(http.MethodGet, "/v1/users", token, "", call.MinSequenceHeader, "1").Code)
	require.Equal(t, 1, asked)
}

// TestALogInIsShort refuses a body that no log-in has.
func TestALogInIsShort(t *testing.T) {
	s := start(t, committer.Options{})
	long := `{"username":"` + strings.Repeat("x", rest.SmallBody) + `","password":"secret"}`
	w := s.call(http.MethodPost, sessionsPath, "", long)
	require.Equal(t, http.StatusRequestEntityTooLarge, w.Code)
	require.Contains(t, w.Body.String(), `"code":"body_too_large"`)
	require.Equal(t, http.StatusUnauthorized, s.call(http.MethodPost, sessionsPath, "", `{"username":"`+
		strings.Repeat("x", 4000)+`","password":"secret"}`).Code)
}

// TestUsersChangeOnlySoMuch has a user change more than it may, by requests and by an import, beside a super admin.
func TestUsersChangeOnlySoMuch(t *testing.T) {
	s := start(t, committer.Options{})
	s.api.Writes = rest.NewWrites(3, 10)
	ann := s.create(commands.Service(), events.UserCreated{Username: "ann", Email: "ann@example.org", Active: true})
	token := s.key(ann.ID, events.Permissions{})
	path := "/v1/users/" + ann.ID.String()
	for i := range 10 {
		require.Equal(t, http.StatusForbidden, s.call(http.MethodPatch, path, token, `{"super_admin":true}`).Code,
			"what is refused counts for nothing")
		if i < 3 {
			require.Equal(t, http.StatusOK, s.call(http.MethodPatch, path, token,
				fmt.Sprintf(`{"first_name":"Ann%d"}`, i)).Code)
		}
		require.Equal(t, http.StatusOK, s.call(http.MethodPatch, path, s.token,
			fmt.Sprintf(`{"last_name":"Lee%d"}`, i)).Code)
		if i >= 3 {
			w := s.call(http.MethodPatch, path, token, `{"first_name":"Once more"}`)
			require.Equal(t, http.StatusTooManyRequests, w.Code)
			require.Contains(t, w.Body.String(), `"code":"too_many_changes"`)
			require.NotEmpty(t, w.Header().Get("Retry-After"))
		}
	}
	w := s.call(http.MethodPost, importPath, token, `{"email":"x@example.org"}`, "Content-Type", call.TypeNDJSON)
	require.Contains(t, w.Body.String(), `"code":"too_many_changes"`)
}

// TestResetMailsAreBounded has one person mailed as often as that, whoever asks.
func TestResetMailsAreBounded(t *testing.T) {
	s := start(t, committer.Options{})
	s.Writes = rest.NewWrites(1000, 1000)
	ann := s.create(commands.Service(), events.UserCreated{Username: "ann", Email: "ann@example.org", Active: true})
	bob := s.create(commands.Service(), events.UserCreated{Username: "bob", Email: "bob@example.org", Active: true})
	mail := func(by, to uuid.UUID) error {
		_, err := s.Do(t.Context(), commands.Actor{User: by, At: s.now, Permissions: commands.Whole()},
			commands.RequestMail{ID: to, Mail: events.MailPasswordReset})
		return err
	}
	for range rest.ResetMails {
		require.ErrorContains(t, mail(bob.ID, ann.ID), "user_not_found", "who may not mail makes nobody wait")
		require.NoError(t, mail(s.admin.ID, ann.ID))
	}
	require.ErrorContains(t, mail(s.admin.ID, ann.ID), "too_many_mails")
	require.NoError(t, mail(s.admin.ID, bob.ID))
	s.Writes = nil
	require.NoError(t, mail(s.admin.ID, ann.ID), "without limits")
}
