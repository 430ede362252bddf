package app

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

const intro = `accountd is an account service: several REST APIs over one log of events.

Usage:
  accountd [serve] [settings]     run the service until SIGTERM
  accountd rotate-master-key [--new-key-file FILE] [settings]
                                  wrap the data keys with a new master key, while the service is
                                  stopped; it replaces the old one, or is that in FILE, which is created
                                  if it does not exist
  accountd admin-reset [settings] set new credentials for the administrator, while the service is stopped
  accountd openapi                print the OpenAPI document of all APIs
  accountd version                print the version
  accountd completion SHELL       print completions for bash, zsh, fish or powershell

The first start creates an administrator, and writes its credentials to admin.json in the data folder.

Each setting is a flag, an environment variable, or a line "name = value" in the file that --config
(ACCOUNTD_CONFIG) names. A flag overrides the environment, which overrides the file.
`

const examples = `
Instead of a file, the master key can be in ACCOUNTD_MASTER_KEY (32 bytes in base64), or be the systemd credential
accountd-master-key (LoadCredential=).

Examples:
  accountd
  accountd --data /var/lib/accountd --http 0.0.0.0:8080 --trusted-proxies 10.0.0.0/8
  accountd --nats nats://10.0.0.1:4222,nats://10.0.0.2:4222,nats://10.0.0.3:4222 --master-key-file /etc/accountd/key
`

// help prints what the program can do, for people.
func (m *program) help(*cobra.Command, []string) {
	fmt.Fprint(m.stdout, intro)
	fmt.Fprint(m.stdout, "\nAll settings:\n  --config FILE\n      file with settings, one \"name = value\" a line; # "+
		"starts a comment\n      "+envConfig+"\n")
	c := Default()
	group := ""
	for _, o := range options(&c) {
		if o.group != group {
			group = o.group
			fmt.Fprintf(m.stdout, "\n%s:\n", group)
		}
		printOption(m.stdout, o)
	}
	fmt.Fprint(m.stdout, examples)
}

func printOption(w io.Writer, o option) {
	fmt.Fprintf(w, "  --%s %s\n", o.name, o.arg)
	usage := o.usage
	if d := o.value.String(); d != "" {
		usage += " (default " + d + ")"
	}
	for _, line := range wrapped(usage, 96) {
		fmt.Fprintf(w, "      %s\n", line)
	}
	fmt.Fprintf(w, "      %s\n", o.env())
}

// wrapped breaks the text into lines of at most that many characters.
func wrapped(text string, width int) []string {
	var lines []string
	for _, word := range strings.Fields(text) {
		last := len(lines) - 1
		if last < 0 || len(lines[last])+1+len(word) > width {
			lines = append(lines, word)
			continue
		}
		lines[last] += " " + word
	}
	return lines
}
