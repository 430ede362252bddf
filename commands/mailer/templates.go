package mailer

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	html "html/template"
	"io/fs"
	"os"
	"slices"
	"strings"
	"text/template"

	"accountd/events"
)

//go:embed templates
var embedded embed.FS

// kinds are the mails that there are. Each has a template NAME.txt, of which the first line is "Subject: …", and
// NAME.html.
var kinds = []string{events.WelcomeAccountCreated, events.WelcomeAccessData, events.MailPasswordReset}

// content is what a template may say.
type content struct {
	Service  string // the service's name
	Name     string // of the user
	Username string
	Email    string
	Link     string // to set a password; empty: one is set
	Minutes  int    // for which the Link works
	Password string // only where passwords are mailed
}

// form is a mail's two templates.
type form struct {
	text *template.Template
	html *html.Template
}

// forms are all mails' templates by kind.
type forms map[string]form

// loadForms reads the templates, those in the folder in place of the built-in ones of their names. It returns what is
// wrong with them, also a file in the folder that is none.
func loadForms(folder string) (forms, error) {
	own, err := ownFiles(folder)
	if err != nil {
		return nil, err
	}
	out := forms{}
	for _, kind := range kinds {
		var f form
		if f.text, err = template.New(kind).Option("missingkey=error").Parse(own(kind + ".txt")); err != nil {
			return nil, fmt.Errorf("reading a mail template: %w", err)
		}
		if f.html, err = html.New(kind).Option("missingkey=error").Parse(own(kind + ".html")); err != nil {
			return nil, fmt.Errorf("reading a mail template: %w", err)
		}
		out[kind] = f
		if err := f.try(); err != nil {
			return nil, fmt.Errorf("trying the mail template %s: %w", kind, err)
		}
	}
	return out, nil
}

// ownFiles returns what gives the template files' texts.
func ownFiles(folder string) (func(name string) string, error) {
	texts := map[string]string{}
	read := func(from fs.FS) error {
		entries, err := fs.ReadDir(from, ".")
		if err != nil {
			return err
		}
		for _, e := range entries {
			kind, _, _ := strings.Cut(e.Name(), ".")
			if !slices.Contains(kinds, kind) || e.Name() != kind+".txt" && e.Name() != kind+".html" {
				return fmt.Errorf("%s is no template of a mail", e.Name())
			}
			b, err := fs.ReadFile(from, e.Name())
			if err != nil {
				return err
			}
			texts[e.Name()] = string(b)
		}
		return nil
	}
	builtIn, err := fs.Sub(embedded, "templates")
	if err == nil {
		err = read(builtIn)
	}
	if err == nil && folder != "" {
		err = read(os.DirFS(folder))
	}
	if err != nil {
		return nil, fmt.Errorf("reading the mail templates: %w", err)
	}
	return func(name string) string { return texts[name] }, nil
}

// message is a mail as it is read.
type message struct{ subject, text, html string }

var errNoSubject = errors.New("its first line is not “Subject: ” and a text, with an empty line behind it")

func (f form) fill(c content) (message, error) {
	var text, page bytes.Buffer
	if err := f.text.Execute(&text, c); err != nil {
		return message{}, err
	}
	if err := f.html.Execute(&page, c); err != nil {
		return message{}, err
	}
	first, rest, _ := strings.Cut(strings.ReplaceAll(text.String(), "\r\n", "\n"), "\n")
	subject, ok := strings.CutPrefix(first, "Subject: ")
	body, empty := strings.CutPrefix(rest, "\n")
	if subject = strings.TrimSpace(subject); !ok || subject == "" || !empty {
		return message{}, errNoSubject
	}
	return message{subject: subject, text: body, html: page.String()}, nil
}

// try fills the templates in every way in which they will be.
func (f form) try() error {
	c := content{Service: "accountd", Name: "Ada Lovelace", Username: "ada", Email: "ada@example.org"}
	for _, with := range []func(*content){
		func(*content) {}, func(c *content) { c.Link, c.Minutes = "https://example.org/", 60 },
		func(c *content) { c.Password = "secret" },
	} {
		filled := c
		with(&filled)
		if _, err := f.fill(filled); err != nil {
			return err
		}
	}
	return nil
}
