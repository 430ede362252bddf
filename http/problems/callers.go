package problems

import "net/http"

// callers are the problems that concern the caller.
func callers() []Problem {
	unknown, forbidden, often := only(http.StatusUnauthorized), only(http.StatusForbidden),
		only(http.StatusTooManyRequests)
	return []Problem{
		{"account_inactive", forbidden, "The caller's account, or the account that tries to log in, is disabled or " +
			"not set up yet.", "Ask an administrator to enable it."},
		{"application_limited", forbidden, "The application that acts for the user may read data, but not change it.",
			"Use an application whose access is all."},
		{"bad_credentials", unknown, "The name, the password or the code of the second factor is wrong. The answer " +
			"does not say which.", "Correct them. After too many failures, further log-ins must wait."},
		{"client_blocked", forbidden, "The caller's client is blocked.", "Ask the provider to make the client active."},
		{"grant_ended", forbidden, "The application's token is no longer valid: the user left the client, withdrew " +
			"the consent or ended the log-in, or the application's secret was changed.", "Get a new token."},
		{"group_unbound", forbidden, "A caller who is not a super admin may assign only groups that are bound to the " +
			"user's datacenter.", "Name only such groups, or ask a super admin."},
		{"member_read_only", forbidden, "The caller may read the members of its client, but not change them.",
			"Ask a member with full access."},
		{"not_allowed", forbidden, "The caller, or the credential that it used, has no permission to do this.",
			"Use a credential with more permissions, or ask somebody who has them. The detail names what is required."},
		{"reauthentication_required", forbidden,
			"A change to who can log in, or to what somebody may do, requires a session whose holder entered the " +
				"password within the last 15 minutes.",
			"Send the password, and the code of the second factor if there is one, to " +
				"/v1/sessions/current/reauthenticate. Then send the request again."},
		{"recovery_code_invalid", forbidden, "The recovery code is unknown or was already used.",
			"Use another recovery code, or a code from the app."},
		{"second_factor_required", unknown, "The password is correct, but the user's log-ins also require a code of " +
			"the second factor.", "Send the app's code, or a recovery code, as the member code."},
		{"key_ended", forbidden, "The API key ended, or got another secret, before the request was carried out.",
			"Send the request with a key that is valid."},
		{"session_ended", forbidden, "The session ended before the request was carried out: the password or the " +
			"second factor was changed, or somebody ended the session.", "Log in again."},
		{"token_invalid", unknown, "The token is unknown, has expired or was revoked, or may not be used from this " +
			"address.", "Log in again, or use another key."},
		{"token_required", unknown, "The request has no credential.",
			"Send a token in the header Authorization: Bearer."},
		{"too_many_attempts", often, "Too many log-ins have failed for this name or from this address.",
			"Wait for the time that Retry-After gives. An administrator can unlock a user earlier."},
		{"too_many_changes", often, "The caller, who is not a super admin, has made as many changes as are allowed " +
			"in a minute or a day.", "Wait for the time that Retry-After gives. The service's operator can raise the " +
			"limit."},
		{"too_many_failures", often, "Too many requests from this address failed to authenticate.",
			"Wait for the time that Retry-After gives, and use a valid token."},
		{"too_many_mails", often, "The person has been sent as many password mails as are allowed in an hour.",
			"Look for the mails that were sent, also in the spam folder, or wait."},
		{"too_many_requests", often, "The caller has made as many requests as are allowed in a minute.",
			"Wait for the time that Retry-After gives. The header RateLimit of every answer says how many requests " +
				"are left."},
	}
}
