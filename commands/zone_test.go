package commands_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
)

// TestZonesOfAllForms that IANA has are taken.
func TestZonesOfAllForms(t *testing.T) {
	for _, zone := range []string{"Europe/Prague", "UTC", "Etc/GMT+1", "America/Port-au-Prince",
		"America/Argentina/Buenos_Aires", "GMT0", "W-SU", "EST5EDT"} {
		_, err := commands.Decide(statesOf(t, family()), commands.Service(),
			commands.UpdateUser{ID: childID, Profile: events.ProfileUpdated{Timezone: &zone}})
		require.NoError(t, err, zone)
	}
}
