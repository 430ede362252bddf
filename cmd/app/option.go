package app

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// option is one setting, the same as a flag, in the environment and in a file.
type option struct {
	group string
	name  string
	arg   string // what the help calls its value
	usage string
	value value
	bare  string // what the flag means without a value; empty: it must have one
}

// options returns every setting, each bound to its field of c.
func options(c *Config) []option {
	const storage, http, accounts, native, e24, client, logging = "Storage", "HTTP", "Accounts", "Native API",
		"e24 API", "Client-user API", "Log and traces"
	return slices.Concat([]option{
		{storage, "data", "DIR", "folder in which the service stores everything; created at the first start",
			text{&c.Data}, ""},
		{storage, "nats", "URL[,URL]", "use this JetStream cluster instead of the embedded server", text{&c.NATS}, ""},
		{storage, "nats-wait", "DURATION", "how long the service waits at its start for the cluster to answer; " +
			"until then /readyz is 503",
			duration{&c.NATSWait}, ""},
		{storage, "nats-listen", "HOST:PORT",
			"address on which subscribers to the feed connect to the embedded server: with the NATS user of a " +
				"subscription, or as the user feed with the password in admin.json", text{&c.NATSListen}, ""},
		{storage, "nats-tls-cert", "FILE", "certificate for nats-listen, in PEM; without it connections are not " +
			"encrypted",
			text{&c.NATSCert}, ""},
		{storage, "nats-tls-key", "FILE", "key of that certificate", text{&c.NATSKey}, ""},
		{storage, "sync", "always|interval", "when the embedded server syncs to disk: before it acknowledges a " +
			"change, or every two minutes, which is faster but loses acknowledged changes in a power cut",
			choice{&c.Sync, []string{syncAlways, syncInterval}}, ""},
		{storage, "store-max", "SIZE", "how much the embedded server may store, such as 20GiB; when it is reached, " +
			"only erasures are written (default the disk, except a twentieth of it, 256MiB at most)",
			size{&c.StoreMax}, ""},
		{storage, "clock-check", "on|off", "refuse to write if the clock is more than a year ahead of the log's " +
			"newest record, an hour behind it, or an hour off the cluster's clock, because times in the log never " +
			"go back; switch it off for the first start after more than a year",
			onOff{&c.ClockCheck}, ""},
		{storage, "master-key-file", "FILE", "the key that encrypts everything; without it nobody can read the " +
			"data, so back it up, but not together with the data; created at the first start (default master.key in " +
			"the data folder)", text{&c.MasterKeyFile}, ""},
		{http, "http", "HOST:PORT", "address to listen on", text{&c.HTTP}, ""},
		{http, "public-url", "URL", "URL at which browsers and clients reach the service, such as " +
			"https://accounts.example.org (default the address that the request names)", text{&c.PublicURL}, ""},
		{http, "trusted-proxies", "CIDR[,CIDR]", "proxies whose X-Forwarded-For header is trusted",
			networks{&c.TrustedProxies}, ""},
		{http, "rate-limits", "on|off", "limit how many requests clients may send, and how often their log-ins may " +
			"fail", onOff{&c.RateLimits}, ""},
		{accounts, "webhook-allow-private", "on|off", "also allow webhooks to addresses inside your network, and " +
			"without encryption",
			onOff{&c.WebhookPrivate}, "on"},
		{accounts, "provisioning", "internal|external",
			"external: a new account has the state creating until another system reports that it is provisioned",
			choice{&c.Provisioning, []string{provisioningInternal, provisioningExternal}}, ""},
		{accounts, "password-slots", "N", "passwords that are hashed at the same time; 0 is one for each " +
			"processor",
			number{&c.PasswordSlots}, ""},
		{accounts, "password-min", "N", "shortest length of a new password, in characters; it does not apply to " +
			"imports, nor to APIs whose contract says otherwise",
			number{&c.PasswordMin}, ""},
		{native, "native-rate-limit", "N", "requests that a user may make within a minute", number{&c.NativeRateLimit},
			""},
		{native, "require-preconditions", "on|off",
			"refuse to change or delete an object with a version unless the request has If-Match",
			onOff{&c.RequirePreconditions}, "on"},
		{e24, "e24-swift", "on|off", "show Swift storage keys in addition to S3's", onOff{&c.E24Swift}, "on"},
		{e24, "e24-hosts", "HOST[,HOST]", "host names under which clients reach the service, and which they " +
			"therefore sign",
			list{&c.E24Hosts}, ""},
		{e24, "e24-date-window", "DURATION", "how far a client's clock may differ from the service's",
			duration{&c.E24DateWindow}, ""},
		{client, "client-hourly-limit", "N", "requests that all users of one client may make within an hour",
			number{&c.ClientHourlyLimit}, ""},
		{logging, "log-format", "text|json", "format of the log lines on stderr",
			choice{&c.LogFormat, []string{formatText, formatJSON}}, ""},
		{logging, "log-level", "debug|info|warn|error", "the lowest level that is logged", level{&c.LogLevel}, ""},
		{logging, "trace-endpoint", "URL", "send traces to this collector with OTLP over HTTP, such as " +
			"http://127.0.0.1:4318; without it no traces are sent",
			text{&c.TraceEndpoint}, ""},
		{logging, "trace-sample", "RATIO", "share of the traces that is recorded, from 0 to 1, if the trace begins " +
			"in this service; otherwise the caller decides",
			fraction{&c.TraceSample}, ""},
	}, boundsOptions(&c.Bounds), adminOptions(&c.Admin), mailOptions(&c.Mail))
}

const (
	envPrefix    = "ACCOUNTD_"
	envMasterKey = envPrefix + "MASTER_KEY"
	envConfig    = envPrefix + "CONFIG"
)

// env returns the setting's name in the environment.
func (o option) env() string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(o.name, "-", "_"))
}

// given is a setting that somebody said.
type given struct {
	name string // of the option
	text string
	from string // where it was said, for errors
}

// apply sets what was given, the first ones first.
func apply(c *Config, settings []given) error {
	byName := map[string]option{}
	for _, o := range options(c) {
		byName[o.name] = o
	}
	for _, g := range settings {
		if err := byName[g.name].value.Set(g.text); err != nil {
			return fmt.Errorf("%s: %w", g.from, err)
		}
	}
	return nil
}

// flag is an option on the command line: it checks and remembers the text, which counts last.
type flag struct {
	option
	text  string
	given bool
}

// String is pflag.Value's.
func (f *flag) String() string { return f.text }

// Type is pflag.Value's.
func (f *flag) Type() string { return f.arg }

// Set is pflag.Value's.
func (f *flag) Set(s string) error {
	if err := f.value.Set(s); err != nil {
		return err
	}
	f.text, f.given = s, true
	return nil
}

// flags adds every option to the set, and --config.
func flags(set *pflag.FlagSet) []*flag {
	scratch := Default()
	var out []*flag
	for _, o := range options(&scratch) {
		f := &flag{option: o}
		set.VarPF(f, o.name, "", o.usage).NoOptDefVal = o.bare
		out = append(out, f)
	}
	set.String("config", "", "file with settings, as lines \"name = value\"")
	return out
}
