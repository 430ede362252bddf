package commands_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"accountd/commands"
	"accountd/events"
)

func TestLookAlikes(t *testing.T) {
	for name, want := range map[string]string{
		"аdmin": "admin",                      // Cyrillic а
		"admın": "admin",                      // without its dot
		"ＡＤＭＩＮ": "", "𝒶dmin": "", "Ádmin": "", // these fold to admin, which is taken by itself
		"ɑdmin": "admin", "ⲟlga": "olga", "рау": "pay", "𑜀ary": "mary",
		"ϲlara": "clara", "кurt": "kurt", "κurt": "kurt", "ⲕurt": "kurt", "Ьob": "bob", "ьob": "bob", "Ꮷan": "dan",
		"ꮷan": "dan", "Нans": "hans", "нans": "hans",
		"a@xn--pple-43d.example": "a@apple.example", "a@xn--mnchen-3ya.example": "", "xn--pple-43d": "",
		"ᴀdmin": "admin", "ʀᴏᴏᴛ": "root", "admin。": "admin.", "ʏᴢ": "yz",
		"bob߀": "bob0", "ꓲan": "ian", "user۱": "user1",
		"bjørn": "bjo\u0338rn", // a letter of its own: nobody's look-alike but that of its like
	} {
		got := commands.LookAlikes(name)
		if want == "" {
			assert.Empty(t, got, name)
		} else {
			assert.Contains(t, got, want, name)
		}
	}
	assert.NotContains(t, commands.LookAlikes("bjørn"), "bjorn")
	assert.LessOrEqual(t, len(commands.LookAlikes("ꓲꓲꓲꓲꓲꓲꓲꓲꓲꓲꓲꓲꓲꓲꓲꓲ")), 16)
}

// TestASCIINamesAreNoLookAlikes of one another: whoever is called user1 does not keep userl out.
func TestASCIINamesAreNoLookAlikes(t *testing.T) {
	s := statesOf(t, and(family(), fact{freshID, created(5, "user1", nil)}))
	for _, name := range []string{"userl", "useri", "adrnin", "parent0"} {
		_, err := commands.Decide(s, commands.Service(), commands.CreateUser{ID: uuid.New(),
			User: events.UserCreated{Username: name, Email: name + "@example.org"}})
		assert.NoError(t, err, name)
	}
}

func TestNamesThatAreRefused(t *testing.T) {
	have := and(family(),
		fact{freshID, created(5, "øyvind", nil)},
		fact{uuid.MustParse("00000000-0000-4000-8000-000000000006"), created(6, "mаx", nil)}, // Cyrillic а, from before
	)
	for _, c := range []struct{ name, email, reason string }{
		{"аdmin", "new@example.net", "username_lookalike"},
		{"admın", "new@example.net", "username_lookalike"},
		{"max", "new@example.net", "username_lookalike"}, // whoever came first
		{"mах", "new@example.net", "username_lookalike"}, // both letters
		{"øyvınd", "new@example.net", "username_lookalike"},
		{"oyvind", "new@example.net", ""},
		{"new", "аdmin@example.com", "email_lookalike"},
		{"new", "admin@exampIe.com", ""}, // of ASCII alone
		{"new", "аdmin@example.net", ""},
		{".", "new@example.net", "username_invalid"},
		{"..", "new@example.net", "username_invalid"},
		{"．．", "new@example.net", "username_invalid"},
		{"a/b", "new@example.net", "username_invalid"},
		{`a\b`, "new@example.net", "username_invalid"},
		{"a／b", "new@example.net", "username_invalid"},
		{"a?b", "new@example.net", "username_invalid"},
		{"a#b", "new@example.net", "username_invalid"},
		{"a%2fb", "new@example.net", "username_invalid"},
		{"%2e%2e", "new@example.net", "username_invalid"},
		{"profile", "new@example.net", "username_invalid"},
		{"Profile", "new@example.net", "username_invalid"},
		{"_system", "new@example.net", "username_invalid"},
		{"new@example.org", "new@example.net", "username_not_own_email"},
		{"new＠example.org", "new@example.net", "username_not_own_email"},
		{"new@example.net", "new@example.net", ""},
		{"NEW@example.net", "new@example.net", ""},
		{"new.name", "new@example.net", ""},
	} {
		s := statesOf(t, have)
		create := commands.CreateUser{ID: uuid.New(), User: events.UserCreated{Username: c.name, Email: c.email}}
		_, err := commands.Decide(s, commands.Service(), create)
		assertReason(t, c.reason, err, "creating %q %q", c.name, c.email)
		update := commands.UpdateUser{ID: strangerID, Profile: events.ProfileUpdated{Username: &c.name,
			Email: &c.email}}
		_, err = commands.Decide(s, commands.Service(), update)
		assertReason(t, c.reason, err, "renaming to %q %q", c.name, c.email)
	}
}

func assertReason(t *testing.T, want string, err error, about string, args ...any) {
	t.Helper()
	if want == "" {
		assert.NoError(t, err, append([]any{about}, args...)...)
		return
	}
	var refusal *commands.Refusal
	if assert.ErrorAs(t, err, &refusal, append([]any{about}, args...)...) {
		assert.Equal(t, want, refusal.Reason, append([]any{about}, args...)...)
	}
}

// TestNamesFromBefore go on: whoever has one may change everything else, and write the name in another way.
func TestNamesFromBefore(t *testing.T) {
	for _, name := range []string{"аdmin", "a/b", "..", "profile", "other@example.org"} {
		s := statesOf(t, and(family(), fact{freshID,
			created(5, name, func(e *events.UserCreated) { e.Email = "me@example.org" })}))
		require.Equal(t, freshID, s.UserByName(name).ID)
		_, err := commands.Decide(s, commands.Service(), commands.UpdateUser{ID: freshID,
			Profile: events.ProfileUpdated{Username: &name, Email: the("me@example.net"), FirstName: the("New")}})
		assert.NoError(t, err, name)
	}
	s := statesOf(t, and(family(), fact{freshID, created(5, "øyvind", nil)}))
	_, err := commands.Decide(s, commands.Service(),
		commands.UpdateUser{ID: freshID, Profile: events.ProfileUpdated{Username: the("øyvınd")}})
	assert.NoError(t, err, "the own name's look-alike")
}

// TestUsernameFollowsItsAddress: one that is the own address is not left behind with what may be somebody else's soon.
func TestUsernameFollowsItsAddress(t *testing.T) {
	named := func(name string) []fact {
		return and(family(), fact{freshID, created(5, name,
			func(e *events.UserCreated) { e.Email = "old@example.org" })})
	}
	moved := events.ProfileUpdated{Email: the("new@example.org")}
	for name, want := range map[string]events.ProfileUpdated{
		"old@example.org":   {Email: the("new@example.org"), Username: the("new@example.org")},
		"Old@example.org":   {Email: the("new@example.org"), Username: the("new@example.org")},
		"old":               moved,
		"other@example.org": moved, // from before
	} {
		got, err := commands.Decide(statesOf(t, named(name)), commands.Service(),
			commands.UpdateUser{ID: freshID, Profile: moved})
		require.NoError(t, err)
		assert.Equal(t, want, got[0].Event, name)
		sent := moved
		sent.Username = &name // as a client sends it that writes whole objects
		got, err = commands.Decide(statesOf(t, named(name)), commands.Service(),
			commands.UpdateUser{ID: freshID, Profile: sent})
		require.NoError(t, err)
		assert.Equal(t, want, got[0].Event, name)
	}
	_, err := commands.Decide(statesOf(t, named("old@example.org")), commands.Service(),
		commands.UpdateUser{ID: freshID,
			Profile: events.ProfileUpdated{Email: the("new@example.org"), Username: the("third@example.org")}})
	assertReason(t, "username_not_own_email", err, "another address")
}

func TestNamesInPaths(t *testing.T) {
	s := statesOf(t, family())
	for _, name := range []string{".", "..", "a/b", `a\b`} {
		_, err := commands.Decide(s, commands.Service(),
			commands.CreateGroup{ID: uuid.New(), Group: events.GroupCreated{Name: name}})
		assertReason(t, "name_invalid", err, "group %q", name)
		_, err = commands.Decide(s, commands.Service(), commands.CreateDatacenter{ID: uuid.New(),
			Datacenter: events.DatacenterCreated{Name: name}})
		assertReason(t, "name_invalid", err, "datacenter %q", name)
		_, err = commands.Decide(s, commands.Service(),
			commands.CreateClient{ID: uuid.New(), Client: events.ClientCreated{Name: name}})
		assert.NoError(t, err, "clients have numbers in paths")
	}
	_, err := commands.Decide(s, commands.Service(),
		commands.LinkResource{ID: strangerID, Resource: events.ResourceLinked{Kind: "server", ID: ".."}})
	assertReason(t, "id_invalid", err, "resource")
}

// TestLookAlikesAreSymmetric: who comes second is refused, whoever that is.
func TestLookAlikesAreSymmetric(t *testing.T) {
	letter := rapid.SampledFrom([]rune("ab01liomаоіӏοøıᴍ߀ꓲ"))
	rapid.Check(t, func(drawn *rapid.T) {
		a := string(rapid.SliceOfN(letter, 1, 4).Draw(drawn, "a"))
		b := string(rapid.SliceOfN(letter, 1, 4).Draw(drawn, "b"))
		refused := func(first, second string) bool {
			v := statesOf(t, []fact{{adminID, created(1, first, nil)}})
			_, err := commands.Decide(v, commands.Service(),
				commands.CreateUser{ID: freshID, User: events.UserCreated{Username: second, Email: "x@y.zz"}})
			return err != nil
		}
		require.Equal(drawn, refused(a, b), refused(b, a))
	})
}

// TestLookAlikesWithinABatch: what is decided together is not in the log yet.
func TestLookAlikesWithinABatch(t *testing.T) {
	user := func(name, email string) commands.Command {
		return commands.CreateUser{ID: uuid.New(), User: events.UserCreated{Username: name, Email: email}}
	}
	for _, c := range []struct {
		first, second commands.Command
		reason        string
	}{
		{user("boss", "boss@example.net"), user("bоss", "x@example.net"), "username_lookalike"},
		{user("bоss", "x@example.net"), user("boss", "boss@example.net"), "username_lookalike"},
		{user("bоss", "x@example.net"), user("bosѕ", "y@example.net"), "username_lookalike"},
		{commands.UpdateUser{ID: strangerID, Profile: events.ProfileUpdated{Username: the("free")}},
			user("ѕtranger", "x@example.net"), ""},
		{commands.DeleteUser{ID: strangerID}, user("ѕtranger", "ѕtranger@example.org"), ""},
		{user("boss", "boss@example.net"), user("boas", "x@example.net"), ""},
	} {
		_, err := commands.Decide(statesOf(t, family()), commands.Service(),
			commands.SetUp{ID: adminID, Commands: []commands.Command{c.first, c.second}})
		assertReason(t, c.reason, err, "%v then %v", c.first, c.second)
	}
}
