package commands_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"accountd/commands"
	"accountd/events"
	"accountd/projections"
)

// siege is a provider whose north is kept by its user admin, and people who would like to have it: one of its users,
// the user admin of the south, a user of the south, and somebody whose key may make accounts and who has made one that
// a super admin promoted.
type siege struct {
	facts     []fact
	view      *projections.View
	attackers []uuid.UUID
	kept      map[uuid.UUID]uint64 // versions of the accounts that are nobody's of these
}

var (
	// user_admin and admin, bound and attached to the south
	southernID = uuid.MustParse("00000000-0000-4000-8000-0000000000d6")
	rulerID    = uuid.MustParse("00000000-0000-4000-8000-000000000014") // the user admin of the south
)

func newSiege(t require.TestingT) *siege {
	facts := and(provider(),
		fact{southernID, events.GroupCreated{Number: 4, Name: "southern", Datacenter: southID,
			Permissions: []string{"user_admin", "admin"}}},
		fact{southID, events.DatacenterUpdated{Groups: &[]uuid.UUID{southernID}}},
		fact{rulerID, created(5, "ruler", func(e *events.UserCreated) {
			e.Datacenter, e.Groups = southID,
				[]uuid.UUID{southernID}
		})}, fact{parentID, created(6, "parent", nil)},
		fact{childID, created(7, "child", func(e *events.UserCreated) {
			e.Parent, e.Groups = parentID,
				[]uuid.UUID{managersID}
		})},
		fact{freshID, created(8, "mate", func(e *events.UserCreated) { e.Datacenter = northID })},
	)
	s := &siege{view: projections.NewView(), attackers: []uuid.UUID{workerID, rulerID, farID, parentID},
		kept: map[uuid.UUID]uint64{}}
	s.apply(t, facts)
	s.view.Open()
	for _, id := range []uuid.UUID{adminID, chiefID, childID, freshID} {
		s.kept[id] = s.now().User(id).Version
	}
	return s
}

func (s *siege) now() *projections.Snapshot { return s.view.Snapshot() }

func (s *siege) apply(t require.TestingT, more []fact) {
	all := and(s.facts, more...)
	require.NoError(t, s.view.Apply(records(all)[len(s.facts):]))
	s.facts = all
}

// try runs the command and reports whether it was let through.
func (s *siege) try(t require.TestingT, a commands.Actor, c commands.Command) bool {
	drafts, err := commands.Decide(s.now(), a, c)
	if err != nil {
		var refusal *commands.Refusal
		require.ErrorAs(t, err, &refusal)
		return false
	}
	var more []fact
	for _, d := range drafts {
		more = append(more, fact{d.Aggregate.ID, d.Event})
	}
	s.apply(t, more)
	return true
}

// holds checks that nobody has more than at the beginning.
func (s *siege) holds(t require.TestingT) {
	now := s.now()
	for id, version := range s.kept {
		require.Equal(t, version, now.User(id).Version, "somebody changed %s", now.User(id).Username)
	}
	for _, id := range s.attackers {
		u := now.User(id)
		if u == nil {
			continue
		}
		require.False(t, u.SuperAdmin)
		require.Zero(t, u.Client)
		require.Equal(t, id == workerID, u.Datacenter == northID)
		administered := commands.AdministeredDatacenters(now, commands.Actor{User: id, Permissions: commands.Whole()})
		require.NotContains(t, administered, northID, "%s administers the north", u.Username)
		require.NotContains(t, u.Groups, helpersID)
		for _, k := range u.APIKeys {
			require.Equal(t, events.Permissions{}, k.Permissions)
		}
	}
}

// TestNobodyGainsRights plays what attackers may think of, also with the accounts that they make on the way.
func TestNobodyGainsRights(t *testing.T) {
	let := 0
	rapid.Check(t, func(t *rapid.T) {
		s := newSiege(t)
		for range rapid.IntRange(5, 40).Draw(t, "steps") {
			a := by(rapid.SampledFrom(s.attackers).Draw(t, "actor"), "")
			if a.User == parentID {
				a = by(parentID, rapid.SampledFrom([]string{"", "all", "write"}).Draw(t, "level"))
			}
			c := s.attack(t)
			if s.try(t, a, c) {
				let++
				if made, ok := c.(commands.CreateUser); ok {
					s.attackers = append(s.attackers, made.ID)
				}
			}
			s.holds(t)
		}
	})
	require.Greater(t, let, 20, "attackers hardly did anything")
}

// attack draws a command.
func (s *siege) attack(t *rapid.T) commands.Command {
	groups := rapid.SliceOfNDistinct(rapid.SampledFrom([]uuid.UUID{managersID, helpersID, spareID, southernID}), 0, 2,
		rapid.ID[uuid.UUID]).Draw(t, "groups")
	place := rapid.SampledFrom([]uuid.UUID{northID, southID, uuid.Nil}).Draw(t, "datacenter")
	whom := rapid.SampledFrom(append([]uuid.UUID{adminID, chiefID, childID, freshID}, s.attackers...)).Draw(t, "whom")
	name := rapid.StringMatching(`[a-z]{8}`).Draw(t, "name")
	hash := events.Secret("hash of " + name)
	key := events.APIKey{ID: uuid.NewSHA1(whom, []byte(name)), Kind: "native", Hash: hash,
		Permissions: events.Permissions{Users: rapid.SampledFrom([]string{"", "all"}).Draw(t, "permission")}}
	yes := rapid.Bool().Draw(t, "yes")
	switch rapid.IntRange(0, 10).Draw(t, "attack") {
	case 0, 1:
		return commands.CreateUser{ID: uuid.NewSHA1(uuid.Nil, []byte(name)), User: events.UserCreated{Username: name,
			Email:  name + "@example.net",
			Active: true, Datacenter: place, Groups: groups, SuperAdmin: yes && len(groups) == 0, PasswordHash: hash}}
	case 2:
		return commands.UpdateUser{ID: whom, Membership: events.MembershipChanged{Groups: &groups}}
	case 3:
		return commands.UpdateUser{ID: whom, Membership: events.MembershipChanged{Datacenter: &place}}
	case 4:
		return commands.UpdateUser{ID: whom, Rights: events.RightsChanged{SuperAdmin: &yes}}
	case 5:
		return commands.UpdateUser{ID: whom, PasswordHash: &hash,
			Profile: events.ProfileUpdated{Email: the(name + "@example.net")}}
	case 6:
		return commands.UpdateUser{ID: whom, APIKey: &key, CallbackKey: &hash, Active: &yes}
	case 7:
		return commands.AddAPIKey{ID: whom, Key: key}
	case 8:
		change := commands.UpdateAPIKey{ID: whom,
			Permissions: commands.PermissionsChange{Users: &key.Permissions.Users}, Memo: &name}
		if u := s.now().User(whom); u != nil && len(u.APIKeys) > 0 {
			change.KeyID = rapid.SampledFrom(u.APIKeys).Draw(t, "key").ID
		}
		return change
	case 9:
		return commands.UpdateGroup{ID: southernID, Datacenters: &[]uuid.UUID{northID}}
	default:
		return commands.DeleteUser{ID: whom}
	}
}

// TestAKeyThatOnlyReadsEndsNothingButItself: who finds it cannot shut its user out.
func TestAKeyThatOnlyReadsEndsNothingButItself(t *testing.T) {
	s := statesOf(t, and(family(),
		fact{childID, events.APIKeyAdded{APIKey: events.APIKey{ID: apiKeyID, Hash: "h", Kind: "native"}}},
		fact{childID, events.APIKeyAdded{APIKey: events.APIKey{ID: freshID, Hash: "i", Kind: "native"}}},
		fact{childID, events.SSHKeyAdded{Number: 7, Title: "t", Key: "k"}},
		fact{childID, events.StorageKeySet{StorageKey: events.StorageKey{Kind: commands.StorageS3, ID: "S"}}},
		fact{childID, events.ConsentGiven{Application: publicID}}))
	ends := map[string]commands.Command{
		"another key":   commands.RevokeAPIKey{ID: childID, KeyID: freshID},
		"a signing key": commands.RemoveSigningKey{ID: childID, KeyID: "AKchild"},
		"an SSH key":    commands.RemoveSSHKey{ID: childID, Number: 7},
		"a storage key": commands.RemoveStorageKey{ID: childID, Kind: commands.StorageS3},
		"a consent":     commands.WithdrawConsent{ID: childID, Application: publicID},
		"a session":     commands.EndSession{ID: childID, Session: anyKeyID, Kind: commands.SessionNative},
		"all sessions":  commands.EndSessions{ID: childID},
	}
	for level, no := range map[string]string{commands.LevelNone: "not_allowed", commands.LevelRead: "not_allowed",
		commands.LevelWrite: "", commands.LevelAll: "", commands.LevelOwner: ""} {
		a := by(childID, "")
		a.Credential, a.Permissions = "api-key:"+apiKeyID.String(), commands.Granted(events.Permissions{Users: level})
		for name, cmd := range ends {
			_, err := commands.Decide(s, a, cmd)
			assertReason(t, no, err, "%s by users:%s", name, level)
		}
		_, err := commands.Decide(s, a, commands.RevokeAPIKey{ID: childID, KeyID: apiKeyID})
		require.NoError(t, err, "itself")
	}
}
