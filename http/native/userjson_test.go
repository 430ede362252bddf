package native

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
)

// TestProfileIsWrittenAsItIsStored fills every field: by hand and by reflection the same must come out.
func TestProfileIsWrittenAsItIsStored(t *testing.T) {
	yes := true
	full := &events.Profile{}
	fields := reflect.ValueOf(full).Elem()
	for i := range fields.NumField() {
		switch f := fields.Field(i); f.Kind() {
		case reflect.String:
			f.SetString("<Łódź> " + profileMembers[i])
		case reflect.Int:
			f.SetInt(2)
		case reflect.Pointer:
			f.Set(reflect.ValueOf(&yes))
		default:
			t.Fatalf("%s is of a kind that addProfileMembers does not write", profileMembers[i])
		}
	}
	no := false
	for _, p := range []*events.Profile{full, {}, {NewsletterTech: &no, City: "x"}} {
		want, err := json.Marshal(p)
		require.NoError(t, err)
		var got struct{ Profile json.RawMessage }
		j := userJSON(time.Time{}, named(commands.NewDirectory()), &commands.User{Profile: p})
		require.NoError(t, json.Unmarshal(j.Bytes(), &got))
		assert.Equal(t, string(want), string(got.Profile))
		j.Free()
	}
}

// TestMembers checks names and order of a user's members, and that nothing secret is among them.
func TestMembers(t *testing.T) {
	u := &commands.User{ID: uuid.New(), CreatedAt: time.Now(), PasswordHash: "hidden", Client: 7, Parent: uuid.New(),
		SigningKeys: []commands.SigningKey{{SigningKey: events.SigningKey{ID: "hidden", Secret: "hidden"}}},
		StorageKeys: []commands.StorageKey{{StorageKey: events.StorageKey{Secret: "hidden"}}},
		APIKeys:     []commands.APIKey{{APIKey: events.APIKey{Hash: "hidden"}}},
		SSHKeys:     []commands.SSHKey{{SSHKeyAdded: events.SSHKeyAdded{Key: "hidden"}}}}
	j := userJSON(time.Time{}, named(commands.NewDirectory()), u)
	defer j.Free()
	var names []string
	d := json.NewDecoder(bytes.NewReader(j.Bytes()))
	_, err := d.Token()
	require.NoError(t, err)
	for d.More() {
		name, err := d.Token()
		require.NoError(t, err)
		names = append(names, name.(string))
		var value json.RawMessage
		require.NoError(t, d.Decode(&value))
	}
	assert.Equal(t, []string{"id", "number", "username", "email", "first_name", "last_name", "display_name", "phone",
		"active",
		"state", "locked_until", "second_factor", "super_admin", "external_id", "language", "timezone", "client_id",
		"access", "comment", "extra_params", "datacenter",
		"groups", "api_access", "parent", "profile", "created_at", "updated_at"}, names)
	assert.NotContains(t, string(j.Bytes()), "hidden")
}
