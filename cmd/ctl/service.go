package ctl

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"

	"accountd/cmd/adminfile"
)

const defaultData = "./data"

// service is where to ask, and as whom.
type service struct{ url, token string }

// find returns the service that flags, data folder, profile and environment name, in this order.
func (p *program) find() (service, error) {
	s := service{url: p.url, token: p.token}
	environment := service{url: p.env("ACCOUNTCTL_URL"), token: p.env("ACCOUNTCTL_TOKEN")}
	var err error
	switch {
	case p.url != "":
		s = s.or(service{token: environment.token})
	case p.data != "":
		s, err = s.fromFile(p.data)
	case p.profile != "":
		s, err = p.fromProfile(s, p.profile)
	case environment.url != "":
		s = s.or(environment)
	default:
		s, err = p.somewhere(s)
	}
	return s, err
}

// somewhere returns the service of ./data, or else of the default profile.
func (p *program) somewhere(s service) (service, error) {
	found, err := s.fromFile(defaultData)
	if !errors.Is(err, fs.ErrNotExist) {
		return found, err
	}
	if found, err = p.fromProfile(s, defaultProfile); err != nil {
		return s, fmt.Errorf("where is the service? Give --data, --profile, or --url and --token; there is no %s, "+
			"and no profile %q",
			filepath.Join(defaultData, adminfile.Name), defaultProfile)
	}
	return found, nil
}

// or returns s with what it lacks from other.
func (s service) or(other service) service {
	if s.url == "" {
		s.url = other.url
	}
	if s.token == "" {
		s.token = other.token
	}
	return s
}

func (s service) fromFile(folder string) (service, error) {
	f, err := adminfile.Read(filepath.Join(folder, adminfile.Name))
	return s.or(service{url: f.BaseURL, token: f.Token}), err
}

// get asks for a path. The caller closes the answer's body.
func (s service) get(ctx context.Context, path string) (*http.Response, error) {
	r, err := s.request(ctx, http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	return s.do(r)
}

// do sends a request. The caller closes the answer's body.
func (s service) do(r *http.Request) (*http.Response, error) {
	answer, err := http.DefaultClient.Do(r)
	var failed *url.Error
	if errors.As(err, &failed) && r.Context().Err() == nil {
		err = fmt.Errorf("no answer from %s; does accountd run there? (%w)", s.url, failed.Err)
	}
	return answer, err
}

// request returns a request for a path, with JSON in the body if it has one.
func (s service) request(ctx context.Context, method, path string, body io.Reader) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(s.url, "/")+path, body)
	if err != nil {
		return nil, err
	}
	if s.token != "" {
		r.Header.Set("Authorization", "Bearer "+s.token)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	return r, nil
}

// call asks with the body and header, if any, reads the answer, if any, into out, and returns its header.
func (s service) call(ctx context.Context, method, path string, body []byte, header http.Header, out any) (http.Header,
	error) {
	var content io.Reader
	if body != nil {
		content = bytes.NewReader(body)
	}
	r, err := s.request(ctx, method, path, content)
	if err != nil {
		return nil, err
	}
	for name := range header {
		r.Header.Set(name, header.Get(name))
	}
	answer, err := s.do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	switch {
	case answer.StatusCode >= http.StatusMultipleChoices:
		return nil, refused(answer)
	case answer.StatusCode == http.StatusNoContent:
		return answer.Header, nil
	}
	if err := json.NewDecoder(answer.Body).Decode(out); err != nil {
		return nil, fmt.Errorf("the answer broke off: %w", err)
	}
	return answer.Header, nil
}

// refusal is an answer that is no success.
type refusal struct {
	status int
	code   string // of the problem, if it has one
	text   string
}

func (r refusal) Error() string { return r.text }

// refused returns what an answer that is no success says, and what can be done where the service cannot know.
func refused(answer *http.Response) error {
	body, _ := io.ReadAll(io.LimitReader(answer.Body, 1<<16)) // the status says enough
	var problem struct {
		Code, Detail string
		Errors       []struct{ Detail, Pointer, Parameter string }
	}
	said := "the service answered " + answer.Status
	if err := json.Unmarshal(body, &problem); err == nil && problem.Detail != "" {
		said += ": " + problem.Detail
	}
	if seconds := answer.Header.Get("Retry-After"); answer.StatusCode == http.StatusTooManyRequests && seconds != "" {
		said += " (" + seconds + " seconds)"
	}
	for _, e := range problem.Errors {
		if where := e.Parameter + member(e.Pointer); where != "" {
			said += "\n  " + where
			if e.Detail != problem.Detail {
				said += ": " + e.Detail
			}
		}
	}
	switch {
	case strings.HasPrefix(problem.Code, "token_"):
		said += "\n  Who asks is said by --token, --data, --profile or ACCOUNTCTL_TOKEN; accountctl log-in asks for " +
			"a password."
	case problem.Code == "reauthentication_required":
		said += "\n  accountctl reauthenticate asks for it."
	case problem.Code == "path_not_found":
		said += "\n  accountctl list --help names the resources."
	case problem.Code == "type_invalid":
		said += "\n  name=text is always a text; what is none is name:=JSON, such as active:=false."
	}
	return refusal{answer.StatusCode, problem.Code, said}
}

// member returns what a JSON pointer (RFC 6901) names as it is named on the command line, such as profile.city.
func member(pointer string) string {
	return strings.ReplaceAll(strings.TrimPrefix(pointer, "#/"), "/", ".")
}
