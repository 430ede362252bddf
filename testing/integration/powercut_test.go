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
	"regexp"
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
	// a character that JSON writes as six bytes: where a block is to begin, 58 events fill the one before
	wide = "\x01"
)

// TestPowerCuts cuts the power of the service's disk again and again, at any call, while it starts, while it writes and
// erases, and while it begins a block of the log or the feed, and keeps of what was not synced what chance keeps. Every
// start works, nothing that was acknowledged is lost, who was erased is nowhere, and the log is verified against every
// checkpoint that was signed. POWERCUTS says how often, POWERCUT_SEED with which chance.
func TestPowerCuts(t *testing.T) {
	cuts, seed := number(t, "POWERCUTS", 12), uint64(number(t, "POWERCUT_SEED", int(time.Now().UnixNano()&0xffff)))
	t.Logf("%d cuts, seed %d", cuts, seed)
	d := mount(t, "-seed", strconv.FormatUint(seed, 10))
	chance := rand.New(rand.NewPCG(seed, 2))
	var acknowledged, erased, blocks int
	for done := 0; done < cuts; done += cutsOfALife {
		l := &life{t: t, disk: d, chance: chance,
			data: filepath.Join(d.folder, fmt.Sprintf("life%d", done/cutsOfALife))}
		for cut := range min(cutsOfALife, cuts-done) {
			l.cut(done + cut)
		}
		changed, gone := l.end()
		acknowledged, erased, blocks = acknowledged+changed, erased+gone, blocks+l.blocks()
		require.NoError(t, os.RemoveAll(l.data))
	}
	t.Logf("%d cuts: %d acknowledged, 0 lost, %d erased, 0 back, every start worked; the log and the feed came to %d "+
		"blocks", cuts, acknowledged,
		erased, blocks)
	require.GreaterOrEqual(t, blocks, cuts/2, "half of the cuts were to be where a block begins")
	require.Positive(t, erased)
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
	made         []*person // other users, that were acknowledged
}

// person is somebody who may be erased.
type person struct {
	user
	doomed bool // the erasure was asked for
	erased bool // and acknowledged
}

// cut runs the service, cuts the power and restores the disk. Every fourth cut is amid the start, and half of them are
// where a block of the log or the feed begins: then the engine ends the one before.
func (l *life) cut(n int) {
	l.t.Helper()
	if n%4 == 2 {
		l.disk.tell("/cut", url.Values{"after": {strconv.Itoa(1 + l.chance.IntN(120))}})
		p := start(l.t, l.data)
		l.disk.awaitDead(p, 10*time.Second)
		l.gone(p, n, "amid the start")
		return
	}
	p := l.run()
	when, letter := "amid writes", "x"
	if n%2 == 1 {
		stream := []string{"ACCOUNTS", "ACCOUNT_FEED"}[n/2%2]
		when, letter = "where a block begins in "+stream, wide
		l.disk.tell("/cut", url.Values{"after": {strconv.Itoa(1 + l.chance.IntN(40))},
			"at": {stream + "/msgs/" + strconv.Itoa(l.blocksOf(stream)+1) + ".blk"}})
	} else {
		l.disk.tell("/cut", url.Values{"after": {strconv.Itoa(1 + l.chance.IntN(2000))}})
	}
	var all sync.WaitGroup
	for i := range l.writers {
		all.Go(func() { l.writers[i].write(p, i, n, letter) })
	}
	l.disk.awaitDead(p, time.Minute)
	l.gone(p, n, when)
	all.Wait()
}

func (l *life) blocks() int { return l.blocksOf("ACCOUNTS") + l.blocksOf("ACCOUNT_FEED") }

// blocksOf returns the number of the stream's last block.
func (l *life) blocksOf(stream string) (last int) {
	for _, path := range l.files(stream) {
		n, err := strconv.Atoi(strings.TrimSuffix(filepath.Base(path), ".blk"))
		require.NoError(l.t, err)
		last = max(last, n)
	}
	return last
}

// files returns the paths of a stream's blocks.
func (l *life) files(stream string) []string {
	l.t.Helper()
	found, err := filepath.Glob(filepath.Join(l.data, "*", "jetstream", "*", "streams", stream, "msgs", "*.blk"))
	require.NoError(l.t, err)
	require.NotEmpty(l.t, found)
	return found
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
	there, numbers, holes := map[string]bool{}, map[int64]bool{}, map[int64]bool{}
	for _, u := range p.users(l.t) {
		there[u.ID], numbers[u.Number] = true, true
	}
	kept := l.inFeed()
	for i := range l.writers {
		w := &l.writers[i]
		for _, one := range w.made {
			require.True(l.t, there[one.ID] || one.doomed, "a user was acknowledged and is lost")
			holes[one.Number] = one.doomed && !there[one.ID]
			if one.erased {
				require.False(l.t, there[one.ID], "who was erased is back")
				require.False(l.t, kept[one.Email], "who was erased stands in the feed's blocks")
				l.requireErased(p, one)
			}
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
	for n := int64(1); len(numbers) > 0; n++ {
		require.True(l.t, numbers[n] || holes[n], "number %d is nobody's", n)
		delete(numbers, n)
	}
}

// requireErased proves that nothing can be read of a person's events.
func (l *life) requireErased(p *process, one *person) {
	l.t.Helper()
	var history struct {
		Data []struct {
			Erased  bool  `json:"erased"`
			Changes []any `json:"changes"`
		} `json:"data"`
	}
	status, err := p.call(http.MethodGet, "/v1/users/"+one.ID+"/history", nil, &history)
	require.NoError(l.t, err)
	require.Equal(l.t, http.StatusOK, status)
	require.NotEmpty(l.t, history.Data)
	require.True(l.t, history.Data[0].Erased)
	require.Empty(l.t, history.Data[0].Changes)
}

// address finds those of the persons in a block.
var address = regexp.MustCompile(`"r\d+-w\d+-n\d+@example\.org`)

// inFeed returns the addresses that stand in the blocks of the feed, of which nothing is sealed.
func (l *life) inFeed() map[string]bool {
	l.t.Helper()
	found := map[string]bool{}
	for _, path := range l.files("ACCOUNT_FEED") {
		block, err := os.ReadFile(path)
		require.NoError(l.t, err)
		for _, email := range address.FindAll(block, -1) {
			found[string(email[1:])] = true
		}
	}
	return found
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

// end looks for everything once more, and returns how much was acknowledged, and how many erasures.
func (l *life) end() (acknowledged, erased int) {
	l.t.Helper()
	p := l.run()
	p.kill(l.t)
	kept, found := l.inFeed(), false
	for _, w := range l.writers {
		acknowledged += w.acked + len(w.made)
		for _, one := range w.made {
			found = found || kept[one.Email]
			if one.erased {
				erased++
			}
		}
	}
	require.True(l.t, found, "nobody at all is found in the feed's blocks")
	return acknowledged, erased
}

// write makes and changes users until the service is gone. Each change has a text of that letter, or none, as chance
// has it.
func (w *writer) write(p *process, number, round int, letter string) {
	for n := 0; ; n++ {
		if w.id == "" || n%10 == 9 {
			made := new(person)
			email := fmt.Sprintf("r%d-w%d-n%d@example.org", round, number, n)
			if status, err := p.call(http.MethodPost, "/v1/users", map[string]any{"email": email},
				&made.user); err != nil || status != http.StatusCreated {
				return
			}
			if w.id == "" {
				w.id = made.ID
			}
			w.made = append(w.made, made)
		}
		if n%10 == 4 && !w.erase(p) {
			return
		}
		w.asked++
		extra := fmt.Sprintf("%d %s", w.asked, strings.Repeat(letter, rand.IntN(2)*large))
		status, err := p.call(http.MethodPatch, "/v1/users/"+w.id, map[string]any{"extra_params": extra}, nil)
		if err != nil || status != http.StatusOK {
			return
		}
		w.acked = w.asked
	}
}

// erase erases the newest person whom the writer made beside the one whom it changes, and reports whether the service
// answered.
func (w *writer) erase(p *process) bool {
	one := w.made[len(w.made)-1]
	if one.ID == w.id || one.doomed {
		return true
	}
	one.doomed = true
	status, err := p.call(http.MethodPost, "/v1/users/"+one.ID+"/erase", struct{}{}, nil)
	one.erased = err == nil && status == http.StatusNoContent
	return err == nil && status < 300
}
