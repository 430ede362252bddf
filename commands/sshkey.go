package commands

import (
	"bytes"
	"crypto/md5"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"
	"golang.org/x/crypto/ssh"

	"accountd/events"
)

// NoSSHKey is the Refusal of a number that none of the user's SSH keys has.
func NoSSHKey() *Refusal {
	return refuse(NotFound, "ssh_key_not_found", "", "The account has no such SSH key.")
}

// AddSSHKey lets a public key log in as the user.
//
// Refusals: NotFound, Invalid (key, title), Taken (ssh_key_title_taken, ssh_key_taken), Forbidden, Conflict (too_many).
type AddSSHKey struct {
	ID    uuid.UUID
	Title string
	Key   string // in a form that SSHKeyLine reads
	Limit int    // how many keys the account may have with this one; 0: as many as any account
}

// Of names the user.
func (c AddSSHKey) Of() events.Aggregate { return events.User(c.ID) }

func (c AddSSHKey) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c AddSSHKey) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayLeave(s, a, u); err != nil {
		return nil, err
	}
	e, err := sshKey(c)
	if err != nil {
		return nil, err
	}
	for _, k := range u.SSHKeys {
		if k.Title == e.Title {
			return nil, titleTaken()
		}
		if k.Fingerprint == e.Fingerprint {
			return nil, refuse(Taken, "ssh_key_taken", "key", "The account has this SSH key already.")
		}
	}
	most := maxCredentials
	if c.Limit > 0 {
		most = min(most, c.Limit)
	}
	if err := tooMany(len(u.SSHKeys), most, "SSH keys"); err != nil {
		return nil, err
	}
	e.Number = s.LastNumber(events.SSHKeyNumber) + 1
	return one(e)
}

func checkTitle(title string) error {
	if title == "" {
		return refuse(Invalid, "title_required", "title", "An SSH key needs a name.")
	}
	return checkText("title", title, maxTitle, false)
}

func titleTaken() *Refusal {
	return refuse(Taken, "ssh_key_title_taken", "title", "The account has an SSH key of this name.")
}

func sshKey(c AddSSHKey) (events.SSHKeyAdded, error) {
	if err := checkTitle(c.Title); err != nil {
		return events.SSHKeyAdded{}, err
	}
	line, key, err := readSSHKey(c.Key)
	if err != nil {
		return events.SSHKeyAdded{}, err
	}
	return events.SSHKeyAdded{Title: c.Title, Key: line, FingerprintMD5: md5Fingerprint(key.Marshal()),
		Fingerprint: ssh.FingerprintSHA256(key)}, nil
}

// md5Fingerprint is 16 lower-case hex pairs with colons: how keys were told apart before SHA-256, and how several APIs
// still do. It protects nothing.
func md5Fingerprint(blob []byte) string {
	sum := md5.Sum(blob)
	pairs := make([]string, len(sum))
	for i, b := range sum {
		pairs[i] = hex.EncodeToString([]byte{b})
	}
	return strings.Join(pairs, ":")
}

const (
	notSSHKey = "This is not a public SSH key on one line, nor one in the form of RFC 4716 or PEM."
	minRSA    = 1024 // bits; what is shorter is broken, and sshd accepts none (RequiredRSASize)
	goodRSA   = 2048 // bits; what is shorter is within reach of those who can pay for it
)

// privateKey is how private keys begin, in every form that OpenSSH, OpenSSL, ssh.com and PuTTY write; the last is
// OpenSSH's without its first line.
var privateKey = regexp.MustCompile(
	`BEGIN [A-Z0-9 ]*PRIVATE KEY|PuTTY-User-Key-File-|SSH PRIVATE KEY FILE FORMAT|b3BlbnNzaC1rZXktdjEA`)

// SSHKeyLine returns the line of authorized_keys, without options, that a public key is kept as. The text is such a
// line, after a byte order mark or with tabs if need be, or RFC 4716's form of the key, or PEM (that of PKCS #8 or
// PKCS #1).
//
// Refusals: Invalid (key), which never repeat the text: it may be a private key.
func SSHKeyLine(text string) (string, error) {
	line, _, err := readSSHKey(text)
	return line, err
}

func readSSHKey(text string) (string, ssh.PublicKey, error) {
	if privateKey.MatchString(text) {
		return "", nil, invalidSSHKey("This is a private key, which nobody else may have: " +
			"replace it by a new one, and send the public key of that.")
	}
	line := strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	if len(line) > maxSSHKey {
		return "", nil, invalidSSHKey(notSSHKey)
	}
	line = strings.ReplaceAll(oneLine(line), "\t", " ")
	if strings.IndexFunc(line, unicode.IsControl) >= 0 {
		return "", nil, invalidSSHKey(notSSHKey)
	}
	key, _, options, _, err := ssh.ParseAuthorizedKey([]byte(line))
	switch {
	case err != nil:
		return "", nil, invalidSSHKey(notSSHKey)
	case len(options) > 0:
		return "", nil, invalidSSHKey("Options are before this key: send it without them.")
	}
	if why := unfitSSHKey(key); why != "" {
		return "", nil, invalidSSHKey(why)
	}
	return line, key, nil
}

// oneLine returns the line of a key in one of the forms that have several, and any other text as it is.
func oneLine(text string) string {
	var key ssh.PublicKey
	comment := ""
	switch {
	case strings.HasPrefix(text, "---- BEGIN SSH2 PUBLIC KEY ----"):
		key, comment = rfc4716Key(text)
	case strings.HasPrefix(text, "-----BEGIN "):
		key = pemKey(text)
	}
	if key == nil {
		return text
	}
	line := key.Type() + " " + base64.StdEncoding.EncodeToString(key.Marshal()) + " " + comment
	return strings.TrimSpace(line)
}

// rfc4716Key reads a key in the form of RFC 4716: between a first and a last line stand headers, a long one on several
// lines which end with a backslash but for the last, and then the key in base64. The key is nil when it is none.
func rfc4716Key(text string) (key ssh.PublicKey, comment string) {
	lines := strings.Split(text, "\n")
	var blob strings.Builder
	for i := 1; i < len(lines)-1; i++ {
		line := strings.TrimSpace(lines[i])
		name, value, header := strings.Cut(line, ":")
		if !header {
			blob.WriteString(line)
			continue
		}
		for strings.HasSuffix(value, `\`) && i < len(lines)-2 {
			i++
			value = strings.TrimSuffix(value, `\`) + strings.TrimRight(lines[i], "\r")
		}
		if strings.EqualFold(name, "Comment") {
			comment = unquoted(strings.TrimSpace(value))
		}
	}
	decoded, err := base64.StdEncoding.DecodeString(blob.String())
	if err != nil || strings.TrimSpace(lines[len(lines)-1]) != "---- END SSH2 PUBLIC KEY ----" {
		return nil, ""
	}
	key, err = ssh.ParsePublicKey(decoded)
	if err != nil {
		return nil, ""
	}
	return key, comment
}

// unquoted returns the text without the quotes that most programs write around a comment.
func unquoted(text string) string {
	if len(text) > 1 && text[0] == '"' && text[len(text)-1] == '"' {
		return strings.TrimSpace(text[1 : len(text)-1])
	}
	return text
}

// pemKey reads a key in PEM, as ssh-keygen -e and openssl write it; nil when it is none.
func pemKey(text string) ssh.PublicKey {
	block, rest := pem.Decode([]byte(text))
	if block == nil || len(bytes.TrimSpace(rest)) > 0 {
		return nil
	}
	var public any
	var err error
	switch block.Type {
	case "PUBLIC KEY":
		public, err = x509.ParsePKIXPublicKey(block.Bytes)
	case "RSA PUBLIC KEY":
		public, err = x509.ParsePKCS1PublicKey(block.Bytes)
	default:
		return nil
	}
	if err != nil {
		return nil
	}
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		return nil // of a kind that SSH does not know
	}
	return key
}

// unfitSSHKey tells why a key may not be added, "" for one that may.
func unfitSSHKey(key ssh.PublicKey) string {
	if _, ok := key.(*ssh.Certificate); ok {
		return "This is an SSH certificate, not a key: send the key that it was issued for."
	}
	if bits := rsaBits(key); bits > 0 && bits < minRSA {
		return fmt.Sprintf("This RSA key has %d bits: fewer than %d are not safe.", bits, minRSA)
	}
	return ""
}

// rsaBits returns the length of an RSA key, and 0 for any other.
func rsaBits(key ssh.PublicKey) int {
	if of, ok := key.(ssh.CryptoPublicKey); ok {
		if k, ok := of.CryptoPublicKey().(*rsa.PublicKey); ok {
			return k.N.BitLen()
		}
	}
	return 0
}

func invalidSSHKey(why string) *Refusal {
	return refuse(Invalid, "ssh_key_invalid", "key", "%s", why)
}

// Warning tells, in a sentence, why the key had better be replaced, though it may log in; "" for most keys.
func (k SSHKey) Warning() string {
	if strings.HasPrefix(k.Key, "ssh-dss ") {
		return "This is a DSA key, which is not safe, and which OpenSSH accepts no more: replace it by an Ed25519 key."
	}
	if !strings.HasPrefix(k.Key, ssh.KeyAlgoRSA+" ") {
		return ""
	}
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(k.Key))
	if err != nil {
		return ""
	}
	if bits := rsaBits(key); bits < goodRSA {
		return fmt.Sprintf("This RSA key has %d bits, which are too few to be safe for long: "+
			"replace it by an Ed25519 key, or an RSA key of 3072 bits.", bits)
	}
	return ""
}

// RemoveSSHKey ends the SSH key of that number.
//
// Refusals: NotFound, Forbidden.
type RemoveSSHKey struct {
	ID     uuid.UUID
	Number int64
}

// Of names the user.
func (c RemoveSSHKey) Of() events.Aggregate { return events.User(c.ID) }

func (c RemoveSSHKey) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c RemoveSSHKey) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayManageOrOwn(s, a, u); err != nil {
		return nil, err
	}
	if _, ok := u.SSHKey(c.Number); !ok {
		return nil, NoSSHKey()
	}
	return one(events.SSHKeyRemoved{Number: c.Number})
}

// UpdateSSHKey changes what its fields name; nil fields stay.
//
// Refusals: NotFound, Invalid (title_required), Taken (ssh_key_title_taken), Forbidden.
type UpdateSSHKey struct {
	ID     uuid.UUID
	Number int64
	Title  *string
}

// Of names the user.
func (c UpdateSSHKey) Of() events.Aggregate { return events.User(c.ID) }

func (c UpdateSSHKey) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c UpdateSSHKey) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayManageOrOwn(s, a, u); err != nil {
		return nil, err
	}
	k, ok := u.SSHKey(c.Number)
	switch {
	case !ok:
		return nil, NoSSHKey()
	case c.Title == nil || k.Title == *c.Title:
		return nil, nil
	}
	if err := checkTitle(*c.Title); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(u.SSHKeys, func(k SSHKey) bool { return k.Title == *c.Title }) {
		return nil, titleTaken()
	}
	return one(events.SSHKeyRenamed{Number: c.Number, Title: *c.Title})
}

// SSHKey is a public key that may log in as the user.
type SSHKey struct {
	events.SSHKeyAdded
	AddedAt time.Time
	By      Author
}

// SSHKey returns the user's SSH key of that number.
func (u *User) SSHKey(number int64) (SSHKey, bool) {
	for _, k := range u.SSHKeys {
		if k.Number == number {
			return k, true
		}
	}
	return SSHKey{}, false
}
