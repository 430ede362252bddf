package commands

// Refusals of what does not exist.

func noSuchUser() *Refusal {
	return refuse(NotFound, "user_not_found", "", "There is no such user.")
}

// NoSSHKey is the Refusal of a number that none of the user's SSH keys has.
func NoSSHKey() *Refusal {
	return refuse(NotFound, "ssh_key_not_found", "", "The account has no such SSH key.")
}

// NoSigningKey is the Refusal of an id that none of the user's signing keys has.
func NoSigningKey() *Refusal {
	return refuse(NotFound, "signing_key_not_found", "", "The account has no such signing key.")
}

// NoStorageKey is the Refusal of a kind of which the user has no storage key.
func NoStorageKey() *Refusal {
	return refuse(NotFound, "storage_key_not_found", "", "The account has no such storage key.")
}

// NoAPIKey is the Refusal of an id that none of the user's API keys has.
func NoAPIKey() *Refusal {
	return refuse(NotFound, "api_key_not_found", "", "The account has no such API key.")
}

// NoResource is the Refusal of a resource that is not linked to the user.
func NoResource() *Refusal {
	return refuse(NotFound, "resource_not_found", "", "No such resource belongs to the account.")
}

// NoConsent is the Refusal of an application that the user has not consented to.
func NoConsent() *Refusal {
	return refuse(NotFound, "consent_not_found", "", "There is no such consent.")
}

// NoDatacenter is the Refusal of an id that no datacenter has.
func NoDatacenter() *Refusal {
	return refuse(NotFound, "datacenter_not_found", "", "There is no such datacenter.")
}

// NoGroup is the Refusal of an id that no group has.
func NoGroup() *Refusal {
	return refuse(NotFound, "group_not_found", "", "There is no such group.")
}

// NoClient is the Refusal of a number that no client has.
func NoClient() *Refusal {
	return refuse(NotFound, "client_not_found", "", "There is no such client.")
}

// NoApplication is the Refusal of an id that no application has.
func NoApplication() *Refusal {
	return refuse(NotFound, "application_not_found", "", "There is no such application.")
}

// NoWebhook is the Refusal of an id that no webhook has.
func NoWebhook() *Refusal {
	return refuse(NotFound, "webhook_not_found", "", "There is no such webhook.")
}

// NoSubscription is the Refusal of a name that no subscription has.
func NoSubscription() *Refusal {
	return refuse(NotFound, "subscription_not_found", "", "There is no such subscription.")
}
