package problems

import "net/http"

// values are the problems of what is to be stored for a user.
func values() []Problem {
	bad := only(http.StatusBadRequest)
	return []Problem{
		{"allowed_ips_invalid", bad, "An allowed address of a key is neither an IP address nor a CIDR block, or there are too many.", "Correct them; 100 are allowed."},
		{"api_key_kind_invalid", []int{http.StatusBadRequest, http.StatusConflict}, "API keys of this kind are not made, or not renewed, by this call.", "Make one of a kind that the call's description names; renew keys of Danube Cloud's API there."},
		{"code_required", bad, "The body lacks the member code.", "Add it, with a code of the second factor."},
		{"data_invalid", bad, "The data of a resource is no JSON, or too much of it.", "Send JSON of at most 65536 bytes."},
		{"email_invalid", bad, "This is not an e-mail address in its plain form.", "Send the address alone, without a name or angle brackets."},
		{"email_required", bad, "A user needs an e-mail address.", "Add the member email."},
		{"expires_at_invalid", bad, "A key's end lies in the past, or beyond the year 9999.", "Send a time in the future, or none for a key without end."},
		{"id_invalid", bad, "The id of a resource is \".\" or \"..\", which cannot stand in a path.", "Send the id that it has in its own system, with something beside the dots."},
		{"id_required", bad, "A resource needs the id that it has in its own system.", "Add the member id."},
		{"kind_invalid", bad, "There is no such kind of resource, or of storage key.", "Take a kind that the call's description names."},
		{"kind_required", bad, "A storage key without its kind.", "Name its kind."},
		{"language_invalid", bad, "This is not a language tag.", "Send a tag such as en or pt-BR."},
		{"mail_invalid", bad, "There is no such mail to be sent to a user.", "Ask for a mail that the call's description names."},
		{"parent_invalid", bad, "An account cannot be its own parent, nor have one that comes of it.", "Name another user as the parent, or null for none."},
		{"password_hash_invalid", bad, "The password hash has none of the forms that can be verified here.", "Send a hash of argon2, bcrypt or PBKDF2 as it is usually written, or the password in clear."},
		{"password_invalid", bad, "The password is empty, or longer than can be hashed.", "Choose another one."},
		{"password_required", bad, "A password is needed.", "Add the member password."},
		{"password_too_short", bad, "The password has fewer characters than the service wants.", "Choose a longer one; the detail says how many characters it must have."},
		{"password_twice", bad, "A user was sent with a password in clear and as a hash.", "Send one of them."},
		{"permissions_invalid", bad, "A permission of a key or of a group is not one that there is.", "A key's are none, read, write or all, audit none or read; a group's are words of lower-case letters, digits and underscores."},
		{"profile_invalid", bad, "The user type in the profile is not 0, 1 or 2.", "Send one of these."},
		{"reset_token_invalid", bad, "The token by which a password is set is unknown, has expired or was used.", "Have a new link mailed."},
		{"signing_key_invalid", bad, "A signing key needs an id without colons, and a secret.", "Have the service make both, by making a signing key without naming them."},
		{"ssh_key_invalid", bad, "This is not a public SSH key.", "Send the one line of the public key's file, without options before it."},
		{"text_invalid", bad, "A text has characters that it may not have, or begins or ends with a blank.", "Send UTF-8 without control characters, in names without invisible ones, and trimmed."},
		{"text_too_long", bad, "A text has more characters than are allowed.", "Shorten it; the detail says how many there may be."},
		{"timezone_invalid", bad, "This is not the name of a time zone.", "Send a name of the IANA database, such as Europe/Prague."},
		{"title_required", bad, "An SSH key needs a name.", "Add the member title."},
		{"totp_code_invalid", bad, "The code is not the app's at this time, or it was used before.", "Wait for the app's next code; when that fails, too, set the clock of its device right."},
		{"username_invalid", bad, "The username is empty or reserved, or cannot stand in a path, as \".\", \"..\" and names with slashes cannot.", "Choose another one."},
		{"username_not_own_email", bad, "The username has an @ and is not the user's own e-mail address.", "Take the user's address, or a name without @."},
		{"username_required", bad, "A log-in needs the user's name.", "Add the member username."},
		{"welcome_invalid", bad, "There is no such mail to welcome a new user with.", "Ask for one that there is, or for none."},
	}
}
