package app

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"

	"accountd/events/seal"
)

// loadFrom returns what a command line, an environment and a file's content give.
func loadFrom(t *testing.T, args, env []string, file string) (Config, error) {
	t.Helper()
	if file != "" {
		path := filepath.Join(t.TempDir(), "accountd.conf")
		require.NoError(t, os.WriteFile(path, []byte(file), 0o600))
		env = append(env, "ACCOUNTD_CONFIG="+path)
	}
	set := pflag.NewFlagSet("accountd", pflag.ContinueOnError)
	all := flags(set)
	require.NoError(t, set.Parse(args))
	return load(set, all, env)
}

func TestPrecedence(t *testing.T) {
	for name, c := range map[string]struct {
		args, env []string
		file      string
		want      string
	}{
		"default":               {want: "./data"},
		"file":                  {file: "data = f", want: "f"},
		"environment over file": {env: []string{"ACCOUNTD_DATA=e"}, file: "data = f", want: "e"},
		"flag over environment": {args: []string{"--data", "a"}, env: []string{"ACCOUNTD_DATA=e"}, file: "data = f",
			want: "a"},
		"flag over file":         {args: []string{"--data=a"}, file: "data = f", want: "a"},
		"empty variable is none": {env: []string{"ACCOUNTD_DATA="}, file: "data = f", want: "f"},
		"last flag":              {args: []string{"--data=a", "--data=b"}, want: "b"},
		"flag that repeats a default over the rest": {args: []string{"--data=./data"}, env: []string{"ACCOUNTD_DATA=e"},
			want: "./data"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := loadFrom(t, c.args, c.env, c.file)
			require.NoError(t, err)
			require.Equal(t, c.want, got.Data)
		})
	}
}

func TestEverySetting(t *testing.T) {
	templates := t.TempDir()
	want := Config{
		Data: "d", NATS: "nats://u:p@a:4222,nats://b", NATSWait: 9 * time.Minute, Sync: "interval", MasterKeyFile: "k",
		HTTP:           ":1",
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")},
		Provisioning:   "external", PasswordSlots: 3, PasswordMin: 12, E24Swift: true, E24Hosts: []string{"a", "b:1"},
		E24DateWindow: time.Hour,
		PublicURL:     "https://accounts.example.org", NativeRateLimit: 9, RequirePreconditions: true,
		ClientHourlyLimit: 7,
		LogFormat:         "json", LogLevel: slog.LevelDebug,
		TraceEndpoint: "https://c:4318/otlp", TraceSample: 0.25,
		Bounds: Bounds{Connections: 4, ConnectionsEach: 3, ChangesMinute: 2, ChangesDay: 1},
		Admin:  Admin{HTTP: ":2", MetricsTokenFile: "m"},
		Mail: Mail{Server: "m:587", TLS: "none", Username: "u", PasswordFile: "p", From: "A <a@b>", Passwords: "plain",
			Service: "S", Templates: templates},
	}
	got, err := loadFrom(t, []string{"--data=d", "--nats=nats://u:p@a:4222,nats://b", "--nats-wait=9m",
		"--sync=interval", "--clock-check=off", "--master-key-file=k",
		"--http=:1", "--trusted-proxies=10.1.2.3/8, ::1", "--rate-limits=off", "--provisioning=external",
		"--password-slots=3", "--password-min=12",
		"--e24-swift", "--e24-hosts=a,b:1", "--e24-date-window=1h", "--public-url=https://accounts.example.org",
		"--client-hourly-limit=7",
		"--native-rate-limit=9", "--require-preconditions", "--log-format=json", "--log-level=debug",
		"--max-connections=4", "--max-connections-per-address=3", "--max-changes-per-minute=2",
		"--max-changes-per-day=1", "--admin-http=:2", "--metrics-token-file=m",
		"--trace-endpoint=https://c:4318/otlp", "--trace-sample=0.25",
		"--smtp=m:587", "--smtp-tls=none", "--smtp-username=u", "--smtp-password-file=p", "--mail-from=A <a@b>",
		"--mail-passwords=plain", "--service-name=S", "--mail-templates=" + templates}, nil, "")
	require.NoError(t, err)
	require.Equal(t, want, got)

	got, err = loadFrom(t, nil, nil, `
# every setting in a file
data = d              # a comment
nats = "nats://u:p@a:4222,nats://b" # quoted
nats-wait = 540s
sync=interval
clock-check = off
master-key-file = k
http = :1
trusted-proxies = 10.0.0.0/8,::1/128
rate-limits = off
provisioning = external
password-slots = 3
password-min = 12
e24-swift = on
e24-hosts = a , b:1
e24-date-window = 60m
public-url = https://accounts.example.org
client-hourly-limit = 7
native-rate-limit = 9
require-preconditions = on
log-format = json
log-level = DEBUG
max-connections = 4
max-connections-per-address = 3
max-changes-per-minute = 2
max-changes-per-day = 1
admin-http = :2
metrics-token-file = m
trace-endpoint = https://c:4318/otlp
trace-sample = .25
smtp = m:587
smtp-tls = none
smtp-username = u
smtp-password-file = p
mail-from = A <a@b>
mail-passwords = plain
service-name = S
mail-templates = `+templates)
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.Equal(t, "nats://a:4222,nats://b", got.natsForLog())
}

func TestDefaultsAreWhatOptionsTake(t *testing.T) {
	c, zero := Default(), Config{}
	settings := []given{}
	for _, o := range options(&c) {
		settings = append(settings, given{o.name, o.value.String(), o.name})
	}
	require.NoError(t, apply(&zero, settings))
	require.Equal(t, c, zero)
	require.NoError(t, c.Validate())
}

func TestWrongSettings(t *testing.T) {
	for name, c := range map[string]struct {
		args, env []string
		file      string
		want      string
	}{
		"unknown variable": {env: []string{"ACCOUNTD_DATE=x"}, want: "ACCOUNTD_DATE: there is no such setting"},
		"unknown key":      {file: "\ndate = x", want: `:2: there is no setting "date"`},
		"config in a file": {file: "config = x", want: `there is no setting "config"`},
		"key twice":        {file: "data = x\ndata = y", want: ":2: data is given twice"},
		"no assignment":    {file: "data", want: `:1: a line must be "name = value"`},
		"behind quotes":    {file: `data = "a" b`, want: ":1: something stands behind the value of data"},
		"value in a file":  {file: "\n\nsync = maybe", want: `:3: sync: must be always or interval, not "maybe"`},
		"value of a variable": {env: []string{"ACCOUNTD_RATE_LIMITS=perhaps"},
			want: `ACCOUNTD_RATE_LIMITS: must be on or off, not "perhaps"`},
		"address": {args: []string{"--http=8080"},
			want: `http: "8080" is no address such as 127.0.0.1:8080`},
		"no folder": {args: []string{"--data="}, want: "data: no folder is given"},
		"slots":     {args: []string{"--password-slots=-1"}, want: "password-slots: must not be negative"},
		"password":  {args: []string{"--password-min=0"}, want: "password-min: must be 1 to 256"},
		"window": {args: []string{"--e24-date-window=0s"},
			want: "e24-date-window: must be longer than nothing"},
		"limit of a user": {args: []string{"--native-rate-limit=0"},
			want: "native-rate-limit: must be more than nothing"},
		"limit": {args: []string{"--client-hourly-limit=0"},
			want: "client-hourly-limit: must be more than nothing"},
		"connections": {args: []string{"--max-connections=-1"},
			want: "max-connections: must not be negative"},
		"connections of one": {args: []string{"--max-connections-per-address=-1"},
			want: "max-connections-per-address: must not be negative"},
		"changes": {args: []string{"--max-changes-per-minute=0"},
			want: "max-changes-per-minute: must be more than nothing"},
		"changes of a day": {args: []string{"--max-changes-per-day=0"},
			want: "max-changes-per-day: must be more than nothing"},
		"admin": {args: []string{"--admin-http=8081"},
			want: "admin-http: \"8081\" is no address such as 127.0.0.1:8081"},
		"public URL": {args: []string{"--public-url=https://example.org/"},
			want: "public-url: must be like https://accounts.example.org"},
		"public host": {args: []string{"--public-url=example.org"}, want: "public-url: must be like"},
		"collector": {args: []string{"--trace-endpoint=localhost:4318"},
			want: "trace-endpoint: must be a URL"},
		"sample":    {args: []string{"--trace-sample=1.5"}, want: "trace-sample: must be from 0 to 1"},
		"no number": {args: []string{"--trace-sample=NaN"}, want: "trace-sample: must be from 0 to 1"},
		"cluster":   {args: []string{"--nats=a b"}, want: "nats: must be one URL"},
		"proxies":   {env: []string{"ACCOUNTD_TRUSTED_PROXIES=10.0.0.0/8,x"}, want: `not "x"`},
		"key in two ways": {args: []string{"--master-key-file=k"},
			env: []string{"ACCOUNTD_MASTER_KEY=" + seal.Generate().Text()}, want: "give it in one way"},
		"key that is none": {env: []string{"ACCOUNTD_MASTER_KEY=hunter2"},
			want: "ACCOUNTD_MASTER_KEY: it holds no master key"},
		"file that is not there": {args: []string{"--config=/nowhere/x"}, want: "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := loadFrom(t, c.args, c.env, c.file)
			require.ErrorContains(t, err, c.want)
			require.NotContains(t, err.Error(), "\n")
			require.NotContains(t, err.Error(), "hunter2")
		})
	}
}

func TestMasterKeyFromServiceManager(t *testing.T) {
	folder := t.TempDir()
	c, err := loadFrom(t, nil, []string{"CREDENTIALS_DIRECTORY=" + folder}, "")
	require.NoError(t, err)
	require.Equal(t, "data/master.key", filepath.ToSlash(c.masterKeyPath()), "other credentials only")

	path := filepath.Join(folder, credentialName)
	require.NoError(t, os.WriteFile(path, []byte(seal.Generate().Text()), 0o600))
	c, err = loadFrom(t, nil, []string{"CREDENTIALS_DIRECTORY=" + folder}, "")
	require.NoError(t, err)
	require.Equal(t, path, c.masterKeyPath())
	c, err = loadFrom(t, []string{"--master-key-file=own"}, []string{"CREDENTIALS_DIRECTORY=" + folder}, "")
	require.NoError(t, err)
	require.Equal(t, "own", c.masterKeyPath())
}

func TestMainTellsHowItIsCalled(t *testing.T) {
	var out, errs bytes.Buffer
	require.Equal(t, exitDone, Main([]string{"--help"}, nil, &out, &errs))
	c := Default()
	for _, o := range options(&c) {
		require.Contains(t, out.String(), "--"+o.name)
		require.Contains(t, out.String(), o.env())
	}
	require.Empty(t, errs.String())
	out.Reset()
	require.Equal(t, exitDone, Main([]string{"version"}, nil, &out, &errs))
	require.Contains(t, out.String(), "accountd ")
	out.Reset()
	require.Equal(t, exitDone, Main([]string{"openapi"}, nil, &out, &errs))
	require.True(t, json.Valid(out.Bytes()))
	for _, args := range [][]string{{"--nothing"}, {"nothing"}, {"--sync=maybe"}} {
		errs.Reset()
		require.Equal(t, exitUsage, Main(args, nil, &out, &errs))
		require.Regexp(t, `^accountd: .*\(see accountd --help\)\n$`, errs.String())
	}
}

func TestSwitchesTakeTheirValueBehindABlank(t *testing.T) {
	f := flags(pflag.NewFlagSet("", pflag.ContinueOnError))
	require.Equal(t, []string{"--e24-swift=on", "--data", "on", "--e24-swift", "serve"},
		joined([]string{"--e24-swift", "on", "--data", "on", "--e24-swift", "serve"}, f))
}
