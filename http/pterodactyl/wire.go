package pterodactyl

import (
	"time"

	"accountd/commands"
	"accountd/events"
	"accountd/http/rest"
)

// userRequest is what a request says about a user.
type userRequest struct {
	email, username     string
	firstName, lastName string
	password            string  // empty: none is set
	externalID          *string // nil: it stays; empty: none any more
	rootAdmin           *bool   // nil: it stays
	language            *string // nil: it stays
}

// creation returns what is to be created, without the password.
func (u userRequest) creation() events.UserCreated {
	e := events.UserCreated{Username: u.username, Email: u.email, FirstName: u.firstName, LastName: u.lastName,
		Active: true, Welcome: events.WelcomeAccountCreated}
	if u.externalID != nil {
		e.ExternalID = *u.externalID
	}
	if u.language != nil {
		e.Language = *u.language
	}
	if u.rootAdmin != nil {
		e.SuperAdmin = *u.rootAdmin
	}
	return e
}

// update returns the command that makes the user so, without the password. Names that stay are left out, so that a
// display name stays, too.
func (u userRequest) update(before *commands.User) commands.UpdateUser {
	return commands.UpdateUser{ID: before.ID, Rights: events.RightsChanged{SuperAdmin: u.rootAdmin},
		Profile: events.ProfileUpdated{
			Username: &u.username, Email: &u.email, ExternalID: u.externalID, Language: u.language,
			FirstName: changed(before.FirstName, u.firstName), LastName: changed(before.LastName, u.lastName),
		}}
}

func changed(before, after string) *string {
	if before == after {
		return nil
	}
	return &after
}

func languageOf(u *commands.User) string {
	if u.Language == "" {
		return defaultLanguage
	}
	return u.Language
}

// userSize is about how many bytes a user takes.
const userSize = 384

// answer writes one answer.
type answer struct {
	*rest.JSON
	call call
	included
}

// newAnswer begins an answer that shows users, with room for about size bytes.
func newAnswer(c call, size int) answer {
	return answer{JSON: rest.NewJSON(size), call: c, included: includedIn(c.input, "servers.user")}
}

// resource begins an object of that kind; two brackets end it.
func (j answer) resource(kind string) {
	j.Open('{').Key("object").String(kind).Key("attributes").Open('{')
}

// user writes a user and leaves the object open for what an answer has behind the attributes.
func (j answer) user(u *commands.User) {
	j.userAttributes(u)
	if j.servers {
		j.Key("relationships").Open('{').Key("servers")
		j.serversOf(u)
		j.Close('}')
	}
	j.Close('}')
}

// userAttributes writes a user's attributes and leaves them open.
func (j answer) userAttributes(u *commands.User) {
	j.resource("user")
	j.Key("id").Int(u.Number)
	j.Key("external_id").StringOrNull(u.ExternalID)
	j.Key("uuid").String(u.ID.String())
	j.Key("username").String(u.Username)
	j.Key("email").String(u.Email)
	j.Key("first_name").String(u.FirstName)
	j.Key("last_name").String(u.LastName)
	j.Key("language").String(languageOf(u))
	j.Key("root_admin").Bool(u.SuperAdmin)
	j.Key("2fa").Bool(u.NeedsCode())
	j.Key("created_at").String(timeText(u.CreatedAt))
	j.Key("updated_at").String(timeText(u.UpdatedAt))
}

// timeText writes a time as the panel does: to the second, with an offset of zeros instead of Z.
func timeText(t time.Time) string {
	var room [len("2006-01-02T15:04:05+00:00")]byte
	return string(append(t.UTC().AppendFormat(room[:0], time.DateOnly+"T"+time.TimeOnly), "+00:00"...))
}

// pagination writes what is said about a page of the list at that URL. Its links carry the page's number and nothing
// else, as the panel's do.
func (j answer) pagination(url string, p page, count, total int) {
	pages := max(1, (total+p.size-1)/p.size)
	j.Key("meta").Open('{').Key("pagination").Open('{')
	j.Key("total").Int(int64(total))
	j.Key("count").Int(int64(count))
	j.Key("per_page").Int(int64(p.size))
	j.Key("current_page").Int(int64(p.number))
	j.Key("total_pages").Int(int64(pages))
	j.Key("links").Open('{')
	if p.number > 1 {
		j.Key("previous").String(url + "?page=" + itoa(p.number-1))
	}
	if p.number < pages {
		j.Key("next").String(url + "?page=" + itoa(p.number+1))
	}
	j.Close('}').Close('}').Close('}')
}
