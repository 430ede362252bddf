package checkpoint_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/events"
	"accountd/events/eventlog"
	"accountd/projections"
	"accountd/projections/checkpoint"
	"accountd/testing/testlog"
)

const program = "a program"

// service is a Log with what runs on it.
type service struct {
	*testlog.Env
	t       *testing.T
	path    string
	view    *projections.View
	handler *committer.Handler
	file    *checkpoint.File
}

func start(t *testing.T) *service {
	s := &service{Env: testlog.Start(t), t: t, path: filepath.Join(t.TempDir(), "view.checkpoint"),
		view: projections.NewView()}
	s.view.Open()
	s.handler = committer.New(s.Log, s.view, committer.Options{})
	t.Cleanup(func() { s.handler.Close() })
	s.file = checkpoint.New(s.path, program, s.Log)
	return s
}

func (s *service) do(c commands.Command) commands.Outcome {
	s.t.Helper()
	out, err := s.handler.Do(context.Background(), commands.Service(), c)
	require.NoError(s.t, err)
	return out
}

// create makes so many users, and returns their ids.
func (s *service) create(from, n int) (ids []uuid.UUID) {
	s.t.Helper()
	for i := from; i < from+n; i++ {
		id := uuid.New()
		s.do(commands.CreateUser{ID: id, User: events.UserCreated{Username: fmt.Sprint("user", i), Email: email(i),
			Active: true, Profile: &events.Profile{City: "Oxford", EmailVerified: new(bool)}}})
		ids = append(ids, id)
	}
	return ids
}

func email(i int) string { return fmt.Sprintf("person%d@example.org", i) }

func (s *service) save() {
	s.t.Helper()
	require.NoError(s.t, s.file.Save(s.t.Context(), s.view))
}

// restart returns the file, and a View, as another run of the program has them.
func (s *service) restart() (*checkpoint.File, *projections.View) {
	return checkpoint.New(s.path, program, s.Log), projections.NewView()
}

// replayed returns the View of all Records, and one that applies what is missing in v.
func (s *service) requireWhole(v *projections.View) {
	s.t.Helper()
	records, err := s.Log.Read(s.t.Context(), 0, 1<<20)
	require.NoError(s.t, err)
	all := projections.NewView()
	for _, one := range []*projections.View{v, all} {
		require.NoError(s.t, one.Apply(records))
		one.Open()
	}
	require.Equal(s.t, all.Snapshot().Saved(), v.Snapshot().Saved())
}

func TestLoadAndTheRest(t *testing.T) {
	s := start(t)
	file, v := s.restart()
	require.ErrorIs(t, file.Load(t.Context(), v), fs.ErrNotExist)
	s.do(commands.CreateClient{ID: uuid.New(), Client: events.ClientCreated{Name: "main"}})
	ids := s.create(0, 30)
	s.do(commands.DeleteUser{ID: ids[3]})
	s.save()
	s.create(30, 10)
	s.do(commands.DeleteUser{ID: ids[4]})

	file, v = s.restart()
	require.NoError(t, file.Load(t.Context(), v))
	require.EqualValues(t, 32, v.Position())
	require.Zero(t, file.Behind(v))
	s.requireWhole(v)
	require.EqualValues(t, 11, file.Behind(v))

	content, err := os.ReadFile(s.path)
	require.NoError(t, err)
	require.NotContains(t, string(content), email(1))
	info, err := os.Stat(s.path)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
}

// TestChangedFilesAreRefused changes, cuts and lengthens what a file has.
func TestChangedFilesAreRefused(t *testing.T) {
	s := start(t)
	s.create(0, 5)
	s.save()
	good, err := os.ReadFile(s.path)
	require.NoError(t, err)
	refuse := func(content []byte, what ...any) {
		t.Helper()
		require.NoError(t, os.WriteFile(s.path, content, 0o600))
		file, v := s.restart()
		require.Error(t, file.Load(t.Context(), v), what...)
		require.Zero(t, v.Position())
		require.Zero(t, v.Head())
	}
	for i := 0; i < len(good); i += 7 {
		changed := bytes.Clone(good)
		changed[i] ^= 4
		refuse(changed, "byte %d", i)
		refuse(good[:i], "cut at %d", i)
	}
	refuse(append(bytes.Clone(good), 0), "lengthened")
	require.NoError(t, os.WriteFile(s.path, good, 0o600))
	file, v := s.restart()
	require.NoError(t, file.Load(t.Context(), v))
}

// TestOtherFormatsAreRefused names the format of another release in the file.
func TestOtherFormatsAreRefused(t *testing.T) {
	s := start(t)
	s.create(0, 5)
	s.save()
	good, err := os.ReadFile(s.path)
	require.NoError(t, err)
	for _, format := range []string{"2", "4"} {
		other := bytes.Replace(good, []byte(`"accountd_view":3`), []byte(`"accountd_view":`+format), 1)
		require.NotEqual(t, good, other)
		require.NoError(t, os.WriteFile(s.path, other, 0o600))
		file, v := s.restart()
		require.Error(t, file.Load(t.Context(), v))
		require.Zero(t, v.Head())
		s.requireWhole(v)
	}
}

// TestUnfinishedFilesAreIgnored leaves what a crash amid writing leaves beside the file of before.
func TestUnfinishedFilesAreIgnored(t *testing.T) {
	s := start(t)
	s.create(0, 5)
	s.save()
	whole, err := os.ReadFile(s.path)
	require.NoError(t, err)
	for _, size := range []int{0, 1, 40, len(whole) / 2, len(whole) - 1} {
		require.NoError(t, os.WriteFile(s.path+".new", whole[:size], 0o600))
		file, v := s.restart()
		require.NoError(t, file.Load(t.Context(), v), "cut at %d", size)
		require.EqualValues(t, 5, v.Position())
		s.requireWhole(v)
	}
}

func TestOtherProgramsAreRefused(t *testing.T) {
	s := start(t)
	s.create(0, 5)
	s.save()
	other := checkpoint.New(s.path, "another", s.Log)
	v := projections.NewView()
	require.ErrorIs(t, other.Load(t.Context(), v), checkpoint.ErrProgram)
	require.Zero(t, v.Position())
	// What the other one saves in its place makes the first one unreadable for ever.
	old, err := os.ReadFile(s.path)
	require.NoError(t, err)
	require.NoError(t, other.Save(t.Context(), s.view))
	require.NoError(t, os.WriteFile(s.path, old, 0o600))
	file, v := s.restart()
	require.ErrorIs(t, file.Load(t.Context(), v), eventlog.ErrKeyGone)
}

func TestOtherLogsAreRefused(t *testing.T) {
	s := start(t)
	s.create(0, 5)
	s.save()
	fresh := start(t)
	fresh.create(0, 9)
	file := checkpoint.New(s.path, program, fresh.Log)
	require.Error(t, file.Load(t.Context(), projections.NewView()))
}

// TestNoCopyOutlivesAnErasure keeps copies of all files, of one that was left unfinished too, as backups do.
func TestNoCopyOutlivesAnErasure(t *testing.T) {
	s := start(t)
	s.create(0, 5)
	var copies [][]byte
	keep := func() {
		content, err := os.ReadFile(s.path)
		require.NoError(t, err)
		copies = append(copies, content)
	}
	s.save()
	keep()
	s.create(5, 5)
	s.save()
	keep()
	// A crash leaves a file that has no name yet; the next run goes on from the one before.
	unfinished := checkpoint.New(filepath.Join(t.TempDir(), "elsewhere"), program, s.Log)
	require.NoError(t, unfinished.Save(t.Context(), s.view))
	require.NoError(t, os.Rename(unfinished.Path(), s.path+".new"))
	content, err := os.ReadFile(s.path + ".new")
	require.NoError(t, err)
	copies = append(copies, content)
	file, v := s.restart()
	require.NoError(t, file.Load(t.Context(), v))

	require.NoError(t, file.Drop(t.Context()))
	require.NoError(t, file.Drop(t.Context()), "again")
	require.NoFileExists(t, s.path)
	require.NoFileExists(t, s.path+".new")
	for i, content := range copies {
		require.NoError(t, os.WriteFile(s.path, content, 0o600))
		file, v := s.restart()
		require.ErrorIs(t, file.Load(t.Context(), v), eventlog.ErrKeyGone, "copy %d", i)
	}
	require.NoError(t, file.Save(t.Context(), s.view))
	file, v = s.restart()
	require.NoError(t, file.Load(t.Context(), v))
}
