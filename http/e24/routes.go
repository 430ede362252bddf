package e24

import (
	"net/http"
	"time"

	"accountd/commands"
	"accountd/http/rest"
)

// Options of the dialect.
type Options struct {
	Swift bool // show and renew Swift's storage key beside S3's
	// names that clients may have signed besides the Host they sent, with port where they see one
	Hosts      []string
	DateWindow time.Duration    // how far X-Date may be off, either way; 0: 15 minutes
	Now        func() time.Time // nil: time.Now
}

const defaultDateWindow = 15 * time.Minute

type api struct {
	Service
	swift  bool
	names  []string // every form of Options.Hosts
	window time.Duration
	now    func() time.Time
}

// New returns the handler of everything under /v2.
func New(s Service, o Options) http.Handler {
	a := api{Service: s, swift: o.Swift, window: o.DateWindow, now: o.Now}
	if a.window <= 0 {
		a.window = defaultDateWindow
	}
	if a.now == nil {
		a.now = time.Now
	}
	for _, name := range o.Hosts {
		a.names = addForms(a.names, name)
	}
	return rest.NewMux(a.routes(), Problem)
}

func (a api) routes() []rest.Route {
	return []rest.Route{
		{Method: http.MethodPut, Path: "/v2/accounts", Handle: a.signed(a.createAccount)},
		{Method: http.MethodGet, Path: "/v2/accounts", Handle: a.signed(a.listAccounts)},
		{Method: http.MethodGet, Path: "/v2/account", Handle: a.signed(a.showAccount)},
		{Method: http.MethodPost, Path: "/v2/account/data", Handle: a.signed(a.changeData)},
		{Method: http.MethodPut, Path: "/v2/account/api", Handle: a.signed(a.addAPIKey)},
		{Method: http.MethodPost, Path: "/v2/account/api-new-secret-key", Handle: a.signed(a.renewAPIKey)},
		{Method: http.MethodDelete, Path: "/v2/account/api", Handle: a.signed(a.removeAPIKey)},
		{Method: http.MethodPut, Path: "/v2/account/sshkey", Handle: a.signed(a.addSSHKey)},
		{Method: http.MethodDelete, Path: "/v2/account/:id/sshkey", Handle: a.signed(a.removeSSHKey)},
		{Method: http.MethodPost, Path: "/v2/account/files-new-secret-key", Handle: a.signed(a.renewFilesKeys)},
	}
}

// do runs a command of the caller, puts its sequence on the answer, and returns the user as it is now.
func (a api) do(w http.ResponseWriter, r *http.Request, c call, cmd commands.Command) (*commands.User, error) {
	out, err := a.Do(r.Context(), c.actor, cmd)
	if err != nil {
		return nil, err
	}
	rest.SetSequence(w, out.Sequence)
	return out.User, nil
}
