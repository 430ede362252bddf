package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"

	"accountd/events/audit"
	"accountd/events/eventlog"
)

// TestAuditFromOutside does what somebody does who believes nothing that the service says.
func TestAuditFromOutside(t *testing.T) {
	c := testConfig(t)
	r := start(t, c)
	token := c.admin(t).Token
	get := func(path string) string {
		t.Helper()
		status, body := r.call("GET", "/v1/audit/"+path, token, "")
		require.Equal(t, http.StatusOK, status, body)
		return body
	}
	key := get("key")
	kept, err := audit.ParseCheckpoint([]byte(get("checkpoint")), key)
	require.NoError(t, err)
	require.EqualValues(t, firstRecords, kept.Size)
	erased := r.person(token)
	status, _ := r.call("POST", erased+"/erase", token, "")
	require.Equal(t, http.StatusNoContent, status)

	newest, err := audit.ParseCheckpoint([]byte(get("checkpoint")), key)
	require.NoError(t, err)
	require.EqualValues(t, firstRecords+5, newest.Size)
	v, header, err := audit.VerifyExport(strings.NewReader(get("records")),
		audit.VerifyOptions{Key: key, Kept: []audit.Checkpoint{kept}})
	require.NoError(t, err)
	require.Equal(t, newest, v.Checkpoint())
	require.NotContains(t, get("records"), `"block":`)
	require.Contains(t, get("records?keys=true"), `"block":"account_keys.`)
	require.Equal(t, newest.Size, header.Records)

	var record struct {
		Sequence, Size int64
		Leaf, Root     tlog.Hash
		Proof          tlog.RecordProof
	}
	require.NoError(t, json.Unmarshal([]byte(get("proof?seq=3")), &record))
	require.Equal(t, newest.Root, record.Root)
	require.NoError(t, tlog.CheckRecord(record.Proof, record.Size, record.Root, record.Sequence-1, record.Leaf))
	var tree struct {
		From, To int64
		Proof    tlog.TreeProof
	}
	require.NoError(t, json.Unmarshal([]byte(get("proof?from=2")), &tree))
	require.NoError(t, json.Unmarshal([]byte(get("proof?from="+jsonOf(t, kept.Size))), &tree))
	require.NoError(t, tlog.CheckTree(tree.Proof, tree.To, newest.Root, tree.From, kept.Root))
	r.end()

	r = start(t, c)
	require.Equal(t, key, get("key"), "it stays the same")
	again, err := audit.ParseCheckpoint([]byte(get("checkpoint")), key)
	require.NoError(t, err)
	require.Equal(t, newest, again)
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return string(b)
}

// TestALostOrWrongTreeIsMadeAnew from the log.
func TestALostOrWrongTreeIsMadeAnew(t *testing.T) {
	c := testConfig(t)
	r := start(t, c)
	token := c.admin(t).Token
	_, want := r.call("GET", "/v1/audit/checkpoint", token, "")
	r.end()
	path := filepath.Join(c.Data, "audit.tree")
	tree, err := os.ReadFile(path)
	require.NoError(t, err)
	wrong := []byte(string(tree))
	wrong[len(wrong)-1] ^= 1
	for name, content := range map[string][]byte{"lost": nil, "short": tree[:100], "wrong": wrong,
		"of a longer log": append(tree, tree...)} {
		require.NoError(t, os.WriteFile(path, content, 0o600))
		r := start(t, c)
		_, got := r.call("GET", "/v1/audit/checkpoint", token, "")
		require.Equal(t, want, got, name)
		r.end()
	}
}

// TestAWrongRootThatWasKept does not keep the service from starting: log and chain are whole, so it was computed from a
// damaged tree.
func TestAWrongRootThatWasKept(t *testing.T) {
	c := testConfig(t)
	r := start(t, c)
	token := c.admin(t).Token
	_, want := r.call("GET", "/v1/audit/checkpoint", token, "")
	r.end()
	path := filepath.Join(c.Data, "checkpoint.json")
	anchor, err := eventlog.LoadAnchor(path)
	require.NoError(t, err)
	require.Len(t, anchor.Root, tlog.HashSize)
	right := append([]byte(nil), anchor.Root...)
	anchor.Root[0] ^= 1
	require.NoError(t, eventlog.SaveAnchor(path, anchor))
	r = start(t, c)
	require.Contains(t, r.log.String(), "the root that was kept of the log's Merkle tree is wrong")
	_, got := r.call("GET", "/v1/audit/checkpoint", token, "")
	require.Equal(t, want, got)
	r.end()
	anchor, err = eventlog.LoadAnchor(path)
	require.NoError(t, err)
	require.Equal(t, right, anchor.Root)
}

// TestTheTreeAfterAPowerCut: a page of its file did not reach the disk, and the place that was kept is older.
func TestTheTreeAfterAPowerCut(t *testing.T) {
	c := testConfig(t)
	start(t, c).end()
	older, err := os.ReadFile(filepath.Join(c.Data, "checkpoint.json"))
	require.NoError(t, err)
	r := start(t, c)
	token := c.admin(t).Token
	person := r.person(token)
	for i := range 600 {
		status, body := r.call("PATCH", person, token, fmt.Sprintf(`{"comment":"%d"}`, i))
		require.Equal(t, http.StatusOK, status, body)
	}
	_, want := r.call("GET", "/v1/audit/checkpoint", token, "")
	r.end()
	path := filepath.Join(c.Data, "audit.tree")
	tree, err := os.ReadFile(path)
	require.NoError(t, err)
	clear(tree[3*4096 : 4*4096])
	require.NoError(t, os.WriteFile(path, tree, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(c.Data, "checkpoint.json"), older, 0o600))
	r = start(t, c)
	_, got := r.call("GET", "/v1/audit/checkpoint", token, "")
	require.Equal(t, want, got)
	for sequence := 1; sequence < 300; sequence += 7 {
		status, body := r.call("GET", "/v1/audit/proof?seq="+strconv.Itoa(sequence), token, "")
		require.Equal(t, http.StatusOK, status, body)
	}
	r.end()
	start(t, c).end()
}

func TestAuditIsForThoseWhoMay(t *testing.T) {
	c := testConfig(t)
	r := start(t, c)
	token := c.admin(t).Token
	for path, want := range map[string]int{
		"proof": 400, "proof?seq=0": 400, "proof?seq=x": 400, "proof?seq=": 400, "proof?seq=1000": 400,
		"proof?seq=1&size=1000": 400, "proof?seq=2&size=1": 400,
		"proof?seq=1&from=1": 400, "proof?from=1000": 400, "proof?from=2&to=1": 400, "proof?seq=1&seq=2": 400,
		"key?x=1": 400, "checkpoint?x=1": 400,
		"records?keys=1": 400, "records?x=1": 400, "nothing": 404, "proof?seq=1&size=1": 200, "proof?from=1&to=1": 200,
		"proof?seq=%zz": 400,
	} {
		status, body := r.call("GET", "/v1/audit/"+path, token, "")
		require.Equal(t, want, status, "%s: %s", path, body)
	}
	person := r.person(token)
	_, body := r.call("POST", person+"/api-keys", token, `{}`)
	var made, auditor struct{ Key string }
	require.NoError(t, json.Unmarshal([]byte(body), &made))
	_, body = r.call("POST", person+"/api-keys", token, `{"permissions":{"audit":"read"}}`)
	require.NoError(t, json.Unmarshal([]byte(body), &auditor))
	for path, want := range map[string]int{"records": http.StatusOK, "records?keys=true": http.StatusForbidden} {
		status, body := r.call("GET", "/v1/audit/"+path, auditor.Key, "")
		require.Equal(t, want, status, body)
	}
	for _, path := range []string{"key", "checkpoint", "proof?seq=1", "records"} {
		status, _ := r.call("GET", "/v1/audit/"+path, made.Key, "")
		require.Equal(t, http.StatusForbidden, status)
		status, _ = r.call("GET", "/v1/audit/"+path, "", "")
		require.Equal(t, http.StatusUnauthorized, status)
		status, _ = r.call("HEAD", "/v1/audit/"+path, token, "")
		require.Equal(t, http.StatusOK, status)
		status, _ = r.call("POST", "/v1/audit/"+path, token, "")
		require.Equal(t, http.StatusMethodNotAllowed, status)
	}
}
