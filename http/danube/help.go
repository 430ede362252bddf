package danube

import "net/http"

// describe answers OPTIONS with what the path is for, which the es tool prints as help.
func (x *exchange) describe() error {
	return x.bare(http.StatusOK, viewAnswer{x.view.name, x.view.help, []string{mediaType}, []string{mediaType}})
}

// The help texts, in reStructuredText.
const (
	helpLogin = `Log in with username and password (:http:post:).

    :arg username: **required** - Name of the account
    :arg password: **required** - Its password
    :arg otp: Code of its second factor, when it has one

The answer has a token for the header "Authorization: Token ...", which is good for an hour. It ends the token before.`

	helpLogout = `Log out (:http:get:): the token that the request is made with ends at once.`

	helpPing = `Tell whether the API answers (:http:get:). Nobody needs to be logged in.`

	helpUserList = `List (:http:get:) the accounts that you administer.

    :arg data.full: Show every account with its fields (default: false)
    :arg data.extended: The same, with the datacenters that its groups belong to (default: false)
    :arg data.active: Show the active accounts, or those that are not (default: true); data.is_active means the same
    :arg data.order_by: username or created, with + or - in front for the other direction (default: username)`

	helpProfileList = `List (:http:get:) the profiles of the accounts that you administer.

    :arg data.order_by: username or created, with + or - in front for the other direction (default: username)`

	helpUser = `Show (:http:get:), create (:http:post:), change (:http:put:) or delete (:http:delete:) an account.

    :arg username: **required** - Name of the account
    :arg data.extended: Show also the datacenters that its groups belong to (:http:get: only, default: false)
    :arg data.first_name: **required** to create - First name
    :arg data.last_name: **required** to create - Last name
    :arg data.email: **required** to create - E-mail address, which no other account has
    :arg data.password: **required** to create - Password
    :arg data.dc_bound: Whether the account belongs to one datacenter (default: true)
    :arg data.dc: Name of that datacenter, **required** to create an account that belongs to one
    :arg data.groups: Names of all of its groups (default: [])
    :arg data.is_active: Whether the account can be used (default: true)
    :arg data.is_super_admin: Whether it may do everything (default: false)
    :arg data.api_access: Whether it may use this API (default: false)
    :arg data.api_key: Make a new API key (default: false)
    :arg data.callback_key: Make a new callback key (default: false)

An account to which something belongs cannot be deleted.`

	helpAPIKeys = `Show (:http:get:) or renew (:http:put:) the keys of an account. It takes a log-in: requests with an API key are refused.

    :arg username: **required** - Name of the account
    :arg data.api_key: Make a new API key (default: false)
    :arg data.callback_key: Make a new callback key (default: false)`

	helpProfile = `Show (:http:get:) or change (:http:put:) what is known about the person behind an account.

    :arg username: **required** - Name of the account
    :arg data.*: Any field of the answer but username; email_verified and phone_verified are a super admin's to change`

	helpSSHKeyList = `List (:http:get:) the SSH keys of an account.

    :arg username: **required** - Name of the account
    :arg data.full: Show every key with its fields (default: false)
    :arg data.order_by: title, with + or - in front for the other direction (default: title)`

	helpSSHKey = `Show (:http:get:), add (:http:post:) or delete (:http:delete:) an SSH key of an account.

    :arg username: **required** - Name of the account
    :arg title: **required** - Name of the key, at most 32 characters
    :arg data.key: **required** to add - Public key in the form of OpenSSH, on one line`

	helpGroup = `Show (:http:get:) a group: what its members may do, and who they are.

    :arg group: **required** - Name of the group
    :arg data.extended: Show also the datacenters that the group belongs to (default: false)`
)
