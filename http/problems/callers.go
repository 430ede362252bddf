package problems

import "net/http"

// callers are the problems of who asks.
func callers() []Problem {
	unknown, forbidden, often := only(http.StatusUnauthorized), only(http.StatusForbidden), only(http.StatusTooManyRequests)
	return []Problem{
		{"account_inactive", forbidden, "The account that asks, or is to log in, has been disabled or is not ready.", "Ask an administrator to enable it."},
		{"application_limited", forbidden, "The application by which the user asks may read, not change.", "Take an application whose access is all."},
		{"bad_credentials", unknown, "The name, the password or the code of the second factor is wrong; which of them is not said.", "Correct them; after too many failures log-ins have to wait."},
		{"client_blocked", forbidden, "The client of the user who asks is blocked.", "Ask the provider to make it active."},
		{"grant_ended", forbidden, "What the application was granted has ended: the user's membership or consent, its log-in, or the application's secret is another one.", "Get a new token."},
		{"group_unbound", forbidden, "Who is no super admin gives only groups that are bound to the user's datacenter.", "Name such groups, or ask a super admin."},
		{"member_read_only", forbidden, "The user who asks may read its client's members, not change them.", "Ask a member with full access."},
		{"not_allowed", forbidden, "Who asks, or the credential that was used, lacks the right to do this.", "Use a credential with more permissions, or ask somebody who may; the detail says what it takes."},
		{"reauthentication_required", forbidden, "What decides who gets in, or may do what, takes a session whose holder gave the password within the last 15 minutes.", "Send the password, and the code of a second factor, to /v1/sessions/current/reauthenticate, then send the request again."},
		{"recovery_code_invalid", forbidden, "The recovery code is unknown or was used.", "Take another one, or the app's code."},
		{"second_factor_required", unknown, "The password is right, but the user's log-ins need a code of the second factor, too.", "Send it as the member code: the app's code, or a recovery code."},
		{"session_ended", forbidden, "The session by which the request was made ended before the request was carried out, by another password or a second factor, or because somebody ended it.", "Log in again."},
		{"token_invalid", unknown, "The token is unknown, has ended, or may not be used from this address.", "Log in again, or use another key."},
		{"token_required", unknown, "The request says not who asks.", "Send the header Authorization: Bearer with a token."},
		{"too_many_attempts", often, "Too many log-ins by this name or from this address have failed.", "Wait as long as Retry-After says; an administrator can unlock a user earlier."},
		{"too_many_changes", often, "The user who asks, who is no super admin, has changed as much as is allowed within a minute or a day.", "Wait as long as Retry-After says; whoever runs the service can allow more."},
		{"too_many_failures", often, "Too many requests from this address were not authenticated.", "Wait as long as Retry-After says, and use a token that is valid."},
		{"too_many_mails", often, "The person was sent as many mails to set a password as are sent within an hour.", "Look for the mails that came, in the folder for spam, too, or wait."},
		{"too_many_requests", often, "The user who asks has made as many requests as are allowed within a minute.", "Wait as long as Retry-After says; the header RateLimit of every answer says how many are left."},
	}
}
