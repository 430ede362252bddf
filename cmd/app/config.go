package app

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"accountd/events"
	"accountd/events/seal"
)

// Config says how accountd runs.
type Config struct {
	Data          string        // folder of everything that is stored here
	NATS          string        // URLs of an outside JetStream cluster; empty: the server is embedded
	NATSWait      time.Duration // how long a start waits for that cluster
	NATSListen    string        // address where outside subscribers reach the embedded server; empty: nobody does
	NATSCert      string        // files of that address's certificate and key; empty: no TLS
	NATSKey       string
	Sync          string        // of the embedded server: syncAlways or syncInterval
	StoreMax      int64         // bytes that the embedded server's streams may take; 0: the disk but for a reserve
	ClockCheck    bool          // a clock that cannot be right is refused
	MasterKeyFile string        // empty: masterKeyName in Data
	MasterKey     events.Secret // the key itself, in place of a file

	HTTP string // address to listen on, port 0 for any
	// where browsers and clients reach the service; empty: where a request says that it was sent
	PublicURL      string
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed
	RateLimits     bool
	Bounds         Bounds
	Admin          Admin

	WebhookPrivate bool // webhooks may lead inside the provider's network

	Provisioning  string // provisioningInternal or provisioningExternal
	PasswordSlots int    // password hashes that run at once; 0: one per processor
	PasswordMin   int    // characters of a new password

	E24Swift      bool          // show Swift storage keys
	E24Hosts      []string      // host names that e24's clients sign, besides the one they send
	E24DateWindow time.Duration // how far X-Date may be off

	Mail Mail

	NativeRateLimit      int  // requests that a user may make in the native API within a minute
	RequirePreconditions bool // changes of what has a version must name one there

	ClientHourlyLimit int // requests that all users of one client may make within an hour

	LogFormat string // formatText or formatJSON
	LogLevel  slog.Level

	TraceEndpoint string  // URL of the collector that spans are sent to; empty: there are none
	TraceSample   float64 // how many of the traces that begin here are recorded, from 0 to 1
}

const (
	syncAlways           = "always"
	syncInterval         = "interval"
	provisioningInternal = "internal"
	provisioningExternal = "external"
	formatText           = "text"
	formatJSON           = "json"
)

// Default returns what holds when nothing else is said.
func Default() Config {
	return Config{
		Data: "./data", HTTP: "127.0.0.1:8080", Sync: syncAlways, ClockCheck: true, RateLimits: true,
		Provisioning: provisioningInternal, PasswordMin: 8,
		NATSWait: 5 * time.Minute, E24DateWindow: 15 * time.Minute, NativeRateLimit: 1_000_000,
		ClientHourlyLimit: 10000, LogFormat: formatText,
		LogLevel: slog.LevelInfo, Mail: defaultMail(), TraceSample: 1, Bounds: defaultBounds(),
	}
}

// maxPasswordMin is the longest shortest length of a password that may be asked for, in characters.
const maxPasswordMin = 256

// masterKeyName is the master key's file in the data folder.
const masterKeyName = "master.key"

func (c Config) masterKeyPath() string {
	if c.MasterKeyFile != "" {
		return c.MasterKeyFile
	}
	return filepath.Join(c.Data, masterKeyName)
}

// Validate returns what is wrong with the Config as a whole, in one line.
func (c Config) Validate() error {
	switch {
	case c.Data == "":
		return errors.New("data: no folder is given")
	case c.MasterKey != "" && c.MasterKeyFile != "":
		return errors.New("master-key-file: the master key is given in the environment, too; give it in one way")
	case c.StoreMax != 0 && c.NATS != "":
		return errors.New("store-max: it bounds the embedded server; an outside cluster has bounds of its own")
	case c.NATSWait < 0:
		return errors.New("nats-wait: must not be negative")
	case c.PasswordSlots < 0:
		return errors.New("password-slots: must not be negative")
	case c.PasswordMin < 1 || c.PasswordMin > maxPasswordMin:
		return fmt.Errorf("password-min: must be 1 to %d", maxPasswordMin)
	case c.E24DateWindow <= 0:
		return errors.New("e24-date-window: must be longer than nothing")
	case c.NativeRateLimit <= 0:
		return errors.New("native-rate-limit: must be more than nothing")
	case c.ClientHourlyLimit <= 0:
		return errors.New("client-hourly-limit: must be more than nothing")
	case c.PublicURL != "" && !isOrigin(c.PublicURL):
		return errors.New("public-url: must be like https://accounts.example.org, without a path")
	}
	if _, _, err := net.SplitHostPort(c.HTTP); err != nil {
		return fmt.Errorf("http: %q is no address such as 127.0.0.1:8080", c.HTTP)
	}
	if _, err := seal.ParseMaster(c.MasterKey.Reveal()); c.MasterKey != "" && err != nil {
		return fmt.Errorf("%s: it holds no master key: 32 bytes in base64", envMasterKey)
	}
	if err := c.validateTraces(); err != nil {
		return err
	}
	if err := c.Bounds.validate(); err != nil {
		return err
	}
	if err := c.Admin.validate(); err != nil {
		return err
	}
	if err := c.Mail.validate(); err != nil {
		return err
	}
	return c.validateNATS()
}

// isOrigin reports whether the text is a web address without anything behind host and port.
func isOrigin(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && s == u.Scheme+"://"+u.Host
}

func (c Config) validateNATS() error {
	if err := c.validateNATSListen(); err != nil || c.NATS == "" {
		return err
	}
	for _, server := range strings.Split(c.NATS, ",") {
		u, err := url.Parse(strings.TrimSpace(server))
		if err != nil || u.Host == "" {
			return errors.New("nats: must be one URL such as nats://10.0.0.1:4222, or several with commas between them")
		}
	}
	return nil
}

// natsForLog returns the cluster's URLs without credentials.
func (c Config) natsForLog() string {
	if c.NATS == "" {
		return "embedded"
	}
	var out []string
	for _, server := range strings.Split(c.NATS, ",") {
		if u, err := url.Parse(strings.TrimSpace(server)); err == nil {
			u.User = nil
			out = append(out, u.String())
		}
	}
	return strings.Join(out, ",")
}
