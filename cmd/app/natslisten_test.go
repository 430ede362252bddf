package app

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"
)

func TestNATSListenSettings(t *testing.T) {
	for _, c := range []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) { c.NATSListen = "4222" }, "no address"},
		{func(c *Config) { c.NATSListen, c.NATS = ":4222", "nats://a" }, "not embedded"},
		{func(c *Config) { c.NATSListen, c.NATSCert = ":4222", "x" }, "needs its key"},
		{func(c *Config) { c.NATSListen, c.NATSKey = ":4222", "x" }, "needs its key"},
		{func(c *Config) { c.NATSCert, c.NATSKey = "x", "y" }, "nobody listens"},
	} {
		config := Default()
		c.change(&config)
		require.ErrorContains(t, config.Validate(), c.want)
	}
	given, err := loadFrom(t, []string{"--nats-listen=:1", "--nats-tls-cert=c", "--nats-tls-key=k"}, nil, "")
	require.NoError(t, err)
	require.Equal(t, []string{":1", "c", "k"}, []string{given.NATSListen, given.NATSCert, given.NATSKey})
	c := testConfig(t)
	c.NATSListen, c.NATSCert, c.NATSKey = "127.0.0.1:0", "none", "none"
	_, err = tryStart(t, c)
	require.ErrorIs(t, err, fs.ErrNotExist)
}

var listeningForNATS = regexp.MustCompile(`msg="listening for subscribers" nats=(\S+)`)

func (r *running) nats() string {
	r.t.Helper()
	found := listeningForNATS.FindStringSubmatch(r.log.String())
	require.NotNil(r.t, found)
	return found[1]
}

// TestFeedPassword lets subscribers in with the password that the administrator was told, also after a restart.
func TestFeedPassword(t *testing.T) {
	c := testConfig(t)
	start(t, c).end()
	c.NATSListen = "127.0.0.1:0"
	for range 2 {
		r := start(t, c)
		conn, err := nats.Connect("nats://"+r.nats(), nats.UserInfo("feed", c.admin(t).FeedPassword))
		require.NoError(t, err)
		conn.Close()
		require.NotContains(t, r.log.String(), c.admin(t).FeedPassword)
		r.end()
	}
	info, err := os.Stat(filepath.Join(c.Data, "feed.password"))
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
}

// TestListeningInClearIsWarnedOf once, and only where somebody else may listen.
func TestListeningInClearIsWarnedOf(t *testing.T) {
	const warned = "in clear: give nats-tls-cert and nats-tls-key"
	c := testConfig(t)
	c.NATSListen = "0.0.0.0:0"
	r := start(t, c)
	require.Equal(t, 1, strings.Count(r.log.String(), warned))
	r.end()
	c.NATSListen = "127.0.0.1:0"
	r = start(t, c)
	require.NotContains(t, r.log.String(), warned)
	r.end()
	c.NATSListen = "0.0.0.0:0"
	c.NATSCert, c.NATSKey = certificate(t)
	require.NotContains(t, start(t, c).log.String(), warned)
}

func TestNATSListenWithTLS(t *testing.T) {
	c := testConfig(t)
	c.NATSListen = "127.0.0.1:0"
	c.NATSCert, c.NATSKey = certificate(t)
	r := start(t, c)
	user := nats.UserInfo("feed", c.admin(t).FeedPassword)
	_, err := nats.Connect("nats://"+r.nats(), user)
	require.Error(t, err, "the certificate is not one that is trusted")
	conn, err := nats.Connect("nats://"+r.nats(), user, nats.RootCAs(c.NATSCert))
	require.NoError(t, err)
	defer conn.Close()
	require.True(t, conn.IsConnected())
}

// certificate writes one for 127.0.0.1, and its key.
func certificate(t *testing.T) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA:        true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	write := func(name, kind string, content []byte) string {
		var b bytes.Buffer
		require.NoError(t, pem.Encode(&b, &pem.Block{Type: kind, Bytes: content}))
		path := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(path, b.Bytes(), 0o600))
		return path
	}
	return write("cert.pem", "CERTIFICATE", cert), write("key.pem", "PRIVATE KEY", pkcs8)
}
