package app

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestLimitsOfTheNativeAPI checks that the settings get there, and that what is served beside it does not count.
func TestLimitsOfTheNativeAPI(t *testing.T) {
	c := testConfig(t)
	c.NativeRateLimit, c.RequirePreconditions = 2, true
	r := start(t, c)
	admin := c.admin(t)
	beside := r.get("/v1/events?follow=false", admin.Token)
	require.Equal(t, http.StatusOK, beside.StatusCode)
	require.Empty(t, beside.Header.Get("RateLimit"))

	path := "/v1/users/" + admin.UserID
	first := r.get(path, admin.Token)
	require.Equal(t, http.StatusOK, first.StatusCode)
	require.Equal(t, `"default";q=2;w=60`, first.Header.Get("RateLimit-Policy"))
	q, err := http.NewRequest(http.MethodDelete, r.url+path, nil)
	require.NoError(t, err)
	q.Header.Set("Authorization", "Bearer "+admin.Token)
	deleted, err := http.DefaultClient.Do(q)
	require.NoError(t, err)
	require.NoError(t, deleted.Body.Close())
	require.Equal(t, http.StatusPreconditionRequired, deleted.StatusCode)
	r.end()

	c.RateLimits = false
	require.Empty(t, start(t, c).get(path, admin.Token).Header.Get("RateLimit"))
}
