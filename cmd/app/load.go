package app

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"accountd/events"
)

// credentialName is the master key's name among a service manager's credentials.
const credentialName = "accountd-master-key"

// load returns the Config that the command line, the environment ("NAME=value" each) and the configuration file give,
// in this order of precedence. An empty variable counts as not given.
func load(set *pflag.FlagSet, fromFlags []*flag, environ []string) (Config, error) {
	c := Default()
	env, err := parseEnv(environ)
	if err != nil {
		return c, err
	}
	path, _ := set.GetString("config")
	if path == "" {
		path = env[envConfig]
	}
	settings, err := readFile(path)
	if err != nil {
		return c, err
	}
	for _, f := range fromFlags {
		if s := env[f.env()]; s != "" {
			settings = append(settings, given{f.name, s, f.env()})
		}
	}
	for _, f := range fromFlags {
		if f.given {
			settings = append(settings, given{f.name, f.text, "--" + f.name})
		}
	}
	if err := apply(&c, settings); err != nil {
		return c, err
	}
	c.MasterKey, c.Mail.Password = events.Secret(env[envMasterKey]), events.Secret(env[envSMTPPassword])
	if c.MasterKey == "" && c.MasterKeyFile == "" {
		c.MasterKeyFile = credential(env["CREDENTIALS_DIRECTORY"])
	}
	return c, c.Validate()
}

// parseEnv returns the variables. One that begins like ours and is none of them is an error.
func parseEnv(environ []string) (map[string]string, error) {
	c := Default()
	known := []string{envMasterKey, envSMTPPassword, envConfig}
	for _, o := range options(&c) {
		known = append(known, o.env())
	}
	env := map[string]string{}
	for _, variable := range environ {
		name, value, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, envPrefix) && !slices.Contains(known, name) {
			return nil, fmt.Errorf("%s: there is no such setting", name)
		}
		env[name] = value
	}
	return env, nil
}

// readFile reads lines "name = value". A # at a line's begin or behind a blank starts a comment; a value in double
// quotes is taken as Go would.
func readFile(path string) ([]given, error) {
	if path == "" {
		return nil, nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	c := Default()
	names := map[string]bool{} // known; true: given
	for _, o := range options(&c) {
		names[o.name] = false
	}
	var out []given
	for i, line := range strings.Split(string(content), "\n") {
		at := fmt.Sprintf("%s:%d", path, i+1)
		name, value, err := parseLine(line)
		switch twice, known := names[name]; {
		case err != nil:
			return nil, fmt.Errorf("%s: %w", at, err)
		case name == "":
		case !known:
			return nil, fmt.Errorf("%s: there is no setting %q", at, name)
		case twice:
			return nil, fmt.Errorf("%s: %s is given twice", at, name)
		default:
			names[name] = true
			out = append(out, given{name, value, at + ": " + name})
		}
	}
	return out, nil
}

func parseLine(line string) (name, value string, err error) {
	line = strings.TrimSpace(line)
	if line == "" || line[0] == '#' {
		return "", "", nil
	}
	name, value, ok := strings.Cut(line, "=")
	if !ok {
		return "", "", fmt.Errorf("a line must be \"name = value\"")
	}
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	if quoted, err := strconv.QuotedPrefix(value); err == nil && quoted[0] == '"' {
		if rest := strings.TrimSpace(value[len(quoted):]); rest != "" && rest[0] != '#' {
			return "", "", fmt.Errorf("something stands behind the value of %s", name)
		}
		value, err = strconv.Unquote(quoted)
		return name, value, err
	}
	value, _, _ = strings.Cut(" "+value, " #")
	return name, strings.TrimSpace(value), nil
}

// credential returns the path of the master key that a service manager such as systemd hands over, empty for none.
func credential(folder string) string {
	if folder == "" {
		return ""
	}
	path := filepath.Join(folder, credentialName)
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}
