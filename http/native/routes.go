package native

import (
	"accountd/http/native/call"
)

// nouns returns what the API is about, in the order in which people look for it.
func (a *api) nouns() []call.Noun {
	return []call.Noun{
		a.userCalls(), a.importCalls(), a.exportCalls(), a.eraseCalls(), a.unlockCalls(), a.provisioningCalls(),
		a.apiKeyCalls(), a.sessionCalls(), a.userSessionCalls(), a.totpCalls(),
		a.sshKeyCalls(), a.signingKeyCalls(), a.storageKeyCalls(), a.resourceCalls(), a.historyCalls(),
		a.clientCalls(), a.datacenterCalls(), a.groupCalls(), a.applicationCalls(), a.consentCalls(),
		a.webhookCalls(), a.subscriptionCalls(), a.mailCalls(),
	}
}
