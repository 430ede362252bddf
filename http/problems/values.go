package problems

import "net/http"

// values are the problems of what is to be stored for a user.
func values() []Problem {
	bad := only(http.StatusBadRequest)
	return []Problem{
		{"allowed_ips_invalid", bad, "An allowed address of a key is neither an IP address nor a CIDR block, or " +
			"there are too many.", "Correct them. At most 100 are allowed."},
		{"api_key_kind_invalid", []int{http.StatusBadRequest, http.StatusConflict},
			"This call cannot create, change or renew API keys of this kind.",
			"Create a key of a kind that the call's description names. Renew keys for Danube Cloud's API through " +
				"that API."},
		{"code_required", bad, "The body lacks the member code.", "Add it, with a code of the second factor."},
		{"data_invalid", bad, "The resource's data is not JSON, or is too large.", "Send JSON of at most 65536 bytes."},
		{"email_invalid", bad, "This is not a plain e-mail address.",
			"Send only the address, without a name or angle brackets."},
		{"email_required", bad, "A user needs an e-mail address.", "Add the member email."},
		{"expires_at_invalid", bad, "The time at which the key expires is in the past, or after the year 9999.",
			"Send a time in the future, or none for a key that does not expire."},
		{"id_invalid", bad, "The resource's id is \".\" or \"..\", which cannot be part of a URL's path.",
			"Send the id that the resource has in its own system, with other characters besides the dots."},
		{"id_required", bad, "A resource needs the id that it has in its own system.", "Add the member id."},
		{"kind_invalid", bad, "There is no such kind of resource, or of storage key.",
			"Use a kind that the call's description names."},
		{"kind_required", bad, "The storage key has no kind.", "Send its kind."},
		{"language_invalid", bad, "This is not a language tag.", "Send a tag such as en or pt-BR."},
		{"mail_invalid", bad, "The service has no such mail for a user.",
			"Use a mail that the call's description names."},
		{"parent_invalid", bad, "An account cannot be its own parent, and its parent cannot be one of its descendants.",
			"Name another user as the parent, or null for none."},
		{"password_hash_invalid", bad, "The service cannot verify password hashes of this form.",
			"Send a hash of argon2, bcrypt or PBKDF2 in its usual notation, or send the password itself."},
		{"password_invalid", bad, "The password is empty, or too long to be hashed.", "Choose another one."},
		{"password_required", bad, "A password is required.", "Add the member password."},
		{"password_too_short", bad, "The password is shorter than the service requires.",
			"Choose a longer one. The detail says how many characters it must have."},
		{"password_twice", bad, "The user has both a password and a password hash.", "Send one of them."},
		{"permissions_invalid", bad, "A key or a group has a permission that does not exist.",
			"A key's permissions are none, read, write or all, and its audit permission is none or read. A group's " +
				"permissions are words of lower-case letters, digits and underscores."},
		{"profile_invalid", bad, "The user type in the profile is not 0, 1 or 2.", "Send one of these."},
		{"reset_token_invalid", bad, "The token to set a password is unknown, has expired or was already used.",
			"Request a new link by mail."},
		{"signing_key_invalid", bad, "A signing key needs an id without colons, and a secret.",
			"Omit both; the service then generates them."},
		{"ssh_key_invalid", bad, "This is not a public SSH key, or not one that is safe.",
			"Send the one line of the public key's file, without options before it, or the key in the form of " +
				"RFC 4716 or PEM. Certificates, RSA keys of fewer than 1024 bits and private keys are refused; " +
				"replace a private key that was sent by mistake."},
		{"text_invalid", bad, "A text contains characters that are not allowed, or begins or ends with a blank.",
			"Send UTF-8 without control characters, and without blanks at either end. Names must not contain " +
				"invisible characters either."},
		{"text_too_long", bad, "A text has more characters than are allowed.",
			"Shorten it. The detail says how many characters are allowed."},
		{"timezone_invalid", bad, "This is not the name of a time zone.",
			"Send a name from the IANA database, such as Europe/Prague."},
		{"title_required", bad, "An SSH key needs a name.", "Add the member title."},
		{"totp_code_invalid", bad, "The code is not the app's current code, or it was already used.",
			"Wait for the app's next code. If that fails too, correct the clock of the app's device."},
		{"username_invalid", bad, "The username is empty or reserved, or it cannot be part of a URL's path: it is " +
			"\".\" or \"..\", or contains a slash.", "Choose another one."},
		{"username_not_own_email", bad, "The username contains an @ but is not the user's own e-mail address.",
			"Use the user's e-mail address, or a name without @."},
		{"username_required", bad, "A log-in needs a username.", "Add the member username."},
		{"welcome_invalid", bad, "There is no such welcome mail for a new user.",
			"Use a welcome mail that exists, or none."},
	}
}
