package pterodactyl

import (
	"net/http"
	"strings"

	"accountd/commands"
	"accountd/commands/secrets"
	"accountd/events"
	"accountd/http/rest"
)

// authenticate finds out whose key the request has. Whether that user may do anything is another question.
func (a *api) authenticate(r *http.Request) (call, commands.APIKey, error) {
	states := a.Snapshot()
	if states == nil {
		return call{}, commands.APIKey{}, &commands.Refusal{Kind: commands.Busy, Reason: "not_ready",
			Detail: "The service is still reading its log."}
	}
	presented := bearer(r.Header.Get("Authorization"))
	hash := secrets.Hash(presented)
	u := states.UserByAPIKey(hash)
	now := a.now()
	var key commands.APIKey
	if u != nil {
		key = u.APIKeyOpened(hash, now)
	}
	if presented == "" || key.Kind != commands.KeyPterodactyl || key.Expired(now) {
		return call{}, commands.APIKey{}, unauthenticated()
	}
	actor := rest.Identify(r, commands.Actor{User: u.ID, Credential: "api-key:" + key.ID.String(),
		Permissions: commands.Granted(key.Permissions), Secret: events.Secret(hash)})
	a.Used(actor.Credential, now)
	return call{Actor: actor, states: states}, key, nil
}

// bearer returns what stands in the header between the last "Bearer " and the first comma behind it, empty when there
// is no such thing. What is there may have any form: keys were made before their prefix.
func bearer(header string) string {
	const scheme = "Bearer "
	for i := len(header) - len(scheme); i >= 0; i-- {
		if strings.EqualFold(header[i:i+len(scheme)], scheme) {
			key, _, _ := strings.Cut(header[i+len(scheme):], ",")
			return key
		}
	}
	return ""
}
