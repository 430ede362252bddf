package danube

import (
	"net/http"

	"accountd/http/rest/openapi"
)

// Describe returns what /openapi.json has about the dialect. OPTIONS, which every path takes, is left out.
func Describe() openapi.Dialect {
	d := openapi.Dialect{
		Name: "danube", Title: "Danube Cloud API", About: "The accounts of Danube Cloud's API.", Problem: openapi.Schema{"type": "object"},
		Security: map[string]openapi.Schema{
			"es_api_key": {"type": "apiKey", "in": "header", "name": "ES-API-KEY", "description": "A user's API key, such as danube_api_key in admin.json."},
			"es_token":   {"type": "apiKey", "in": "header", "name": "Authorization", "description": `"Token", a space, and the token that a log-in answered.`},
		},
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

// result is the answer that has such a result.
func result(of openapi.Schema) openapi.Schema {
	return openapi.Schema{"type": "object", "required": []string{"status", "result", "task_id"}, "properties": openapi.Schema{
		"status": openapi.Text(), "result": of, "task_id": openapi.Text()}}
}

func descriptions() openapi.Table {
	object, text := openapi.Schema{"type": "object"}, openapi.Text()
	list := []openapi.Parameter{{Name: "full", About: "whole objects instead of names", Schema: openapi.Truth()},
		{Name: "extended", About: "with what takes longer to find", Schema: openapi.Truth()}, {Name: "order_by", About: "fields, with a minus to descend", Schema: text}}
	logIn := openapi.Object(map[string]openapi.Schema{"username!": text, "password!": text})
	key := openapi.Schema{"type": "object", "required": []string{"key"}, "properties": openapi.Schema{"key": text}}
	return openapi.Table{
		"POST /accounts/login/":                          {Summary: "Log in", Body: logIn, Answer: tokenAnswer{}},
		"GET /accounts/logout/":                          {Summary: "Log out", Answer: detailAnswer{}},
		"GET /ping/":                                     {Summary: "Say whether the service is there", Answer: result(openapi.Anything())},
		"GET /accounts/user/":                            {Summary: "List users", Query: list, Answer: result(openapi.List(openapi.Anything()))},
		"GET /accounts/user/profile/":                    {Summary: "List profiles", Query: list, Answer: result(openapi.List(openapi.Anything()))},
		"GET /accounts/user/:username/":                  {Summary: "Show a user", Answer: result(object)},
		"POST /accounts/user/:username/":                 {Summary: "Create a user", Body: object, Answer: result(object), Status: http.StatusCreated},
		"PUT /accounts/user/:username/":                  {Summary: "Change a user", Body: object, Answer: result(object)},
		"DELETE /accounts/user/:username/":               {Summary: "Delete a user", Answer: result(openapi.Anything())},
		"GET /accounts/user/:username/apikeys/":          {Summary: "Show a user's keys", Answer: result(object)},
		"PUT /accounts/user/:username/apikeys/":          {Summary: "Make a user's keys anew", Body: object, Answer: result(object)},
		"GET /accounts/user/:username/profile/":          {Summary: "Show a profile", Answer: result(object)},
		"PUT /accounts/user/:username/profile/":          {Summary: "Change a profile", Body: object, Answer: result(object)},
		"GET /accounts/user/:username/sshkey/":           {Summary: "List a user's SSH keys", Query: list, Answer: result(openapi.List(openapi.Anything()))},
		"GET /accounts/user/:username/sshkey/:title/":    {Summary: "Show an SSH key", Answer: result(object)},
		"POST /accounts/user/:username/sshkey/:title/":   {Summary: "Add an SSH key", Body: key, Answer: result(object), Status: http.StatusCreated},
		"DELETE /accounts/user/:username/sshkey/:title/": {Summary: "End an SSH key", Answer: result(openapi.Anything())},
	}
}
