package events

import (
	"encoding/json"
	"fmt"
	"reflect"
	"sync"
)

// registry lists every type that was ever written, each with its reader.
var registry = []struct {
	name string
	read func([]byte) (Event, error)
}{
	of[UserCreated](), of[ProfileUpdated](), of[MembershipChanged](), of[RightsChanged](),
	of[UserEnabled](), of[UserDisabled](), of[ProvisioningCompleted](), of[ProvisioningFailed](),
	of[PasswordChanged](), of[PasswordResetRequested](), of[MailRequested](), of[UserDeleted](), of[UserErased](),
	of[LogInLocked](), of[LogInUnlocked](), of[SessionEnded](), of[SessionsEnded](),
	of[TOTPEnrolled](), of[TOTPConfirmed](), of[TOTPRemoved](), of[RecoveryCodesRenewed](), of[RecoveryCodeUsed](),
	of[SSHKeyAdded](), of[SSHKeyRenamed](), of[SSHKeyRemoved](),
	of[SigningKeyAdded](), of[SigningKeyRotated](), of[SigningKeyUpdated](), of[SigningKeyRemoved](),
	of[StorageKeySet](), of[StorageKeyRemoved](),
	of[APIKeyAdded](), of[APIKeyRotated](), of[APIKeyUpdated](), of[APIKeyRevoked](), of[CallbackKeySet](),
	of[EmailUnattested](),
	of[ResourceLinked](), of[ResourceUnlinked](),
	of[ConsentGiven](), of[ConsentWithdrawn](),
	of[DatacenterCreated](), of[DatacenterUpdated](), of[DatacenterDeleted](),
	of[GroupCreated](), of[GroupUpdated](), of[GroupDeleted](),
	of[ClientCreated](), of[ClientUpdated](), of[ClientBlocked](), of[ClientUnblocked](), of[ClientDeleted](),
	of[ApplicationCreated](), of[ApplicationUpdated](), of[ApplicationSecretRotated](), of[ApplicationDeleted](),
	of[WebhookCreated](), of[WebhookUpdated](), of[WebhookSecretRotated](), of[WebhookDisabled](), of[WebhookEnabled](),
	of[WebhookDeleted](),
	of[SubscriptionCreated](), of[SubscriptionSecretRotated](), of[SubscriptionDeleted](),
}

type entry = struct {
	name string
	read func([]byte) (Event, error)
}

func of[E Event]() entry {
	var zero E
	plan := planOf(reflect.TypeFor[E]())
	// An Event in an interface is a copy; what it is read into serves again.
	spare := sync.Pool{New: func() any { return new(E) }}
	return entry{name: zero.Type(), read: func(b []byte) (Event, error) {
		e := spare.Get().(*E)
		defer func() { *e = zero; spare.Put(e) }()
		if plan.read(b, reflect.ValueOf(e).Elem()) {
			return *e, nil
		}
		*e = zero
		err := json.Unmarshal(b, e)
		return *e, err
	}}
}

var readers = func() map[string]func([]byte) (Event, error) {
	m := make(map[string]func([]byte) (Event, error), len(registry))
	for _, r := range registry {
		m[r.name] = r.read
	}
	return m
}()

// Types returns the name of every type that was ever written, in the registry's order.
func Types() []string {
	names := make([]string, len(registry))
	for i, r := range registry {
		names[i] = r.name
	}
	return names
}

// UnknownTypeError is returned by [Unmarshal] for a type that the registry does not have: the log was written by a
// newer release.
type UnknownTypeError struct{ Name string }

func (e UnknownTypeError) Error() string {
	return fmt.Sprintf("unknown event type %q: the log was written by a newer release", e.Name)
}

// Known reports whether Unmarshal reads that type.
func Known(name string) bool { return readers[name] != nil }

// Unmarshal reads an Event of that type from its JSON. It returns an [UnknownTypeError] for a type it does not know.
func Unmarshal(name string, data []byte) (Event, error) {
	read := readers[name]
	if read == nil {
		return nil, UnknownTypeError{name}
	}
	e, err := read(data)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	return e, nil
}
