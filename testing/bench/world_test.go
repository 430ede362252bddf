package bench

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/secrets"
	"accountd/events"
	"accountd/http/native"
	"accountd/http/rest"
	"accountd/projections"
)

// population is how many users the lists are measured on; -short makes it small, to see that the benchmarks run.
func population() int {
	if testing.Short() {
		return 10_000
	}
	return 1_000_000
}

// crowd is a View of many users, of whom the first is the administrator with that token. It stands on no Log: lists and
// look-ups never touch one.
type crowd struct {
	view  *projections.View
	token string
}

var crowdOnce = sync.OnceValue(func() crowd {
	v := projections.NewView()
	token, hash := secrets.Token("acct_")
	n := population()
	const chunk = 1000
	for from := 0; from < n; from += chunk {
		var records []events.Record
		for i := from; i < min(from+chunk, n); i++ {
			records = append(records, record(i, hash))
		}
		if err := v.Apply(records); err != nil {
			panic(err)
		}
	}
	v.Open()
	return crowd{v, token}
})

// record creates the i-th user as the e24 and native APIs do: names, address, phone, one signing and two storage keys.
func record(i int, adminHash string) events.Record {
	id := uuid.New()
	e := user(i)
	if i == 0 {
		e.SuperAdmin = true
		e.APIKeys = []events.APIKey{{ID: uuid.New(), Kind: "native", Hash: events.Secret(adminHash)}}
	}
	return events.Record{Sequence: uint64(i + 1), ID: uuid.New(), Time: time.Unix(1_800_000_000+int64(i), 0).UTC(),
		Aggregate: events.User(id), Type: e.Type(), Event: e, Index: 1, Of: 1, Assigned: e.Assigned(),
		Key: events.KeyID{Block: uint64(i>>8) + 1, Index: uint16(i & 255)}}
}

var (
	firstNames = []string{"Ada", "Bartosz", "Chloé", "Dmitri", "Élodie", "Farid", "Grażyna", "Hiro", "Ines", "Jan"}
	lastNames  = []string{"Kowalska", "Lovelace", "Müller", "Nowak", "Okafor", "Petrov", "Quispe", "Rossi", "Svoboda",
		"Tanaka"}
)

func user(i int) events.UserCreated {
	// numbers spread so that names do not come in order
	n := (i*7919 + 13) % 10_000_019
	return events.UserCreated{Number: int64(i + 1), Username: fmt.Sprintf("user%07d", n),
		Email:     fmt.Sprintf("user%07d@example.org", n),
		FirstName: firstNames[n%10], LastName: lastNames[n/10%10], Phone: fmt.Sprintf("+48 600 %06d", n%1_000_000),
		Active: true, State: commands.StateCreated, SigningKeys: []events.SigningKey{secrets.SigningKey()},
		StorageKeys: []events.StorageKey{secrets.StorageKey(commands.StorageS3),
			secrets.StorageKey(commands.StorageSwift)}}
}

// server serves the handler on loopback, and a client that keeps its connections and takes answers as they are.
func server(b *testing.B, h http.Handler) (url string, client *http.Client) {
	s := httptest.NewServer(h)
	b.Cleanup(s.Close)
	return s.URL, &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256, DisableCompression: true}}
}

func nativeAPI(c crowd) http.Handler {
	return withInfo(native.New(rest.Service{View: c.view}, native.Options{}))
}

// withInfo stands for the shared middleware, which dialects need for their answers.
func withInfo(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(rest.WithInfo(r.Context(), &rest.Info{ID: "bench", Dialect: "native",
			Address: "127.0.0.1"})))
	})
}

// laps collects how long single calls took, to report their median.
type laps struct {
	mu    sync.Mutex
	taken []time.Duration
}

func (l *laps) add(d time.Duration) {
	l.mu.Lock()
	l.taken = append(l.taken, d)
	l.mu.Unlock()
}

func (l *laps) report(b *testing.B) {
	slices.Sort(l.taken)
	if n := len(l.taken); n > 0 {
		b.ReportMetric(float64(l.taken[n/2].Microseconds()), "p50-µs")
		b.ReportMetric(float64(l.taken[n*99/100].Microseconds()), "p99-µs")
	}
}

// processorTime is what this process has used so far, on all processors.
func processorTime(b testing.TB) time.Duration {
	var u syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
