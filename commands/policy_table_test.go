package commands_test

import (
	"cmp"
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
)

// rights reads: who asks, for what, of whom, and what comes of it: yes, or the reason of the refusal. Whose case it was
// before is in the second part of the row's name: "(was yes)" marks what an earlier policy let through.
const rights = `
who                      act             of whom      answer
super admin              password        customer     yes
super admin              password        root         yes
super admin              full access     customer     yes
writing token            full access     customer     not_allowed   (was yes)
ending token             full access     customer     not_allowed   (was yes)
token of an office       full access     read-only    not_allowed   (was yes)
ending token             new full member -            not_allowed   (was yes)
ending token             new reader      -            yes
ending token             password        member       not_allowed   (was yes)
panel's writing key      full access     customer     yes
super admin              raise           customer     yes
super admin              parent          child        yes
super admin              attest          customer     yes
super admin              attest          oneself      not_allowed   (was yes)
super admin              attest          root         yes
ending token             attest          root         not_allowed   (was yes)
writing token            attest          full member  not_allowed   (was yes)
ending token             attest          customer     yes
super admin              key             root         yes
super admin              new root        -            yes
super admin              webhook         -            yes
super admin              new secret      -            yes

writing token            password        customer     yes
writing token            password        root         not_allowed   (was yes)
writing token            password        oneself      not_allowed   (was yes)
writing token            address         root         not_allowed   (was yes)
writing token            address         oneself      not_allowed   (was yes)
writing token            address         customer     yes
writing token            factor          root         not_allowed   (was yes)
writing token            raise           customer     not_allowed   (was yes)
writing token            new root        -            not_allowed   (was yes)
writing token            new customer    -            yes
writing token            key             root         not_allowed
writing token            key             customer     yes
writing token            reset           root         not_allowed   (was yes)
writing token            groups          customer     not_allowed   (was yes)
writing token            new secret      -            not_allowed   (was yes)
writing token            webhook         -            not_allowed

ending token             password        root         not_allowed   (was yes)
ending token             password        oneself      not_allowed
ending token             password        customer     yes
ending token             address         root         not_allowed   (was yes)
ending token             factor          root         not_allowed   (was yes)
ending token             raise           customer     not_allowed   (was yes)
ending token             new root        -            not_allowed   (was yes)
ending token             key             root         not_allowed   (was yes)
ending token             ending key      root         yes
ending token             key             customer     yes
ending token             webhook         -            not_allowed   (was yes)
ending token             new secret      -            not_allowed   (was yes)

token of an office       password        root         not_allowed   (was yes)
token of an office       address         root         not_allowed   (was yes)
token of an office       key             root         not_allowed   (was yes)
token of an office       new root        -            not_allowed   (was yes)
token of an office       new customer    -            yes
token of an office       key             oneself      not_allowed

super admin              panel key       oneself      yes
writing token            panel key       oneself      not_allowed   (was yes)
ending token             panel key       oneself      not_allowed   (was yes)
ending token             ssh key         root         not_allowed   (was yes)
ending token             ssh key         oneself      not_allowed   (was yes)
ending token             storage key     oneself      not_allowed   (was yes)
ending token             rename          oneself      not_allowed   (was yes)
ending token             ssh key         customer     yes
ending token             storage key     root         not_allowed   (was yes)
ending token             access          -            not_allowed   (was yes)
token of an office       redirects       -            not_allowed   (was yes)
super admin              access          -            yes
super admin              new attested    -            yes
reseller                 new attested    -            not_allowed   (was yes)
place's admin            attested there  -            not_allowed   (was yes)
place's admin            new there       -            yes
place's admin            new ruler       -            yes
place's writing token    new there       -            yes
place's writing token    new ruler       -            not_allowed   (was yes)
place's ending token     new ruler       -            not_allowed   (was yes)
silent token             silent key      oneself      yes
silent token             key             oneself      not_allowed
place's writing token    key             oneself      not_allowed   (was yes)
place's writing token    key             resident     yes
customer                 name of an id   oneself      username_invalid (was yes)

panel's writing key      new root        -            yes
panel's writing key      raise           customer     yes
panel's writing key      password        root         yes

reseller                 see             child        yes
reseller                 password        child        yes
reseller                 delete          child        yes
reseller                 attest          child        not_allowed   (was yes)
reseller                 parent          child        not_allowed
reseller                 see             in a client  no            (was yes)
reseller                 password        in a client  user_not_found (was yes)
reseller                 see             in a place   no            (was yes)
reseller                 password        promoted     user_not_found
reseller                 erase           gone         yes
reseller                 erase           gone manager user_not_found (was yes)
reseller                 erase           gone parent  user_not_found (was yes)
reseller                 password        middleman    not_allowed
former reseller          see             ex-child     no            (was yes)
former reseller          password        ex-child     user_not_found
former super admin       see             customer     no
former super admin       see             old child    no            (was yes)
former super admin       password        customer     user_not_found
former super admin       new customer    -            not_allowed   (was yes)

place's admin            password        resident     yes
place's admin            attest          resident     not_allowed   (was yes)
place's admin            attest          oneself      not_allowed   (was yes)
place's admin            password        landlord     not_allowed   (was yes)
place's admin            see             ex-child     no

full member              password        member       yes
full member              password        landlady     not_allowed   (was yes)
full member              attest          member       not_allowed
full member by old grant password        member       grant_ended   (was yes)
full member by old grant see             member       no            (was yes)

nobody                   password        customer     account_inactive (was yes)
nobody                   delete          customer     account_inactive (was yes)
nobody                   new root        -            account_inactive (was yes)
nobody                   see             customer     no            (was yes)
somebody unknown         delete          customer     account_inactive (was yes)
somebody unknown         lock            customer     yes
`

// person gives everybody in the table an id.
func person(name string) uuid.UUID { return uuid.NewSHA1(uuid.NameSpaceOID, []byte(name)) }

// world is the history behind the table.
func world() []fact {
	n := int64(20)
	user := func(name string, with func(*events.UserCreated)) fact {
		n++
		e := created(n, strings.ReplaceAll(name, " ", "-"), with)
		return fact{person(name), e}
	}
	childOf := func(parent string) func(*events.UserCreated) {
		return func(e *events.UserCreated) { e.Parent = person(parent) }
	}
	sells := func(e *events.UserCreated) {
		e.SigningKeys[0].Permissions = events.Permissions{Users: commands.LevelAll}
	}
	root := func(e *events.UserCreated) { e.SuperAdmin = true }
	place := func(e *events.UserCreated) { e.Datacenter = southID }
	member := func(e *events.UserCreated) { e.Client, e.Access, e.SigningKeys = 2, commands.AccessFull, nil }
	key := func(name string, k events.APIKey) fact {
		k.ID, k.Kind, k.Hash = person(name+"'s key"), cmp.Or(k.Kind, "native"), events.Secret(name)
		return fact{person("super admin"), events.APIKeyAdded{APIKey: k}}
	}
	ends := firstDay.AddDate(1, 0, 0)
	return and(tenant(),
		fact{southID, events.DatacenterCreated{Number: 9, Name: "south", Groups: []uuid.UUID{managersID}}},
		fact{managersID, events.GroupCreated{Number: 9, Name: "managers", Datacenter: southID,
			Permissions: []string{"user_admin", "admin"}}},
		user("super admin", root), user("root", root), user("customer", nil),
		key("writing token", events.APIKey{Permissions: events.Permissions{Users: commands.LevelWrite}}),
		key("ending token", events.APIKey{ExpiresAt: ends}),
		key("token of an office", events.APIKey{AllowedIPs: []string{"192.0.2.0/24"}}),
		key("silent token", events.APIKey{Permissions: events.Permissions{Audit: commands.LevelNone}}),
		key("panel's writing key", events.APIKey{Kind: commands.KeyPterodactyl,
			Permissions: events.Permissions{Users: commands.LevelWrite,
				Servers: commands.LevelNone, Audit: commands.LevelNone}}),

		user("reseller", sells), user("child", childOf("reseller")), user("promoted", childOf("reseller")),
		user("in a client", childOf("reseller")), user("in a place", childOf("reseller")),
		fact{person("promoted"), events.RightsChanged{SuperAdmin: the(true)}},
		fact{person("in a client"), events.MembershipChanged{Client: the(int64(2)), Access: the("full")}},
		fact{person("in a place"), events.MembershipChanged{Datacenter: the(southID)}},
		user("gone", childOf("reseller")), fact{person("gone"), events.UserDeleted{}},
		user("gone manager", func(e *events.UserCreated) {
			e.Parent, e.Groups = person("reseller"),
				[]uuid.UUID{managersID}
		}),
		fact{person("gone manager"), events.UserDeleted{}},
		user("gone parent", childOf("reseller")), user("grandchild", childOf("gone parent")),
		fact{person("gone parent"), events.UserDeleted{}},
		user("middleman", childOf("reseller")), user("middleman's", childOf("middleman")),
		user("former reseller", sells), user("ex-child", childOf("former reseller")),
		fact{person("former reseller"), events.SigningKeyUpdated{ID: "AKformer-reseller",
			Permissions: &events.Permissions{}}},
		user("former super admin", func(e *events.UserCreated) { root(e); sells(e) }),
		user("old child", childOf("former super admin")),

		user("place's admin", func(e *events.UserCreated) { place(e); e.Groups = []uuid.UUID{managersID} }),
		fact{person("place's admin"), events.APIKeyAdded{APIKey: events.APIKey{ID: person("place's writing token's key"), Kind: "native",
			Hash: "place's writing token", Permissions: events.Permissions{Users: commands.LevelWrite}}}},
		fact{person("place's admin"), events.APIKeyAdded{APIKey: events.APIKey{ID: person("place's ending token's key"),
			Kind: "native", Hash: "place's ending token", ExpiresAt: ends}}},
		user("resident", place), user("landlord", place), user("tenant of his", childOf("landlord")),
		user("read-only", func(e *events.UserCreated) { member(e); e.Access = commands.AccessReadOnly }),
		user("full member", member), user("member", member), user("landlady", member),
		user("tenant of hers", childOf("landlady")),
	)
}

// asks returns the Actor of the table's first column.
func asks(t *testing.T, s commands.States, name string) commands.Actor {
	request := commands.Actor{At: firstDay.AddDate(0, 1, 0), Dialect: "native", Address: "192.0.2.7"}
	whole := func(id uuid.UUID) commands.Actor {
		return commands.Actor{User: id, Credential: "session", Permissions: commands.Whole()}.Within(request)
	}
	switch name {
	case "nobody":
		return request
	case "somebody unknown":
		return commands.Anonymous().Within(request)
	case "writing token", "ending token", "silent token", "token of an office", "panel's writing key":
		k, ok := s.User(person("super admin")).APIKey(person(name + "'s key"))
		require.True(t, ok)
		return commands.Actor{User: person("super admin"), Credential: "api-key:" + k.ID.String(),
			Permissions: commands.Granted(k.Permissions)}.Within(request)
	case "place's writing token", "place's ending token":
		k, ok := s.User(person("place's admin")).APIKey(person(name + "'s key"))
		require.True(t, ok)
		return commands.Actor{User: person("place's admin"), Credential: "api-key:" + k.ID.String(),
			Permissions: commands.Granted(k.Permissions)}.Within(request)
	case "reseller", "former super admin":
		k := s.User(person(name)).SigningKeys[0]
		return commands.Actor{User: person(name), Credential: "signing-key:" + k.ID,
			Permissions: commands.Granted(k.Permissions)}.Within(request)
	case "full member":
		return granted(s, through(person(name), passID)).Within(request)
	case "full member by old grant":
		a := granted(s, through(person("full member"), passID)).Within(request)
		a.Grant.Membership-- // of before the user came back
		return a
	}
	return whole(person(name))
}

// asked returns the Command of the table's second column.
func asked(t *testing.T, what string, whom uuid.UUID) commands.Command {
	fresh := person("fresh")
	newcomer := events.UserCreated{Username: "fresh", Email: "fresh@example.net", Active: true, PasswordHash: "h"}
	switch what {
	case "password":
		return commands.UpdateUser{ID: whom, PasswordHash: the(events.Secret("new"))}
	case "address":
		return commands.UpdateUser{ID: whom, Profile: events.ProfileUpdated{Email: the("mine@example.net")}}
	case "factor":
		return commands.RemoveTOTP{ID: whom}
	case "raise":
		return commands.UpdateUser{ID: whom, Rights: events.RightsChanged{SuperAdmin: the(true)}}
	case "full access":
		return commands.UpdateUser{ID: whom, Membership: events.MembershipChanged{Client: the(int64(2)),
			Access: the(commands.AccessFull)}}
	case "new full member", "new reader":
		newcomer.Client, newcomer.Access = 2, commands.AccessFull
		if what == "new reader" {
			newcomer.Access = commands.AccessReadOnly
		}
		return commands.CreateUser{ID: fresh, User: newcomer}
	case "groups":
		return commands.UpdateUser{ID: whom, Membership: events.MembershipChanged{Groups: &[]uuid.UUID{managersID}}}
	case "parent":
		return commands.UpdateUser{ID: whom, Membership: events.MembershipChanged{Parent: &uuid.UUID{}}}
	case "attest":
		return commands.UpdateUser{ID: whom, Profile: events.ProfileUpdated{Profile: &events.Profile{EmailVerified: the(true)}}}
	case "reset":
		return commands.RequestPasswordReset{ID: whom, Hash: openResetHash, ExpiresAt: firstDay.AddDate(1, 0, 0)}
	case "key":
		return commands.AddAPIKey{ID: whom, Key: events.APIKey{ID: fresh, Kind: "native", Hash: "new"}}
	case "ending key":
		return commands.AddAPIKey{ID: whom, Key: events.APIKey{ID: fresh, Kind: "native", Hash: "new",
			ExpiresAt: firstDay.AddDate(1, 0, 0)}}
	case "new root":
		newcomer.SuperAdmin = true
		return commands.CreateUser{ID: fresh, User: newcomer}
	case "panel key":
		return commands.AddAPIKey{ID: whom, Key: events.APIKey{ID: fresh, Kind: commands.KeyPterodactyl, Hash: "new",
			ExpiresAt: firstDay.AddDate(1, 0, 0),
			Permissions: events.Permissions{Users: commands.LevelWrite, Servers: commands.LevelNone,
				Audit: commands.LevelNone}}}
	case "silent key":
		return commands.AddAPIKey{ID: whom, Key: events.APIKey{ID: fresh, Kind: "native", Hash: "new",
			Permissions: events.Permissions{Audit: commands.LevelNone}}}
	case "ssh key":
		return commands.AddSSHKey{ID: whom, Title: "laptop", Key: edKey}
	case "storage key":
		return commands.RotateStorageKeys{ID: whom,
			Keys: []events.StorageKey{{Kind: commands.StorageS3, ID: "SKfresh", Secret: "s"}}}
	case "access":
		return commands.UpdateApplication{ID: callID,
			Change: events.ApplicationUpdated{Access: the(commands.AccessAll)}}
	case "redirects":
		return commands.UpdateApplication{ID: publicID,
			Change: events.ApplicationUpdated{RedirectURIs: &[]string{"https://new.example.net/"}}}
	case "name of an id":
		return commands.UpdateUser{ID: whom, Profile: events.ProfileUpdated{Username: the(person("root").String())}}
	case "rename":
		return commands.UpdateUser{ID: whom, Profile: events.ProfileUpdated{Username: the("renamed")}}
	case "new ruler":
		newcomer.Datacenter, newcomer.Groups = southID, []uuid.UUID{managersID}
		return commands.CreateUser{ID: fresh, User: newcomer}
	case "new there":
		newcomer.Datacenter = southID
		return commands.CreateUser{ID: fresh, User: newcomer}
	case "attested there":
		newcomer.Datacenter, newcomer.Profile = southID, &events.Profile{EmailVerified: the(true)}
		return commands.CreateUser{ID: fresh, User: newcomer}
	case "new attested":
		newcomer.Profile = &events.Profile{EmailVerified: the(true)}
		return commands.CreateUser{ID: fresh, User: newcomer}
	case "new customer":
		return commands.CreateUser{ID: fresh, User: newcomer}
	case "delete":
		return commands.DeleteUser{ID: whom}
	case "erase":
		return commands.EraseUser{ID: whom}
	case "lock":
		return commands.LockLogIn{ID: whom, Until: firstDay.AddDate(1, 0, 0)}
	case "webhook":
		return commands.CreateWebhook{ID: fresh, Webhook: events.WebhookCreated{URL: "https://y.example", Secret: "s"}}
	case "new secret":
		return commands.RotateApplicationSecret{ID: allID, SecretHash: "new"}
	}
	require.Fail(t, "an act that nobody knows", what)
	return nil
}

// TestRights plays the table.
func TestRights(t *testing.T) {
	facts := world()
	enrolled := fact{person("root"), events.TOTPEnrolled{Secret: "s"}}
	demote, err := commands.Decide(statesOf(t, facts), commands.Service(),
		commands.UpdateUser{ID: person("former super admin"), Rights: events.RightsChanged{SuperAdmin: the(false)}})
	require.NoError(t, err)
	for _, d := range demote {
		facts = and(facts, fact{d.Aggregate.ID, d.Event})
	}
	s := statesOf(t, and(facts, enrolled))
	rows := strings.Split(strings.TrimSpace(rights), "\n")
	starts := []int{0, strings.Index(rows[0], "act"), strings.Index(rows[0], "of whom"),
		strings.Index(rows[0], "answer")}
	for _, row := range rows[1:] {
		if row == "" {
			continue
		}
		t.Run(strings.Join(strings.Fields(row), " "), func(t *testing.T) {
			who, what, whom := strings.TrimSpace(row[:starts[1]]), strings.TrimSpace(row[starts[1]:starts[2]]),
				strings.TrimSpace(row[starts[2]:starts[3]])
			answer := strings.Fields(row[starts[3]:])[0]
			a := asks(t, s, who)
			target := person(whom)
			if whom == "oneself" {
				target = a.User
			}
			if what == "see" {
				require.NotNil(t, s.User(target))
				require.Equal(t, answer == "yes", commands.VisibleUsers(s, a).Sees(s.User(target)))
				return
			}
			_, err := commands.Decide(s, a, asked(t, what, target))
			var refusal *commands.Refusal
			switch {
			case answer == "yes":
				require.NoError(t, err)
			case errors.As(err, &refusal):
				require.Equal(t, answer, refusal.Reason)
			default:
				require.Error(t, err)
			}
		})
	}
}

// TestDemotionNarrowsKeys: what a super admin's keys were given permissions for ends with the rights, and does not come
// back with them.
func TestDemotionNarrowsKeys(t *testing.T) {
	given := and(family(),
		fact{adminID, events.RightsChanged{}},
		fact{strangerID, events.RightsChanged{SuperAdmin: the(true)}},
		fact{strangerID, events.APIKeyAdded{APIKey: events.APIKey{ID: anyKeyID, Kind: "native", Hash: "k",
			Permissions: events.Permissions{Users: commands.LevelAll}}}})
	none := events.Permissions{Users: commands.LevelNone, Servers: commands.LevelNone, Audit: commands.LevelNone}
	run(t, []scenario{{name: "a super admin is one no more", given: given, actor: by(adminID, ""),
		when: commands.UpdateUser{ID: strangerID, Rights: events.RightsChanged{SuperAdmin: the(false)}},
		then: []events.Event{events.RightsChanged{SuperAdmin: the(false)},
			events.APIKeyUpdated{ID: anyKeyID, Permissions: &none}}}})
}

// TestParentsOf: who is the parent of an account, and who says so.
func TestParentsOf(t *testing.T) {
	parent := func(id, of uuid.UUID) commands.UpdateUser {
		return commands.UpdateUser{ID: id, Membership: events.MembershipChanged{Parent: &of}}
	}
	admin := by(adminID, "")
	run(t, []scenario{
		{name: "a super admin gives an account a parent", given: family(), actor: admin,
			when: parent(strangerID, parentID), then: []events.Event{events.MembershipChanged{Parent: &parentID}}},
		{name: "not one that comes of it", given: family(), actor: admin, when: parent(parentID, childID),
			no: "parent_invalid"},
		{name: "nor itself", given: family(), actor: admin, when: parent(childID, childID), no: "parent_invalid"},
		{name: "nor nobody", given: family(), actor: admin, when: parent(childID, freshID), no: "user_not_found"},
		{name: "nobody else does", given: family(), actor: by(strangerID, "all"), when: parent(strangerID, parentID),
			no: "not_allowed"},
	})
	made := func(a commands.Actor, s commands.States) uuid.UUID {
		drafts, err := commands.Decide(s, granted(s, a),
			commands.CreateUser{ID: freshID, User: events.UserCreated{Email: "new@example.net",
				Client: s.User(a.User).Client}})
		require.NoError(t, err)
		return drafts[0].Event.(events.UserCreated).Parent
	}
	s := statesOf(t, tenant())
	require.Zero(t, made(admin, s), "a super admin sees everybody")
	require.Zero(t, made(through(bossID, allID), s), "a client's members are the client's")
	require.Equal(t, parentID, made(by(parentID, "write"), s))
}
