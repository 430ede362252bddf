package ctl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path/filepath"
	"strings"

	"accountd/cmd/adminfile"
)

const defaultData = "./data"

// service is where to ask, and as whom.
type service struct{ url, token string }

// find returns the service that flags, data folder and environment name, in this order.
func (p *program) find() (service, error) {
	s := service{url: p.url, token: p.token}
	environment := service{url: p.env("ACCOUNTCTL_URL"), token: p.env("ACCOUNTCTL_TOKEN")}
	var err error
	switch {
	case p.url != "":
		s = s.or(service{token: environment.token})
	case p.data != "":
		s, err = s.fromFile(p.data)
	case environment.url != "":
		s = s.or(environment)
	default:
		s, err = s.fromFile(defaultData)
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("where is the service? Give --data, or --url and --token; there is no %s",
				filepath.Join(defaultData, adminfile.Name))
		}
	}
	return s, err
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
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(s.url, "/")+path, nil)
	if err != nil {
		return nil, err
	}
	if s.token != "" {
		r.Header.Set("Authorization", "Bearer "+s.token)
	}
	return http.DefaultClient.Do(r)
}

// refused returns what an answer that is no success says.
func refused(answer *http.Response) error {
	body, _ := io.ReadAll(io.LimitReader(answer.Body, 1<<16)) // the status says enough
	var problem struct{ Detail string }
	if err := json.Unmarshal(body, &problem); err == nil && problem.Detail != "" {
		return fmt.Errorf("the service answered %s: %s", answer.Status, problem.Detail)
	}
	return fmt.Errorf("the service answered %s", answer.Status)
}
