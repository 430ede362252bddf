package login_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/bcrypt"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/commands/login"
	"accountd/commands/password"
	"accountd/commands/totp"
	"accountd/events"
	"accountd/events/session"
	"accountd/projections"
	"accountd/testing/testlog"
)

const right = "correct horse"

// cheap is the hash of the right password in an older form, which takes little time.
var cheap = sync.OnceValue(func() events.Secret {
	hash, err := bcrypt.GenerateFromPassword([]byte(right), bcrypt.MinCost)
	if err != nil {
		panic(err)
	}
	return events.Secret(hash)
})

// world is a service on a log of its own, with the users ann and, who is protected, admin.
type world struct {
	t   *testing.T
	env *testlog.Env
	login.Keeper
	view *projections.View
	now  time.Time
	ann  uuid.UUID
}

func start(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, env: testlog.Start(t), now: time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC), ann: uuid.New()}
	w.open()
	w.do(commands.CreateUser{ID: uuid.New(), User: events.UserCreated{Username: "admin", Email: "admin@example.com",
		Active: true, SuperAdmin: true}})
	w.do(commands.CreateUser{ID: w.ann, User: events.UserCreated{Username: "ann", Email: "ann@example.org",
		Active: true, PasswordHash: cheap()}})
	return w
}

// open opens the service on whatever is there.
func (w *world) open() {
	w.view = projections.NewView()
	records, err := w.env.Log.Read(context.Background(), 0, 1000)
	require.NoError(w.t, err)
	require.NoError(w.t, w.view.Apply(records))
	w.view.Open()
	w.Keeper = login.Keeper{Handler: committer.New(w.env.Log, w.view, committer.Options{}), Fold: w.view,
		Hasher: password.New(password.Options{}), Sessions: w.sessions()}
	w.t.Cleanup(w.Handler.Close)
}

func (w *world) sessions() *session.Store {
	s, err := session.Open(context.Background(), w.env.Engine)
	require.NoError(w.t, err)
	return s
}

func (w *world) restart() {
	w.Handler.Close()
	w.env.Reopen()
	w.open()
}

func (w *world) do(c commands.Command) *commands.User {
	w.t.Helper()
	out, err := w.Handler.Do(context.Background(), commands.Service(), c)
	require.NoError(w.t, err)
	return out.User
}

func (w *world) user() *commands.User { return w.view.Snapshot().User(w.ann) }

// try logs in from an address.
func (w *world) try(name, plain, from string) (*commands.User, error) {
	return w.LogIn(context.Background(), login.Attempt{Name: name, Password: plain, At: w.now,
		Request: commands.Anonymous().Within(commands.Actor{Address: from})})
}

// is wants the log-in to fail for that reason, empty for none, and returns how long to wait.
func (w *world) is(reason, name, plain, from string) time.Duration {
	w.t.Helper()
	_, err := w.try(name, plain, from)
	if reason == "" {
		require.NoError(w.t, err)
		return 0
	}
	var refusal *commands.Refusal
	require.ErrorAs(w.t, err, &refusal)
	require.Equal(w.t, reason, refusal.Reason)
	return refusal.RetryAfter
}

// fails has so many log-ins by the name fail, each from an address of its own.
func (w *world) fails(name string, times int) {
	w.t.Helper()
	for range times {
		w.is("bad_credentials", name, "wrong", uuid.NewString())
	}
}

func TestLogIn(t *testing.T) {
	w := start(t)
	u, err := w.try("ann", right, "")
	require.NoError(t, err)
	require.Contains(t, u.PasswordHash.Reveal(), "$argon2id$", "rehashed")
	require.Equal(t, w.user(), u)
	w.is("", "ANN@example.org", right, "")
	w.is("bad_credentials", "ann", "wrong", "")
	w.is("bad_credentials", "nobody", right, "")
	for _, name := range []string{"Ann", "ann@example.org", "nobody"} {
		_, err := w.LogIn(t.Context(), login.Attempt{Name: name, Exact: true, Password: right, At: w.now})
		require.ErrorContains(t, err, "bad_credentials")
	}
	w.do(commands.UpdateUser{ID: w.ann, Active: new(false)})
	w.is("account_inactive", "ann", right, "")
	w.is("bad_credentials", "ann", "wrong", "")
}

// TestOverlongName has blanks around a user's name, as many as it may have and one more: then nobody folds it.
func TestOverlongName(t *testing.T) {
	w := start(t)
	w.is("", "ann"+strings.Repeat(" ", 4093), right, "")
	w.is(login.ReasonWrong, "ann"+strings.Repeat(" ", 4094), right, "")
}

// TestUnknownNamesWaitLikeKnownOnes has both fail in turn, and then gives right passwords.
func TestUnknownNamesWaitLikeKnownOnes(t *testing.T) {
	w := start(t)
	for _, name := range []string{"ann", "nobody", "nobody@example.org"} {
		w.fails(name, login.FreeByName+1)
		for _, plain := range []string{right, "wrong"} {
			require.Equal(t, time.Second, w.is("too_many_attempts", name, plain, "2001:db8::1"), name)
		}
	}
	require.Equal(t, time.Second, w.is("too_many_attempts", " Ánn ", right, ""),
		"names are the same that fold to the same")
	w.restart()
	require.Equal(t, time.Second, w.is("too_many_attempts", "ann", right, ""), "a restart forgets nothing")
	w.now = w.now.Add(time.Second)
	w.is("", "ann", right, "")
	w.fails("ann", login.FreeByName+1) // a success forgets
}

func TestSuccessForgetsBothNames(t *testing.T) {
	w := start(t)
	w.fails("ann", login.FreeByName)
	w.is("", "ann@example.org", right, "")
	w.fails("ann", login.FreeByName)
}

// TestLock fails and waits, fails and waits: from a minute on, a wait is an event.
func TestLock(t *testing.T) {
	w := start(t)
	w.fails("ann", login.FreeByName)
	for wait := time.Second; wait < time.Minute; wait *= 2 {
		w.fails("ann", 1)
		w.now = w.now.Add(wait)
	}
	require.Nil(t, w.user().Locked)
	w.fails("nobody", login.FreeByName+1)
	w.fails("ann", 1)
	until := w.now.Add(64 * time.Second)
	w.locked(until)
	w.is("too_many_attempts", "ann", right, "")
	w.is("", "ann@example.org", right, "") // has failures of its own
	w.locked(time.Time{})
	w.is("", "ann", right, "")
}

// locked waits for the state of the lock, which nobody waits for otherwise.
func (w *world) locked(until time.Time) {
	w.t.Helper()
	// behind what was begun
	w.do(commands.UpdateUser{ID: w.ann, Profile: events.ProfileUpdated{Comment: new(uuid.NewString())}})
	require.Equal(w.t, until, w.user().LockedUntil(w.now))
}

// TestLocksAreFew has an attacker fail for a day as often as possible.
func TestLocksAreFew(t *testing.T) {
	w := start(t)
	for end := w.now.Add(24 * time.Hour); w.now.Before(end); {
		if wait := w.refused("ann"); wait > 0 {
			require.LessOrEqual(t, wait, 15*time.Minute)
			w.now = w.now.Add(wait)
		}
	}
	w.locked(w.user().LockedUntil(w.now))
	records, err := w.env.Log.Read(t.Context(), 0, 1000)
	require.NoError(t, err)
	locks := 0
	for _, r := range records {
		if r.Type == (events.LogInLocked{}).Type() {
			locks++
		}
	}
	require.Equal(t, 8, locks, "the counter's hour is that of the machine")
}

// refused fails to log in, and returns how long to wait.
func (w *world) refused(name string) time.Duration {
	w.t.Helper()
	_, err := w.try(name, "wrong", uuid.NewString())
	var refusal *commands.Refusal
	require.ErrorAs(w.t, err, &refusal)
	return refusal.RetryAfter
}

func TestUnlock(t *testing.T) {
	w := start(t)
	w.fails("ann", login.FreeByName+1)
	w.is("too_many_attempts", "ann", right, "")
	require.NoError(t, w.Forget(t.Context(), w.user()))
	w.is("", "ann", right, "")
}

func TestAddressWaits(t *testing.T) {
	w := start(t)
	const from = "2001:db8:1:2::7"
	w.is("", "ann", right, from) // what succeeds does not count
	for i := range login.FreeByAddress + 1 {
		name := fmt.Sprint("user", i/login.FreeByName)
		if i%login.FreeByName == 0 {
			w.do(commands.CreateUser{ID: uuid.New(), User: events.UserCreated{Username: name,
				Email: name + "@example.org", Active: true, PasswordHash: cheap()}})
		}
		w.is("bad_credentials", name, "wrong", from)
	}
	require.Equal(t, time.Second, w.is("too_many_attempts", "ann", right, "2001:db8:1:2:ffff::"),
		"the network of a subscriber")
	w.is("", "ann", right, "2001:db8:1:3::7")
	for range 10 {
		w.now = w.now.Add(w.is("too_many_attempts", "ann", right, from))
		w.is("bad_credentials", uuid.NewString(), "wrong", from)
	}
	require.Equal(t, time.Minute, w.is("too_many_attempts", "ann", right, from), "no longer than that")
	w.now = w.now.Add(time.Minute)
	w.is("", "ann", right, from)
	w.is("bad_credentials", "ann", "wrong", from)
	w.is("too_many_attempts", "ann", right, from) // a success from there forgave nothing
}

func TestWhatIsNotLookedAtDoesNotCount(t *testing.T) {
	w := start(t)
	for range 2 * login.FreeByName {
		_, err := w.try("ann", "", "192.0.2.1")
		require.ErrorIs(t, err, password.ErrEmpty)
	}
	w.is("", "ann", right, "192.0.2.1")
}

// enrolls gives ann a second factor and returns its secret and recovery codes.
func (w *world) enrolls() (secret events.Secret, codes []string) {
	w.t.Helper()
	secret = totp.NewSecret()
	codes, hashes := totp.NewRecoveryCodes()
	by := commands.Actor{User: w.ann, Permissions: commands.Whole()}
	for _, c := range []commands.Command{commands.EnrollTOTP{ID: w.ann, Secret: secret},
		commands.ConfirmTOTP{ID: w.ann, Secret: secret, RecoveryCodes: hashes}} {
		_, err := w.Handler.Do(w.t.Context(), by, c)
		require.NoError(w.t, err)
	}
	return secret, codes
}

// with logs ann in with a code, and wants it to fail for that reason, empty for none.
func (w *world) with(reason, plain, code string) {
	w.t.Helper()
	_, err := w.LogIn(w.t.Context(), login.Attempt{Name: "ann", Password: plain, Code: code, At: w.now,
		Request: commands.Anonymous().Within(commands.Actor{Address: uuid.NewString()})})
	if reason == "" {
		require.NoError(w.t, err)
		return
	}
	require.ErrorContains(w.t, err, reason)
}

func TestSecondFactor(t *testing.T) {
	w := start(t)
	w.with("", right, "ignored while there is no second factor")
	secret, codes := w.enrolls()
	w.with("bad_credentials", "wrong", "")
	w.with("second_factor_required", right, "")
	w.with("bad_credentials", right, "no code")
	w.with("bad_credentials", "wrong", totp.Code(secret, w.now))
	w.with("", right, totp.Code(secret, w.now))
	w.with("bad_credentials", right, totp.Code(secret, w.now))
	w.restart()
	w.with("bad_credentials", right, totp.Code(secret, w.now))
	w.now = w.now.Add(30 * time.Second)
	w.with("", right, totp.Code(secret, w.now.Add(30*time.Second)))
	w.with("bad_credentials", right, totp.Code(secret, w.now)) // older than that which was used
	w.with("", right, codes[3])
	w.with("bad_credentials", right, codes[3])
	require.Len(t, w.user().SecondFactor.RecoveryCodes, totp.RecoveryCodes-1)
	w.do(commands.RemoveTOTP{ID: w.ann})
	w.with("", right, "")
}

// TestCodesAreNotGuessed has somebody who knows the password try codes, and present the password alone in between.
func TestCodesAreNotGuessed(t *testing.T) {
	w := start(t)
	secret, _ := w.enrolls()
	for range login.FreeByName + 1 {
		w.with("second_factor_required", right, "")
		w.with("bad_credentials", right, "no code")
	}
	w.with("too_many_attempts", right, "")
	w.with("too_many_attempts", right, totp.Code(secret, w.now))
	require.ErrorContains(t, w.CheckCode(t.Context(), w.user(), login.Attempt{Code: totp.Code(secret, w.now),
		At: w.now}), "too_many_attempts")
	w.now = w.now.Add(time.Second)
	require.NoError(t, w.CheckCode(t.Context(), w.user(), login.Attempt{Code: totp.Code(secret, w.now), At: w.now}))
	require.ErrorContains(t, w.CheckCode(t.Context(), w.user(), login.Attempt{Code: totp.Code(secret, w.now),
		At: w.now}), "bad_credentials")
}

// TestCodeRace has many log in at once by the same codes: each is good once.
func TestCodeRace(t *testing.T) {
	w := start(t)
	secret, codes := w.enrolls()
	for _, code := range []string{totp.Code(secret, w.now), codes[0]} {
		var in atomic.Int32
		var work sync.WaitGroup
		for range 8 {
			work.Go(func() {
				_, err := w.LogIn(context.Background(), login.Attempt{Name: "ann", Password: right, Code: code,
					At: w.now, Unbounded: true})
				if err == nil {
					in.Add(1)
				}
			})
		}
		work.Wait()
		require.EqualValues(t, 1, in.Load())
	}
}

func TestUnbounded(t *testing.T) {
	w := start(t)
	for range 2 * login.FreeByName {
		_, err := w.LogIn(t.Context(), login.Attempt{Name: "ann", Password: "wrong", At: w.now, Unbounded: true})
		require.ErrorContains(t, err, "bad_credentials")
	}
	w.is("", "ann", right, "")
}

// TestRace has many fail at once by one name, on two instances.
func TestRace(t *testing.T) {
	w := start(t)
	w.Hasher = password.New(password.Options{Queue: 2 * login.FreeByName}) // nobody is turned away for want of a place
	other := w.Keeper
	other.Sessions = w.sessions()
	var mu sync.Mutex
	seen := map[string]int{}
	var work sync.WaitGroup
	for i := range 2 * login.FreeByName {
		work.Go(func() {
			k := []login.Keeper{w.Keeper, other}[i%2]
			_, err := k.LogIn(context.Background(), login.Attempt{Name: "ann", Password: "wrong", At: w.now,
				Request: commands.Anonymous().Within(commands.Actor{Address: uuid.NewString()})})
			mu.Lock()
			defer mu.Unlock()
			var refusal *commands.Refusal
			if errors.As(err, &refusal) {
				seen[refusal.Reason]++
			}
		})
	}
	work.Wait()
	require.Equal(t, map[string]int{"bad_credentials": login.FreeByName + 1, "too_many_attempts": login.FreeByName - 1},
		seen)
}

// before is a fold that shows what was, as that of an instance does which has not read so far.
type before struct {
	committer.Fold
	states commands.States
}

func (b before) States() commands.States { return b.states }

// TestWhatEndsLogInsMeanwhile changes the password, or has a second factor come, between the look at the password and
// the end of the log-in, which goes on with the newest state where it has something to write.
func TestWhatEndsLogInsMeanwhile(t *testing.T) {
	change := func(w *world) { w.do(commands.UpdateUser{ID: w.ann, PasswordHash: new(events.Secret("another"))}) }
	for name, c := range map[string]struct {
		given   func(w *world) (code string)
		happens func(w *world)
	}{
		"nothing is written":  {func(w *world) string { w.is("", "ann", right, ""); return "" }, change},
		"the hash is renewed": {func(*world) string { return "" }, change},
		"a recovery code is used": {func(w *world) string {
			_, codes := w.enrolls()
			return codes[0]
		}, change},
		"a second factor comes": {func(*world) string { return "" }, func(w *world) { w.enrolls() }},
	} {
		w := start(t)
		code := c.given(w)
		states := w.view.States()
		c.happens(w)
		late := w.Keeper
		late.Fold = before{w.view, states}
		u, err := late.LogIn(t.Context(), login.Attempt{Name: "ann", Password: right, Code: code, At: w.now})
		if err != nil {
			require.ErrorContains(t, err, login.ReasonWrong, name)
			continue
		}
		require.Less(t, u.LogInsSince, w.user().LogInsSince, name)
	}
}

// written returns how much was written to the session store.
func (w *world) written() uint64 {
	w.t.Helper()
	bucket, err := w.env.Engine.JetStream().Stream(context.Background(), "KV_"+session.Bucket)
	require.NoError(w.t, err)
	return bucket.CachedInfo().State.LastSeq
}

// TestWhatAttemptsWrite counts writes, each of which is synced: a log-in whose password is not looked at costs none.
func TestWhatAttemptsWrite(t *testing.T) {
	w := start(t)
	writes := func(want uint64, reason, name, plain, from string) {
		t.Helper()
		before := w.written()
		_, err := w.try(name, plain, from)
		if reason == "" {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, reason)
		}
		require.Equal(t, want, w.written()-before, reason)
	}
	writes(2, "bad_credentials", "ann", "wrong", "192.0.2.1")
	writes(2, "bad_credentials", "nobody", "wrong", "192.0.2.2")
	writes(4, "", "ann", right, "192.0.2.1")
	writes(0, "empty", "ann", "", "192.0.2.1")
	writes(0, "too long", "ann", strings.Repeat("x", password.MaxLength+1), "192.0.2.1")

	w.Hasher = password.New(password.Options{Slots: 1, Queue: -1})
	place, err := w.Hasher.Admit(t.Context(), password.Caller{}, "somebody else's")
	require.NoError(t, err)
	writes(0, "too many hashes", "ann", right, "192.0.2.1")
	place.Leave()
	writes(4, "", "ann", right, "192.0.2.1")
	full := w.Hasher
	w.Hasher = password.New(password.Options{})

	w.fails("ann", login.FreeByName+1)
	writes(0, "too_many_attempts", "ann", right, "192.0.2.1")
	w.Hasher = full
	place, err = w.Hasher.Admit(t.Context(), password.Caller{}, "somebody else's")
	require.NoError(t, err)
	writes(0, "too_many_attempts", "ann", right, "192.0.2.1") // who has to wait asks for no place
	place.Leave()
	w.Hasher = password.New(password.Options{})
	for i := range login.FreeByAddress + 1 {
		w.is("bad_credentials", fmt.Sprint("user", i/login.FreeByName), "wrong", "192.0.2.3")
	}
	writes(0, "too_many_attempts", "another", right, "192.0.2.3")
}

// TestOneNameLeavesPlacesToOthers keeps every place of a name from an address: others log in, by another name from
// there, too, and by that name from elsewhere as far as there is a place of the name.
func TestOneNameLeavesPlacesToOthers(t *testing.T) {
	w := start(t)
	w.do(commands.CreateUser{ID: uuid.New(), User: events.UserCreated{Username: "bob", Email: "bob@example.org",
		Active: true, PasswordHash: cheap()}})
	w.Hasher = password.New(password.Options{Slots: 2, Queue: 4})
	ann := login.CallerOf("log-in by "+commands.Folded("ann"), "192.0.2.1")
	place, err := w.Hasher.Admit(t.Context(), ann, right)
	require.NoError(t, err)
	_, err = w.Hasher.Admit(t.Context(), ann, right)
	require.NoError(t, err)
	_, err = w.try("bob", right, "192.0.2.1")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := w.LogIn(ctx, login.Attempt{Name: "ann", Password: right, At: w.now,
			Request: commands.Actor{Address: "192.0.2.1"}})
		ended <- err
	}()
	require.Eventually(t, func() bool { return w.Hasher.Waiting() == 3 }, 10*time.Second, time.Millisecond,
		"it waits behind its own")
	cancel()
	require.ErrorIs(t, <-ended, context.Canceled)
	place.Leave()
	_, err = w.try("ann", right, "192.0.2.1")
	require.NoError(t, err)
}
