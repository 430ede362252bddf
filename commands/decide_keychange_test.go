package commands_test

import (
	"strings"
	"testing"
	"time"

	"accountd/commands"
	"accountd/events"
)

func TestUpdateSSHKey(t *testing.T) {
	have := and(family(), fact{childID, events.SSHKeyAdded{Number: 1, Title: "home"}},
		fact{childID, events.SSHKeyAdded{Number: 2, Title: "work"}})
	child, rename := by(childID, ""), func(title string) commands.Command {
		return commands.UpdateSSHKey{ID: childID, Number: 1, Title: &title}
	}
	run(t, []scenario{
		{name: "a key gets another title", given: have, actor: child, when: rename("desk"),
			then: []events.Event{events.SSHKeyRenamed{Number: 1, Title: "desk"}}},
		{name: "its own is no news", given: have, actor: child, when: rename("home")},
		{name: "nothing is none, either", given: have, actor: child, when: commands.UpdateSSHKey{ID: childID,
			Number: 1}},
		{name: "another key's is taken", given: have, actor: child, when: rename("work"), no: "ssh_key_title_taken"},
		{name: "none is no title", given: have, actor: child, when: rename(""), no: "title_required"},
		{name: "a long one is none", given: have, actor: child, when: rename(strings.Repeat("x", 256)),
			no: "text_too_long"},
		{name: "an unknown key", given: have, actor: child, when: commands.UpdateSSHKey{ID: childID, Number: 3},
			no: "ssh_key_not_found"},
		{name: "not by a stranger", given: have, actor: by(strangerID, ""), when: rename("desk"), no: "user_not_found"},
	})
}

func TestUpdateSigningKey(t *testing.T) {
	strong := events.Permissions{Users: "all"}
	have := and(family(), fact{childID, events.SigningKeyAdded{SigningKey: events.SigningKey{ID: "AK2", Secret: "s",
		Permissions: strong}}})
	name := commands.UpdateSigningKey{ID: childID, KeyID: "AK2", Name: the("backup")}
	level := func(users string) commands.Command {
		return commands.UpdateSigningKey{ID: childID, KeyID: "AK2",
			Permissions: commands.PermissionsChange{Users: &users}}
	}
	run(t, []scenario{
		{name: "a name by the user, of a stronger key, too", given: have, actor: by(childID, ""), when: name,
			then: []events.Event{events.SigningKeyUpdated{ID: "AK2", Name: the("backup")}}},
		{name: "twice is once", given: and(have,
			fact{childID, events.SigningKeyUpdated{ID: "AK2", Name: the("backup")}}), actor: by(childID, ""),
			when: name},
		{name: "permissions by a super admin", given: have, actor: by(adminID, ""), when: level("read"),
			then: []events.Event{events.SigningKeyUpdated{ID: "AK2", Permissions: &events.Permissions{Users: "read"}}}},
		{name: "fewer by the user", given: have, actor: by(childID, ""), when: level("write"),
			then: []events.Event{events.SigningKeyUpdated{ID: "AK2",
				Permissions: &events.Permissions{Users: "write"}}}},
		{name: "none by the user", given: have, actor: by(childID, ""), when: level("none"),
			then: []events.Event{events.SigningKeyUpdated{ID: "AK2", Permissions: &events.Permissions{Users: "none"}}}},
		{name: "not more by the user", given: and(have,
			fact{childID, events.SigningKeyUpdated{ID: "AK2", Permissions: &events.Permissions{Users: "read"}}}),
			actor: by(childID, ""), when: level("all"), no: "not_allowed"},
		{name: "nor other ones", given: and(have,
			fact{childID, events.SigningKeyUpdated{ID: "AK2", Permissions: &events.Permissions{Users: "read"}}}),
			actor: by(childID, ""), when: level("write"), no: "not_allowed"},
		{name: "who may give all of them up", given: have, actor: by(childID, ""), when: level(""),
			then: []events.Event{events.SigningKeyUpdated{ID: "AK2", Permissions: &events.Permissions{}}}},
		{name: "not more than the credential in use",
			given: and(have, fact{childID, events.SigningKeyUpdated{ID: "AK2",
				Permissions: &events.Permissions{Users: "none"}}}),
			actor: by(adminID, "write"), when: level("read"), no: "not_allowed"},
		{name: "unknown ones", given: have, actor: by(adminID, ""), when: level("god"), no: "permissions_invalid"},
		{name: "a name of two lines", given: have, actor: by(childID, ""), when: commands.UpdateSigningKey{ID: childID,
			KeyID: "AK2", Name: the("a\nb")}, no: "text_invalid"},
		{name: "an unknown key", given: have, actor: by(childID, ""), when: commands.UpdateSigningKey{ID: childID,
			KeyID: "AK3"}, no: "signing_key_not_found"},
		{name: "not by a stranger", given: have, actor: by(strangerID, ""), when: name, no: "user_not_found"},
	})
}

func TestUpdateAPIKey(t *testing.T) {
	soon, late := firstDay.Add(time.Hour), firstDay.Add(48*time.Hour)
	key := events.APIKey{ID: apiKeyID, Kind: "native", Hash: "h", ExpiresAt: soon, AllowedIPs: []string{"10.0.0.0/24"},
		Memo: "CI"}
	given := func(with func(*events.APIKey)) []fact {
		k := key
		with(&k)
		return and(family(), fact{childID, events.APIKeyAdded{APIKey: k}})
	}
	have := given(func(*events.APIKey) {})
	strong := given(func(k *events.APIKey) { k.Permissions.Users = "read" })
	update := func(with func(*commands.UpdateAPIKey)) commands.Command {
		c := commands.UpdateAPIKey{ID: childID, KeyID: apiKeyID}
		with(&c)
		return c
	}
	expiry := func(at time.Time) commands.Command {
		return update(func(c *commands.UpdateAPIKey) { c.ExpiresAt = &at })
	}
	places := func(ips ...string) commands.Command {
		return update(func(c *commands.UpdateAPIKey) { c.AllowedIPs = &ips })
	}
	level := func(users string) commands.Command {
		return update(func(c *commands.UpdateAPIKey) { c.Permissions.Users = &users })
	}
	memo := update(func(c *commands.UpdateAPIKey) { c.Memo = the("backup") })
	then := func(with func(*events.APIKeyUpdated)) []events.Event {
		e := events.APIKeyUpdated{ID: apiKeyID}
		with(&e)
		return []events.Event{e}
	}
	child, itself := by(childID, ""), commands.Actor{User: childID, Credential: "api-key:" + apiKeyID.String(),
		At: firstDay, Permissions: commands.Whole()}
	renamed := then(func(e *events.APIKeyUpdated) { e.Memo = the("backup") })
	prolonged := then(func(e *events.APIKeyUpdated) { e.ExpiresAt = &late })
	run(t, []scenario{
		{name: "a memo", given: have, actor: child, when: memo, then: renamed},
		{name: "by the parent", given: have, actor: by(parentID, "write"), when: memo, then: renamed},
		{name: "not by a stranger", given: have, actor: by(strangerID, "all"), when: memo, no: "user_not_found"},
		{name: "what is so is no news", given: have, actor: child, when: update(func(c *commands.UpdateAPIKey) {
			c.Memo, c.ExpiresAt, c.AllowedIPs, c.Permissions.Users = the("CI"), the(soon.In(time.FixedZone("", 3600))),
				&[]string{"10.0.0.0/24"}, the("")
		})},
		{name: "a later end", given: have, actor: child, when: expiry(late), then: prolonged},
		{name: "not by the key itself", given: have, actor: itself, when: expiry(late), no: "not_allowed"},
		{name: "an earlier one by the key itself", given: have, actor: itself, when: expiry(firstDay),
			then: then(func(e *events.APIKeyUpdated) { e.ExpiresAt = &firstDay })},
		{name: "no end at all", given: have, actor: child, when: expiry(time.Time{}),
			then: then(func(e *events.APIKeyUpdated) { e.ExpiresAt = &time.Time{} })},
		{name: "not by the key itself, either", given: have, actor: itself, when: expiry(time.Time{}),
			no: "not_allowed"},
		{name: "more places, not by the key itself", given: have, actor: itself, when: places("10.0.0.0/8"),
			no: "not_allowed"},
		{name: "fewer places", given: have, actor: itself, when: places("10.0.0.7"),
			then: then(func(e *events.APIKeyUpdated) { e.AllowedIPs = &[]string{"10.0.0.7"} })},
		{name: "any place", given: have, actor: child, when: places(),
			then: then(func(e *events.APIKeyUpdated) { e.AllowedIPs = &[]string{} })},
		{name: "no place", given: have, actor: child, when: places("here"), no: "allowed_ips_invalid"},
		{name: "permissions by a super admin", given: have, actor: by(adminID, ""), when: level("read"),
			then: then(func(e *events.APIKeyUpdated) { e.Permissions = &events.Permissions{Users: "read"} })},
		{name: "not by the user", given: have, actor: child, when: level("read"), no: "not_allowed"},
		{name: "the user may give them up", given: strong, actor: child, when: level(""),
			then: then(func(e *events.APIKeyUpdated) { e.Permissions = &events.Permissions{} })},
		{name: "a stronger key gets a memo", given: strong, actor: child, when: memo, then: renamed},
		{name: "but no later end", given: strong, actor: child, when: expiry(late), no: "not_allowed"},
		{name: "which a super admin gives", given: strong, actor: by(adminID, ""), when: expiry(late), then: prolonged},
		{name: "unknown permissions", given: have, actor: by(adminID, ""), when: level("god"),
			no: "permissions_invalid"},
		{name: "a panel's key says something of all or of none",
			given: given(func(k *events.APIKey) { k.Kind = commands.KeyPterodactyl }), actor: by(adminID, ""),
			when: level("read"), then: then(func(e *events.APIKeyUpdated) {
				e.Permissions = &events.Permissions{Users: "read", Servers: "none", Audit: "none"}
			})},
		{name: "Danube's are changed there", given: given(func(k *events.APIKey) { k.Kind = commands.KeyDanube }),
			actor: child, when: memo, no: "api_key_kind_invalid"},
		{name: "an ended key stays as it is", given: have, actor: commands.Actor{User: childID, Credential: "test",
			At: soon, Permissions: commands.Whole()}, when: expiry(late), no: "api_key_expired"},
		{name: "an unknown one", given: family(), actor: child, when: memo, no: "api_key_not_found"},
	})
}

func TestRemoveStorageKey(t *testing.T) {
	have := and(family(), fact{childID, events.StorageKeySet{StorageKey: events.StorageKey{Kind: "s3", ID: "S3",
		Secret: "a"}}})
	run(t, []scenario{
		{name: "by the user", given: have, actor: by(childID, ""), when: commands.RemoveStorageKey{ID: childID,
			Kind: "s3"}, then: []events.Event{events.StorageKeyRemoved{Kind: "s3"}}},
		{name: "there is none", given: have, actor: by(childID, ""), when: commands.RemoveStorageKey{ID: childID,
			Kind: "swift"}, no: "storage_key_not_found"},
		{name: "not by a stranger", given: have, actor: by(strangerID, ""), when: commands.RemoveStorageKey{ID: childID,
			Kind: "s3"}, no: "user_not_found"},
	})
}

func TestUpdateResource(t *testing.T) {
	have := and(family(), fact{childID, events.ResourceLinked{Kind: "vm", ID: "1", Name: "web",
		Data: `{"a":1,"b":{"c":2,"d":3}}`}})
	update := func(name, data *string) commands.Command {
		return commands.UpdateResource{ID: childID, Kind: "vm", ResourceID: "1", Name: name, Data: data}
	}
	linked := func(name, data string) []events.Event {
		return []events.Event{events.ResourceLinked{Kind: "vm", ID: "1", Name: name, Data: data}}
	}
	admin := by(adminID, "")
	run(t, []scenario{
		{name: "a name", given: have, actor: admin, when: update(the("db"), nil),
			then: linked("db", `{"a":1,"b":{"c":2,"d":3}}`)},
		{name: "members inside", given: have, actor: admin, when: update(nil, the(`{"b":{"c":null,"e":{"f":null}}}`)),
			then: linked("web", `{"a":1,"b":{"d":3,"e":{}}}`)},
		{name: "numbers as they are written", given: have, actor: admin,
			when: update(nil, the(`{"a":12345678901234567890.10}`)),
			then: linked("web", `{"a":12345678901234567890.10,"b":{"c":2,"d":3}}`)},
		{name: "broken data", given: have, actor: admin, when: update(nil, the("{")), no: "data_invalid"},
		{name: "no data", given: have, actor: admin, when: update(nil, the("null")), then: linked("web", "")},
		{name: "data of another form", given: have, actor: admin, when: update(nil, the("[1]")),
			then: linked("web", "[1]")},
		{name: "an object in the place of none",
			given: and(family(), fact{childID, events.ResourceLinked{Kind: "vm", ID: "1"}}), actor: admin,
			when: update(nil, the(`{"a":null,"b":1}`)), then: linked("", `{"b":1}`)},
		{name: "what is so is no news", given: have, actor: admin, when: update(the("web"), the(`{"a":1}`))},
		{name: "a padded name", given: have, actor: admin, when: update(the(" db"), nil), no: "text_invalid"},
		{name: "an unknown resource", given: family(), actor: admin, when: update(the("db"), nil),
			no: "resource_not_found"},
		{name: "not by the user", given: have, actor: by(childID, ""), when: update(the("db"), nil), no: "not_allowed"},
	})
}
