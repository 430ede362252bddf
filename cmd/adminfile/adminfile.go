// Package adminfile is the file that the first start leaves for the administrator: where the service is, and one
// credential of every kind.
//
// It promises that the file is readable by its owner only and never half written. Its one invariant is that credentials
// that were written once are never changed.
package adminfile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	"accountd/events/durable"
)

// Name is the file's name in the data folder.
const Name = "admin.json"

// File is what the file holds.
type File struct {
	BaseURL        string `json:"base_url"`
	Username       string `json:"username"`
	Password       string `json:"password"`
	UserID         string `json:"user_id"`
	Token          string `json:"token"`
	PterodactylKey string `json:"pterodactyl_key"`
	DanubeAPIKey   string `json:"danube_api_key,omitempty"`
	DanubeCallback string `json:"danube_callback_key,omitempty"`
	E24APIKey      string `json:"e24_api_key"`
	E24SecretKey   string `json:"e24_secret_key"`
	ClientID       int64  `json:"client_id,omitempty"` // a client's number, of which the administrator is a member
	ClientAppID    string `json:"client_app_id,omitempty"`
	ClientSecret   string `json:"client_app_secret,omitempty"`
	// of the NATS user "feed", as whom outside subscribers hear what comes
	FeedPassword string `json:"feed_password,omitempty"`
}

// Write stores the File at path, in place of the one that may stand there (mode 0600).
func Write(path string, f File) error {
	content, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return durable.Replace(path, append(content, '\n'))
}

// Read reads a File. The error is fs.ErrNotExist when there is none.
func Read(path string) (File, error) {
	_, f, err := read(path)
	return f, err
}

func read(path string) ([]byte, File, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, File{}, fmt.Errorf("reading the administrator's file: %w", err)
	}
	var f File
	if err := json.Unmarshal(content, &f); err != nil {
		return nil, File{}, fmt.Errorf("reading the administrator's file %s: %w", path, err)
	}
	return content, f, nil
}

// SetBaseURL stores another base URL and leaves everything else as it is, also what this release does not know. The
// error is fs.ErrNotExist when there is no file.
func SetBaseURL(path, url string) error {
	content, f, err := read(path)
	if err != nil || f.BaseURL == url {
		return err
	}
	before, after := quoted(f.BaseURL), quoted(url)
	if !bytes.Contains(content, before) {
		return fmt.Errorf("storing the base URL in %s: the file is written in another way", path)
	}
	return durable.Replace(path, bytes.Replace(content, before, after, 1)) // it is the first member
}

func quoted(s string) []byte {
	b, _ := json.Marshal(s) // a string cannot fail
	return b
}
