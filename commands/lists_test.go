package commands

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestListsHaveAllOfADirectory finds out when a Directory has a kind of aggregate that the lists have not.
func TestListsHaveAllOfADirectory(t *testing.T) {
	require.Equal(t, reflect.TypeFor[Directory]().NumField(), reflect.TypeFor[Lists]().NumField())
	one := Lists{Datacenters: []*Datacenter{{Entity: Entity{Number: 1, Name: "a"}}},
		Groups:  []*Group{{Entity: Entity{Number: 2, Name: "b"}}},
		Clients: []*Client{{Entity: Entity{Number: 3}}}, Applications: []*Application{{AppID: "d"}},
		Webhooks: []*Webhook{{URL: "e"}}, Subscriptions: []*Subscription{{Entity: Entity{Number: 5, Name: "f"}}}}
	for i := range reflect.TypeFor[Lists]().NumField() {
		require.Equal(t, 1, reflect.ValueOf(one).Field(i).Len())
	}
	d := one.Directory()
	require.Equal(t, one, d.Lists())
	require.Same(t, one.Datacenters[0], d.DatacenterByName("A"))
	require.Same(t, one.Clients[0], d.ClientByNumber(3))
}
