package bench

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// crowdOfOne is how many connections of one user log in at once, for ever.
const crowdOfOne = 64

// BenchmarkLogInBesideOneWhoLogsInALot measures a user's log-in, from the same address, while nobody else logs in and
// then while one plain user does with the right password on 64 connections at once, without ever waiting as it is told.
// It reports both medians, their ratio, which is to be below 5, and how many log-ins a second that one gets and is
// refused.
func BenchmarkLogInBesideOneWhoLogsInALot(b *testing.B) {
	s := startAnswering(b)
	s.makeUser(b, "ann")
	s.makeUser(b, "bob")
	quiet := s.logIns(b, 20)

	var done atomic.Bool
	var in, refused atomic.Int64
	var all sync.WaitGroup
	began := time.Now()
	for range crowdOfOne {
		all.Go(func() {
			for !done.Load() {
				if s.logIn(b, "ann") == http.StatusCreated {
					in.Add(1)
				} else {
					refused.Add(1)
				}
			}
		})
	}
	for in.Load() == 0 {
		<-time.After(time.Millisecond)
	}
	var loaded []float64
	for b.Loop() {
		loaded = append(loaded, s.logIns(b, 1)...)
	}
	done.Store(true)
	all.Wait()
	took := time.Since(began).Seconds()
	b.ReportMetric(median(quiet), "quiet-ms")
	b.ReportMetric(median(loaded), "loaded-ms")
	b.ReportMetric(median(loaded)/median(quiet), "ratio")
	b.ReportMetric(float64(in.Load())/took, "crowd-in/s")
	b.ReportMetric(float64(refused.Load())/took, "crowd-refused/s")
}

// answering is a service of its own process, with its administrator's token.
type answering struct {
	url, token string
	client     *http.Client
}

func startAnswering(b *testing.B) answering {
	data := b.TempDir()
	s, url := startAt(b, data)
	b.Cleanup(func() { s.stop(b) })
	text, err := os.ReadFile(filepath.Join(data, "admin.json"))
	require.NoError(b, err)
	var admin struct{ Token string }
	require.NoError(b, json.Unmarshal(text, &admin))
	return answering{url, admin.Token, &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 2 * crowdOfOne}}}
}

func (s answering) post(b *testing.B, path, token, body string) int {
	r, err := http.NewRequest(http.MethodPost, s.url+path, strings.NewReader(body))
	require.NoError(b, err)
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := s.client.Do(r)
	require.NoError(b, err)
	require.NoError(b, answer.Body.Close())
	return answer.StatusCode
}

func (s answering) makeUser(b *testing.B, name string) {
	body := `{"username":"` + name + `","email":"` + name + `@example.org","password":"` + passwordOf(name) + `"}`
	require.Equal(b, http.StatusCreated, s.post(b, "/v1/users", s.token, body))
}

func passwordOf(name string) string { return "correct horse of " + name }

func (s answering) logIn(b *testing.B, name string) int {
	return s.post(b, "/v1/sessions", "", `{"username":"`+name+`","password":"`+passwordOf(name)+`"}`)
}

// logIns returns how long log-ins of bob's take, one after another, in milliseconds.
func (s answering) logIns(b *testing.B, n int) (taken []float64) {
	for range n {
		start := time.Now()
		require.Equal(b, http.StatusCreated, s.logIn(b, "bob"))
		taken = append(taken, millis(time.Since(start)))
	}
	return taken
}

func median(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)/2]
}
