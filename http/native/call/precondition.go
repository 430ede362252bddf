package call

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

// VersionTag returns the entity tag of a version.
func VersionTag(version uint64) string { return `"` + strconv.FormatUint(version, 10) + `"` }

// Tags are the entity tags of a condition.
type Tags struct {
	any    bool     // "*"
	strong []string // with their quotation marks
	weak   []string // without the W/
}

// given reports whether there is a condition at all.
func (t Tags) given() bool { return t.any || len(t.strong)+len(t.weak) > 0 }

// parseTags reads an If-Match or If-None-Match header (RFC 9110, section 13.1).
func parseTags(r *http.Request, header string) (t Tags, err error) {
	left := strings.TrimSpace(strings.Join(r.Header.Values(header), ","))
	if left == "*" {
		return Tags{any: true}, nil
	}
	for left = strings.TrimLeft(left, " \t,"); left != ""; left = strings.TrimLeft(left, " \t,") {
		tag, weak := strings.CutPrefix(left, "W/")
		end := strings.IndexByte(strings.TrimPrefix(tag, `"`), '"') + 2
		if !strings.HasPrefix(tag, `"`) || end < 2 {
			return Tags{}, BadHeader(header, "etag_invalid", "An entity tag stands in quotation marks.")
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

// noVersion is a version that no user ever has.
const noVersion = math.MaxUint64

// VersionOf returns the user's version, one that matches nothing when there is no such user.
func VersionOf(u *commands.User) uint64 {
	if u == nil {
		return noVersion
	}
	return u.Version
}

// Among returns the version for a command on what has this one, 0 for any.
func (t Tags) Among(version uint64) uint64 {
	switch {
	case !t.given() || t.any:
		return 0
	case slices.Contains(t.strong, VersionTag(version)):
		return version
	}
	return noVersion
}

// newest returns the highest version that the tags name.
func (t Tags) newest() (version uint64) {
	for _, tag := range t.strong {
		if v, err := strconv.ParseUint(strings.Trim(tag, `"`), 10, 64); err == nil {
			version = max(version, v)
		}
	}
	return version
}

// IfMatch returns the condition of a change, which was read when the request came. A version that this instance has not
// come to yet is waited for: the caller has read it from another one.
func (k *Kernel) IfMatch(r *http.Request, c Caller) (Tags, error) {
	t, err := c.ifMatch.tags, c.ifMatch.err
	if err == nil && t.given() {
		k.reach(r.Context(), t.newest()) // when it is not reached in time, the command finds that the version differs
	}
	return t, err
}

// condition is what a request says in If-Match, or what is wrong with it, which is told to those who may make the
// change.
type condition struct {
	tags Tags
	err  error
}

func conditionOf(r *http.Request) (c condition) {
	c.tags, c.err = parseTags(r, ifMatchHeader)
	return c
}

// OnVersion binds a command on what has this version to the one that If-Match names, if it does not bind itself.
func (c Caller) OnVersion(version uint64, cmd commands.Command) (commands.Command, error) {
	switch cmd.(type) {
	case commands.CreateUser, commands.UpdateUser, commands.DeleteUser:
		return cmd, nil
	}
	if c.ifMatch.err != nil || !c.ifMatch.tags.given() {
		return cmd, c.ifMatch.err
	}
	return commands.OnVersion{Command: cmd, Version: c.ifMatch.tags.Among(version)}, nil
}

// conditional refuses changes without If-Match where they must have one.
func (k *Kernel) conditional(h Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request, c Caller) error {
		if k.Preconditions {
			if c.ifMatch.err != nil {
				return c.ifMatch.err
			}
			if !c.ifMatch.tags.given() {
				return requestError{in: inHeader,
					RequestError: rest.RequestError{Status: http.StatusPreconditionRequired,
						Reason: "precondition_required", Field: ifMatchHeader,
						Detail: "This change must name the version that it builds on."}}
			}
		}
		return h(w, r, c)
	}
}

// Same reports whether the caller has that version already (If-None-Match).
func Same(r *http.Request, version uint64) (bool, error) {
	t, err := parseTags(r, "If-None-Match")
	tag := VersionTag(version)
	return t.any || slices.Contains(t.strong, tag) || slices.Contains(t.weak, tag), err
}
