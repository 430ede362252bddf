package pterodactyl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/login"
	"accountd/commands/password"
	"accountd/events"
	"accountd/http/rest"
)

const someone = `{"email":"new@example.com","username":"new","first_name":"F","last_name":"L"%s}`

func made(t testing.TB, w *httptest.ResponseRecorder) (number int64, id uuid.UUID) {
	t.Helper()
	require.Equal(t, http.StatusCreated, w.Code, w.Body)
	var answer struct {
		Attributes struct {
			ID   int64
			UUID uuid.UUID
		}
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &answer))
	return answer.Attributes.ID, answer.Attributes.UUID
}

func TestSecondFactorIsShown(t *testing.T) {
	s := start(t, Options{})
	number, id := made(t, s.call("admin", http.MethodPost, usersPath, fmt.Sprintf(someone, "")))
	path := fmt.Sprint(usersPath, "/", number)
	by := commands.Actor{User: id, Permissions: commands.Whole()}
	for _, next := range []struct {
		cmd  commands.Command
		want string
	}{{commands.EnrollTOTP{ID: id, Secret: "S"}, `"2fa":false`}, {commands.ConfirmTOTP{ID: id, Secret: "S"},
		`"2fa":true`}, {commands.RemoveTOTP{ID: id}, `"2fa":false`}} {
		_, err := s.Do(t.Context(), by, next.cmd)
		require.NoError(t, err)
		require.Contains(t, s.call("admin", http.MethodGet, path, "").Body.String(), next.want)
	}
}

func TestPasswords(t *testing.T) {
	s := start(t, Options{})
	logIn := func(plain string) error {
		_, err := s.LogIn(httptest.NewRequest(http.MethodGet, "/", nil), login.Attempt{Name: "new", Password: plain,
			Unbounded: true})
		return err
	}
	number, _ := made(t, s.call("admin", http.MethodPost, usersPath, fmt.Sprintf(someone, "")))
	require.Empty(t, s.number(number).PasswordHash)
	patch := func(more string) {
		w := s.call("admin", http.MethodPatch, fmt.Sprint(usersPath, "/", number), fmt.Sprintf(someone, more))
		require.Equal(t, http.StatusOK, w.Code, w.Body)
	}
	patch(`,"password":" \t "`)
	require.NoError(t, logIn(" \t "))
	for _, none := range []string{"", `,"password":null`, `,"password":""`, `,"password":"0"`} {
		patch(none)
		require.NoError(t, logIn(" \t "))
	}
	patch(`,"password":"00"`)
	require.NoError(t, logIn("00"))
	require.Error(t, logIn(" \t "))
}

// TestWelcome shows that a creation says that the mail about it is due, and whether it needs a link.
func TestWelcome(t *testing.T) {
	s := start(t, Options{})
	s.call("admin", http.MethodPost, usersPath, fmt.Sprintf(someone, ""))
	s.call("admin", http.MethodPost, usersPath,
		`{"email":"b@example.com","username":"bbb","first_name":"F","last_name":"L","password":"secret"}`)
	records, err := s.Env.Log.Read(context.Background(), s.View.Position()-2, 2)
	require.NoError(t, err)
	for i, r := range records {
		created := r.Event.(events.UserCreated)
		require.Equal(t, events.WelcomeAccountCreated, created.Welcome)
		require.Equal(t, i == 1, created.PasswordHash != "")
	}
}

func TestUpdatedAt(t *testing.T) {
	s := start(t, Options{})
	number, _ := made(t, s.call("admin", http.MethodPost, usersPath,
		fmt.Sprintf(someone, `,"language":"en","external_id":"x"`)))
	before := s.number(number)
	path := fmt.Sprint(usersPath, "/", number)
	s.call("admin", http.MethodPatch, path, fmt.Sprintf(someone,
		`,"language":"en","external_id":"x","root_admin":"0","password":""`))
	require.Equal(t, before, s.number(number))
	s.call("admin", http.MethodPatch, path, fmt.Sprintf(someone, `,"external_id":null`))
	after := s.number(number)
	require.Greater(t, after.Version, before.Version)
	require.Equal(t, before.CreatedAt, after.CreatedAt)
	require.False(t, after.UpdatedAt.Before(before.UpdatedAt))
}

// TestWhatIsNotHereStays changes a user that has what this dialect does not know.
func TestWhatIsNotHereStays(t *testing.T) {
	s := start(t, Options{})
	u := s.make(events.UserCreated{Username: "rich", Email: "rich@example.com", FirstName: "Richard", LastName: "Roe",
		DisplayName: "Rich",
		Phone:       "1", Timezone: "Europe/Prague", Comment: "c", Profile: &events.Profile{City: "Brno"},
		APIAccess: true})
	w := s.call("admin", http.MethodPatch, fmt.Sprint(usersPath, "/", u.Number),
		`{"email":"roe@example.com","username":"rich","first_name":"Richard","last_name":"Roe"}`)
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	after := *s.number(u.Number)
	require.Equal(t, "roe@example.com", after.Email)
	require.NotZero(t, after.EmailBy.User, "who may have the links that are mailed there")
	after.Email, after.EmailBy, after.Version, after.UpdatedAt = u.Email, u.EmailBy, u.Version, u.UpdatedAt
	require.Equal(t, *u, after)
}

func TestLastUsed(t *testing.T) {
	s := start(t, Options{})
	key := s.number(1).APIKeys[0]
	name := "api-key:" + key.ID.String()
	_, used := s.Usage.LastUsed(name)
	require.False(t, used)
	for k := range s.keys {
		s.call(k, http.MethodGet, usersPath+"/77", "") // the answer does not matter
	}
	at, used := s.Usage.LastUsed(name)
	require.True(t, used)
	require.Equal(t, noon, at)
}

// TestRacingCreations lets many take one name. One gets it; the others are told as if they had come later.
func TestRacingCreations(t *testing.T) {
	s := start(t, Options{})
	var all sync.WaitGroup
	answers := make([]*httptest.ResponseRecorder, 8)
	for i := range answers {
		all.Go(func() {
			answers[i] = s.call("admin", http.MethodPost, usersPath, fmt.Sprintf(someone, ""))
		})
	}
	all.Wait()
	created := 0
	for _, w := range answers {
		if w.Code == http.StatusCreated {
			created++
			continue
		}
		require.Equal(t, http.StatusUnprocessableEntity, w.Code)
		require.Contains(t, w.Body.String(), `{"errors":[{"code":"ValidationException","status":"422","detail":"The email has already been taken.","meta":{"source_field":"email","rule":"unique"}}`)
	}
	require.Equal(t, 1, created)
}

func TestPagesOfServersPartitionThem(t *testing.T) {
	s := start(t, Options{})
	for i := range 23 {
		s.Given(commands.LinkResource{ID: s.number(int64(1 + i%2)).ID, Resource: events.ResourceLinked{Kind: serverKind,
			ID: fmt.Sprint(i + 1)}})
	}
	seen := map[int64]bool{}
	for page := 1; ; page++ {
		var answer struct {
			Data []struct{ Attributes struct{ ID, User int64 } }
			Meta struct{ Pagination struct{ Total, Count int } }
		}
		w := s.call("admin", http.MethodGet, fmt.Sprint(serversPath, "?per_page=5&page=", page), "")
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &answer))
		require.Equal(t, 23, answer.Meta.Pagination.Total)
		require.Len(t, answer.Data, answer.Meta.Pagination.Count)
		if len(answer.Data) == 0 {
			break
		}
		for _, server := range answer.Data {
			require.False(t, seen[server.Attributes.ID])
			require.Equal(t, 1+(server.Attributes.ID-1)%2, server.Attributes.User)
			seen[server.Attributes.ID] = true
		}
	}
	require.Len(t, seen, 23)
}

func TestFilterValuesAreBounded(t *testing.T) {
	s := start(t, Options{})
	list := "a"
	for range maxValues {
		list += ",a"
	}
	w := s.call("admin", http.MethodGet, usersPath+"?filter[email]="+list, "")
	require.Equal(t, http.StatusBadRequest, w.Code)
	require.Equal(t, codeFilter, failureIn(t, w).Code)
	w = s.call("admin", http.MethodGet, usersPath+"?filter[email]="+url.QueryEscape(list[2:]), "")
	require.Equal(t, http.StatusOK, w.Code)
}

func TestProblem(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		code   string
		detail string
	}{
		{errors.New("the disk is full"), 500, codeInternal, unexpected},
		{&commands.Refusal{Kind: commands.Busy, Reason: "not_ready", Detail: "The service is still starting."}, 503,
			codeUnavailable, "The service is still starting."},
		{password.ErrBusy, 503, codeUnavailable, "The service cannot do this right now."},
		{rest.RequestError{Status: 429, Reason: "too_many_failures", Detail: "x"}, 429, codeThrottle,
			"Too Many Attempts."},
		{&commands.Refusal{Kind: commands.Throttled, Reason: "too_many_changes", Detail: "x"}, 429, codeThrottle,
			"Too Many Attempts."},
		{rest.RequestError{Status: 408, Reason: "body_too_slow", Detail: "The body came too slowly."}, 408,
			codeBadRequest, "The body came too slowly."},
		{rest.BadRequest("body_unreadable", "", "The body could not be read."), 400, codeBadRequest,
			"The body could not be read."},
		{&commands.Refusal{Kind: commands.Forbidden, Reason: "not_allowed"}, 403, codeAccessDenied,
			"This action is unauthorized."},
		{&commands.Refusal{Kind: commands.NotFound, Reason: "user_not_found"}, 404, codeNotFound,
			"The requested resource could not be found on the server."},
		{&commands.Refusal{Kind: commands.Taken, Reason: "username_taken", Field: "username"}, 422, codeValidation,
			"The username has already been taken."},
		{&commands.Refusal{Kind: commands.Taken, Reason: "external_id_taken", Field: "external_id"}, 422,
			codeValidation, "The Third Party Identifier has already been taken."},
		{&commands.Refusal{Kind: commands.Invalid, Reason: "email_invalid", Field: "email"}, 422, codeValidation,
			emailText},
		{fmt.Errorf("hashing: %w", password.ErrTooLong), 422, codeValidation, passwordText},
		{&commands.Refusal{Kind: commands.Conflict, Reason: "has_resources"}, 400, codeDisplay, hasServers},
	} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, usersPath, nil)
		info := &rest.Info{}
		Problem(w, r.WithContext(rest.WithInfo(r.Context(), info)), c.err)
		require.Equal(t, c.status, w.Code)
		require.Equal(t, "application/json", w.Header().Get("Content-Type"))
		require.Equal(t, "no-cache, private", w.Header().Get("Cache-Control"))
		e := failureIn(t, w)
		require.Equal(t, c.code, e.Code)
		require.Equal(t, c.detail, e.Detail)
		require.Equal(t, fmt.Sprint(c.status), e.Status)
		require.Equal(t, c.status >= 500, info.Failure != nil)
		require.Equal(t, c.status == 503, w.Header().Get("Retry-After") != "")
	}
}

func TestTimeText(t *testing.T) {
	zone := time.FixedZone("", 3600)
	require.Equal(t, "2022-09-15T17:33:34+00:00", timeText(time.Date(2022, 9, 15, 18, 33, 34, 999, zone)))
}

func BenchmarkList50(b *testing.B) {
	s := start(b, Options{RateLimits: true})
	for i := range 100 {
		s.make(events.UserCreated{Username: fmt.Sprint("user", i), Email: fmt.Sprint("user", i, "@example.com"),
			FirstName: "First", LastName: "Last"})
	}
	r := request(http.MethodGet, usersPath, "")
	r.Header.Set("Authorization", "Bearer "+s.keys["admin"])
	b.ReportAllocs()
	for b.Loop() {
		s.now = s.now.Add(windowTime) // every request begins a window
		s.http.ServeHTTP(httptest.NewRecorder(), r)
	}
}
