package commands_test

import (
	"crypto/ed25519"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"accountd/commands"
	"accountd/events"
)

// sshKeyFile returns a file of testdata/sshkeys, which OpenSSH 9.2's ssh-keygen wrote: NAME.pub, and the same key in
// its other forms (-e -m RFC4716, PKCS8 and PEM); fingerprints is what its -l prints. OpenSSL made rsa768.
func sshKeyFile(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "sshkeys", name))
	require.NoError(t, err)
	return string(text)
}

func addSSHKey(t *testing.T, key string) (events.SSHKeyAdded, error) {
	t.Helper()
	drafts, err := commands.Decide(statesOf(t, family()), commands.Service(),
		commands.AddSSHKey{ID: childID, Title: "key", Key: key})
	if err != nil {
		return events.SSHKeyAdded{}, err
	}
	return drafts[0].Event.(events.SSHKeyAdded), nil
}

// TestSSHKeysInEveryForm are kept as the one line, with the fingerprint that ssh-keygen shows.
func TestSSHKeysInEveryForm(t *testing.T) {
	for shown := range strings.Lines(sshKeyFile(t, "fingerprints")) {
		words := strings.Fields(shown)
		name, fingerprint := words[0], words[2]
		line := strings.TrimSpace(sshKeyFile(t, name+".pub"))
		files, err := filepath.Glob(filepath.Join("testdata", "sshkeys", name+".*"))
		require.NoError(t, err)
		for _, file := range files {
			form := strings.TrimPrefix(filepath.Ext(file), ".")
			if form == "certificate" {
				continue
			}
			text := sshKeyFile(t, filepath.Base(file))
			for _, sent := range []string{text, "\ufeff" + text, strings.ReplaceAll(text, "\n", "\r\n")} {
				got, err := addSSHKey(t, sent)
				require.NoError(t, err, file)
				require.Equal(t, fingerprint, got.Fingerprint, file)
				require.Equal(t, strings.Fields(line)[:2], strings.Fields(got.Key)[:2], file)
				require.Equal(t, wantedComment(name, form, line), comment(got.Key), file)
			}
		}
	}
}

func comment(line string) string {
	words := append(strings.SplitN(line, " ", 3), "", "")
	return words[2]
}

// wantedComment is the comment that a file of testdata carries.
func wantedComment(name, form, line string) string {
	switch form {
	case "pub":
		return comment(line)
	case "rfc4716":
		kind := map[string]string{"rsa3072": "3072-bit RSA", "rsa1024": "1024-bit RSA", "dsa": "1024-bit DSA",
			"ecdsa384": "384-bit ECDSA", "ed25519": "256-bit ED25519"}[name]
		return kind + ", converted by ann@laptop from OpenSSH"
	}
	return ""
}

// TestSSHKeysAsTheyArePasted are kept as the one line, too.
func TestSSHKeysAsTheyArePasted(t *testing.T) {
	line := strings.TrimSpace(sshKeyFile(t, "ed25519.pub"))
	plain := strings.TrimSuffix(line, " ann@key")
	blob := strings.Fields(line)[1]
	const begin, end = "---- BEGIN SSH2 PUBLIC KEY ----\n", "\n---- END SSH2 PUBLIC KEY ----"
	for pasted, want := range map[string]string{
		strings.ReplaceAll(line, " ", "\t"): line,
		"\ufeff " + line + " \r\n":          line,
		begin + "Subject: ann\ncomment: ann@\\\nkey\nx-long: a\\\nb\\\nc\n" + blob[:40] + "\n" + blob[40:] + end: line,
		begin + "Comment: \"ann@key\"\n" + blob + end:                                                            line,
		begin + "Comment: \"\n" + blob + end:                                                                     plain + ` "`,
		begin + blob + end:                                                                                       plain,
	} {
		got, err := addSSHKey(t, pasted)
		require.NoError(t, err, pasted)
		require.Equal(t, want, got.Key)
	}
}

// TestSSHKeysThatAreRefused say what they are, and never what is in them.
func TestSSHKeysThatAreRefused(t *testing.T) {
	line := strings.TrimSpace(sshKeyFile(t, "ed25519.pub"))
	for key, why := range map[string]string{
		sshKeyFile(t, "ecdsa384.certificate"):                                           "certificate",
		sshKeyFile(t, "rsa768.short"):                                                   "768 bits",
		"restrict " + line:                                                              "Options are before this key",
		line + "\n" + sshKeyFile(t, "ecdsa384.pub"):                                     "not a public SSH key",
		strings.Replace(line, "ssh-ed25519", "ssh-rsa", 1):                              "not a public SSH key",
		sshKeyFile(t, "rsa3072.pkcs8") + sshKeyFile(t, "dsa.pkcs8"):                     "not a public SSH key",
		strings.Split(sshKeyFile(t, "rsa3072.rfc4716"), "---- END")[0]:                  "not a public SSH key",
		strings.Replace(sshKeyFile(t, "rsa3072.rfc4716"), "laptop", "lap\x1btop", 1):    "not a public SSH key",
		strings.ReplaceAll(sshKeyFile(t, "rsa3072.pkcs8"), "PUBLIC KEY", "CERTIFICATE"): "not a public SSH key",
		line + strings.Repeat("x", 64<<10):                                              "not a public SSH key",
	} {
		_, err := addSSHKey(t, key)
		assertReason(t, "ssh_key_invalid", err, "%s", why)
		require.ErrorContains(t, err, why)
	}
}

// TestPrivateKeysAreNeverRepeated, in whatever form they are pasted.
func TestPrivateKeysAreNeverRepeated(t *testing.T) {
	block, err := ssh.MarshalPrivateKey(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)), "")
	require.NoError(t, err)
	whole := string(pem.EncodeToMemory(block))
	_, inner, _ := strings.Cut(whole, "\n")
	pasted := []string{whole, "\ufeff" + whole, inner, "my key:\n" + whole,
		"PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\n" + inner,
		"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n" + inner}
	for _, kind := range []string{"RSA ", "DSA ", "EC ", "", "ENCRYPTED "} {
		pasted = append(pasted, strings.ReplaceAll(whole, "OPENSSH ", kind))
	}
	for _, key := range pasted {
		_, err := addSSHKey(t, key)
		assertReason(t, "ssh_key_invalid", err, "%s", key)
		require.ErrorContains(t, err, "This is a private key")
		require.NotContains(t, err.Error(), "b3BlbnNzaC")
	}
}

// TestWeakSSHKeysAreWarnedOf and no others.
func TestWeakSSHKeysAreWarnedOf(t *testing.T) {
	for name, part := range map[string]string{"dsa": "DSA", "rsa1024": "1024 bits", "rsa3072": "", "ecdsa384": "",
		"ed25519": ""} {
		added, err := addSSHKey(t, sshKeyFile(t, name+".pub"))
		require.NoError(t, err)
		warning := commands.SSHKey{SSHKeyAdded: added}.Warning()
		require.Contains(t, warning, part)
		require.Equal(t, part == "", warning == "", name)
	}
}

// FuzzSSHKeyLine: what is read is one line, which is read as itself.
func FuzzSSHKeyLine(f *testing.F) {
	files, err := filepath.Glob("testdata/sshkeys/*")
	require.NoError(f, err)
	for _, file := range files {
		f.Add(sshKeyFile(f, filepath.Base(file)))
	}
	f.Fuzz(func(t *testing.T, text string) {
		line, err := commands.SSHKeyLine(text)
		if err != nil {
			var refusal *commands.Refusal
			require.ErrorAs(t, err, &refusal)
			return
		}
		again, err := commands.SSHKeyLine(line)
		require.NoError(t, err)
		require.Equal(t, line, again)
		_, _, options, rest, err := ssh.ParseAuthorizedKey([]byte(line + "\n"))
		require.NoError(t, err)
		require.Empty(t, options)
		require.Empty(t, rest)
	})
}
