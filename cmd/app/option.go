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
		{storage, "data", "DIR", "folder for everything that is stored; made at the first start", text{&c.Data}, ""},
		{storage, "nats", "URL[,URL]", "use this JetStream cluster instead of the embedded server", text{&c.NATS}, ""},
		{storage, "nats-wait", "DURATION", "how long a start waits for that cluster to answer, with /readyz 503",
			duration{&c.NATSWait}, ""},
		{storage, "nats-listen", "HOST:PORT",
			"let outside subscribers to the feed into the embedded server, as the users of subscriptions, or as the " +
				"user feed with the password in admin.json", text{&c.NATSListen}, ""},
		{storage, "nats-tls-cert", "FILE", "certificate for nats-listen, in PEM; without it connections are in clear",
			text{&c.NATSCert}, ""},
		{storage, "nats-tls-key", "FILE", "key of that certificate", text{&c.NATSKey}, ""},
		{storage, "sync", "always|interval", "when the embedded server syncs to disk: before it acknowledges a " +
			"change, or every two " +
			"minutes, which is faster and loses acknowledged changes in a power cut",
			choice{&c.Sync, []string{syncAlways, syncInterval}}, ""},
		{storage, "store-max", "SIZE", "how much the embedded server may store, such as 20GiB; nothing but erasures " +
			"is written past it " +
			"(default the disk, but for a twentieth of it and 256MiB at most)", size{&c.StoreMax}, ""},
		{storage, "clock-check", "on|off", "refuse to write while the clock is more than a year ahead of the log's " +
			"newest record, or an hour " +
			"behind it or off from the cluster's: its times never go back; turn it off for the start after a longer " +
			"stop",
			onOff{&c.ClockCheck}, ""},
		{storage, "master-key-file", "FILE", "the key that seals everything; without it nothing can be read, so back " +
			"it up apart from " +
			"the data; made at the first start (default master.key in the data folder)", text{&c.MasterKeyFile}, ""},
		{http, "http", "HOST:PORT", "address to listen on", text{&c.HTTP}, ""},
		{http, "public-url", "URL", "where browsers and clients reach the service, such as " +
			"https://accounts.example.org (default where a " +
			"request says that it was sent)", text{&c.PublicURL}, ""},
		{http, "trusted-proxies", "CIDR[,CIDR]", "proxies whose X-Forwarded-For is believed",
			networks{&c.TrustedProxies}, ""},
		{http, "rate-limits", "on|off", "limit how often clients may ask and fail to log in", onOff{&c.RateLimits}, ""},
		{accounts, "webhook-allow-private", "on|off", "send events to addresses inside this network, too, and in clear",
			onOff{&c.WebhookPrivate}, "on"},
		{accounts, "provisioning", "internal|external",
			"external: a new account is being created until another system reports it done",
			choice{&c.Provisioning, []string{provisioningInternal, provisioningExternal}}, ""},
		{accounts, "password-slots", "N", "password hashes that run at once; 0 is one for each processor",
			number{&c.PasswordSlots}, ""},
		{accounts, "password-min", "N", "characters that a new password must have; imports, and APIs whose contract " +
			"sets a rule or none, keep theirs",
			number{&c.PasswordMin}, ""},
		{native, "native-rate-limit", "N", "requests that a user may make within a minute", number{&c.NativeRateLimit},
			""},
		{native, "require-preconditions", "on|off",
			"refuse to change or delete what has a version unless If-Match names one",
			onOff{&c.RequirePreconditions}, "on"},
		{e24, "e24-swift", "on|off", "show Swift storage keys beside S3's", onOff{&c.E24Swift}, "on"},
		{e24, "e24-hosts", "HOST[,HOST]", "names that clients sign because they reach the service by them",
			list{&c.E24Hosts}, ""},
		{e24, "e24-date-window", "DURATION", "how far a client's clock may be off", duration{&c.E24DateWindow}, ""},
		{client, "client-hourly-limit", "N", "requests that all users of one client may make within an hour",
			number{&c.ClientHourlyLimit}, ""},
		{logging, "log-format", "text|json", "form of the lines on stderr",
			choice{&c.LogFormat, []string{formatText, formatJSON}}, ""},
		{logging, "log-level", "debug|info|warn|error", "the least that is logged", level{&c.LogLevel}, ""},
		{logging, "trace-endpoint", "URL", "send traces to this collector by OTLP over HTTP, such as " +
			"http://127.0.0.1:4318; without it there are none",
			text{&c.TraceEndpoint}, ""},
		{logging, "trace-sample", "RATIO", "how many of the traces that begin here are recorded, from 0 to 1; others " +
			"are if who asks says so",
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
