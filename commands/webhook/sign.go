package webhook

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"strconv"
	"strings"
	"time"

	"accountd/commands/secrets"
	"accountd/events"
)

const (
	secretPrefix = "whsec_"
	secretSize   = 32
)

// NewSecret returns a fresh secret for a webhook: "whsec_" and the base64 of 32 bytes.
func NewSecret() events.Secret { return SecretFrom(rand.Reader) }

// SecretFrom is NewSecret of what a reader gives; see secrets.From.
func SecretFrom(random io.Reader) events.Secret {
	return events.Secret(secretPrefix + base64.StdEncoding.EncodeToString(secrets.From(random).Bytes(secretSize)))
}

// signatures returns the value of the header webhook-signature: one signature for each secret.
func signatures(secrets []events.Secret, id string, at time.Time, body []byte) string {
	var all []string
	for _, secret := range secrets {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret.Reveal(), secretPrefix))
		if err != nil {
			continue // none of ours
		}
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "."))
		mac.Write(body)
		all = append(all, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	return strings.Join(all, " ")
}
