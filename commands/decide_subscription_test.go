package commands_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
	"accountd/projections"
)

func TestSubscriptions(t *testing.T) {
	have, admin := and(family(), firm()...), by(adminID, "")
	auditor := by(childID, "")
	auditor.Permissions.Audit = commands.LevelRead
	made := events.SubscriptionCreated{Name: "billing", Types: []string{"UserCreated"},
		Aggregates: []string{"group", "user/" + childID.String()},
		Start:      events.SubscriptionStart{Time: firstDay.In(time.FixedZone("", 3600))}, SecretHash: "h"}
	numbered := made
	numbered.Number, numbered.Start.Time = 2, firstDay
	create := func(change func(*events.SubscriptionCreated)) commands.CreateSubscription {
		e := made
		change(&e)
		return commands.CreateSubscription{ID: freshID, Subscription: e}
	}
	none := func(*events.SubscriptionCreated) {}
	named := func(name string) commands.CreateSubscription {
		return create(func(e *events.SubscriptionCreated) { e.Name = name })
	}
	full := have
	for i := range 99 {
		full = and(full, fact{uuid.New(), events.SubscriptionCreated{Number: int64(i + 2), Name: uuid.NewString()}})
	}
	hundredth := numbered
	hundredth.Number = 101
	rotate, end := commands.RotateSubscriptionSecret{ID: crmID, SecretHash: "n"}, commands.DeleteSubscription{ID: crmID}
	run(t, []scenario{
		{name: "a super admin makes one", given: have, actor: admin, when: create(none),
			then: []events.Event{numbered}},
		{name: "nobody else", given: have, actor: by(childID, ""), when: create(none), no: "not_allowed"},
		{name: "nor who may read all history", given: have, actor: auditor, when: create(none), no: "not_allowed"},
		{name: "nor who may only read", given: have, actor: by(adminID, "read"), when: create(none), no: "not_allowed"},
		{name: "nor who may only write", given: have, actor: by(adminID, "write"), when: create(none),
			no: "not_allowed"},
		{name: "a name is taken once", given: have, actor: admin, when: named("crm"), no: "subscription_name_taken"},
		{name: "and free again", given: and(have, fact{crmID, events.SubscriptionDeleted{}}), actor: admin,
			when: create(none), then: []events.Event{numbered}},
		{name: "a name names one consumer", given: have, actor: admin, when: named("a.b"),
			no: "subscription_name_invalid"},
		{name: "and is needed", given: have, actor: admin, when: named(""), no: "subscription_name_invalid"},
		{name: "of some length", given: have, actor: admin, when: named(strings.Repeat("a", 65)),
			no: "subscription_name_invalid"},
		{name: "types that there are", given: have, actor: admin,
			when: create(func(e *events.SubscriptionCreated) { e.Types = []string{"UserPromoted"} }),
			no:   "event_type_unknown"},
		{name: "aggregates that there may be", given: have, actor: admin,
			when: create(func(e *events.SubscriptionCreated) { e.Aggregates = []string{"planet"} }),
			no:   "aggregate_invalid"},
		{name: "not too many", given: have, actor: admin, when: create(func(e *events.SubscriptionCreated) {
			e.Types, e.Aggregates = []string{"UserCreated", "UserDeleted"}, strings.Split(strings.Repeat("user ", 129),
				" ")[:129]
		}), no: "too_many_subjects"},
		{name: "a hundred at most", given: full, actor: admin, when: create(none), no: "too_many"},
		{name: "but all that were there before", given: full, actor: commands.Service(), when: create(none),
			then: []events.Event{hundredth}},

		{name: "a password is rotated", given: have, actor: admin, when: rotate,
			then: []events.Event{events.SubscriptionSecretRotated{SecretHash: "n"}}},
		{name: "by nobody else", given: have, actor: auditor, when: rotate, no: "not_allowed"},
		{name: "nor by who may only read", given: have, actor: by(adminID, "read"), when: rotate, no: "not_allowed"},
		{name: "of a subscription that there is", given: have, actor: admin,
			when: commands.RotateSubscriptionSecret{ID: freshID}, no: "subscription_not_found"},
		{name: "one ends", given: have, actor: admin, when: end, then: []events.Event{events.SubscriptionDeleted{}}},
		{name: "by nobody else's hand", given: have, actor: auditor, when: end, no: "not_allowed"},
		{name: "nor by that of who may only read", given: have, actor: by(adminID, "read"), when: end,
			no: "not_allowed"},
		{name: "once", given: and(have, fact{crmID, events.SubscriptionDeleted{}}), actor: admin, when: end,
			no: "subscription_not_found"},
		{name: "as it was seen", given: have, actor: admin, when: commands.OnVersion{Command: end, Version: 1},
			no: "version_differs"},
	})
}

func TestSubscriptionFilter(t *testing.T) {
	s := commands.Subscription{Types: []string{"UserCreated.v1"},
		Aggregates: []string{"group", "user/" + childID.String()}}
	require.Equal(t, []string{"feed.group.UserCreated.*", "feed.user.UserCreated." + childID.String()},
		s.Filter().Subjects())
}

// TestPasswordsOfSubscriptions end with the power of who was shown them.
func TestPasswordsOfSubscriptions(t *testing.T) {
	second, other := person("second super admin"), uuid.New()
	history := records(and(world(), fact{second, events.UserCreated{Number: 99, Username: "second", Active: true,
		SuperAdmin: true}}, fact{other, events.SubscriptionCreated{Number: 2, Name: "other", SecretHash: "o"}},
		fact{crmID, events.SubscriptionSecretRotated{SecretHash: "n"}}))
	history[len(history)-2].Cause.Actor = adminID.String()
	history[len(history)-1].Cause.Actor = second.String()
	v := projections.NewView()
	require.NoError(t, v.Apply(history))
	v.Open()
	ends := []events.Draft{{Aggregate: events.Subscription(crmID), Key: v.Snapshot().Directory().Subscription(crmID).Key,
		Event: events.SubscriptionSecretRotated{}}}
	for name, c := range map[string]struct {
		when commands.Command
		then []events.Draft
	}{
		"demoted":  {commands.UpdateUser{ID: second, Rights: events.RightsChanged{SuperAdmin: the(false)}}, ends},
		"disabled": {commands.UpdateUser{ID: second, Active: the(false)}, ends},
		"deleted":  {commands.DeleteUser{ID: second}, ends},
		"erased":   {commands.EraseUser{ID: second}, ends},
		"renamed":  {commands.UpdateUser{ID: second, Profile: events.ProfileUpdated{Phone: the("1")}}, nil},
		"another":  {commands.DeleteUser{ID: childID}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			drafts, err := commands.Decide(v.Snapshot(), by(adminID, ""), c.when)
			require.NoError(t, err)
			var got []events.Draft
			for _, d := range drafts {
				if d.Aggregate.Kind == events.Subscription(crmID).Kind {
					got = append(got, d)
				}
			}
			require.Equal(t, c.then, got)
		})
	}
}
