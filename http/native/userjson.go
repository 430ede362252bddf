package native

import (
	"reflect"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
	"accountd/http/native/call"
	"accountd/http/rest"
)

// userSize is about how many bytes a user takes.
const userSize = 768

// userJSON returns a user's object at that time, when a lock may be over; zero: as it is recorded. Free it.
func userJSON(at time.Time, names naming, u *commands.User) *rest.JSON {
	j := rest.NewJSON(userSize)
	addUser(j, at, names, u)
	return j
}

// usersJSON returns a list of users at that time; Free it.
func usersJSON(at time.Time, names naming, users []*commands.User, m call.Meta) *rest.JSON {
	j := rest.NewJSON(128 + userSize*len(users))
	j.Open('{').Key("data").Open('[')
	for _, u := range users {
		addUser(j, at, names, u)
	}
	j.Close(']').Key("meta").Open('{')
	j.Key("total").Int(int64(m.Total)).Key("limit").Int(int64(m.Limit)).Key("offset").Int(int64(m.Offset))
	j.Key("next_cursor").StringOrNull(call.Or(m.NextCursor, "")).Close('}').Close('}')
	return j
}

func addUser(j *rest.JSON, at time.Time, names naming, u *commands.User) {
	j.Open('{')
	j.Key("id").String(u.ID.String())
	j.Key("number").Int(u.Number)
	for _, f := range commands.Fields() {
		if text := *f.Of(u); shownEmpty(f) {
			j.Key(f.Name).String(text)
		} else {
			j.Key(f.Name).StringOrNull(text)
		}
		addBehind(j, f.Name, at, u)
	}
	addMembership(j, names, u)
	j.Key("api_access").Bool(u.APIAccess)
	addParent(j, u.Parent)
	addProfile(j, u.Profile)
	j.Key("created_at").Time(u.CreatedAt)
	j.Key("updated_at").Time(u.UpdatedAt)
	j.Close('}')
}

// shownEmpty reports whether the text is shown as an empty one where none is stored, in place of null.
func shownEmpty(f commands.Field) bool {
	return f.Always || f.Name == "first_name" || f.Name == "last_name"
}

// addBehind adds the members that stand behind that text; behind has them, too.
func addBehind(j *rest.JSON, text string, at time.Time, u *commands.User) {
	switch text {
	case "phone":
		j.Key("active").Bool(u.Active)
		j.Key("state").String(u.State)
		addLock(j, u.LockedUntil(at))
		j.Key("second_factor").Bool(u.NeedsCode())
		j.Key("super_admin").Bool(u.SuperAdmin)
	case "timezone":
		addClient(j, u.Client)
		j.Key("access").StringOrNull(u.Access)
	}
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
		addProfileMembers(j, reflect.ValueOf(p).Elem())
	}
	j.Close('}')
}

// addProfileMembers writes the fields that are set.
func addProfileMembers(j *rest.JSON, profile reflect.Value) {
	for i, name := range profileMembers {
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
