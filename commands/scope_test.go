package commands_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
)

func TestScope(t *testing.T) {
	all := commands.Scope{Self: adminID, Parent: parentID, Datacenters: []uuid.UUID{northID}, Client: 7}
	for name, c := range map[string]struct {
		user       commands.User
		sees, owns bool
	}{
		"oneself":              {commands.User{ID: adminID}, true, true},
		"a child":              {commands.User{ID: childID, Parent: parentID}, true, true},
		"bound to it":          {commands.User{ID: childID, Datacenter: northID}, true, false},
		"of the client":        {commands.User{ID: childID, Client: 7}, true, false},
		"bound to another":     {commands.User{ID: childID, Datacenter: staffID}, false, false},
		"of another client":    {commands.User{ID: childID, Client: 8}, false, false},
		"nobody's and nowhere": {commands.User{ID: childID}, false, false},
	} {
		require.Equal(t, c.sees, all.Sees(&c.user), name)
		require.Equal(t, c.owns, all.Own().Sees(&c.user), name)
		require.True(t, commands.Scope{All: true}.Own().Sees(&c.user), name)
		require.False(t, commands.Scope{}.Sees(&c.user), name)
	}
}
