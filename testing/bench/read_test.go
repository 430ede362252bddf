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
			b.Run(fmt.Sprintf("accountd/sort=%s/offset=%d", sort, offset),
				func(b *testing.B) { get(b, nativeAPI(c), path, c.token) })
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

// BenchmarkContains looks for texts in a million users, with the total and the first page: in the e-mail address, and
// in all that q searches. Patterns that some users have are others every time. The one that all have is looked for
// again, which is what paging through them does, or is another one every time.
func BenchmarkContains(b *testing.B) {
	c := crowdOnce()
	size := indexedOnce()
	for _, field := range []projections.Field{projections.Email, projections.Any} {
		for _, look := range []struct {
			name    string
			pattern func(i int) string
		}{
			{"few-have", func(i int) string { return fmt.Sprintf("%05d", i*7919%100_000) }},
			{"hundredth-has", func(i int) string { return fmt.Sprintf("%03d", i*7%1000) }},
			{"one-letter", func(i int) string { return fmt.Sprint(i * 7 % 10) }},
			{"two-letters", func(i int) string { return fmt.Sprintf("%02d", i*7%100) }},
			{"all-have/again", func(int) string { return "@example.org" }},
			{"all-have/first", partOfDomain},
		} {
			for _, sort := range []projections.Field{projections.Number, projections.Email} {
				b.Run(fmt.Sprintf("%s/%s/sort=%s", field, look.name, sort), func(b *testing.B) {
					var l laps
					for i := 0; b.Loop(); i++ {
						start := time.Now()
						contains(b, c.view, field, look.pattern(i), sort)
						l.add(time.Since(start))
					}
					l.report(b)
					b.ReportMetric(size[field], "index-B/user")
				})
			}
		}
	}
}

func contains(b testing.TB, v *projections.View, field projections.Field, pattern string, sort projections.Field) {
	f, err := projections.NewFilter(field, projections.Contains, pattern)
	require.NoError(b, err)
	_, err = v.List(projections.Query{Scope: commands.Scope{All: true}, Filters: []projections.Filter{f},
		Sort: []projections.Sort{{Field: sort}}, Limit: 50})
	require.NoError(b, err)
}

// partOfDomain returns one of more patterns than an index remembers.
func partOfDomain(i int) string {
	const domain = "@example.org" // 55 parts of three letters and more
	i %= 55
	for n := 3; ; n++ {
		if places := len(domain) - n + 1; i >= places {
			i -= places
		} else {
			return domain[i : i+n]
		}
	}
}

// indexedOnce has the text indexes built, and returns what a user costs in them.
var indexedOnce = sync.OnceValue(func() map[projections.Field]float64 {
	view := crowdOnce().view
	bytes := map[projections.Field]float64{}
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
		bytes[field] = float64(heap()-before) / float64(population())
	}
	bytes[projections.Any] += bytes[projections.Email] // which it shares
	return bytes
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
	_, err := v.List(projections.Query{Scope: commands.Scope{All: true},
		Sort: []projections.Sort{{Field: projections.LastName}}, Limit: 1})
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
