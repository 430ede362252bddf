package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"

	"accountd/http/asyncapi"
	"accountd/http/auditlog"
	"accountd/http/clientuser"
	"accountd/http/danube"
	"accountd/http/docs"
	"accountd/http/e24"
	"accountd/http/eventstream"
	"accountd/http/native"
	"accountd/http/problems"
	"accountd/http/pterodactyl"
	"accountd/http/rest"
	"accountd/http/rest/openapi"
	"accountd/http/rest/page"
	"accountd/http/server"
	"accountd/http/setpassword"
)

// listen starts answering HTTP, with the gate shut.
func (a *app) listen(ctx context.Context) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", a.config.HTTP)
	if err != nil {
		return fmt.Errorf("listening for HTTP: %w", err)
	}
	a.baseURL = baseURL(listener.Addr())
	mayScrape, err := a.mayScrape(listener.Addr())
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	about := page.New(page.Options{Name: "accountd"}) // pages about the service, not those of the provider to users
	manuals, err := guides(about)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	a.http = server.HTTP(server.New(server.Options{
		Mounts: append([]server.Mount{
			{Prefix: "/v2", Dialect: "e24", Handler: &a.e24, Problem: e24.Problem},
			{Prefix: "/api/application", Dialect: "pterodactyl", Handler: &a.panel, Problem: pterodactyl.Problem},
			{Prefix: "/api/accounts", Dialect: "danube", Handler: &a.danube, Problem: danube.Problem},
			{Prefix: "/accounts", Dialect: "danube", Handler: &a.danube, Problem: danube.Problem},
			{Prefix: "/api/ping", Dialect: "danube", Handler: &a.danube, Problem: danube.Problem},
			{Prefix: "/v1", Dialect: "native", Handler: &a.native, Problem: native.Problem},
			{Prefix: asyncapi.Path, Dialect: "native", Handler: asyncapi.New(native.Problem), Problem: native.Problem},
			{Prefix: auditlog.Path, Dialect: "native", Handler: &a.audit, Problem: native.Problem},
			{Prefix: openapi.Path, Dialect: "native", Handler: openapi.New(native.Problem, described()...),
				Problem: native.Problem},
			{Prefix: docs.Path, Dialect: "native", Handler: docs.New(native.Problem, described()...),
				Problem: native.Problem},
			{Prefix: docs.GuidesPath, Dialect: "native", Handler: manuals, Problem: native.Problem},
			{Prefix: problems.Path, Dialect: "native", Handler: problems.New(native.Problem, about),
				Problem: native.Problem},
			{Prefix: eventstream.Path, Dialect: "native", Handler: &a.events, Problem: native.Problem},
			{Prefix: setpassword.Path, Dialect: "pages", Handler: &a.set, Problem: a.pages().Problem},
		}, a.clientMounts()...),
		Problem: native.Problem, Landing: docs.Landing(about, currentBuild().String(), a.health), Gate: a.gate,
		Alive: a.alive, Checks: a.checks(), Metrics: a.metrics,
		MayScrape: mayScrape,
		Logger:    a.log, TrustedProxies: a.config.TrustedProxies, RateLimits: a.config.RateLimits, Tracer: a.tracer,
	}), a.log)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := a.http.Serve(server.Crowded(a.bounded(listener), maxConnections(descriptors()))); !errors.Is(err,
			http.ErrServerClosed) {
			a.failed <- fmt.Errorf("serving HTTP: %w", err)
		}
	}()
	a.onClose(func() error {
		err := a.http.Close()
		<-done
		return err
	})
	a.log.Info("listening", "url", a.baseURL)
	if a.hooks.Listening != nil {
		a.hooks.Listening(a.baseURL)
	}
	return nil
}

// clientMounts returns the paths of the client-user API.
func (a *app) clientMounts() (out []server.Mount) {
	for _, prefix := range clientuser.Prefixes() {
		out = append(out, server.Mount{Prefix: prefix, Dialect: "clientuser", Handler: &a.client,
			Problem: clientuser.Problem})
	}
	return out
}

// mountDialects makes the dialects' handlers, which needs everything else.
func (a *app) mountDialects() {
	a.e24.Set(e24.New(a.service, e24.Options{Swift: a.config.E24Swift, Hosts: a.config.E24Hosts,
		DateWindow: a.config.E24DateWindow}))
	a.native.Set(native.New(a.service, native.Options{RateLimits: a.config.RateLimits,
		MinuteLimit:   a.config.NativeRateLimit,
		Preconditions: a.config.RequirePreconditions, Issuer: a.config.Mail.Service}))
	a.panel.Set(pterodactyl.New(a.service, pterodactyl.Options{RateLimits: a.config.RateLimits}))
	a.client.Set(clientuser.New(a.service, a.service.Sessions, clientuser.Options{RateLimits: a.config.RateLimits,
		HourlyLimit: a.config.ClientHourlyLimit, PublicURL: a.config.PublicURL}))
	a.danube.Set(danube.New(a.service, a.service.Sessions, danube.Options{RateLimits: a.config.RateLimits}))
	list := native.Authenticated(a.service, native.Options{}, eventstream.New(a.service.View, a.service.Sessions,
		a.history, eventstream.Options{Draining: a.gate.Draining(), Most: maxStreams(descriptors())}))
	a.events.Set(rest.NewMux([]rest.Route{
		{Method: http.MethodGet, Path: eventstream.Path, Handle: list},
		{Method: http.MethodHead, Path: eventstream.Path, Handle: list},
	}, native.Problem))
}

// baseURL returns where clients on this machine reach the listener.
func baseURL(addr net.Addr) string {
	ap, err := netip.ParseAddrPort(addr.String())
	if err == nil && ap.Addr().IsUnspecified() {
		ap = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), ap.Port())
	}
	if err != nil {
		return "http://" + addr.String()
	}
	return "http://" + ap.String()
}
