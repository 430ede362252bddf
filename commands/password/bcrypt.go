package password

import (
	"errors"
	"regexp"

	"golang.org/x/crypto/bcrypt"
)

// bcryptLength is how many bytes of a password bcrypt takes into account.
const bcryptLength = 72

var bcryptSyntax = regexp.MustCompile(`^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$`)

type bcryptForm string

func parseBcrypt(hash string) (form, bool) {
	m := bcryptSyntax.FindStringSubmatch(hash)
	return bcryptForm(hash), m != nil && number(m[1], minCost, maxCost) > 0
}

func (f bcryptForm) matches(password string) (bool, error) {
	seen := password[:min(len(password), bcryptLength)]
	err := bcrypt.CompareHashAndPassword([]byte(f), []byte(seen))
	if errors.Is(err, bcrypt.ErrMismatchedHashAndPassword) {
		return false, nil
	}
	return err == nil, err
}

func (bcryptForm) current() bool { return false }
