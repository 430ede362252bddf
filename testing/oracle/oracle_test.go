package oracle_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"accountd/commands"
	"accountd/events"
	"accountd/http/native"
	"accountd/http/rest"
	"accountd/projections"
	"accountd/projections/past"
	"accountd/testing/oracle"
	"accountd/testing/testservice"
)

// world is the service with what it must answer.
type world struct {
	*testservice.Running
	http  http.Handler
	token string
	now   oracle.World
	was   map[uint64]oracle.World // by sequence
	made  int
	ids   []uuid.UUID // of users who live
	dcs   []uuid.UUID
}

func start(t testing.TB) *world {
	w := &world{Running: testservice.Start(t), was: map[uint64]oracle.World{},
		now: oracle.World{Users: map[string]oracle.User{}, Datacenters: map[string]string{}}}
	w.Past = past.New(w.Env.Log, w.View)
	t.Cleanup(w.Past.Close)
	w.http = native.New(w.Service, native.Options{})
	admin := uuid.New()
	w.Given(commands.CreateUser{ID: admin, User: events.UserCreated{Username: "admin", Email: "admin@example.com",
		Active: true, SuperAdmin: true}})
	token, hash := native.NewToken()
	w.token = token
	w.Given(commands.AddAPIKey{ID: admin, Key: events.APIKey{ID: uuid.New(), Kind: "native",
		Hash: events.Secret(hash)}})
	w.note(admin)
	w.Given(commands.CreateClient{ID: uuid.New(), Client: events.ClientCreated{Name: "Acme"}})
	w.Given(commands.CreateClient{ID: uuid.New(), Client: events.ClientCreated{Name: "Bolt"}})
	w.datacenter("first")
	return w
}

func (w *world) get(target string) *httptest.ResponseRecorder {
	r := testservice.Request(http.MethodGet, "accounts.test", target, "")
	r.Header.Set("Authorization", "Bearer "+w.token)
	return w.Serve(w.http, r, rest.Info{ID: "r", Dialect: "native"})
}

// note takes over the object of a user who has changed, and remembers the World at the sequence that the log has now.
func (w *world) note(id uuid.UUID) {
	u := w.Snapshot().User(id)
	w.now = w.now.Clone()
	if delete(w.now.Users, id.String()); u != nil {
		noted := oracle.User{}
		answer := w.get("/v1/users/" + id.String())
		require.Equal(w.T, http.StatusOK, answer.Code)
		require.NoError(w.T, json.Unmarshal(answer.Body.Bytes(), &noted.Members))
		if u.Datacenter != uuid.Nil {
			noted.Datacenter = u.Datacenter.String()
		}
		w.now.Users[id.String()] = noted
	}
	w.was[w.View.Position()] = w.now
}

func (w *world) datacenter(name string) {
	id := uuid.New()
	w.Given(commands.CreateDatacenter{ID: id, Datacenter: events.DatacenterCreated{Name: name}})
	w.dcs = append(w.dcs, id)
	w.called(id, name)
}

func (w *world) called(id uuid.UUID, name string) {
	w.now = w.now.Clone()
	if w.now.Datacenters[id.String()] = name; name == "" {
		delete(w.now.Datacenters, id.String())
	}
	w.was[w.View.Position()] = w.now
}

var words = []string{"", "Ann", "ann", "Änn", "Bob", "bob", "Joanna Ann", "Żółw", "日本 Ann", "a,b", `c\d`, "x%2Cy",
	strings.Repeat("ﷺ", 30), strings.Repeat("ﷺ", 30) + "b"}

// change has somebody do something.
func (w *world) change(t *rapid.T) {
	word := rapid.SampledFrom(words)
	somebody := func() uuid.UUID { return rapid.SampledFrom(w.ids).Draw(t, "whom") }
	switch n := rapid.IntRange(0, 9).Draw(t, "what"); {
	case n < 4 && len(w.ids) < 40 || len(w.ids) == 0:
		w.made++
		e := events.UserCreated{Username: fmt.Sprintf("user%d", w.made), Email: fmt.Sprintf("u%d@example.com", w.made),
			FirstName: word.Draw(t, "first name"), LastName: word.Draw(t, "last name"),
			Comment: word.Draw(t, "comment"),
			Active:  rapid.Bool().Draw(t, "active"), Client: rapid.Int64Range(0, 2).Draw(t, "client"),
			Datacenter: rapid.SampledFrom(append(w.dcs, uuid.Nil)).Draw(t, "datacenter"),
			Parent:     rapid.SampledFrom(append(w.ids, uuid.Nil)).Draw(t, "parent")}
		if rapid.Bool().Draw(t, "external") {
			e.ExternalID = fmt.Sprintf("x,%d", w.made)
		}
		id := uuid.New()
		w.Given(commands.CreateUser{ID: id, User: e})
		w.ids = append(w.ids, id)
		w.note(id)
	case n < 7:
		id := somebody()
		first, comment, active := word.Draw(t, "first name"), word.Draw(t, "comment"), rapid.Bool().Draw(t, "active")
		w.Given(commands.UpdateUser{ID: id, Active: &active, Profile: events.ProfileUpdated{FirstName: &first,
			Comment: &comment},
			Membership: events.MembershipChanged{Datacenter: new(rapid.SampledFrom(append(w.dcs, uuid.Nil)).Draw(t,
				"datacenter"))}})
		w.note(id)
	case n == 7 && len(w.ids) > 20:
		id := somebody()
		w.Given(commands.DeleteUser{ID: id})
		w.ids = slices.DeleteFunc(w.ids, func(other uuid.UUID) bool { return other == id })
		w.note(id)
	case len(w.dcs) < 4:
		w.made++
		w.datacenter(fmt.Sprintf("Ort %d", w.made))
	default:
		id := rapid.SampledFrom(w.dcs).Draw(t, "which")
		w.made++
		name := fmt.Sprintf("Ort %d", w.made)
		if old := w.now.Datacenters[id.String()]; rapid.Bool().Draw(t, "its name is passed on") && len(w.dcs) > 1 {
			w.Given(commands.UpdateDatacenter{ID: id, Change: events.DatacenterUpdated{Name: &name}})
			w.called(id, name)
			other := rapid.SampledFrom(slices.DeleteFunc(slices.Clone(w.dcs),
				func(d uuid.UUID) bool { return d == id })).Draw(t, "to whom")
			id, name = other, old
		}
		w.Given(commands.UpdateDatacenter{ID: id, Change: events.DatacenterUpdated{Name: &name}})
		w.called(id, name)
	}
}

// fields are what lists filter and sort by, and how values of theirs are compared.
var fields = map[string]string{"id": "text", "number": "number", "username": "text", "email": "text",
	"first_name": "text", "last_name": "text",
	"display_name": "text", "name": "text", "phone": "text", "external_id": "text", "state": "text", "active": "truth",
	"super_admin": "truth",
	"parent":      "id", "datacenter": "id", "client_id": "number", "comment": "text", "created_at": "time",
	"updated_at": "time"}

func names() (out []string) {
	for name := range fields {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// filter draws a filter, most of whose values somebody has.
func (w *world) filter(t *rapid.T) oracle.Filter {
	f := oracle.Filter{Field: rapid.SampledFrom(names()).Draw(t, "field"), Op: "eq"}
	kind := fields[f.Field]
	switch more := rapid.IntRange(0, 3).Draw(t, "op"); {
	case (kind == "text" || kind == "id") && more > 1:
		f.Op = []string{"contains", "prefix"}[more-2]
	case (kind == "number" || kind == "time") && more > 1:
		f.Op = []string{"gte", "lte"}[more-2]
	}
	for range rapid.IntRange(1, 3).Draw(t, "values") {
		f.Values = append(f.Values, w.valueFor(t, f, kind))
	}
	return f
}

func (w *world) valueFor(t *rapid.T, f oracle.Filter, kind string) string {
	var of map[string]any
	for _, id := range w.ids[:min(len(w.ids), 1+rapid.IntRange(0, 39).Draw(t, "of"))] {
		of = w.now.Shown(w.now.Users[id.String()])
	}
	text, _ := of[f.Field].(string)
	switch kind {
	case "truth":
		return rapid.SampledFrom([]string{"true", "false"}).Draw(t, "truth")
	case "time":
		if text == "" {
			text = "2026-01-02T15:04:05.678Z"
		}
		return text
	case "number":
		if f.Field == "client_id" && f.Op == "eq" && rapid.Bool().Draw(t, "none") {
			return ""
		}
		return strconv.Itoa(rapid.IntRange(-1, 45).Draw(t, "number"))
	case "id":
		if f.Op != "eq" {
			return rapid.SampledFrom([]string{"0", "00000000", "-4", "a", "f"}).Draw(t, "part")
		}
		return rapid.SampledFrom([]string{text, "", uuid.Nil.String(),
			uuid.NewSHA1(uuid.Nil, []byte(text)).String()}).Draw(t, "value")
	}
	if f.Field == "id" && f.Op == "eq" {
		return rapid.SampledFrom([]string{text, uuid.Nil.String()}).Draw(t, "value")
	}
	if f.Op != "eq" {
		text = rapid.SampledFrom([]string{text, "a", "user1", "x,", ",", `\`, "%2C", "ﷺ", "no such"}).Draw(t, "part")
	}
	return rapid.SampledFrom([]string{text, strings.ToUpper(text)}).Draw(t, "value")
}

func (w *world) query(t *rapid.T) (q oracle.Query) {
	for range rapid.SampledFrom([]int{0, 1, 1, 2}).Draw(t, "filters") {
		f := w.filter(t)
		if !slices.ContainsFunc(q.Filters, func(g oracle.Filter) bool { return f.Field == g.Field && f.Op == g.Op }) {
			q.Filters = append(q.Filters, f)
		}
	}
	q.Part = rapid.SampledFrom([]string{"", "", "", "ann", "user1", "x,"}).Draw(t, "part")
	for range rapid.IntRange(0, 3).Draw(t, "sort keys") {
		q.Sort = append(q.Sort, rapid.SampledFrom([]string{"", "-"}).Draw(t, "down")+rapid.SampledFrom(names()).Draw(t,
			"by"))
	}
	return q
}

// encoded returns the query as a URL has it, in one of the ways in which values can be written.
func encoded(t *rapid.T, q oracle.Query) string {
	var out []string
	for _, f := range q.Filters {
		name := "filter[" + f.Field + "]"
		if f.Op != "eq" {
			name += "[" + f.Op + "]"
		}
		var values []string
		for _, v := range f.Values {
			alone := strings.HasSuffix(v, `\`) // the comma behind it would belong to it
			v = url.QueryEscape(v)
			if rapid.Bool().Draw(t, "with a backslash") {
				v = strings.ReplaceAll(v, "%2C", `\,`)
			}
			if values = append(values, v); rapid.Bool().Draw(t, "repeated") || alone {
				out, values = append(out, name+"="+strings.Join(values, ",")), nil
			}
		}
		if len(values) > 0 {
			out = append(out, name+"="+strings.Join(values, ","))
		}
	}
	if q.Part != "" {
		out = append(out, "q="+url.QueryEscape(q.Part))
	}
	if len(q.Sort) > 0 {
		out = append(out, "sort="+strings.Join(q.Sort, ","))
	}
	return strings.Join(out, "&")
}

type page struct {
	Data []map[string]any
	Meta struct {
		Total      int
		NextCursor *string `json:"next_cursor"`
	}
}

func (w *world) page(t require.TestingT, query string) (p page) {
	answer := w.get("/v1/users?" + query)
	require.Equal(t, http.StatusOK, answer.Code, "%s: %s", query, answer.Body)
	require.Less(t, len(answer.Header().Get("Link")), 8192)
	require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &p))
	if p.Meta.NextCursor != nil {
		require.LessOrEqual(t, len(*p.Meta.NextCursor), 1024)
	}
	return p
}

// TestTheServiceAnswersAsTheOracle has accounts changed at random, and asks at random about what is and about what was:
// the View, pages by offset and by cursor, the export and single users.
func TestTheServiceAnswersAsTheOracle(t *testing.T) {
	w := start(t)
	rapid.Check(t, func(t *rapid.T) {
		for range rapid.IntRange(1, 5).Draw(t, "changes") {
			w.change(t)
		}
		for range 4 {
			q := w.query(t)
			w.viewAnswers(t, q)
			then, at := w.now, ""
			if rapid.IntRange(0, 3).Draw(t, "about the past") == 0 {
				sequence := rapid.SampledFrom(w.moments()).Draw(t, "moment")
				then, at = w.was[sequence], "&at="+strconv.FormatUint(sequence, 10)
			}
			w.listAnswers(t, then, q, at)
		}
	})
}

func (w *world) moments() (out []uint64) {
	for sequence := range w.was {
		out = append(out, sequence)
	}
	slices.Sort(out)
	return out[max(0, len(out)-30):]
}

// listAnswers asks the API.
func (w *world) listAnswers(t *rapid.T, then oracle.World, q oracle.Query, at string) {
	query := encoded(t, q) + at
	var want []map[string]any
	for _, u := range then.List(q) {
		want = append(want, then.Shown(u))
	}
	all := w.page(t, query+"&limit=1000")
	w.same(t, len(want), all.Meta.Total, query)
	w.same(t, numbers(want), numbers(all.Data), query)
	for i := range want {
		w.same(t, want[i], all.Data[i], query)
	}
	limit := rapid.IntRange(1, 9).Draw(t, "limit")
	offset := rapid.IntRange(0, len(want)+1).Draw(t, "offset")
	part := w.page(t, fmt.Sprintf("%s&limit=%d&offset=%d", query, limit, offset))
	w.same(t, numbers(want[min(offset, len(want)):min(offset+limit, len(want))]), numbers(part.Data), query)
	w.same(t, numbers(want), w.follow(t, query+fmt.Sprintf("&limit=%d", limit)), query)

	var exported []map[string]any
	for lines := bufio.NewScanner(w.get("/v1/users:export?" + query).Body); lines.Scan(); {
		var u map[string]any
		require.NoError(t, json.Unmarshal(lines.Bytes(), &u))
		exported = append(exported, u)
	}
	w.same(t, want, exported, query)
	if len(want) > 0 {
		one := rapid.SampledFrom(want).Draw(t, "one")
		var got map[string]any
		answer := w.get("/v1/users/" + one["id"].(string) + "?" + strings.TrimPrefix(at, "&"))
		require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &got))
		w.same(t, one, got, at)
	}
}

// same says what the service and the oracle answer when they differ: as they go on with what earlier checks have left,
// a failure cannot be had again from its draws alone.
func (w *world) same(t *rapid.T, want, got any, query string) {
	if !assert.ObjectsAreEqual(want, got) {
		w.T.Logf("%s\nthe oracle:  %v\nthe service: %v", query, want, got)
		t.FailNow()
	}
}

// follow returns the numbers of the users on all pages, by their cursors.
func (w *world) follow(t require.TestingT, query string) []int {
	var all []map[string]any
	for next := query; ; {
		p := w.page(t, next)
		if all = append(all, p.Data...); p.Meta.NextCursor == nil {
			return numbers(all)
		}
		next = query + "&cursor=" + *p.Meta.NextCursor
	}
}

func numbers(users []map[string]any) []int {
	out := []int{}
	for _, u := range users {
		out = append(out, int(u["number"].(float64)))
	}
	return out
}

// viewAnswers asks the View itself.
func (w *world) viewAnswers(t *rapid.T, q oracle.Query) {
	asked := projections.Query{Scope: commands.Scope{All: true}, Limit: 1000}
	for _, f := range q.Filters {
		values := slices.Clone(f.Values)
		for i, v := range values {
			if d := w.Snapshot().Directory().DatacenterByName(v); f.Field == "datacenter" && f.Op == "eq" && d != nil {
				values[i] = d.ID.String()
			}
		}
		filter, err := projections.NewFilter(projections.Field(f.Field), projections.Op(f.Op), values...)
		require.NoError(t, err)
		asked.Filters = append(asked.Filters, filter)
	}
	if q.Part != "" {
		filter, err := projections.NewFilter(projections.Any, projections.Contains, q.Part)
		require.NoError(t, err)
		asked.Filters = append(asked.Filters, filter)
	}
	for _, key := range q.Sort {
		field, descending := strings.CutPrefix(key, "-")
		asked.Sort = append(asked.Sort, projections.Sort{Field: projections.Field(field), Descending: descending})
	}
	found, err := w.View.List(asked)
	require.NoError(t, err)
	want, got := []int64{}, []int64{}
	for _, u := range w.now.List(q) {
		want = append(want, int64(u.Members["number"].(float64)))
	}
	for _, u := range found.Users {
		got = append(got, u.Number)
	}
	w.same(t, want, got, fmt.Sprintf("%+v", q))
	w.same(t, len(want), found.Total, fmt.Sprintf("%+v", q))
	require.Same(t, w.Snapshot().Directory(), found.Directory)
}

// hasLongText reports whether the user has a text of which a cursor holds the beginning alone: behind a user who is
// gone since, those whose texts begin alike may come twice; see projections.Cursor.
func hasLongText(u oracle.User) bool {
	for _, field := range []string{"first_name", "last_name", "comment"} {
		if text, _ := u.Members[field].(string); len(commands.Folded(text)) > 128 {
			return true
		}
	}
	return false
}

// TestCursorsBesideWriters follows lists by cursors while others come, change and go: those who stay as they are are
// seen once each, in their order, but for those with long texts, who may be seen again.
func TestCursorsBesideWriters(t *testing.T) {
	w := start(t)
	grow := rapid.Custom(func(t *rapid.T) bool { w.change(t); return true })
	for seed := range 60 {
		grow.Example(seed)
	}
	stay := w.now
	stop := make(chan struct{})
	var writer sync.WaitGroup
	writer.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			id, word := uuid.New(), words[i%len(words)]
			w.Given(commands.CreateUser{ID: id, User: events.UserCreated{Username: fmt.Sprintf("comes%d", i),
				Email:     fmt.Sprintf("u%dx@example.com", i),
				FirstName: word, LastName: words[i%5], Comment: word, Active: true}})
			w.Given(commands.UpdateUser{ID: id, Profile: events.ProfileUpdated{FirstName: &words[i%3],
				Comment: new("")}})
			w.Given(commands.DeleteUser{ID: id})
		}
	})
	defer writer.Wait()
	defer close(stop)
	rapid.Check(t, func(t *rapid.T) {
		q := w.query(t)
		want := []int{}
		stays, long := map[int]bool{}, map[int]bool{}
		for _, u := range stay.Users {
			n := int(u.Members["number"].(float64))
			stays[n], long[n] = true, hasLongText(u)
		}
		for _, u := range stay.List(q) {
			want = append(want, int(u.Members["number"].(float64)))
		}
		got := w.follow(t, fmt.Sprintf("%s&limit=%d", encoded(t, q), rapid.IntRange(1, 9).Draw(t, "limit")))
		seen := map[int]bool{}
		got = slices.DeleteFunc(got, func(n int) bool {
			again := seen[n] && long[n]
			seen[n] = true
			return !stays[n] || again
		})
		w.same(t, want, got, fmt.Sprintf("%+v", q))
	})
}

// TestMomentsBetweenRecords asks for times: what stood at a time is what the newest record before it made.
func TestMomentsBetweenRecords(t *testing.T) {
	w := start(t)
	grow := rapid.Custom(func(t *rapid.T) bool { w.change(t); return true })
	type moment struct {
		at   time.Time
		then oracle.World
	}
	var moments []moment
	for seed := range 20 {
		grow.Example(seed)
		moments = append(moments, moment{time.Now(), w.now})
	}
	for _, m := range moments {
		var want []int
		for _, u := range m.then.List(oracle.Query{Sort: []string{"-first_name"}}) {
			want = append(want, int(u.Members["number"].(float64)))
		}
		p := w.page(t, "limit=1000&sort=-first_name&at="+url.QueryEscape(m.at.UTC().Format(time.RFC3339Nano)))
		require.Equal(t, want, numbers(p.Data))
	}
}
