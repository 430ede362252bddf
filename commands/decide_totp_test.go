package commands_test

import (
	"testing"
	"time"

	"accountd/commands"
	"accountd/events"
)

func TestSecondFactor(t *testing.T) {
	codes := []events.Secret{"c1", "c2"}
	enrolled := and(family(), fact{childID, events.TOTPEnrolled{Secret: "s"}})
	confirmed := and(enrolled, fact{childID, events.TOTPConfirmed{RecoveryCodes: codes}})
	ending := events.APIKey{ID: apiKeyID, Hash: "h", ExpiresAt: firstDay.Add(time.Hour)}
	bounded := commands.Actor{User: childID, Credential: "api-key:" + apiKeyID.String(), Permissions: commands.Whole()}
	child, parent, admin := by(childID, ""), by(parentID, "write"), by(adminID, "")
	enroll := commands.EnrollTOTP{ID: childID, Secret: "t"}
	confirm := commands.ConfirmTOTP{ID: childID, Secret: "s", RecoveryCodes: codes}
	renew := commands.RenewRecoveryCodes{ID: childID, RecoveryCodes: codes}
	remove := commands.RemoveTOTP{ID: childID}
	use := func(code events.Secret) commands.UseRecoveryCode {
		return commands.UseRecoveryCode{ID: childID, Hash: code}
	}
	run(t, []scenario{
		{name: "the user enrols", given: family(), actor: child, when: enroll,
			then: []events.Event{events.TOTPEnrolled{Secret: "t"}}},
		{name: "and again", given: enrolled, actor: child, when: enroll,
			then: []events.Event{events.TOTPEnrolled{Secret: "t"}}},
		{name: "not over a confirmed one", given: confirmed, actor: child, when: enroll, no: "totp_confirmed"},
		{name: "nobody enrols for another", given: family(), actor: admin, when: enroll, no: "not_allowed"},
		{name: "nor does the parent", given: family(), actor: parent, when: enroll, no: "not_allowed"},
		{name: "a stranger sees nobody", given: family(), actor: by(strangerID, "all"), when: enroll,
			no: "user_not_found"},
		{name: "a key that ends does not lock its owner out",
			given: and(family(), fact{childID, events.APIKeyAdded{APIKey: ending}}), actor: bounded, when: enroll,
			no: "not_allowed"},
		{name: "nor does it let others in", given: and(confirmed, fact{childID, events.APIKeyAdded{APIKey: ending}}),
			actor: bounded, when: remove, no: "not_allowed"},
		{name: "a super admin's key that only reads does not", given: family(), actor: by(adminID, "read"),
			when: commands.EnrollTOTP{ID: adminID, Secret: "t"}, no: "not_allowed"},
		{name: "the user confirms", given: enrolled, actor: child, when: confirm,
			then: []events.Event{events.TOTPConfirmed{RecoveryCodes: codes}}},
		{name: "not a secret that is not the newest",
			given: and(enrolled, fact{childID, events.TOTPEnrolled{Secret: "t"}}), actor: child, when: confirm,
			no: "totp_not_found"},
		{name: "not what is not there", given: family(), actor: child, when: confirm, no: "totp_not_found"},
		{name: "once", given: confirmed, actor: child, when: confirm, no: "totp_confirmed"},
		{name: "an administrator does not", given: enrolled, actor: admin, when: confirm, no: "not_allowed"},
		{name: "new codes", given: confirmed, actor: child, when: renew,
			then: []events.Event{events.RecoveryCodesRenewed{RecoveryCodes: codes}}},
		{name: "not before it is confirmed", given: enrolled, actor: child, when: renew, no: "totp_not_found"},
		{name: "nor for another", given: confirmed, actor: admin, when: renew, no: "not_allowed"},
		{name: "a code is used", given: confirmed, actor: child, when: use("c1"),
			then: []events.Event{events.RecoveryCodeUsed{Hash: "c1"}}},
		{name: "once", given: and(confirmed, fact{childID, events.RecoveryCodeUsed{Hash: "c1"}}), actor: child,
			when: use("c1"), no: "recovery_code_invalid"},
		{name: "not after new ones", given: and(confirmed,
			fact{childID, events.RecoveryCodesRenewed{RecoveryCodes: codes[1:]}}), actor: child, when: use("c1"),
			no: "recovery_code_invalid"},
		{name: "not without a second factor", given: family(), actor: child, when: use("c1"),
			no: "recovery_code_invalid"},
		{name: "removed by the user", given: confirmed, actor: child, when: remove,
			then: []events.Event{events.TOTPRemoved{}}},
		{name: "by an administrator", given: confirmed, actor: admin, when: remove,
			then: []events.Event{events.TOTPRemoved{}}},
		{name: "by the parent, before it is confirmed", given: enrolled, actor: parent, when: remove,
			then: []events.Event{events.TOTPRemoved{}}},
		{name: "not by a stranger", given: confirmed, actor: by(strangerID, "all"), when: remove, no: "user_not_found"},
		{name: "not what is not there", given: family(), actor: child, when: remove, no: "totp_not_found"},
	})
}
