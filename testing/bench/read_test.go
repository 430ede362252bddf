package bench

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
	"accountd/projections"
)

// BenchmarkList serves 50 of a million users over HTTP from both ends of the list, by two orders, beside the same bytes
// ready-made.
func BenchmarkList(b *testing.B) {
	c := crowdOnce()
	deep := population() * 9 / 10
	for _, sort := range []string{"number", "email", "-last_name,username"} {
		for _, offset := range []int{0, deep} {
			path := fmt.Sprintf("/v1/users?limit=50&offset=%d&sort=%s", offset, sort)
			b.Run(fmt.Sprintf("accountd/sort=%s/offset=%d", sort, offset), func(b *testing.B) { get(b, nativeAPI(c), path, c.token) })
		}
	}
	body := bodyOf(b, nativeAPI(c), "/v1/users?limit=50", c.token)
	b.Run("ready-made", func(b *testing.B) { get(b, readyMade(body), "/", c.token) })
}

// BenchmarkGet serves one user by id over HTTP, beside the same bytes ready-made.
func BenchmarkGet(b *testing.B) {
	c := crowdOnce()
	path := "/v1/users/" + c.view.Snapshot().UserByNumber(int64(population()/2)).ID.String()
	b.Run("accountd", func(b *testing.B) { get(b, nativeAPI(c), path, c.token) })
	body := bodyOf(b, nativeAPI(c), path, c.token)
	b.Run("ready-made", func(b *testing.B) { get(b, readyMade(body), "/", c.token) })
}

// BenchmarkContains looks for a text in a million users, with the total and the first page: in one field and in all that
// q searches. Patterns that few users have differ every time. Broad ones are looked for again, which is what paging
// through their users does; those of first=true have been forgotten when their turn comes again.
func BenchmarkContains(b *testing.B) {
	c := crowdOnce()
	size := indexedOnce()
	for _, field := range []projections.Field{projections.Email, projections.Any} {
		for _, p := range []struct {
			name    string
			pattern func(i int) string
			sort    projections.Field
		}{
			{"few/sort=number", fiveDigits, projections.Number}, {"few/sort=email", fiveDigits, projections.Email},
			{"hundredth/sort=number", threeDigits, projections.Number}, {"hundredth/sort=email", threeDigits, projections.Email},
			{"letters=2", func(i int) string { return fmt.Sprintf("%02d", i*7%100) }, projections.Number},
			{"all/sort=number", func(int) string { return "example.org" }, projections.Number},
			{"all/sort=email", func(int) string { return "example.org" }, projections.Email},
			{"all/first=true", func(i int) string { return partsOfDomain[i%len(partsOfDomain)] }, projections.Number},
		} {
			b.Run(fmt.Sprintf("field=%s/%s", field, p.name), func(b *testing.B) {
				var l laps
				for i := 0; b.Loop(); i++ {
					f, err := projections.NewFilter(field, projections.Contains, p.pattern(i))
					require.NoError(b, err)
					start := time.Now()
					_, err = c.view.List(projections.Query{Scope: commands.Scope{All: true}, Filters: []projections.Filter{f},
						Sort: []projections.Sort{{Field: p.sort}}, Limit: 50})
					l.add(time.Since(start))
					require.NoError(b, err)
				}
				l.report(b)
				b.ReportMetric(size[field], "index-B/user")
			})
		}
	}
}

func fiveDigits(i int) string { return fmt.Sprintf("%05d", i*7919%100_000) }

func threeDigits(i int) string { return fmt.Sprintf("%03d", i*7%1000) }

// partsOfDomain are more patterns than an index remembers.
var partsOfDomain = func() (out []string) {
	const domain = "@example.org"
	for from := range domain {
		for to := from + 3; to <= len(domain); to++ {
			out = append(out, domain[from:to])
		}
	}
	return out
}()

// indexedOnce has the text indexes built, and returns how many bytes a user costs in them.
var indexedOnce = sync.OnceValue(func() map[projections.Field]float64 {
	view := crowdOnce().view
	out := map[projections.Field]float64{}
	for _, field := range []projections.Field{projections.Email, projections.Any} {
		before := heap()
		f, err := projections.NewFilter(field, projections.Contains, "none")
		if err == nil {
			_, err = view.List(projections.Query{Scope: commands.Scope{All: true}, Filters: []projections.Filter{f}})
		}
		if err != nil {
			panic(err)
		}
		view.Settle()
		out[field] = float64(heap()-before) / float64(population())
	}
	out[projections.Any] += out[projections.Email]
	return out
})

// BenchmarkMemory reports what a user costs in memory: State, fixed indexes, and one index on demand.
func BenchmarkMemory(b *testing.B) {
	n := population()
	before := heap()
	v := projections.NewView()
	for i := range n {
		require.NoError(b, v.Apply([]events.Record{record(i, "")}))
	}
	v.Open()
	fixed := heap() - before
	_, err := v.List(projections.Query{Scope: commands.Scope{All: true}, Sort: []projections.Sort{{Field: projections.LastName}}, Limit: 1})
	require.NoError(b, err)
	order := heap() - before - fixed
	for b.Loop() { // the memory is the measure; the time of an empty loop is not
	}
	b.ReportMetric(float64(fixed)/float64(n), "B/user")
	b.ReportMetric(float64(order)/float64(n), "B/user-per-order")
	runtime.KeepAlive(v)
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// get calls the path from one client, and reports the median and what a call costs the handler in processor time.
func get(b *testing.B, h http.Handler, path, token string) {
	url, client := server(b, h)
	r, err := http.NewRequest(http.MethodGet, url+path, nil)
	require.NoError(b, err)
	r.Header.Set("Authorization", "Bearer "+token)
	call := func() {
		answer, err := client.Do(r)
		require.NoError(b, err)
		_, err = io.Copy(io.Discard, answer.Body)
		require.NoError(b, err)
		require.NoError(b, answer.Body.Close())
		require.Equal(b, http.StatusOK, answer.StatusCode)
	}
	call() // builds the order's index
	var l laps
	b.ResetTimer()
	for b.Loop() {
		start := time.Now()
		call()
		l.add(time.Since(start))
	}
	b.StopTimer()
	l.report(b)
	b.ReportMetric(handlerTime(b, h, path, token), "handler-µs")
}

// handlerTime is the processor time of the handler alone, without sockets, per call.
func handlerTime(b *testing.B, h http.Handler, path, token string) float64 {
	const calls = 500
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Authorization", "Bearer "+token)
	w := &sink{header: http.Header{}}
	before := processorTime(b)
	for range calls {
		h.ServeHTTP(w, r)
	}
	return float64((processorTime(b) - before).Microseconds()) / calls
}

// sink is a ResponseWriter that keeps nothing.
type sink struct{ header http.Header }

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) Write(b []byte) (int, error) { return len(b), nil }
func (s *sink) WriteHeader(int)             {}

func readyMade(body []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	})
}

func bodyOf(b *testing.B, h http.Handler, path, token string) []byte {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Authorization", "Bearer "+token)
	h.ServeHTTP(w, r)
	require.Equal(b, http.StatusOK, w.Code, w.Body.String())
	return w.Body.Bytes()
}
