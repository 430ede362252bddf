package app

import (
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"

	"accountd/events/durable"
	"accountd/events/engine"
	"accountd/events/feed"
)

func (c Config) validateNATSListen() error {
	if c.NATSListen == "" {
		if c.NATSCert != "" || c.NATSKey != "" {
			return errors.New("nats-tls-cert: nobody listens for NATS; see nats-listen")
		}
		return nil
	}
	if c.NATS != "" {
		return errors.New("nats-listen: the server is not embedded; let subscribers into the cluster itself")
	}
	if _, _, err := net.SplitHostPort(c.NATSListen); err != nil {
		return fmt.Errorf("nats-listen: %q is no address such as 0.0.0.0:4222", c.NATSListen)
	}
	if (c.NATSCert == "") != (c.NATSKey == "") {
		return errors.New("nats-tls-cert: a certificate needs its key, nats-tls-key, and the other way round")
	}
	return nil
}

// listenNATS returns how outside subscribers are let in, nil when they are not.
func (a *app) listenNATS() (*engine.Listen, error) {
	password, err := a.feedPassword()
	if err != nil || a.config.NATSListen == "" {
		return nil, err
	}
	l := &engine.Listen{Addr: a.config.NATSListen, Password: password, Subjects: feed.Subjects}
	if a.config.NATSCert != "" {
		pair, err := tls.LoadX509KeyPair(a.config.NATSCert, a.config.NATSKey)
		if err != nil {
			return nil, fmt.Errorf("reading the certificate for NATS: %w", err)
		}
		l.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	}
	return l, nil
}

// isLoopback reports whether only this machine reaches the address.
func isLoopback(addr net.Addr) bool {
	tcp, ok := addr.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

func (a *app) feedPasswordPath() string { return filepath.Join(a.config.Data, "feed.password") }

// feedPassword returns the password of the user feed, which the first start makes. It is in a file of its own because
// the administrator's file is the administrator's, who may remove it.
func (a *app) feedPassword() (string, error) {
	path := a.feedPasswordPath()
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		content = []byte(rand.Text() + "\n")
		err = durable.Create(path, content)
	}
	if err != nil {
		return "", fmt.Errorf("reading the password of outside subscribers: %w", err)
	}
	return strings.TrimSpace(string(content)), nil
}
