package ctl

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files anew")

const sshKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKTN1qlK0CbHmlhJqXaCzWzqkcS1uGKPLSjIB3FbDcrN me@laptop\n"

// forms returns a call in every form that a list has.
func inForms(call string) []string {
	return []string{call, call + " -o json", call + " -o yaml", call + " -o ndjson"}
}

// TestGolden plays calls against a service; the golden files have what each prints and its exit code. FILE and LINES
// stand for files. Users and API keys are printed as tables alone: they get new members now and then.
func TestGolden(t *testing.T) {
	ann := []string{"create users username=ann email=ann@example.org first_name=Ann last_name=Lee profile.city=Brno " +
		"-o table"}
	for name, calls := range map[string][][]string{
		"resources": {ann, {
			"create users username=bob email=bob@example.org active:=false -o table",
			"create users username=cid email=cid@example.org --columns number,username,profile.city,groups",
		}, inForms("get groups/admins"), inForms("list groups"), {
			"list users sort=-number",
			"list users --columns username,profile,profile.city,phone",
			"list users limit=1 --all --columns username",
			"list users limit=1 offset=1 at=8 sort=-number --all --columns username",
			"list datacenters limit=1 --all --columns name",
			"list users limit=2 fields_of_nothing=1",
			"list groups --columns nope",
			"list users/ann",
			"get users/ann@example.org --columns email,profile",
			"get users --columns username",
			"get users/nobody",
			"set users/ann phone=+420 profile.city=Praha profile.country=CZ -o table",
			"set users/ann number=7",
			"set users/ann phone=1 --if-match \"1\"",
			"create users/ann/ssh-keys title=laptop key=@FILE",
		}, inForms("list users/ann/ssh-keys"), {
			"create users/ann/api-keys kind=native memo=CI permissions.users=read -o table --columns id,memo,key",
			"get users/ann/ssh-keys/1", "set users/ann/ssh-keys/1 title=desk -o table",
			"set users/ann/ssh-keys/1 number=2",
			"create users/ann/signing-keys name=backup --columns name,permissions",
			"create users/ann/storage-keys kind=s3 --columns kind",
			"get users/ann/storage-keys/s3 --columns kind", "delete users/ann/storage-keys/s3",
			"list users/ann/storage-keys",
			"create users/ann/resources kind=vm id=7 data.ip=192.0.2.1",
			"set users/ann/resources/vm/7 name=web data.disk:=10",
			"delete users/ann/resources/vm/7",
			"delete users/ann/ssh-keys/1",
		}, inForms("list users/ann/ssh-keys"), {
			"unlock cid", "unlock nobody",
			"create groups name=main-admins dc_bound=main permissions:=[\"admin\",\"user_admin\"] " +
				"datacenters:=[\"main\"]",
			"set users/bob groups:=[\"main-admins\"] --columns username,groups",
			"list groups", "get groups/main-admins", "get groups/nobodies", "list datacenters",
			"set datacenters/main public:=true -o table",
			"create clients name=Acme timezone=Europe/Prague", "list clients",
			"create applications name=Phones type=public access=call_api redirect_uris:=[\"https://example.org/back\"]",
			"list applications",
			"create webhooks url=https://crm.example.org/accounts types:=[\"UserCreated\"]", "list webhooks",
			"create subscriptions name=crm types:=[\"UserCreated\"] --columns name,types,start",
			"list subscriptions --columns name,types", "list mail",
			"delete users/cid", "delete users/cid",
			"erase bob", "erase bob --yes", "get users/bob",
			"set users/ann a=1 a.b=2", "set users/ann a", "set users/ann a:=x", "get users/ann -o xml", "list nothing",
			"set users/ann active=false", "users", "rm", "set users/ann", "get clients/Acme --columns id,name",
			"get webhooks/1 --columns number,url",
			"list users --token wrong",
		}},
		"key": {ann, {
			"key add ann --name CI --permission users=read --allow-ip 10.0.0.0/8 --expires 2100-01-02",
			"key add ann", "key add ann --kind signing -o json", "key add ann --kind signing -o yaml",
			"key add ann --kind signing -o ndjson",
			"key add ann --kind pterodactyl", "key add ann --kind signing --permission users=all",
			"key add ann --kind ssh FILE",
			"key add ann --kind ssh FILE --name other", "key add ann --kind ssh",
			"key add ann FILE", "key add ann --kind signing --name x",
			"key add ann --kind ssh FILE --permission users=read",
			"key add ann --permission users", "key add ann --expires never", "key add ann --expires 2001-01-01",
			"key add ann --kind x",
			"key add nobody", "key add ann -o table",
		}, inForms("key list ann"), inForms("key list ann --kind signing"), {
			"key list ann --kind ssh --columns id,name,fingerprint", "key list ann --kind x",
			"key revoke ann 1", "key revoke ann 1", "key revoke ann AKNOSUCHKEY", "key list ann --kind ssh",
		}},
		"events": {ann, {"set users/ann phone=1 active:=false -o table"}, inForms("events --after 6 --limit 2"), {
			"events list --user ann", "events list --type UserCreated,GroupCreated --columns " +
				"sequence,type,data.username,credential",
			"events tail --limit 2 --last 2", "events tail --limit 1 --last 1 -o json",
			"events tail --limit 1 --after 6 -o ndjson",
			"events tail -o yaml", "events --user nobody", "events --type Nothing", "events --since soon",
			"events tail --until 7 --after 5",
			"events --columns sequence,nope",
		}},
		"history": {ann, {"set users/ann phone=1 active:=false profile.city=Praha -o table"},
			inForms("history ann --after 7"), {
				"history ann --after 7 --oldest-first --limit 1",
				"history ann@example.org --columns actor,dialect,field,after --after 7",
				"history ann --at 7 -o table", "history ann --at 8 --columns username,phone,profile.city",
				"history ann --at 2", "history nobody", "delete users/ann", "history ann",
			}},
		"profile": {{
			"profile list", "profile set live --url https://accounts.example.org --token acct_secret",
			"profile set test --url http://127.0.0.1:8080",
		}, inForms("profile list"), {
			"profile delete test", "profile delete test", "profile set live", "list users --profile test",
			"profile list",
		}},
		"bulk": {{
			"import LINES", "import LINES -o ndjson --key other", "import /no/such/file",
			"export filter[email]=nobody@example.org", "export sort=nope",
		}},
		"audit": {ann, {
			"audit replay users --at 6 --columns number,username", "audit replay groups --columns number,name",
			"set users/ann phone=1 profile.city=Praha -o table", "audit replay --diff 7,8 --columns field,before,after",
			"audit replay nothing", "audit replay --at soon", "audit verify --checkpoint /no/such/file",
		}},
	} {
		t.Run(name, func(t *testing.T) { play(t, filepath.Join("testdata", name+".txt"), calls) })
	}
}

const importedLines = `{"email":"dan@example.org"}
{"email":"dan@example.org","first_name":"Dan"}
{"email":"eve@example.org","nope":1}
no JSON
{"email":"fay@example.org"}
`

// play runs the calls, and compares what they print with the golden file.
func play(t *testing.T, golden string, calls [][]string) {
	w := newWorld(t)
	files := map[string]string{"FILE": w.keep("key.pub", sshKey), "LINES": w.keep("users.ndjson", importedLines)}
	env := []string{"HOME=" + t.TempDir()}
	var got strings.Builder
	for _, group := range calls {
		for _, call := range group {
			args := strings.Fields(call)
			for i := range args {
				for name, path := range files {
					args[i] = strings.ReplaceAll(args[i], name, path)
				}
			}
			if args[0] != "profile" && !strings.Contains(call, "--profile") {
				args = append(args, "--data", w.data)
			}
			code, out, errs := run(env, args...)
			fmt.Fprintf(&got, "$ accountctl %s\n%s%s(%d)\n\n", call, out, errs, code)
		}
	}
	text := steady(got.String())
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(text), 0o600))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), text)
}

// steady replaces what changes from run to run by something of the same form and length: ids by numbered ids, so that
// the same id stays the same.
func steady(text string) string {
	ids := map[string]string{}
	text = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[478][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`).ReplaceAllStringFunc(text, func(id string) string {
		if ids[id] == "" {
			ids[id] = fmt.Sprintf("00000000-0000-%c000-8000-%012d", id[14], len(ids)+1)
		}
		return ids[id]
	})
	for form, same := range map[string]string{
		`20[23]\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z`:        "2030-01-02T03:04:05.678901Z",
		`20[23]\d-\d\d-\d\dT\d\d:\d\d:\d\dZ`:                 "2030-01-02T03:04:05Z",
		`acct_[A-Za-z0-9_-]{43}`:                             "acct_" + strings.Repeat("x", 43),
		`ptl([ac])_[A-Za-z0-9]{43}`:                          "ptl${1}_" + strings.Repeat("x", 43),
		`AK[A-Z0-9]{18}`:                                     "AK" + strings.Repeat("X", 18),
		`(:|secret: |secret":"|secret": ")[A-Za-z0-9]{40}\b`: "${1}" + strings.Repeat("x", 40),
		`(app_id: |app_secret: |call_api  1          |all       1          )[0-9a-f]{32}`: "${1}" +
			strings.Repeat("x", 32),
		`whsec_[A-Za-z0-9+/=]{44}`: "whsec_" + strings.Repeat("x", 44),
		`127\.0\.0\.1:[1-9]\d{4}`:  "127.0.0.1:50000",
	} {
		text = regexp.MustCompile(form).ReplaceAllString(text, same)
	}
	return text
}
