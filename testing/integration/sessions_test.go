package integration

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"accountd/events/seal"
)

// logIn returns the token of a session, empty when the password is refused.
func (p *process) logIn(password string) (token string, err error) {
	var made struct{ Token string }
	status, err := p.call(http.MethodPost, "/v1/sessions", map[string]string{"username": "ann", "password": password},
		&made)
	if err == nil && status != http.StatusCreated && status != http.StatusUnauthorized {
		err = fmt.Errorf("status %d", status)
	}
	return made.Token, err
}

// session returns the status of the session on an instance that has come to that sequence of the log.
func (p *process) session(t *testing.T, token string, sequence int) int {
	t.Helper()
	status, _ := p.send(t, http.MethodGet, "/v1/sessions/current", "", map[string]string{
		"Authorization": "Bearer " + token, "Min-Account-Sequence": strconv.Itoa(sequence)})
	return status
}

// TestNoSessionOutlivesItsPassword has log-ins race with a new password on two instances: none by the password before
// is left on either, also after a restart.
func TestNoSessionOutlivesItsPassword(t *testing.T) {
	nats, key := outside(t), t.TempDir()+"/master.key"
	_, err := seal.CreateMaster(key)
	require.NoError(t, err)
	data, flags := t.TempDir(), []string{"--nats", nats, "--master-key-file", key}
	first, second := run(t, t.TempDir(), flags...), run(t, data, flags...)
	second.admin = admin{BaseURL: second.base(t), Token: first.admin.Token}
	var ann struct{ ID string }
	_, err = first.call(http.MethodPost, "/v1/users", map[string]string{"username": "ann", "email": "ann@example.org",
		"password": "old password"}, &ann)
	require.NoError(t, err)
	before, err := first.logIn("old password")
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, first.session(t, before, 0))

	const logIns, rounds = 6, 2 // as many as may fail
	tokens := make([][]string, 2*logIns)
	var begun, all sync.WaitGroup
	begun.Add(len(tokens))
	for i := range tokens {
		all.Go(func() {
			for round := range rounds {
				if round == rounds-1 {
					begun.Done()
				}
				token, err := []*process{first, second}[i%2].logIn("old password")
				if err != nil {
					t.Errorf("logging in: %v", err)
				}
				tokens[i] = append(tokens[i], token)
			}
		})
	}
	begun.Wait()
	status, _ := first.native(t, http.MethodPatch, "/v1/users/"+ann.ID, `{"password":"new password"}`)
	require.Equal(t, http.StatusOK, status)
	all.Wait()

	var history struct{ Data []struct{ Sequence int } }
	_, err = first.call(http.MethodGet, "/v1/users/"+ann.ID+"/history?limit=1", nil, &history)
	require.NoError(t, err)
	changed := history.Data[0].Sequence
	now, err := second.logIn("new password")
	require.NoError(t, err)
	second.kill(t)
	second = run(t, data, flags...)
	second.admin = admin{BaseURL: second.base(t), Token: first.admin.Token}
	for _, p := range []*process{first, second} {
		for _, token := range slices.Concat(append(tokens, []string{before})...) {
			if token != "" {
				require.Equal(t, http.StatusUnauthorized, p.session(t, token, changed))
			}
		}
		require.Equal(t, http.StatusOK, p.session(t, now, changed))
	}
}
