package danube

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"accountd/events"
)

// policy tells who may do what: a status, with d where it is denied to everybody of the kind and f where it is
// forbidden on this account. uadmin and aplain are of the datacenter alpha, bplain is of beta, normal of none; admin is
// a super admin. FRESH is a name that is free, ALPHA, BETA and LOOSE are accounts of these datacenters and of none,
// which are made for it.
const policy = `
                                        admin uadmin aplain bplain normal nobody
GET    user/                            200   200    403d   403d   403d   403
GET    user/profile/                    200   200    403d   403d   403d   403
GET    user/aplain/                     200   200    200    403d   403d   403
GET    user/bplain/                     200   403f   403d   200    403d   403
GET    user/normal/                     200   403f   403d   403d   200    403
GET    user/admin/                      200   403f   403d   403d   403d   403
GET    user/none/                       404   404    403d   403d   403d   403
POST   user/FRESH/ {"dc":"alpha",NEW}   201   201    403d   403d   403d   403
POST   user/FRESH/ {"dc":"beta",NEW}    201   404    403d   403d   403d   403
POST   user/FRESH/ {"dc":"main",NEW}    201   403f   403d   403d   403d   403
POST   user/FRESH/ {"dc_bound":"f",NEW} 201   403f   403d   403d   403d   403
POST   user/aplain/ {}                  406   406    406    403d   403d   403
POST   user/aplain/ {"dc":"alpha"}      406   406    406    403d   403d   403
PUT    user/aplain/ {"first_name":"x"}  200   200    200    403d   403d   403
PUT    user/bplain/ {"first_name":"x"}  200   403f   403d   200    403d   403
PUT    user/normal/ {"first_name":"x"}  200   403f   403d   403d   200    403
PUT    user/admin/ {"first_name":"x"}   200   403f   403d   403d   403d   403
PUT    user/none/ {}                    404   404    403d   403d   403d   403
PUT    user/ALPHA/ {"groups":"alpha-users","is_active":"f","api_access":"t"} 200 200 403d 403d 403d 403
PUT    user/ALPHA/ {"groups":"loose"}   200   400    403d   403d   403d   403
PUT    user/ALPHA/ {"is_super_admin":1,"dc_bound":0} 200 400 403d 403d 403d 403
PUT    user/ALPHA/ {"dc_bound":false}   200   400    403d   403d   403d   403
PUT    user/LOOSE/ {"dc_bound":true,"dc":"alpha"} 200 403f 403d 403d 403d 403
DELETE user/ALPHA/                      200   200    403d   403d   403d   403
DELETE user/BETA/                       200   403f   403d   403d   403d   403
DELETE user/LOOSE/                      200   403f   403d   403d   403d   403
DELETE user/none/                       404   404    403d   403d   403d   403
DELETE user/admin/                      403f  403f   403d   403d   403d   403
GET    user/aplain/apikeys/             200   403d   200    403d   403d   403
PUT    user/aplain/apikeys/ {"api_key":"t"} 200 403d 200    403d   403d   403
GET    user/none/apikeys/               404   403d   403d   403d   403d   403
GET    user/aplain/profile/             200   200    200    403d   403d   403
GET    user/bplain/profile/             200   403f   403d   200    403d   403
PUT    user/aplain/profile/ {"city":"x"} 200  200    200    403d   403d   403
PUT    user/aplain/profile/ {"phone_verified":"t"} 200 400 400 403d 403d  403
PUT    user/bplain/profile/ {"city":"x"} 200  403f   403d   200    403d   403
GET    user/aplain/sshkey/              200   200    200    403d   403d   403
GET    user/bplain/sshkey/              200   403f   403d   200    403d   403
POST   user/ALPHA/sshkey/k/ {"key":"KEY"} 201 201    403d   403d   403d   403
POST   user/BETA/sshkey/k/ {"key":"KEY"} 201  403f   403d   403d   403d   403
DELETE user/aplain/sshkey/none/         404   404    404    403d   403d   403
`

func TestPolicy(t *testing.T) {
	s := start(t, Options{})
	s.provider()
	lines := strings.Split(strings.Trim(policy, "\n"), "\n")
	callers := strings.Fields(lines[0])
	for n, line := range lines[1:] {
		fields := strings.Fields(line)
		call, want := fields[:len(fields)-len(callers)], fields[len(fields)-len(callers):]
		for i, who := range callers {
			assert.Equal(t, want[i], s.verdict(who, fmt.Sprintf("t%d-%d", n, i), call), "%s: %s", who, line)
		}
	}
}

// verdict makes the call and returns its status with what kind of 403 it is.
func (s *service) verdict(who, fresh string, call []string) string {
	path, body := call[1], ""
	if len(call) > 2 {
		body = strings.ReplaceAll(call[2], "KEY", publicKey(1))
		body = strings.ReplaceAll(body, "NEW", `"first_name":"N","last_name":"N","email":"`+fresh+
			`@e.org","password":"x"`)
	}
	for name, datacenter := range map[string]string{"ALPHA": "alpha", "BETA": "beta", "LOOSE": ""} {
		if strings.Contains(path, name) {
			s.made(fresh, datacenter)
			path = strings.ReplaceAll(path, name, fresh)
		}
	}
	w := s.call(who, call[0], "/api/accounts/"+strings.ReplaceAll(path, "FRESH", fresh), body)
	verdict := fmt.Sprint(w.Code)
	if w.Code == http.StatusForbidden && who != "nobody" {
		verdict += map[string]string{permissionDenied: "d", notPermitted: "f"}[decoded[map[string]string](s.T,
			w.Body.String())["detail"]]
	}
	return verdict
}

func (s *service) made(name, datacenter string) {
	u := events.UserCreated{FirstName: "T", LastName: "T"}
	if datacenter != "" {
		u.Datacenter = s.dc(datacenter)
	}
	s.user(name, u)
}
