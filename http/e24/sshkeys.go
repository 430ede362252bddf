package e24

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"net/http"
	"strconv"

	"golang.org/x/crypto/ssh"

	"accountd/commands"
	"accountd/http/rest"
)

// The ways to come by an SSH key.
const (
	methodUpload   = "upload"
	methodGenerate = "generate"
)

func (a api) addSSHKey(w http.ResponseWriter, r *http.Request, c call) error {
	req, err := decode[addSSHKeyRequest](c)
	if err != nil {
		return err
	}
	public, private, err := req.keys()
	if err != nil {
		return err
	}
	u, err := a.do(w, r, c, commands.AddSSHKey{ID: c.user.ID, Title: req.Name, Key: public})
	if err != nil {
		return err
	}
	j := success(smallAnswer).Key("sshkeys")
	sshKey(j, u.SSHKeys[len(u.SSHKeys)-1].SSHKeyAdded)
	if private != "" {
		j.Key("private_key").String(private)
	}
	return finish(w, j.Close('}'))
}

// keys returns the public key to add, and the private one when it is made here.
func (req addSSHKeyRequest) keys() (public, private string, err error) {
	if err := checkPresent("name", req.Name); err != nil {
		return "", "", err
	}
	switch req.Method {
	case methodUpload, "":
		return req.Content, "", checkPresent("content", req.Content)
	case methodGenerate:
		return generateSSHKey(req.Name)
	}
	return "", "", rest.BadRequest("method_invalid", "method", "The method is upload or generate.")
}

// generateSSHKey returns a new pair of keys: an authorized_keys line and an OpenSSH private key in PEM.
func generateSSHKey(comment string) (public, private string, err error) {
	pub, priv, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return "", "", fmt.Errorf("generating an SSH key: %w", err)
	}
	block, err := ssh.MarshalPrivateKey(priv, comment)
	if err != nil {
		return "", "", fmt.Errorf("encoding an SSH key: %w", err)
	}
	key, err := ssh.NewPublicKey(pub)
	if err != nil {
		return "", "", fmt.Errorf("encoding an SSH key: %w", err)
	}
	return string(ssh.MarshalAuthorizedKey(key)), string(pem.EncodeToMemory(block)), nil
}

func (a api) removeSSHKey(w http.ResponseWriter, r *http.Request, c call) error {
	number, err := strconv.ParseUint(rest.Param(r, "id"), 10, 63)
	if err != nil {
		return rest.RequestError{Status: http.StatusNotFound, Reason: "ssh_key_not_found",
			Detail: "An SSH key's id is a number."}
	}
	if _, err := a.do(w, r, c, commands.RemoveSSHKey{ID: c.user.ID, Number: int64(number)}); err != nil {
		return err
	}
	return finish(w, success(smallAnswer))
}
