package app

import (
	_ "embed" // for the guide
	"net/http"

	accountctl "accountd/cmd/ctl/guide"
	"accountd/http/auditlog"
	"accountd/http/clientuser"
	"accountd/http/danube"
	"accountd/http/docs"
	"accountd/http/e24"
	"accountd/http/eventstream"
	"accountd/http/native"
	"accountd/http/pterodactyl"
	"accountd/http/rest/page"
)

// guide is the manual for operators, in Markdown.
//
//go:embed guide.md
var guide string

// guides returns the pages of all manuals.
func guides(about *page.Pages) (http.Handler, error) {
	return docs.Guides(about, native.Problem, allGuides()...)
}

func allGuides() []docs.Guide {
	return []docs.Guide{
		{Name: "native", Text: native.Guide}, {Name: "accountctl", Text: accountctl.Text},
		{Name: "events", Text: eventstream.Guide}, {Name: "audit", Text: auditlog.Guide},
		{Name: "e24", Text: e24.Guide}, {Name: "pterodactyl", Text: pterodactyl.Guide},
		{Name: "danube", Text: danube.Guide}, {Name: "client-users", Text: clientuser.Guide},
		{Name: "operations", Text: guide},
	}
}
