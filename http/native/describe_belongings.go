package native

import (
	"maps"
	"net/http"

	"accountd/commands"
	"accountd/http/rest/openapi"
)

func belongingDescriptions() openapi.Table {
	name, null := openapi.Line(longName), openapi.Nullable
	signing := map[string]openapi.Schema{"name": null(name), "permissions": null(permissionsSchema())}
	bounds := map[string]openapi.Schema{"permissions": null(permissionsSchema()), "memo": null(openapi.Lines(longText)), "expires_at": null(openapi.Form("date-time")),
		"allowed_ips": null(openapi.Schema{"type": "array", "items": openapi.Form("ip"), "maxItems": commands.MaxAllowedIPs})}
	key := maps.Clone(bounds)
	key["kind"] = null(openapi.Text(keyKind, commands.KeyPterodactyl))
	link := openapi.Object(map[string]openapi.Schema{"kind!": openapi.Text(commands.ResourceKinds...), "id!": openapi.Filled(name), "name": null(name), "data": openapi.Anything()})
	notModified, noContent := []int{http.StatusNotModified}, []int{http.StatusNoContent}
	publicKey := openapi.Schema{"type": "string", "format": "ssh-public-key", "description": "A line of authorized_keys without options.",
		"examples": []any{"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKTN1qlK0CbHmlhJqXaCzWzqkcS1uGKPLSjIB3FbDcrN me@laptop"}}
	return openapi.Table{
		"GET /v1/users/:id/ssh-keys": {Summary: "List a user's SSH keys", Query: paged(), Answer: listAnswer[sshKeyAnswer]{}},
		"POST /v1/users/:id/ssh-keys": {Summary: "Let a public key log in as the user",
			Body: openapi.Object(map[string]openapi.Schema{"title!": openapi.Filled(name), "key!": publicKey}), Answer: sshKeyAnswer{}, Status: http.StatusCreated},
		"GET /v1/users/:id/ssh-keys/:number": {Summary: "Show an SSH key", Answer: sshKeyAnswer{}, Also: notModified},
		"PATCH /v1/users/:id/ssh-keys/:number": {Summary: "Give an SSH key another title", Body: patchOf(map[string]openapi.Schema{"title": openapi.Filled(name)}, sshKeyAnswer{}),
			Sent: patchTypes(), Example: map[string]any{"title": "desk"}, Answer: sshKeyAnswer{}, Also: noContent},
		"DELETE /v1/users/:id/ssh-keys/:number": {Summary: "End an SSH key"},
		"GET /v1/users/:id/signing-keys":        {Summary: "List a user's signing keys", Query: paged(), Answer: listAnswer[signingKeyAnswer]{}},
		"POST /v1/users/:id/signing-keys":       {Summary: "Make a signing key", Body: openapi.Object(signing), Answer: newSigningKeyAnswer{}, Status: http.StatusCreated},
		"GET /v1/users/:id/signing-keys/:key":   {Summary: "Show a signing key", Answer: signingKeyAnswer{}, Also: notModified},
		"PATCH /v1/users/:id/signing-keys/:key": {Summary: "Change a signing key's name and permissions", Body: patchOf(signing, signingKeyAnswer{}),
			Sent: patchTypes(), Example: map[string]any{"name": "backup"}, Answer: signingKeyAnswer{}, Also: noContent},
		"DELETE /v1/users/:id/signing-keys/:key": {Summary: "End a signing key"},
		"GET /v1/users/:id/storage-keys":         {Summary: "List a user's storage keys", Query: paged(), Answer: listAnswer[storageKeyShown]{}},
		"POST /v1/users/:id/storage-keys": {Summary: "Give a storage key a new secret, which this answer alone shows", About: "Where the user has none of that kind, it is made.",
			Body:    openapi.Object(map[string]openapi.Schema{"kind!": openapi.Text(commands.StorageS3, commands.StorageSwift)}),
			Example: map[string]any{"kind": commands.StorageS3}, Answer: storageKeyAnswer{}, Status: http.StatusCreated},
		"GET /v1/users/:id/storage-keys/:kind":    {Summary: "Show a storage key without its secret", Answer: storageKeyShown{}, Also: notModified},
		"DELETE /v1/users/:id/storage-keys/:kind": {Summary: "End a storage key"},
		"GET /v1/users/:id/api-keys":              {Summary: "List a user's API keys", Query: paged(), Answer: listAnswer[apiKeyAnswer]{}},
		"POST /v1/users/:id/api-keys": {Summary: "Make an API key, which this answer alone shows",
			About: "Whatever the key may do, whoever makes it may do by the credential in use, for as long and from as many addresses. A key of the kind pterodactyl " +
				"that may write users makes and changes super admins, as the panel's contract has it: give it to nothing that you would not make one.",
			Body: openapi.Object(key), Answer: newAPIKeyAnswer{}, Status: http.StatusCreated},
		"POST /v1/users/:id/api-keys/:key/rotate": {Summary: "Give an API key a new secret, which this answer alone shows", About: "The one before goes on working for overlap_seconds.",
			Body:    openapi.Object(map[string]openapi.Schema{"overlap_seconds": null(openapi.Within(0, maxKeyOverlap))}),
			Example: map[string]any{"overlap_seconds": 3600}, Answer: newAPIKeyAnswer{}},
		"GET /v1/users/:id/api-keys/:key": {Summary: "Show an API key", Answer: apiKeyAnswer{}},
		"PATCH /v1/users/:id/api-keys/:key": {Summary: "Change an API key's bounds, permissions and memo", About: "Who may end the key may take from it; to give it more takes who could make such a key.",
			Body: patchOf(bounds, apiKeyAnswer{}), Sent: patchTypes(), Example: map[string]any{"memo": "billing", "allowed_ips": []string{"192.0.2.0/24"}}, Answer: apiKeyAnswer{}, Also: noContent},
		"DELETE /v1/users/:id/api-keys/:key":          {Summary: "End an API key"},
		"GET /v1/users/:id/resources":                 {Summary: "List what belongs to a user in other systems", Query: paged(), Answer: listAnswer[resourceAnswer]{}},
		"POST /v1/users/:id/resources":                {Summary: "Record that something belongs to a user", Body: link, Answer: resourceAnswer{}, Status: http.StatusCreated, Also: []int{http.StatusOK}},
		"GET /v1/users/:id/resources/:kind/:resource": {Summary: "Show something that belongs to a user", Answer: resourceAnswer{}, Also: notModified},
		"PATCH /v1/users/:id/resources/:kind/:resource": {Summary: "Change the name and data of something that belongs to a user", About: "Data that is an object is merged member by member.",
			Body: patchOf(map[string]openapi.Schema{"name": null(name), "data": openapi.Anything()}, resourceAnswer{}), Sent: patchTypes(),
			Example: map[string]any{"data": map[string]any{"ip": "192.0.2.1"}}, Answer: resourceAnswer{}, Also: noContent},
		"DELETE /v1/users/:id/resources/:kind/:resource": {Summary: "Record that something belongs to a user no longer"},
		"GET /v1/users/:id/consents":                     {Summary: "List the applications that may act in a user's name", Query: paged(), Answer: listAnswer[consentAnswer]{}},
		"GET /v1/users/:id/consents/:application":        {Summary: "Show a consent", Answer: consentAnswer{}, Also: notModified},
		"DELETE /v1/users/:id/consents/:application":     {Summary: "Withdraw a consent"},
	}
}
