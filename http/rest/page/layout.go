package page

import (
	"crypto/sha256"
	_ "embed" // for the files below
	"encoding/base64"
	"html/template"
)

//go:embed page.html
var text string

//go:embed page.css
var style string

// styleHash names the style in a Content-Security-Policy.
var styleHash = func() string {
	sum := sha256.Sum256([]byte(style))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}()

var layout = template.Must(template.New("page").Parse(text))

// view is what the layout reads.
type view struct {
	Page
	Site  string
	Style template.CSS
}

// Inputs returns the form's fields with what the layout needs beside.
func (v view) Inputs() []input {
	var out []input
	focused := false
	for _, f := range v.Form.Fields {
		in := input{Field: f}
		for _, e := range v.Errors {
			if e.Field == f.Name && in.Error == "" {
				in.Error = e.Text
			}
		}
		if f.Type == "password" {
			in.Value = ""
		}
		// With errors, the summary of them gets the focus.
		in.Focus = !focused && len(v.Errors) == 0
		focused = true
		out = append(out, in)
	}
	return out
}

// input is a Field as it is shown.
type input struct {
	Field
	Error string // what is wrong with it, empty for nothing
	Focus bool
}

// DescribedBy returns the ids of what else there is to read about the field.
func (i input) DescribedBy() string {
	switch {
	case i.Hint != "" && i.Error != "":
		return i.Name + "-hint " + i.Name + "-error"
	case i.Hint != "":
		return i.Name + "-hint"
	case i.Error != "":
		return i.Name + "-error"
	}
	return ""
}
