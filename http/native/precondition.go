package native

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"accountd/commands"
	"accountd/http/rest"
)

const ifMatchHeader = "If-Match"

// etag returns the entity tag of the user's version.
func etag(u *commands.User) string { return versionTag(u.Version) }

func versionTag(version uint64) string { return `"` + strconv.FormatUint(version, 10) + `"` }

// tags are the entity tags of a condition.
type tags struct {
	any    bool     // "*"
	strong []string // with their quotation marks
	weak   []string // without the W/
}

// given reports whether there is a condition at all.
func (t tags) given() bool { return t.any || len(t.strong)+len(t.weak) > 0 }

// parseTags reads an If-Match or If-None-Match header (RFC 9110, section 13.1).
func parseTags(r *http.Request, header string) (t tags, err error) {
	left := strings.TrimSpace(strings.Join(r.Header.Values(header), ","))
	if left == "*" {
		return tags{any: true}, nil
	}
	for left = strings.TrimLeft(left, " \t,"); left != ""; left = strings.TrimLeft(left, " \t,") {
		tag, weak := strings.CutPrefix(left, "W/")
		end := strings.IndexByte(strings.TrimPrefix(tag, `"`), '"') + 2
		if !strings.HasPrefix(tag, `"`) || end < 2 {
			return tags{}, badHeader(header, "etag_invalid", "An entity tag stands in quotation marks.")
		}
		if weak {
			t.weak = append(t.weak, tag[:end])
		} else {
			t.strong = append(t.strong, tag[:end])
		}
		left = tag[end:]
	}
	return t, nil
}

// onVersion binds a command to the version that If-Match names, if it does not bind itself.
func onVersion(r *http.Request, u *commands.User, cmd commands.Command) (commands.Command, error) {
	switch cmd.(type) {
	case commands.CreateUser, commands.UpdateUser, commands.DeleteUser:
		return cmd, nil
	}
	t, err := parseTags(r, ifMatchHeader)
	if err != nil || !t.given() {
		return cmd, err
	}
	return commands.OnVersion{Command: cmd, Version: t.expects(u)}, nil
}

// noVersion is a version that no user ever has.
const noVersion = math.MaxUint64

// expects returns the version for a command on the user, 0 for any.
func (t tags) expects(u *commands.User) uint64 {
	if u == nil {
		return t.among(noVersion)
	}
	return t.among(u.Version)
}

// among returns the version for a command on what has this one, 0 for any.
func (t tags) among(version uint64) uint64 {
	switch {
	case !t.given() || t.any:
		return 0
	case slices.Contains(t.strong, versionTag(version)):
		return version
	}
	return noVersion
}

// newest returns the highest version that the tags name.
func (t tags) newest() (version uint64) {
	for _, tag := range t.strong {
		if v, err := strconv.ParseUint(strings.Trim(tag, `"`), 10, 64); err == nil {
			version = max(version, v)
		}
	}
	return version
}

// ifMatch returns the condition of a change. A version that this instance has not come to yet is waited for: the caller
// has read it from another one.
func (a *api) ifMatch(r *http.Request) (tags, error) {
	t, err := parseTags(r, ifMatchHeader)
	if err == nil && t.given() {
		a.reach(r.Context(), t.newest()) // when it is not reached in time, the command finds that the version differs
	}
	return t, err
}

// conditional refuses changes without If-Match where they must have one.
func (a *api) conditional(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request, c caller) error {
		if a.matching {
			t, err := parseTags(r, ifMatchHeader)
			if err != nil {
				return err
			}
			if !t.given() {
				return requestError{in: inHeader, RequestError: rest.RequestError{Status: http.StatusPreconditionRequired,
					Reason: "precondition_required", Field: ifMatchHeader, Detail: "This change must name the version that it builds on."}}
			}
		}
		return h(w, r, c)
	}
}

// fresh reports whether the caller has the user as it is (If-None-Match).
func fresh(r *http.Request, u *commands.User) (bool, error) { return has(r, u.Version) }

// has reports whether the caller has that version already (If-None-Match).
func has(r *http.Request, version uint64) (bool, error) {
	t, err := parseTags(r, "If-None-Match")
	tag := versionTag(version)
	return t.any || slices.Contains(t.strong, tag) || slices.Contains(t.weak, tag), err
}
