package projections

import (
	"bytes"
	"cmp"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
)

// Field is a field of a user that lists filter and sort by.
type Field string

// The fields.
const (
	ID          Field = "id"
	Number      Field = "number"
	Username    Field = "username"
	Email       Field = "email"
	FirstName   Field = "first_name"
	LastName    Field = "last_name"
	DisplayName Field = "display_name"
	Name        Field = "name" // the display name, or first and last name
	Phone       Field = "phone"
	ExternalID  Field = "external_id"
	Language    Field = "language"
	Timezone    Field = "timezone"
	State       Field = "state"
	Active      Field = "active"
	SuperAdmin  Field = "super_admin"
	APIAccess   Field = "api_access"
	Parent      Field = "parent"
	scopeParent Field = "scope parent" // commands.User.ScopeParent; for Scopes alone
	Datacenter  Field = "datacenter"   // its id
	Client      Field = "client_id"
	Access      Field = "access"
	Comment     Field = "comment"
	CreatedAt   Field = "created_at"
	UpdatedAt   Field = "updated_at"
	Any         Field = "q" // any of username, e-mail, name and external id; cannot be sorted by
)

// definition tells how a Field is read, by its type; exactly one of the functions is set but for Any, which has texts.
type definition struct {
	text   func(*commands.User) string
	texts  func(*commands.User) []string
	number func(*commands.User) int64
	moment func(*commands.User) time.Time
	truth  func(*commands.User) bool
	id     func(*commands.User) uuid.UUID
	few    bool // few values among many users: worth an index in front of the sort fields
	unique bool

	nullable bool // the zero number or id stands for none
}

func define(f Field) (definition, bool) {
	switch f {
	case ID:
		return definition{id: func(u *commands.User) uuid.UUID { return u.ID }, unique: true}, true
	case Number:
		return definition{number: func(u *commands.User) int64 { return u.Number }}, true
	case Name:
		return definition{text: (*commands.User).Name}, true
	case State:
		return definition{text: func(u *commands.User) string { return u.State }, few: true}, true
	case Access:
		return definition{text: func(u *commands.User) string { return u.Access }}, true
	case Active:
		return definition{truth: func(u *commands.User) bool { return u.Active }, few: true}, true
	case SuperAdmin:
		return definition{truth: func(u *commands.User) bool { return u.SuperAdmin }, few: true}, true
	case APIAccess:
		return definition{truth: func(u *commands.User) bool { return u.APIAccess }, few: true}, true
	case Parent:
		return definition{id: func(u *commands.User) uuid.UUID { return u.Parent }, few: true, nullable: true}, true
	case scopeParent:
		return definition{id: (*commands.User).ScopeParent, few: true}, true
	case Datacenter:
		return definition{id: func(u *commands.User) uuid.UUID { return u.Datacenter }, few: true, nullable: true}, true
	case Client:
		return definition{number: func(u *commands.User) int64 { return u.Client }, few: true, nullable: true}, true
	case CreatedAt:
		return definition{moment: func(u *commands.User) time.Time { return u.CreatedAt }}, true
	case UpdatedAt:
		return definition{moment: func(u *commands.User) time.Time { return u.UpdatedAt }}, true
	case Any:
		return definition{texts: searched}, true
	}
	return descriptive(f)
}

// descriptive defines the texts of which commands has the table.
func descriptive(f Field) (definition, bool) {
	for _, t := range commands.Fields() {
		if t.Name == string(f) && !t.Hidden {
			of := t.Of
			return definition{text: func(u *commands.User) string { return *of(u) }, unique: f == Username ||
				f == Email || f == ExternalID}, true
		}
	}
	return definition{}, false
}

// Fields returns every Field, for those who list them, in the order in which a user is shown.
func Fields() []Field {
	out := []Field{ID, Number}
	for _, t := range commands.Fields() {
		switch {
		case t.Hidden:
		case Field(t.Name) == Phone:
			out = append(out, Name, Phone)
		case Field(t.Name) == Comment:
			out = append(out, State, Active, SuperAdmin, APIAccess, Parent, Datacenter, Client, Access, Comment)
		default:
			out = append(out, Field(t.Name))
		}
	}
	return append(out, CreatedAt, UpdatedAt, Any)
}

func searched(u *commands.User) []string {
	return []string{u.Username, u.Email, u.Name(), u.ExternalID}
}

// textIndexes returns the fields by whose text indexes those are found who have a text in this one. There are none for
// a field in whose texts nobody looks for parts, or whose texts may be long.
func (f Field) textIndexes() []Field {
	switch f {
	case Any:
		return []Field{Username, Email, Name, ExternalID} // as searched has them
	case ID, Username, Email, FirstName, LastName, DisplayName, Name, Phone, ExternalID:
		return []Field{f}
	}
	return nil
}

// comparer returns the order of users by the field alone; texts by their folded form.
func (d definition) comparer() func(a, b *commands.User) int {
	switch {
	case d.text != nil:
		return func(a, b *commands.User) int { return commands.CompareFolded(d.text(a), d.text(b)) }
	case d.number != nil:
		return func(a, b *commands.User) int { return cmp.Compare(d.number(a), d.number(b)) }
	case d.moment != nil:
		return func(a, b *commands.User) int { return d.moment(a).Compare(d.moment(b)) }
	case d.truth != nil:
		return func(a, b *commands.User) int { return compareTruth(d.truth(a), d.truth(b)) }
	}
	return func(a, b *commands.User) int { return compareIDs(d.id(a), d.id(b)) }
}

func compareTruth(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func compareIDs(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }
