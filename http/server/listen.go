package server

import (
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"
)

// How long things may take in all, unless a handler moves their deadline.
const (
	ReadTimeout  = time.Minute // a request
	WriteTimeout = time.Minute // an answer
)

const maxHeader = 64 << 10 // bytes

// HTTP returns a server for the handler, with bounds on everything that a client can prolong.
func HTTP(h http.Handler, logger *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       ReadTimeout,
		WriteTimeout:      WriteTimeout,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    maxHeader,
		ConnContext:       markLate,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
}

// Later is a handler that is mounted before it can be made: it must be set before the [Gate] opens.
type Later struct{ handler atomic.Pointer[http.Handler] }

// Set gives the handler.
func (l *Later) Set(h http.Handler) { l.handler.Store(&h) }

// ServeHTTP calls the handler that was set.
func (l *Later) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	(*l.handler.Load()).ServeHTTP(w, r)
}
