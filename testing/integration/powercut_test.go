//go:build powercut

package integration

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/cmd/ctl"
)

const (
	cutsOfALife = 10 // of one data folder; then the next one begins
	writers     = 8
	large       = 24_000 // bytes of an event: 350 of them fill a block of the store
)

// TestPowerCuts cuts the power of the service's disk again and again, at any call, while it starts, while it writes and while it begins a
// block of the log or the feed, and keeps of what was not synced what chance keeps. Every start works, nothing that was acknowledged is lost, and the log is verified against
// every checkpoint that was signed. POWERCUTS says how often, POWERCUT_SEED with which chance.
func TestPowerCuts(t *testing.T) {
	cuts, seed := number(t, "POWERCUTS", 12), uint64(number(t, "POWERCUT_SEED", int(time.Now().UnixNano()&0xffff)))
	t.Logf("%d cuts, seed %d", cuts, seed)
	d := mount(t, "-seed", strconv.FormatUint(seed, 10))
	chance := rand.New(rand.NewPCG(seed, 2))
	var acknowledged, blocks int
	for done := 0; done < cuts; done += cutsOfALife {
		l := &life{t: t, disk: d, chance: chance, data: filepath.Join(d.folder, fmt.Sprintf("life%d", done/cutsOfALife))}
		for cut := range min(cutsOfALife, cuts-done) {
			l.cut(done + cut)
		}
		acknowledged += l.end()
		blocks += l.blocks()
		require.NoError(t, os.RemoveAll(l.data))
	}
	t.Logf("%d cuts: %d acknowledged, 0 lost, every start worked; the log and the feed came to %d blocks", cuts, acknowledged, blocks)
	require.GreaterOrEqual(t, blocks, cuts/3, "a third of the cuts was to be where a block begins")
}

// life is that of one data folder.
type life struct {
	t      *testing.T
	disk   *disk
	chance *rand.Rand
	data   string

	admin   admin // since the service was ready first
	signed  []string
	writers [writers]writer
}

// writer changes one user again and again, and counts.
type writer struct {
	id           string
	asked, acked int
	made         []string // other users, that were acknowledged
}

// cut runs the service, cuts the power and restores the disk. Every third cut is amid the start, and every third where a block of the
// log or the feed begins: then the engine ends the one before.
func (l *life) cut(n int) {
	l.t.Helper()
	if n%3 == 2 {
		l.disk.tell("/cut", url.Values{"after": {strconv.Itoa(1 + l.chance.IntN(120))}})
		p := start(l.t, l.data)
		l.disk.awaitDead(p, 10*time.Second)
		l.gone(p, n, "amid the start")
		return
	}
	p := l.run()
	when, smallest := "amid writes", 0
	if n%3 == 1 {
		stream := []string{"ACCOUNTS", "ACCOUNT_FEED"}[n/3%2]
		when, smallest = "where a block begins in "+stream, large/2
		l.disk.tell("/cut", url.Values{"after": {strconv.Itoa(1 + l.chance.IntN(40))}, "at": {stream + "/msgs/" + strconv.Itoa(l.blocksOf(stream)+1) + ".blk"}})
	} else {
		l.disk.tell("/cut", url.Values{"after": {strconv.Itoa(1 + l.chance.IntN(3000))}})
	}
	var all sync.WaitGroup
	for i := range l.writers {
		all.Go(func() { l.writers[i].write(p, i, n, smallest) })
	}
	l.disk.awaitDead(p, time.Minute)
	l.gone(p, n, when)
	all.Wait()
}

func (l *life) blocks() int { return l.blocksOf("ACCOUNTS") + l.blocksOf("ACCOUNT_FEED") }

// blocksOf returns the number of the stream's last block.
func (l *life) blocksOf(stream string) (last int) {
	found, err := filepath.Glob(filepath.Join(l.data, "*", "jetstream", "*", "streams", stream, "msgs", "*.blk"))
	require.NoError(l.t, err)
	require.NotEmpty(l.t, found)
	for _, path := range found {
		n, err := strconv.Atoi(strings.TrimSuffix(filepath.Base(path), ".blk"))
		require.NoError(l.t, err)
		last = max(last, n)
	}
	return last
}

func (l *life) gone(p *process, n int, when string) {
	l.t.Helper()
	_ = p.cmd.Process.Kill() // it may have ended by itself
	<-p.ended
	keep := []float64{0, 0.3, 0.7, 1}[l.chance.IntN(4)]
	lost := l.disk.tell("/restore", url.Values{"keep": {fmt.Sprint(keep)}})
	l.t.Logf("cut %d %s, %.0f %% kept, lost %s", n, when, 100*keep, lost)
}

// run starts the service and looks for everything that was acknowledged.
func (l *life) run() *process {
	l.t.Helper()
	p := run(l.t, l.data)
	if l.admin.Token == "" {
		l.admin = p.admin
	}
	require.Equal(l.t, l.admin.Token, p.admin.Token, "the administrator who was there is there")
	l.check(p)
	l.verify(p)
	return p
}

func (l *life) check(p *process) {
	l.t.Helper()
	there := map[string]bool{}
	for i, u := range p.users(l.t) {
		require.Equal(l.t, int64(i+1), u.Number)
		there[u.ID] = true
	}
	for i := range l.writers {
		w := &l.writers[i]
		for _, id := range w.made {
			require.True(l.t, there[id], "a user was acknowledged and is lost")
		}
		if w.id == "" {
			continue
		}
		var got struct {
			Extra string `json:"extra_params"`
		}
		status, err := p.call(http.MethodGet, "/v1/users/"+w.id, nil, &got)
		require.NoError(l.t, err)
		require.Equal(l.t, http.StatusOK, status)
		count, _, _ := strings.Cut(got.Extra, " ")
		have, _ := strconv.Atoi(count)
		require.GreaterOrEqual(l.t, have, w.acked, "a change was acknowledged and is lost")
		require.LessOrEqual(l.t, have, w.asked)
	}
}

// verify does what an auditor does who kept the checkpoint before.
func (l *life) verify(p *process) {
	l.t.Helper()
	args := []string{"audit", "verify", "--url", p.admin.BaseURL, "--token", p.admin.Token}
	for _, kept := range l.signed[max(0, len(l.signed)-3):] {
		args = append(args, "--checkpoint", kept)
	}
	var out, errs bytes.Buffer
	require.Zero(l.t, ctl.Main(args, nil, &out, &errs), "%s\n%s", errs.String(), p.stderr)
	file := filepath.Join(l.t.TempDir(), "checkpoint")
	require.NoError(l.t, os.WriteFile(file, out.Bytes(), 0o600))
	l.signed = append(l.signed, file)
}

// end looks for everything once more, and returns how much was acknowledged.
func (l *life) end() (acknowledged int) {
	l.t.Helper()
	p := l.run()
	p.kill(l.t)
	for _, w := range l.writers {
		acknowledged += w.acked + len(w.made)
	}
	return acknowledged
}

// write makes and changes users until the service is gone. Of each change the text is as long as chance has it, but no shorter than that.
func (w *writer) write(p *process, number, round, smallest int) {
	for n := 0; ; n++ {
		if w.id == "" || n%10 == 9 {
			var made user
			email := fmt.Sprintf("r%d-w%d-n%d@example.org", round, number, n)
			if status, err := p.call(http.MethodPost, "/v1/users", map[string]any{"email": email}, &made); err != nil || status != http.StatusCreated {
				return
			}
			if w.id == "" {
				w.id = made.ID
			}
			w.made = append(w.made, made.ID)
		}
		w.asked++
		extra := fmt.Sprintf("%d %s", w.asked, strings.Repeat("x", max(rand.IntN(2)*large, smallest)))
		status, err := p.call(http.MethodPatch, "/v1/users/"+w.id, map[string]any{"extra_params": extra}, nil)
		if err != nil || status != http.StatusOK {
			return
		}
		w.acked = w.asked
	}
}
