//go:build cluster

package integration

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/testing/cluster"
)

const (
	// writesAgain is how long an instance that can reach a majority should take at most to write again; the table
	// counts what took longer. A test fails from mustWrite on: an election takes 4 to 9 seconds, and once more when
	// nobody wins it.
	writesAgain = 10 * time.Second
	mustWrite   = 20 * time.Second
	// healsWithin is how long it is waited for, so that the table can say how much too long it took.
	healsWithin = time.Minute
	// outageShown is from how long an outage on must have shown in /readyz.
	outageShown = 8 * time.Second
	// loadPace is the pause between two writes of a writer: a round is about the faults and not about the rate.
	loadPace = 50 * time.Millisecond
	// keysEach is how many keys a user gets, each in a command of its own.
	keysEach = 30
)

// tally is how a fault of a node went.
type tally struct {
	name    string
	times   int
	pauses  []time.Duration // the longest without a write that was acknowledged, of each instance each time
	slow    int             // pauses longer than writesAgain
	late    int             // and those longer than the fault excuses
	silent  int             // outages that did not show in /readyz
	lost    int             // acknowledged, and not in the log
	twice   int             // in the log twice
	refused int             // by an answer that is not right
}

func table(all []*tally) []string {
	lines := []string{"fault | times | pause of writing: median, longest | over 10 s | not shown | lost | twice | " +
		"refused wrongly"}
	for _, w := range all {
		slices.Sort(w.pauses)
		lines = append(lines, fmt.Sprintf("%s | %d | %v, %v | %d | %d | %d | %d | %d", w.name, w.times,
			w.pauses[len(w.pauses)/2], w.pauses[len(w.pauses)-1], w.slow, w.silent, w.lost, w.twice, w.refused))
	}
	return lines
}

// load is what writes without end at every instance.
type load struct {
	fleet   *fleet
	stop    chan struct{}
	writers sync.WaitGroup
	places  [cluster.Size]*place

	mu      sync.Mutex
	current *tally            // the fault that goes on
	made    map[string]*tally // what was acknowledged, by its name in the log, and during which fault
}

// place is how the writing at one instance goes.
type place struct {
	gone atomic.Bool // it cannot answer at the moment, or not as it should
	idle atomic.Bool // it need not write, either

	mu      sync.Mutex
	wrote   time.Time // when a write was acknowledged last, or the fault began
	began   time.Time // when that write began
	longest time.Duration
	unready bool // it has said so since
	silent  int
}

// begin has the place forget what was.
func (p *place) begin(gone bool) {
	p.gone.Store(gone)
	p.idle.Store(gone)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wrote, p.longest, p.unready, p.silent = time.Now(), 0, false, 0
}

// back says that the instance is to write from now on.
func (p *place) back() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wrote, p.unready = time.Now(), false
	p.idle.Store(false)
}

// acknowledged notes a write.
func (p *place) acknowledged(began time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	pause := time.Since(p.wrote)
	if !p.idle.Load() {
		p.longest = max(p.longest, pause)
		if pause > outageShown && !p.unready {
			p.silent++
		}
	}
	p.wrote, p.began, p.unready = time.Now(), began, false
}

// wroteSince reports whether a write was acknowledged that began later.
func (p *place) wroteSince(then time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.began.After(then)
}

func startLoad(t *testing.T, f *fleet) *load {
	l := &load{fleet: f, stop: make(chan struct{}), made: map[string]*tally{}}
	for i := range l.places {
		l.places[i] = &place{wrote: time.Now()}
		l.writers.Go(func() { l.makeUsers(t, i) })
		l.writers.Go(func() { l.addKeys(t, i) })
		l.writers.Go(func() { l.watch(i) })
	}
	return l
}

// makeUsers makes one user after another.
func (l *load) makeUsers(t *testing.T, i int) {
	for n := 0; !closed(l.stop); n++ {
		email := fmt.Sprintf("fault%d-%d@example.org", i, n)
		began, ok := l.write(t, i, "/v1/users", map[string]any{"email": email}, nil)
		if ok {
			l.places[i].acknowledged(began)
			l.note(email)
		}
	}
}

// addKeys gives users one key after another, so that what is told of a user has an order. A key that is added again
// because nobody knows whether it was is another key.
func (l *load) addKeys(t *testing.T, i int) {
	var owner, key struct {
		ID string `json:"id"`
	}
	for n := 0; !closed(l.stop); n++ {
		if n%keysEach == 0 || owner.ID == "" { // which it is when it was made by a try that had no answer
			owner.ID = ""
			l.write(t, i, "/v1/users", map[string]any{"email": fmt.Sprintf("keys%d-%d@example.org", i, n)}, &owner)
			continue
		}
		if _, ok := l.write(t, i, "/v1/users/"+owner.ID+"/api-keys", map[string]any{"memo": fmt.Sprint(n)}, &key); ok {
			l.note(key.ID)
		}
	}
}

func (l *load) note(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.made[name] = l.current
}

// write makes a request until it is answered, and reports whether it took effect. That there is such a user already is
// right only when an earlier try had no answer.
func (l *load) write(t *testing.T, i int, path string, body, out any) (began time.Time, ok bool) {
	for unsure := false; ; unsure = true {
		<-time.After(loadPace)
		began = time.Now()
		status, err := l.fleet.instance(i).call(http.MethodPost, path, body, out)
		switch {
		case err == nil && (status == http.StatusCreated || unsure && status == http.StatusConflict):
			return began, true
		case closed(l.stop):
			return began, false
		case err == nil && status == http.StatusServiceUnavailable:
		case err != nil && l.places[i].gone.Load():
		default:
			t.Logf("instance %d: POST %s: status %d, %v", i, path, status, err)
			l.mu.Lock()
			if l.current != nil {
				l.current.refused++
			}
			l.mu.Unlock()
		}
	}
}

// watch notes that an instance says that it is not ready, or says nothing.
func (l *load) watch(i int) {
	for !closed(l.stop) {
		if status := l.fleet.instance(i).ready(); status != http.StatusOK {
			p := l.places[i]
			p.mu.Lock()
			p.unready = true
			p.mu.Unlock()
		}
		<-time.After(200 * time.Millisecond)
	}
}

// ready asks an instance whether it is ready; 0 stands for no answer.
func (p *process) ready() (status int) {
	client := http.Client{Timeout: 2 * time.Second}
	answer, err := client.Get(p.admin.BaseURL + "/readyz")
	if err != nil {
		return 0
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

// said returns the lines that an instance wrote since then, but those about requests.
func (p *process) said(since time.Time) (lines string) {
	for line := range strings.Lines(p.stderr.String()) {
		_, text, _ := strings.Cut(line, "time=")
		stamp, _, _ := strings.Cut(text, " ")
		if at, err := time.Parse(time.RFC3339Nano, stamp); err == nil && at.After(since) && !strings.Contains(line,
			" msg=request ") {
			lines += line
		}
	}
	return lines
}

// during has a fault begin, and end when every instance has written again that can.
func (l *load) during(s *stage, w *tally, n node, f fault, number int) {
	s.t.Helper()
	cut := func(i int) bool { return n.instance && f.cuts && i == number }
	l.mu.Lock()
	l.current = w
	l.mu.Unlock()
	start := time.Now()
	for i, p := range l.places {
		p.begin(cut(i))
	}
	f.do(s, number)
	for i := range l.places {
		// What was acknowledged at once may have been on its way; the fault is felt, or not, a moment later.
		if !cut(i) && !l.writes(i, start.Add(time.Second)) {
			s.t.Errorf("%s: instance %d does not write again while that lasts", w.name, i)
		}
	}
	lasts := faultLasts
	if n.instance && f.cuts {
		lasts = cutLasts
	}
	<-time.After(max(0, lasts-time.Since(start)))
	if p := l.fleet.instance(number); n.instance && f.cuts && p.ready() == http.StatusOK {
		w.silent++
	}
	ended := time.Now()
	f.undo(s, number)
	if n.instance && f.cuts {
		l.places[number].back()
	}
	s.servers.Settle()
	for i, p := range l.places {
		require.True(s.t, l.writes(i, ended.Add(time.Second)), "%s: instance %d does not write afterwards", w.name, i)
		p.gone.Store(false)
		require.Eventually(s.t, func() bool { return l.fleet.instance(i).ready() == http.StatusOK }, healsWithin,
			100*time.Millisecond, "%s: instance %d is not ready after the fault", w.name, i)
	}
	w.times++
	for i, p := range l.places {
		p.mu.Lock()
		w.silent += p.silent
		if p.silent > 0 || p.longest > writesAgain {
			s.t.Logf("%s: instance %d wrote nothing for %v, and said:\n%s", w.name, i, p.longest,
				l.fleet.instance(i).said(start))
		}
		if p.longest > writesAgain {
			w.slow++
		}
		if p.longest > max(mustWrite, f.excused) {
			w.late++
		}
		w.pauses = append(w.pauses, p.longest.Round(100*time.Millisecond))
		p.mu.Unlock()
	}
	s.t.Logf("%s, node %d: %v in all, pauses %v", w.name, number, time.Since(start).Round(100*time.Millisecond),
		w.pauses[len(w.pauses)-cluster.Size:])
}

// writes waits until the instance has made a write that began later than that, and reports whether it did.
func (l *load) writes(i int, since time.Time) bool {
	for limit := time.Now().Add(healsWithin); !l.places[i].wroteSince(since); <-time.After(10 * time.Millisecond) {
		if time.Now().After(limit) {
			return false
		}
	}
	return true
}

// end returns what was acknowledged.
func (l *load) end() map[string]*tally {
	close(l.stop)
	l.writers.Wait()
	return l.made
}

// event is what the tests look at of an event.
type event struct {
	ID       string `json:"id"`
	Type     string `json:"type"`
	Subject  string `json:"subject"`
	Sequence uint64 `json:"sequence"`
	Data     struct {
		ID    string `json:"id"`
		Email string `json:"email"`
	} `json:"data"`
}

// events reads the log from its beginning to where it ends now.
func (f *fleet) events(t *testing.T, i int) (all []event) {
	t.Helper()
	p := f.instance(i)
	// has it follow to here
	must(t, p, http.MethodPatch, "/v1/users/"+p.admin.UserID, map[string]any{"comment": p.admin.BaseURL}, nil)
	r, err := http.NewRequest(http.MethodGet, p.admin.BaseURL+"/v1/events?follow=false", nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+p.admin.Token)
	r.Header.Set("Accept", "application/x-ndjson")
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	require.Equal(t, http.StatusOK, answer.StatusCode)
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e event
		if lines.Text() == "" {
			continue
		}
		require.NoError(t, json.Unmarshal(lines.Bytes(), &e), lines.Text())
		all = append(all, e)
	}
	require.NoError(t, lines.Err())
	return all
}

// count proves that every instance tells the same log without holes, and counts what is missing from it and what is in
// it twice.
func (f *fleet) count(t *testing.T, made map[string]*tally, all []*tally) {
	t.Helper()
	found := map[string]int{}
	for i := range f.instances {
		ids := map[string]bool{}
		for n, e := range f.events(t, i) {
			require.Equal(t, uint64(n+1), e.Sequence, "instance %d", i)
			require.False(t, ids[e.ID], "event %s is in the log twice", e.ID)
			ids[e.ID] = true
			if i > 0 {
				continue
			}
			if e.Data.Email != "" && strings.HasPrefix(e.Type, "UserCreated") {
				found[e.Data.Email]++
			} else if strings.HasPrefix(e.Type, "APIKeyAdded") {
				found[e.Data.ID]++
			}
		}
	}
	require.Greater(t, len(made), 100)
	for name, during := range made {
		if during == nil {
			during = all[0] // written before the first
		}
		switch n := found[name]; {
		case n == 0:
			during.lost++
		case n > 1:
			during.twice++
		}
	}
	t.Logf("%d writes were acknowledged", len(made))
	for i, p := range f.instances {
		for n, u := range p.users(t) {
			require.Equal(t, int64(n+1), u.Number, "instance %d", i)
		}
	}
}

// allHooks is an address that a webhook sends everything to.
type allHooks struct {
	url string

	mu     sync.Mutex
	heard  map[uint64]bool
	newest map[string]uint64 // of each aggregate
	wrong  []string
}

func listenToAll(t *testing.T) *allHooks {
	h := &allHooks{heard: map[uint64]bool{}, newest: map[string]uint64{}}
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var e event
		err := json.NewDecoder(r.Body).Decode(&e)
		h.mu.Lock()
		defer h.mu.Unlock()
		switch {
		case err != nil:
			h.wrong = append(h.wrong, err.Error())
		case h.heard[e.Sequence]: // one that comes twice is the same
		case e.Sequence < h.newest[e.Subject]:
			h.wrong = append(h.wrong, fmt.Sprintf("%d came behind %d of %s", e.Sequence, h.newest[e.Subject],
				e.Subject))
		default:
			h.heard[e.Sequence], h.newest[e.Subject] = true, e.Sequence
		}
	}))
	t.Cleanup(s.Close)
	h.url = s.URL
	return h
}

// requireAll waits until the webhook was sent all that is behind its own making, and proves that each user's events
// came in order.
func (h *allHooks) requireAll(t *testing.T, f *fleet) {
	t.Helper()
	all := f.events(t, 0)
	first := slices.IndexFunc(all, func(e event) bool { return strings.HasPrefix(e.Type, "WebhookCreated") }) + 1
	require.Positive(t, first)
	missing := 0
	require.Eventually(t, func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		missing = 0
		for _, e := range all[first:] {
			if !h.heard[e.Sequence] {
				missing++
			}
		}
		return missing == 0
	}, 5*time.Minute, 500*time.Millisecond, "the webhook was not sent everything")
	h.mu.Lock()
	defer h.mu.Unlock()
	require.Empty(t, h.wrong)
}
