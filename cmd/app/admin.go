package app

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"

	"accountd/commands"
	"accountd/commands/secrets"
	"accountd/http/native"
	"accountd/http/rest"
	"accountd/http/server"
)

// Admin says how those who run the service look at it.
type Admin struct {
	HTTP             string // address of /livez, /readyz and /metrics alone; empty: none
	MetricsTokenFile string // file with the token that opens /metrics on the public address; empty: none does
}

// shortestMetricsToken is one that nobody guesses.
const shortestMetricsToken = 20

// adminOptions returns the settings of Admin.
func adminOptions(o *Admin) []option {
	const group = "Health and metrics"
	return []option{
		{group, "admin-http", "HOST:PORT", "a second address that only serves /livez, /readyz and /metrics, without " +
			"a token; choose one that only the service's operators can reach", text{&o.HTTP}, ""},
		{group, "metrics-token-file", "FILE",
			"file with the token for /metrics on the address of http, which requires a token if admin-http is set " +
				"or if that address is not a loopback address; super admins' tokens also work",
			text{&o.MetricsTokenFile}, ""},
	}
}

// validate returns what is wrong with it.
func (o Admin) validate() error {
	if _, _, err := net.SplitHostPort(o.HTTP); o.HTTP != "" && err != nil {
		return fmt.Errorf("admin-http: %q is no address such as 127.0.0.1:8081", o.HTTP)
	}
	return nil
}

// metricsToken returns the hash of the token that opens the metrics, empty when none does.
func (o Admin) metricsToken() (string, error) {
	if o.MetricsTokenFile == "" {
		return "", nil
	}
	b, err := os.ReadFile(o.MetricsTokenFile)
	if err != nil {
		return "", fmt.Errorf("reading the token of the metrics: %w", err)
	}
	token := strings.TrimSpace(string(b))
	if len(token) < shortestMetricsToken {
		return "", fmt.Errorf("metrics-token-file: a token has %d characters at least", shortestMetricsToken)
	}
	return secrets.Hash(token), nil
}

// listenAdmin answers on an address of its own, if there is one, from as early on as the public one.
func (a *app) listenAdmin(ctx context.Context) error {
	if a.config.Admin.HTTP == "" {
		return nil
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", a.config.Admin.HTTP)
	if err != nil {
		return fmt.Errorf("listening for health and metrics: %w", err)
	}
	s := server.HTTP(server.Admin(server.Options{Problem: native.Problem, Gate: a.gate, Alive: a.alive,
		Checks: a.checks(), Metrics: a.metrics, Logger: a.log}), a.log)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := s.Serve(a.bounded(listener)); !errors.Is(err, http.ErrServerClosed) {
			a.failed <- fmt.Errorf("serving health and metrics: %w", err)
		}
	}()
	a.onClose(func() error {
		err := s.Close()
		<-done
		return err
	})
	a.log.Info("listening for health and metrics", "url", baseURL(listener.Addr()))
	return nil
}

// mayScrape says who gets the metrics on the public address: everybody on this machine while it is on the loopback and
// nothing else is for them; otherwise the token of the metrics and super admins.
func (a *app) mayScrape(public net.Addr) (func(http.ResponseWriter, *http.Request) error, error) {
	token, err := a.config.Admin.metricsToken()
	if err != nil {
		return nil, err
	}
	local := a.config.Admin.HTTP == "" && loopback(public.String())
	return func(w http.ResponseWriter, r *http.Request) error {
		if local && loopback(rest.InfoOf(r.Context()).Address) {
			return nil
		}
		_, presented, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if token != "" && subtle.ConstantTimeCompare([]byte(secrets.Hash(strings.TrimSpace(presented))),
			[]byte(token)) == 1 {
			return nil
		}
		return a.superAdminScrapes(w, r)
	}, nil
}

// loopback reports whether the address, with or without a port, is one of this machine that no other reaches.
func loopback(address string) bool {
	if host, _, err := net.SplitHostPort(address); err == nil {
		address = host
	}
	ip, err := netip.ParseAddr(address)
	return err == nil && ip.Unmap().IsLoopback()
}

// superAdminScrapes refuses the metrics to who has no token of a super admin.
func (a *app) superAdminScrapes(w http.ResponseWriter, r *http.Request) error {
	if err := a.gate.Refusal(); err != nil {
		return err // nobody is known yet
	}
	return native.Authenticated(a.service, native.Options{}, func(_ http.ResponseWriter, _ *http.Request,
		by commands.Actor) error {
		if !commands.IsSuperAdmin(a.service.View.States(), by) {
			return &commands.Refusal{Kind: commands.Forbidden, Reason: "not_allowed",
				Detail: "The metrics take a super admin, or the token of the metrics."}
		}
		return nil
	})(w, r)
}
