package commands_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"accountd/commands"
	"accountd/events"
)

// mailboxes are addresses, those of one mailbox in one row.
var mailboxes = [][]string{
	{"a@münchen.example", "A@MÜNCHEN.example", "a@mu\u0308nchen.example", "a@xn--mnchen-3ya.example",
		"a@XN--MNCHEN-3YA.Example", "á@münchen。example"},
	{"a@munchen.example"},
	{"dot@a.example", "dot@a。example", "dot@a．example", "dot@a｡example", "dót@ａ.example"},
	{"s@straße.example", "s@xn--strae-oqa.example", "S@STRAßE.example", "s@STRAẞE.example"},
	{"s@strasse.example"},
	{"i@пример.example", "i@xn--e1afmkfd.example", "i@ПРИМЕР.example"},
	{"i@приме\u0301р.example"},
	{"h@한글.example", "h@\u1112\u1161\u11ab\u1100\u1173\u11af.example", "h@xn--bj0bj06e.example"},
	{"r@राम.example"}, {"r@रमा.example"},
}

// TestAnAddressIsItsMailbox: however its domain is written, and no other one.
func TestAnAddressIsItsMailbox(t *testing.T) {
	for i, same := range mailboxes {
		for _, a := range same {
			require.True(t, commands.ValidEmail(a), a)
			for j, row := range mailboxes {
				for _, b := range row {
					assert.Equal(t, i == j, commands.Folded(a) == commands.Folded(b), "%q and %q", a, b)
					assert.Equal(t, i == j, commands.CompareFolded(a, b) == 0, "%q and %q", a, b)
				}
			}
		}
	}
}

// TestOneAccountForAMailbox, whichever way comes second, and by whatever way it is looked up.
func TestOneAccountForAMailbox(t *testing.T) {
	for i, same := range mailboxes {
		for _, a := range same {
			s := statesOf(t, and(family(), fact{freshID,
				created(5, "first", func(e *events.UserCreated) { e.Email = a })}))
			for j, row := range mailboxes {
				for _, b := range row {
					want := ""
					if i == j {
						want = "email_taken"
						require.Equal(t, freshID, s.UserByName(b).ID, "%q by %q", a, b)
					}
					_, err := commands.Decide(s, commands.Service(), commands.CreateUser{ID: uuid.New(),
						User: events.UserCreated{Username: "second", Email: b}})
					assertReason(t, want, err, "%q beside %q", b, a)
				}
			}
		}
	}
}

func TestAddressesThatAreNoMailbox(t *testing.T) {
	for _, address := range []string{
		"a@xn--99999999999.example", // no letters
		"a@xn--a.example",           // such as DNS would not have it
		"a@xn--mnchen-3ya.example.", // the root
		"a@example。", "a@münchen.example。", "a@b＠münchen.example", "a@mün\u2028chen.example", "a＠example.org",
		"münchen.example", "@münchen.example",
	} {
		assert.False(t, commands.ValidEmail(address), address)
	}
}

// TestLookAlikesOfDomains: letters of another script in a domain are still what they look like.
func TestLookAlikesOfDomains(t *testing.T) {
	for _, c := range []struct{ have, wanted, reason string }{
		{"a@apple.example", "a@аpple.example", "email_lookalike"}, // Cyrillic а
		{"a@apple.example", "a@xn--pple-43d.example", "email_lookalike"},
		{"a@xn--pple-43d.example", "a@apple.example", "email_lookalike"},
		{"a@applé.example", "a@аpplé.example", "email_lookalike"},
		{"a@аpplé.example", "a@applé.example", "email_lookalike"},
		{"a@apple.example", "a@аpplé.example", ""}, // which looks like applé
		{"a@munchen.example", "а@münchen.example", ""},
		{"a@münchen.example", "а@münchen.example", "email_lookalike"},
		{"а@xn--mnchen-3ya.example", "a@münchen.example", "email_lookalike"},
	} {
		s := statesOf(t, and(family(), fact{freshID,
			created(5, "first", func(e *events.UserCreated) { e.Email = c.have })}))
		create := commands.CreateUser{ID: uuid.New(), User: events.UserCreated{Username: "second", Email: c.wanted}}
		_, err := commands.Decide(s, commands.Service(), create)
		assertReason(t, c.reason, err, "%q beside %q", c.wanted, c.have)
		o := commands.NewOverlay(statesOf(t, family()))
		o.Add(commands.Service(), []events.Draft{{Aggregate: events.User(freshID),
			Event: created(5, "first", func(e *events.UserCreated) { e.Email = c.have })}})
		_, err = commands.Decide(o, commands.Service(), create)
		assertReason(t, c.reason, err, "%q beside %q in one group", c.wanted, c.have)
	}
}

// TestAccountsOfOneMailboxGoOn: they took their addresses when these were two.
func TestAccountsOfOneMailboxGoOn(t *testing.T) {
	other := uuid.MustParse("00000000-0000-4000-8000-000000000006")
	second := func(e *events.UserCreated) { e.Email = "a@xn--mnchen-3ya.example" }
	s := statesOf(t, and(family(),
		fact{freshID, created(5, "first", func(e *events.UserCreated) { e.Email = "a@münchen.example" })},
		fact{other, created(6, "second", second)}))
	requireBoth := func(s commands.States) {
		require.Equal(t, freshID, s.UserByName("A@münchen.example").ID, "as it is written")
		require.Equal(t, other, s.UserByName("a@XN--mnchen-3ya.example").ID, "as it is written")
		require.Equal(t, freshID, s.UserByName("a@ｍünchen。example").ID, "who came first")
	}
	requireBoth(s)
	for _, id := range []uuid.UUID{freshID, other} {
		_, err := commands.Decide(s, commands.Service(),
			commands.UpdateUser{ID: id, Profile: events.ProfileUpdated{FirstName: the("New")}})
		require.NoError(t, err)
	}
	create := commands.CreateUser{ID: uuid.New(), User: events.UserCreated{Username: "third",
		Email: "a@münchen.example"}}
	for _, id := range []uuid.UUID{freshID, other} { // whoever goes, the mailbox is the other's still
		o := commands.NewOverlay(s)
		requireBoth(o)
		o.Add(commands.Service(), []events.Draft{{Aggregate: events.User(id),
			Event: events.ProfileUpdated{Email: the("b@example.org")}}})
		_, err := commands.Decide(o, commands.Service(), create)
		assertReason(t, "email_taken", err, "without %s", id)
		o.Add(commands.Service(), []events.Draft{{Aggregate: events.User(freshID), Event: events.UserDeleted{}},
			{Aggregate: events.User(other), Event: events.UserDeleted{}}})
		_, err = commands.Decide(o, commands.Service(), create)
		require.NoError(t, err)
	}
}

func TestFoldedIsFolded(t *testing.T) {
	require.Equal(t, "@", commands.Folded("@ \u200b"), "a blank is no domain")
	rapid.Check(t, func(t *rapid.T) {
		once := commands.Folded(addressLike().Draw(t, "text"))
		require.Equal(t, once, commands.Folded(once))
	})
}

// addressLike draws what may be an e-mail address.
func addressLike() *rapid.Generator[string] {
	part := rapid.SampledFrom([]string{"a", "B", "m", "z", "ü", "u\u0308", "ß", "ss", "@", "＠", ".", "。", "xn--",
		"mnchen-3ya", "münchen", "example", " ", "\u200b", "р", "-"})
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(part, 0, 8).Draw(t, "parts"),
			"")
	})
}

func TestDeliveredTo(t *testing.T) {
	for in, want := range map[string]string{
		"a@münchen.example": "a@xn--mnchen-3ya.example", "A@Example.org": "A@example.org", "ö@a。example": "ö@a.example",
		"a@xn--zzzzzzzzzz": "a@xn--zzzzzzzzzz", "none": "none",
	} {
		require.Equal(t, want, commands.DeliveredTo(in))
	}
}

func TestParts(t *testing.T) {
	for _, c := range []struct {
		text, part string
		holds      bool
	}{
		{"a@münchen.example", "münch", true}, {"a@münchen.example", "MUNCH", true}, {"a@münchen.example", "@mün", true},
		{"a@münchen.example", "xn--mnch", true}, {"a@xn--mnchen-3ya.example", "münch", true},
		{"a@xn--mnchen-3ya.example", "@munchen.ex", true},
		{"a@münchen.example", "a@xn--mnchen-3ya.example", true}, {"a@münchen.example", "mnchen-3ya.ex", true},
		{"a@munchen.example", "münch", true}, {"a@munchen.example", "xn--", false},
		{"a@a。example", "a@a.example", true},
	} {
		require.Equal(t, c.holds, strings.Contains(commands.Searched(c.text), commands.Part(c.part)), "%q in %q",
			c.part, c.text)
	}
}
