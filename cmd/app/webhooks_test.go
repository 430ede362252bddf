package app

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// post makes a request as the administrator and decodes the answer.
func (r *running) post(path, token, body string, out any) *http.Response {
	r.t.Helper()
	q, err := http.NewRequest(http.MethodPost, r.url+path, bytes.NewReader([]byte(body)))
	require.NoError(r.t, err)
	q.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(q)
	require.NoError(r.t, err)
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	require.NoError(r.t, err)
	if out != nil {
		require.NoError(r.t, json.Unmarshal(content, out), string(content))
	}
	return answer
}

// TestWebhook has the service send an event, as soon as it may send inside this network.
func TestWebhook(t *testing.T) {
	got := make(chan *http.Request, 10)
	sink := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r }))
	defer sink.Close()
	c := testConfig(t)
	r := start(t, c)
	token, hook := c.admin(t).Token, `{"url":"`+sink.URL+`","types":["UserCreated"]}`
	require.Equal(t, http.StatusBadRequest, r.post("/v1/webhooks", token, hook, nil).StatusCode)
	r.end()

	c.WebhookPrivate = true
	r = start(t, c)
	var made struct{ ID, Secret string }
	require.Equal(t, http.StatusCreated, r.post("/v1/webhooks", token, hook, &made).StatusCode)
	require.Equal(t, http.StatusCreated, r.post("/v1/users", token, `{"email":"ada@example.org"}`, nil).StatusCode)
	select {
	case q := <-got:
		require.NotEmpty(t, q.Header.Get("webhook-signature"))
	case <-time.After(20 * time.Second):
		require.FailNow(t, "nothing came", r.log.String())
	}
	require.Equal(t, http.StatusOK, r.get("/v1/webhooks/"+made.ID+"/deliveries", token).StatusCode)
	require.NotContains(t, r.log.String(), made.Secret)
}
