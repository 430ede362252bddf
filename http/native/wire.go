package native

import (
	"encoding/json"
	"reflect"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
	"accountd/http/rest"
)

type metaAnswer struct {
	Total      int     `json:"total"`
	Limit      int     `json:"limit"`
	Offset     int     `json:"offset"`
	NextCursor *string `json:"next_cursor"`
}

type listAnswer[T any] struct {
	Data []T        `json:"data"`
	Meta metaAnswer `json:"meta"`
}

type problemAnswer struct {
	Type     string         `json:"type"`
	Title    string         `json:"title"`
	Status   int            `json:"status"`
	Detail   string         `json:"detail"`
	Instance string         `json:"instance,omitempty"`
	Code     string         `json:"code"`
	Errors   []problemError `json:"errors,omitempty"`
}

type problemError struct {
	Detail    string `json:"detail"`
	Pointer   string `json:"pointer,omitempty"`
	Parameter string `json:"parameter,omitempty"`
	Header    string `json:"header,omitempty"`
}

type sshKeyAnswer struct {
	Number         int64     `json:"number"`
	Title          string    `json:"title"`
	Key            string    `json:"key"`
	Fingerprint    string    `json:"fingerprint"`
	FingerprintMD5 string    `json:"fingerprint_md5"`
	AddedAt        time.Time `json:"added_at"`
}

type permissionsAnswer struct {
	Users   *string `json:"users"`
	Servers *string `json:"servers"`
	Audit   *string `json:"audit"`
}

type signingKeyAnswer struct {
	ID          string            `json:"id"`
	Name        *string           `json:"name"`
	Permissions permissionsAnswer `json:"permissions"`
	AddedAt     time.Time         `json:"added_at"`
}

// newSigningKeyAnswer is the one answer that shows the secret.
type newSigningKeyAnswer struct {
	signingKeyAnswer
	Secret string `json:"secret"`
}

type apiKeyAnswer struct {
	ID          uuid.UUID         `json:"id"`
	Kind        string            `json:"kind"`
	Permissions permissionsAnswer `json:"permissions"`
	AllowedIPs  []string          `json:"allowed_ips"`
	ExpiresAt   *time.Time        `json:"expires_at"`
	Memo        *string           `json:"memo"`
	AddedAt     time.Time         `json:"added_at"`
	LastUsedAt  *time.Time        `json:"last_used_at"`
	OldUntil    *time.Time        `json:"previous_expires_at"` // of the secret before the last rotation
}

// newAPIKeyAnswer is the one answer that shows the key.
type newAPIKeyAnswer struct {
	apiKeyAnswer
	Key string `json:"key"`
}

type resourceAnswer struct {
	Kind string          `json:"kind"`
	ID   string          `json:"id"`
	Name *string         `json:"name"`
	Data json.RawMessage `json:"data"`
}

// storageKeyShown is a storage key without its secret.
type storageKeyShown struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
}

// storageKeyAnswer is a storage key with its secret, which the answer that made it alone shows; a history masks it.
type storageKeyAnswer struct {
	Kind   string `json:"kind"`
	ID     string `json:"id"`
	Secret string `json:"secret"`
}

// resetAnswer shows a request to set a new password.
type resetAnswer struct {
	ExpiresAt time.Time `json:"expires_at"`
}

// historyAnswer is one record of a user.
type historyAnswer struct {
	Sequence   uint64         `json:"sequence"`
	Time       time.Time      `json:"time"`
	Type       string         `json:"type"`
	Actor      string         `json:"actor"`
	Credential *string        `json:"credential"`
	Dialect    *string        `json:"dialect"`
	RequestID  *string        `json:"request_id"`
	Erased     bool           `json:"erased"`
	Changes    []changeAnswer `json:"changes"`
}

// changeAnswer is what one field was and is; null stands for nothing.
type changeAnswer struct {
	Field  string          `json:"field"`
	Before json.RawMessage `json:"before"`
	After  json.RawMessage `json:"after"`
}

type historyListAnswer struct {
	Data []historyAnswer `json:"data"`
	Meta struct {
		Total      int     `json:"total"`
		Limit      int     `json:"limit"`
		NextCursor *string `json:"next_cursor"`
	} `json:"meta"`
}

func sshKeyOf(k commands.SSHKey) sshKeyAnswer {
	return sshKeyAnswer{Number: k.Number, Title: k.Title, Key: k.Key, Fingerprint: k.Fingerprint,
		FingerprintMD5: k.FingerprintMD5, AddedAt: k.AddedAt}
}

func signingKeyOf(k commands.SigningKey) signingKeyAnswer {
	return signingKeyAnswer{ID: k.ID, Name: orNull(k.Name), Permissions: permissionsOf(k.Permissions), AddedAt: k.AddedAt}
}

func (a *api) apiKeyOf(k commands.APIKey) apiKeyAnswer {
	used, _ := a.Usage.LastUsed(credentialOf(k))
	out := apiKeyAnswer{ID: k.ID, Kind: k.Kind, Permissions: permissionsOf(k.Permissions), AllowedIPs: k.AllowedIPs,
		ExpiresAt: orNull(k.ExpiresAt), Memo: orNull(k.Memo), AddedAt: k.AddedAt, LastUsedAt: orNull(used)}
	if a.now().Before(k.OldUntil) {
		out.OldUntil = &k.OldUntil
	}
	if out.AllowedIPs == nil {
		out.AllowedIPs = []string{}
	}
	return out
}

func resourceOf(l events.ResourceLinked) resourceAnswer {
	a := resourceAnswer{Kind: l.Kind, ID: l.ID, Name: orNull(l.Name)}
	if l.Data != "" {
		a.Data = json.RawMessage(l.Data)
	}
	return a
}

func permissionsOf(p events.Permissions) permissionsAnswer {
	return permissionsAnswer{Users: orNull(p.Users), Servers: orNull(p.Servers), Audit: orNull(p.Audit)}
}

// orNull returns nil for a value that is not set.
func orNull[T comparable](v T) *T {
	var unset T
	if v == unset {
		return nil
	}
	return &v
}

// userSize is about how many bytes a user takes.
const userSize = 768

// userJSON returns a user's object at that time, when a lock may be over; zero: as it is recorded. Free it.
func userJSON(at time.Time, names naming, u *commands.User) *rest.JSON {
	j := rest.NewJSON(userSize)
	addUser(j, at, names, u)
	return j
}

// usersJSON returns a list of users at that time; Free it.
func usersJSON(at time.Time, names naming, users []*commands.User, m metaAnswer) *rest.JSON {
	j := rest.NewJSON(128 + userSize*len(users))
	j.Open('{').Key("data").Open('[')
	for _, u := range users {
		addUser(j, at, names, u)
	}
	j.Close(']').Key("meta").Open('{')
	j.Key("total").Int(int64(m.Total)).Key("limit").Int(int64(m.Limit)).Key("offset").Int(int64(m.Offset))
	j.Key("next_cursor").StringOrNull(or(m.NextCursor, "")).Close('}').Close('}')
	return j
}

func addUser(j *rest.JSON, at time.Time, names naming, u *commands.User) {
	j.Open('{')
	j.Key("id").String(u.ID.String())
	j.Key("number").Int(u.Number)
	j.Key("username").String(u.Username)
	j.Key("email").String(u.Email)
	j.Key("first_name").String(u.FirstName)
	j.Key("last_name").String(u.LastName)
	j.Key("display_name").StringOrNull(u.DisplayName)
	j.Key("phone").StringOrNull(u.Phone)
	j.Key("active").Bool(u.Active)
	j.Key("state").String(u.State)
	addLock(j, u.LockedUntil(at))
	j.Key("second_factor").Bool(u.NeedsCode())
	j.Key("super_admin").Bool(u.SuperAdmin)
	j.Key("external_id").StringOrNull(u.ExternalID)
	j.Key("language").StringOrNull(u.Language)
	j.Key("timezone").StringOrNull(u.Timezone)
	addClient(j, u.Client)
	j.Key("access").StringOrNull(u.Access)
	j.Key("comment").StringOrNull(u.Comment)
	j.Key("extra_params").StringOrNull(u.ExtraParams)
	addMembership(j, names, u)
	j.Key("api_access").Bool(u.APIAccess)
	addParent(j, u.Parent)
	addProfile(j, u.Profile)
	j.Key("created_at").Time(u.CreatedAt)
	j.Key("updated_at").Time(u.UpdatedAt)
	j.Close('}')
}

func addLock(j *rest.JSON, until time.Time) {
	j.Key("locked_until")
	if until.IsZero() {
		j.Raw("null")
		return
	}
	j.Time(until)
}

func addClient(j *rest.JSON, number int64) {
	if number == 0 {
		j.Key("client_id").Raw("null")
		return
	}
	j.Key("client_id").Int(number)
}

// naming returns what the datacenter or the group of that id is called, or was at the time that is shown; false: there is none.
type naming func(kind events.Kind, id uuid.UUID) (name string, ok bool)

// named is what things are called in the Directory.
func named(dir *commands.Directory) naming {
	return func(kind events.Kind, id uuid.UUID) (name string, ok bool) {
		if kind == events.KindDatacenter {
			d := dir.Datacenter(id)
			if d == nil {
				return "", false
			}
			return d.Name, true
		}
		g := dir.Group(id)
		if g == nil {
			return "", false
		}
		return g.Name, true
	}
}

func addMembership(j *rest.JSON, names naming, u *commands.User) {
	j.Key("datacenter")
	if name, ok := names(events.KindDatacenter, u.Datacenter); ok {
		j.String(name)
	} else {
		j.Raw("null")
	}
	j.Key("groups").Open('[')
	for _, id := range u.Groups {
		if name, ok := names(events.KindGroup, id); ok {
			j.String(name)
		}
	}
	j.Close(']')
}

func addParent(j *rest.JSON, parent uuid.UUID) {
	if parent == uuid.Nil {
		j.Key("parent").Raw("null")
		return
	}
	j.Key("parent").String(parent.String())
}

func addProfile(j *rest.JSON, p *events.Profile) {
	j.Key("profile").Open('{')
	if p != nil {
		addDetails(j, reflect.ValueOf(p).Elem())
	}
	j.Close('}')
}

// addDetails writes the fields that are set.
func addDetails(j *rest.JSON, profile reflect.Value) {
	for i, name := range detailNames {
		f := profile.Field(i)
		if f.IsZero() {
			continue
		}
		switch f.Kind() {
		case reflect.String:
			j.Key(name).String(f.String())
		case reflect.Int:
			j.Key(name).Int(f.Int())
		case reflect.Pointer:
			j.Key(name).Bool(f.Elem().Bool())
		}
	}
}
