package danube

import (
	"bytes"
	"encoding/json"
	"strings"
)

// invalid is what is wrong with a request, by field, in the order in which it was found.
type invalid []member

func (invalid) Error() string { return "the request breaks rules" }

// noField stands for the request as a whole.
const noField = "non_field_errors"

// The texts of broken rules.
const (
	required        = "This field is required."
	invalidDataText = "Invalid data"
	invalidValue    = "Invalid value."
	emailInvalid    = "Enter a valid email address."
	emailTaken      = "This email is already in use. Please supply a different email."
	notWhole        = "Enter a whole number."
	phoneInvalid    = "The phone number entered is not valid."
	lockedText      = "You don't have permission to modify this attribute."
	groupUnbound    = "You don't have permission to use DC-unbound groups."
	superAdminBound = "A SuperAdmin user cannot be DC-bound."
	groupsElsewhere = "User's group(s) are attached into another datacenter(s)."
	sshKeyDefined   = "SSH key already defined"
	sshKeyLimit     = "SSH keys limit reached"
	sshKeyType      = "Unknown SSH public key type."
	sshKeyFormat    = "Invalid SSH public key format."
	sshKeyLines     = "Invalid SSH public key format (newlines detected)."
	whichDatacenter = `You have to specify to which datacenter shall the user be bound. Either use the "dc" parameter or ` +
		`set the "dc_bound" parameter to false.`
)

// invalidData is what is wrong with a value of which nothing can be made.
func invalidData() error { return invalid{{noField, []string{invalidDataText}}} }

// object is a JSON object whose members have an order.
type object []member

type member struct {
	name  string
	value any
}

// MarshalJSON writes the members in their order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		value, err := render(m.value, 0)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// wireField returns what the wire calls a field of the domain.
func wireField(field string) string {
	if field == "" {
		return noField
	}
	if name, ok := fieldNames[field]; ok {
		return name
	}
	return strings.TrimPrefix(field, "profile.")
}
