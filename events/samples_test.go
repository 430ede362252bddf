package events

import (
	"time"

	"github.com/google/uuid"
)

// samples returns an Event of every type, with every field set.
func samples() []Event {
	id := uuid.MustParse
	permissions := Permissions{Users: "read", Servers: "all", Audit: "read"}
	signing := SigningKey{ID: "AK1", Secret: "signing secret", Permissions: permissions, Name: "backup"}
	storage := StorageKey{Kind: "s3", ID: "SK1", Secret: "storage secret"}
	api := APIKey{
		ID: id("0198c0de-0000-7000-8000-0000000000a1"), Kind: "native", Hash: "hash of a key", Permissions: permissions,
		AllowedIPs: []string{"192.0.2.7", "2001:db8::/32"}, ExpiresAt: time.Date(2031, 2, 3, 4, 5, 6, 0, time.UTC),
		Memo:   "CI",
		Secret: "the secret",
	}
	profile := sampleProfile()
	owner, groups := id("0198c0de-0000-7000-8000-0000000000f1"), []uuid.UUID{id("0198c0de-0000-7000-8000-0000000000e1")}
	return []Event{
		UserCreated{
			Number: 17, Username: "maria", Email: "maria@example.com", FirstName: "María", LastName: "O'Neil <&>",
			DisplayName: "María de la O", Phone: "+420 777 123 456", Active: true, State: "created", SuperAdmin: true,
			APIAccess: true, ExternalID: "crm-17", Language: "es", Timezone: "Europe/Madrid", Client: 3, Access: "full",
			Comment: "two\nlines", ExtraParams: `{"a":1}`, Datacenter: id("0198c0de-0000-7000-8000-0000000000d1"),
			Groups: []uuid.UUID{id("0198c0de-0000-7000-8000-0000000000e1"), id("0198c0de-0000-7000-8000-0000000000e2")},
			Parent: id("0198c0de-0000-7000-8000-0000000000f1"), Profile: &profile, PasswordHash: "hash of a password",
			SigningKeys: []SigningKey{signing}, StorageKeys: []StorageKey{storage}, APIKeys: []APIKey{api},
			Welcome: WelcomeAccountCreated, WelcomeTo: "boss@example.com", CallbackKey: "callback key",
		},
		ProfileUpdated{
			Username: new("m"), Email: new("m@example.com"), FirstName: new("M"), LastName: new("N"),
			DisplayName: new(""),
			Phone:       new("+1"), ExternalID: new("x"), Language: new("en"), Timezone: new("UTC"), Comment: new("c"),
			ExtraParams: new("{}"), Profile: &profile,
		},
		MembershipChanged{
			Client: new(int64(0)), Access: new("read_only"), Datacenter: new(uuid.UUID{}),
			Groups: &[]uuid.UUID{id("0198c0de-0000-7000-8000-0000000000e1")},
			Parent: new(id("0198c0de-0000-7000-8000-0000000000e2")),
		},
		RightsChanged{SuperAdmin: new(false), APIAccess: new(true)},
		UserEnabled{}, UserDisabled{}, ProvisioningCompleted{},
		ProvisioningFailed{Reason: "no capacity"},
		PasswordChanged{Hash: "hash of a password", Rehash: true, KeepsTokens: true},
		PasswordResetRequested{Hash: "hash of a token", ExpiresAt: api.ExpiresAt},
		MailRequested{Mail: MailPasswordReset},
		UserDeleted{}, UserErased{}, LogInLocked{Until: api.ExpiresAt}, LogInUnlocked{},
		SessionEnded{ID: api.ID, Kind: "application", Application: owner, Reason: "refresh_token_reused"},
		SessionsEnded{},
		TOTPEnrolled{Secret: "secret of codes"}, TOTPConfirmed{RecoveryCodes: []Secret{"hash of a code"}},
		TOTPRemoved{},
		RecoveryCodesRenewed{RecoveryCodes: []Secret{"hash of a code"}}, RecoveryCodeUsed{Hash: "hash of a code"},
		SSHKeyAdded{Number: 5, Title: "laptop", Key: "ssh-ed25519 AAAA m", FingerprintMD5: "00:11",
			Fingerprint: "SHA256:abc"},
		SSHKeyRenamed{Number: 5, Title: "desk"}, SSHKeyRemoved{Number: 5},
		SigningKeyAdded{signing}, SigningKeyRotated{ID: "AK1", Secret: "signing secret"},
		SigningKeyUpdated{ID: "AK1", Permissions: &permissions, Name: new("backup")}, SigningKeyRemoved{ID: "AK1"},
		StorageKeySet{storage}, StorageKeyRemoved{Kind: "s3"}, APIKeyAdded{api},
		APIKeyRotated{ID: api.ID, Hash: "hash of a key", OldUntil: api.ExpiresAt},
		APIKeyUpdated{ID: api.ID, Permissions: &permissions, AllowedIPs: &api.AllowedIPs, ExpiresAt: &api.ExpiresAt,
			Memo: new("CI")},
		APIKeyRevoked{ID: api.ID}, CallbackKeySet{Secret: "callback key"}, EmailUnattested{},
		ResourceLinked{Kind: "server", ID: "42", Name: "web", Data: `{"ip":"192.0.2.1"}`},
		ResourceUnlinked{Kind: "server", ID: "42"},
		ConsentGiven{Application: owner}, ConsentWithdrawn{Application: owner},
		DatacenterCreated{Number: 3, Name: "north", Owner: owner, Public: true, Groups: groups},
		DatacenterUpdated{Name: new("south"), Owner: &owner, Public: new(false), Groups: &groups}, DatacenterDeleted{},
		GroupCreated{Number: 2, Name: "operators", Datacenter: owner, Permissions: []string{"admin", "user_admin"}},
		GroupUpdated{Name: new("staff"), Datacenter: new(uuid.UUID{}), Permissions: &[]string{"admin"}}, GroupDeleted{},
		ClientCreated{Number: 4, Name: "Acme", Timezone: "Europe/Prague", Blocked: true},
		ClientUpdated{Name: new("Acme Ltd"), Timezone: new("UTC")}, ClientBlocked{}, ClientUnblocked{}, ClientDeleted{},
		ApplicationCreated{
			Number: 5, Name: "PBX sync", AppID: "0123456789abcdef0123456789abcdef", SecretHash: "hash of a secret",
			User:   owner,
			Client: 4, Kind: "public", Access: "call_api", RedirectURIs: []string{"https://example.org/back"},
		},
		ApplicationUpdated{Name: new("sync"), Access: new("all"), RedirectURIs: &[]string{"https://example.org/b"}},
		ApplicationSecretRotated{SecretHash: "hash of a secret"}, ApplicationDeleted{},
		WebhookCreated{Number: 3, URL: "https://example.com/hook", Types: []string{"UserCreated"},
			Users: []uuid.UUID{owner}, Secret: "webhook secret"},
		WebhookUpdated{URL: new("https://example.com/other"), Types: &[]string{"UserDeleted.v1"},
			Users: &[]uuid.UUID{owner}},
		WebhookSecretRotated{Secret: "webhook secret", OldUntil: api.ExpiresAt}, WebhookDisabled{Reason: "gone"},
		WebhookEnabled{}, WebhookDeleted{},
		SubscriptionCreated{Number: 2, Name: "crm", Types: []string{"UserCreated"},
			Aggregates: []string{"user", "group/0198c0de-0000-7000-8000-0000000000e1"},
			Start:      SubscriptionStart{New: true, Sequence: 7, Time: api.ExpiresAt},
			SecretHash: "hash of a password"},
		SubscriptionSecretRotated{SecretHash: "hash of a password"}, SubscriptionDeleted{},
	}
}

func sampleProfile() Profile {
	return Profile{
		TosAcceptation: new(true), EmailVerified: new(false), PhoneVerified: new(true), NewsletterTech: new(false),
		NewsletterBuss: new(true), DifferentBilling: new(false), UserType: 2, Email2: "e2", Phone2: "p2",
		Currency: "EUR",
		Title:    "Dr.", MiddleName: "mid", Website: "https://example.com", Jabber: "j", Street1: "s1", Street21: "s21",
		City: "c", Postcode: "pc", State: "st", Country: "ES", Street2: "s2", Street22: "s22", City2: "c2",
		Postcode2: "pc2",
		State2:    "st2", Country2: "CZ", Company: "co", CompanyID: "ci", TaxID: "ti", VatID: "vi", BankID: "bi",
		AlertingPhone: "ap", AlertingJabber: "aj", AlertingEmail: "ae",
	}
}
