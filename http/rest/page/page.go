package page

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"accountd/http/rest"
)

// Page is one page. All its texts are plain, but for its Document.
type Page struct {
	Title  string
	Notice string   // what has just happened
	Errors []Error  // what is wrong with the form
	Lead   []string // paragraphs
	Facts  []Fact
	Form   *Form
	Links  []Link

	Document template.HTML // of what is built in, never of what somebody sent; it makes the page wider

	// LeadsTo is the URL of another site to which the answer to the Form may redirect; empty: to none.
	LeadsTo string
	// SecretURL says that the page's own URL must not be told to anybody, so that the browser sends it with no request.
	SecretURL bool
}

// Error is something that is wrong with a form.
type Error struct {
	Field string // the Name of the Field that is to blame, empty for none
	Text  string // a sentence
}

// Fact is something that a page states, such as "Application": "PBX sync".
type Fact struct{ Name, Value string }

// Link leads to another page.
type Link struct{ Text, URL string }

// Form is posted to Action.
type Form struct {
	Action  string // empty: the page's own URL
	Hidden  []Fact
	Fields  []Field
	Buttons []Button
}

// Field is an input with its label. Name is also its id.
type Field struct {
	Name, Label  string
	Type         string // of the input, such as password; empty: text
	Value        string // never shown of a password
	Hint         string
	Autocomplete string // such as username, current-password or new-password
	MinLength    int    // in characters; 0: none
	Optional     bool
}

// Button sends the form. Its Name, unless empty, is sent with its Value, so that a form can have several.
type Button struct {
	Label, Name, Value string
	Secondary          bool
}

// Options of all pages.
type Options struct {
	Name   string // the service's, as people know it
	Secure bool   // people reach the service by HTTPS alone, so that cookies may say so
}

// Pages writes pages. It is safe for concurrent use.
type Pages struct{ Options }

// New returns the Pages of a service.
func New(o Options) *Pages { return &Pages{Options: o} }

// Write answers with a page.
func (p *Pages) Write(w http.ResponseWriter, status int, page Page) error {
	var b bytes.Buffer
	if err := layout.Execute(&b, view{Page: page, Site: p.Name, Style: template.CSS(style)}); err != nil {
		return fmt.Errorf("writing the page %q: %w", page.Title, err)
	}
	head(w.Header(), page)
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the client may be gone
	return nil
}

func head(h http.Header, page Page) {
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy(page.LeadsTo))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	// Without a referrer, browsers do not say from which site a form comes, either.
	h.Set("Referrer-Policy", map[bool]string{true: "no-referrer", false: "same-origin"}[page.SecretURL])
}

// policy allows the style, and forms that end here or at the site of that URL.
func policy(leadsTo string) string {
	return "default-src 'none'; style-src '" + styleHash + "'; form-action 'self'" + site(leadsTo) +
		"; base-uri 'none'; frame-ancestors 'none'"
}

// site returns the URL's origin, or its scheme alone when it is none of the web's, behind a blank; nothing for what
// cannot be said in a policy.
func site(leadsTo string) string {
	u, err := url.Parse(leadsTo)
	switch {
	case err != nil || u.Scheme == "":
		return ""
	case u.Scheme != "http" && u.Scheme != "https":
		return " " + u.Scheme + ":"
	case u.Host == "" || strings.ContainsAny(u.Host, ";,'* "):
		return ""
	}
	return " " + u.Scheme + "://" + u.Host
}

// Problem answers a request that failed; it is a rest.Problem.
func (p *Pages) Problem(w http.ResponseWriter, r *http.Request, err error) {
	f := rest.FaultOf(err)
	status := f.Head(w, r, err)
	page := Page{Title: cmp.Or(http.StatusText(status), "Error"), Lead: []string{f.Detail}, SecretURL: true}
	if err := p.Write(w, status, page); err != nil {
		rest.InfoOf(r.Context()).Failure = err
	}
}
