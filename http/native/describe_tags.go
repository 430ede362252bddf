package native

import (
	"strings"

	"accountd/http/rest/openapi"
)

// group is a tag with the paths whose calls it has, and all below them that no other group has.
type group struct {
	openapi.Tag
	paths []string
}

// callGroups returns the calls' groups in the order in which people look for them.
func callGroups() []group {
	const of = usersPath + "/:id/"
	return []group{
		{openapi.Tag{Name: "Users", About: "The accounts: who they are, where they belong, and what they may do."}, []string{usersPath}},
		{openapi.Tag{Name: "API keys", About: "Keys by which programs act as a user."}, []string{of + "api-keys"}},
		{openapi.Tag{Name: "Sessions", About: "Tokens for who knows a user's name and password, and where a user is logged in."}, []string{sessionsPath, of + "sessions"}},
		{openapi.Tag{Name: "Second factor", About: "Codes of an app (TOTP) that a user's log-ins need beside the password."}, []string{of + "totp"}},
		{openapi.Tag{Name: "SSH keys", About: "Public keys by which a user logs in to servers."}, []string{of + "ssh-keys"}},
		{openapi.Tag{Name: "Signing keys", About: "Keys by which requests of the e24cloud API are signed."}, []string{of + "signing-keys"}},
		{openapi.Tag{Name: "Storage keys", About: "Keys by which a user's programs reach its storage."}, []string{of + "storage-keys"}},
		{openapi.Tag{Name: "Resources", About: "What belongs to a user in other systems."}, []string{of + "resources"}},
		{openapi.Tag{Name: "History", About: "What happened to a user."}, []string{of + "history"}},
		{openapi.Tag{Name: "Clients", About: "Customers whose users manage themselves in the client-user API."}, []string{"/v1/clients"}},
		{openapi.Tag{Name: "Datacenters", About: "Places that users are bound to and groups are attached to."}, []string{"/v1/datacenters"}},
		{openapi.Tag{Name: "Groups", About: "Users with permissions in datacenters."}, []string{"/v1/groups"}},
		{openapi.Tag{Name: "Applications", About: "Programs that act in users' names by OAuth, and the consents to that."}, []string{"/v1/applications", of + "consents"}},
		{openapi.Tag{Name: "Webhooks", About: "Addresses to which events are sent as they happen."}, []string{"/v1/webhooks"}},
		{openapi.Tag{Name: "Subscriptions", About: "What other services remember of the events that they have read from NATS."}, []string{"/v1/subscriptions"}},
		{openapi.Tag{Name: "Mail", About: "Mails that could not be sent, and those that are asked for."}, []string{"/v1/mail", of + "password-reset"}},
	}
}

// tag puts each call into its group.
func tag(d *openapi.Dialect) {
	for _, g := range callGroups() {
		d.Tags = append(d.Tags, g.Tag)
	}
	for call, o := range d.Table {
		_, path, _ := strings.Cut(call, " ")
		o.Tag = tagOf(path)
		d.Table[call] = o
	}
}

// tagOf returns the name of the group that has the longest beginning of the path.
func tagOf(path string) (name string) {
	longest := ""
	for _, g := range callGroups() {
		for _, beginning := range g.paths {
			if strings.HasPrefix(path, beginning) && len(beginning) > len(longest) {
				name, longest = g.Name, beginning
			}
		}
	}
	return name
}
