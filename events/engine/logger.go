package engine

import (
	"fmt"
	"log/slog"
	"sync/atomic"
)

// natsLogger writes the server's and the connection's lines to slog.
type natsLogger struct {
	log   *slog.Logger
	fatal *atomic.Pointer[string]
}

func newLogger(log *slog.Logger) natsLogger {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return natsLogger{log: log.With("component", "nats"), fatal: new(atomic.Pointer[string])}
}

// lastFatal returns why the server gave up, empty when it did not.
func (l natsLogger) lastFatal() string {
	if line := l.fatal.Load(); line != nil {
		return *line
	}
	return ""
}

func (l natsLogger) Noticef(format string, v ...any) { l.log.Debug(fmt.Sprintf(format, v...)) }
func (l natsLogger) Debugf(format string, v ...any)  { l.log.Debug(fmt.Sprintf(format, v...)) }
func (l natsLogger) Tracef(format string, v ...any)  { l.log.Debug(fmt.Sprintf(format, v...)) }
func (l natsLogger) Warnf(format string, v ...any)   { l.log.Warn(fmt.Sprintf(format, v...)) }
func (l natsLogger) Errorf(format string, v ...any)  { l.log.Error(fmt.Sprintf(format, v...)) }

// Fatalf does not end the process, as the server's own logger would: Start returns the reason.
func (l natsLogger) Fatalf(format string, v ...any) {
	line := fmt.Sprintf(format, v...)
	l.fatal.Store(&line)
	l.log.Error(line)
}

func (l natsLogger) disconnected(url string, err error) {
	if err != nil { // nil: closed on purpose
		l.log.Warn("connection lost", "url", url, "error", err)
	}
}

func (l natsLogger) reconnected(url string) { l.log.Info("connected again", "url", url) }

func (l natsLogger) failed(err error) { l.log.Warn("connection error", "error", err) }
