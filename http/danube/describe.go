package danube

import (
	"maps"
	"net/http"
	"slices"

	"accountd/http/rest/openapi"
)

// Describe returns what /openapi.json has about the dialect. OPTIONS, which every path takes, is left out.
func Describe() openapi.Dialect {
	name := openapi.With(openapi.Matching(`[A-Za-z0-9@.+_-]+`), "maxLength", maxEmail)
	d := openapi.Dialect{
		Name: "danube", Title: "Danube Cloud API", About: "The accounts of Danube Cloud's API.",
		Problem: problemSchema(), Headers: answerHeaders(),
		Security: map[string]openapi.Schema{
			"es_api_key": {"type": "apiKey", "in": "header", "name": "ES-API-KEY",
				"description": "A user's API key, such as danube_api_key in admin.json."},
			"es_token": {"type": "apiKey", "in": "header", "name": "Authorization",
				"description": `"Token", a space, and the token that a log-in answered.`},
		},
		Segments: map[string]openapi.Schema{"username": name, "title": openapi.With(name, "maxLength", maxKeyTitle),
			"group": name},
		Table: openapi.Table{},
	}
	table := descriptions()
	for _, v := range views() {
		for method := range v.calls {
			call := method + " " + prefix + v.path
			d.Routes = append(d.Routes, call)
			if o, ok := table[method+" "+v.path]; ok {
				o.About, o.Open = v.help, v.open
				d.Table[call] = o
			}
		}
	}
	return d
}

// problemSchema is the answer to a request that failed: what is wrong with the fields, or a sentence.
func problemSchema() openapi.Schema {
	return openapi.Or(openapi.Object(map[string]openapi.Schema{"detail!": openapi.Anything()}),
		result(openapi.Anything()))
}

// result is the answer that has such a result.
func result(of openapi.Schema) openapi.Schema {
	return openapi.Object(map[string]openapi.Schema{"status!": openapi.Text(), "result!": of,
		"task_id!": openapi.With(openapi.Nullable(openapi.Text()), "description", "null where nothing has changed")})
}

// resultOf is result of a type of the wire.
type resultOf[T any] struct {
	Status string  `json:"status"`
	Result T       `json:"result"`
	TaskID *string `json:"task_id"`
}

func extended() []openapi.Parameter {
	return []openapi.Parameter{{Name: "extended", About: "Include fields that take longer to find.",
		Schema: openapi.Truth()}}
}

func listParameters(orders ...string) []openapi.Parameter {
	var keys []string
	for _, name := range orders {
		keys = append(keys, name, "-"+name)
	}
	out := append([]openapi.Parameter{{Name: "full", About: "Whole objects instead of names.",
		Schema: openapi.Truth()}}, extended()...)
	if len(keys) > 0 {
		out = append(out, openapi.Parameter{Name: "order_by", About: "Fields to sort by; a minus before a field " +
			"sorts in descending order.",
			Schema: openapi.Schema{"type": "array", "items": openapi.Text(keys...), "minItems": 1}})
	}
	return out
}

func descriptions() openapi.Table {
	filled, mixed := openapi.Filled(openapi.Text()), result(openapi.List(openapi.Anything()))
	logIn := openapi.Object(map[string]openapi.Schema{"username!": filled, "password!": filled})
	key := openapi.Schema{"type": "object", "required": []string{"key"},
		"properties": openapi.Schema{"key": sentKeySchema()}}
	list := listParameters(slices.Sorted(maps.Keys(userOrders))...)
	active := openapi.Parameter{Name: "active", About: "Active users only; false: those who are not active.",
		Schema: openapi.With(openapi.Truth(), "default", true)}
	return openapi.Table{
		"POST /accounts/login/": {Summary: "Log in", Body: logIn, Answer: tokenAnswer{}},
		"GET /accounts/logout/": {Summary: "Log out", Answer: detailAnswer{}},
		"GET /ping/": {Summary: "Check that the service answers",
			Answer: openapi.Text("pong")},
		"GET /accounts/user/": {Summary: "List users",
			Query: append([]openapi.Parameter{active}, list...), Answer: mixed},
		"GET /accounts/user/profile/": {Summary: "List profiles", Query: list, Answer: mixed},
		"GET /accounts/user/:username/": {Summary: "Show a user", Query: extended(),
			Answer: resultOf[userAnswer]{}},
		"POST /accounts/user/:username/": {Summary: "Create a user", Body: sentUserSchema(true),
			Answer: resultOf[userAnswer]{}, Status: http.StatusCreated},
		"PUT /accounts/user/:username/": {Summary: "Change a user", Body: sentUserSchema(false),
			Answer: resultOf[userAnswer]{}},
		"DELETE /accounts/user/:username/": {Summary: "Delete a user",
			Answer: result(openapi.Anything())},
		"GET /accounts/user/:username/apikeys/": {Summary: "Show a user's keys",
			Answer: resultOf[keysAnswer]{}},
		"PUT /accounts/user/:username/apikeys/": {Summary: "Replace a user's keys",
			Body: openapi.Schema{"type": "object", "properties": keyMembers()}, Answer: resultOf[keysAnswer]{}},
		"GET /accounts/user/:username/profile/": {Summary: "Show a profile",
			Answer: resultOf[profileAnswer]{}},
		"PUT /accounts/user/:username/profile/": {Summary: "Change a profile", Body: sentProfileSchema(),
			Answer: resultOf[profileAnswer]{}},
		"GET /accounts/group/:group/": {Summary: "Show a group", Query: extended(),
			Answer: resultOf[groupAnswer]{}},
		"GET /accounts/user/:username/sshkey/": {Summary: "List a user's SSH keys",
			Query: listParameters("title"), Answer: mixed},
		"GET /accounts/user/:username/sshkey/:title/": {Summary: "Show an SSH key",
			Answer: resultOf[sshKeyAnswer]{}},
		"POST /accounts/user/:username/sshkey/:title/": {Summary: "Add an SSH key", Body: key,
			Answer: resultOf[sshKeyAnswer]{}, Status: http.StatusCreated},
		"DELETE /accounts/user/:username/sshkey/:title/": {Summary: "Delete an SSH key",
			Answer: result(openapi.Anything())},
	}
}
