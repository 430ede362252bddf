package projections

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/projections/textindex"
)

// Op is how a Filter compares.
type Op string

// The comparisons. Texts compare folded.
const (
	Eq       Op = "eq"       // equal to one of the values
	Contains Op = "contains" // contains one of the values; texts and ids only
	Prefix   Op = "prefix"   // begins with one of the values; texts and ids only
	Gte      Op = "gte"      // at least the value; numbers and times, none is not
	Lte      Op = "lte"      // at most the value; numbers and times, none is not
)

// Filter keeps the users of whom the comparison holds for one of its values.
type Filter struct {
	Field  Field
	op     Op
	def    definition
	values []value
}

// value is a filter's value in the field's type.
type value struct {
	text   string // folded
	number int64
	moment time.Time
	truth  bool
	id     uuid.UUID
}

// The errors of [NewFilter] and of lists that sort by what cannot be sorted by.
var (
	ErrField = errors.New("no such field")                        // the field does not exist or is not for this use
	ErrOp    = errors.New("no such comparison for this field")    // Contains of a number, and the like
	ErrValue = errors.New("the value is not of the field's type") // a word for a number, and the like
)

// NewFilter returns a Filter on the field; values are in their usual text form (times in RFC 3339, truth as true or
// false), and empty for none: the parent, the datacenter, the client or the text that is not there. None equals none,
// and is neither more nor less than anything; no id and no number says none. It returns [ErrField], [ErrOp] or
// [ErrValue], which hold no value.
func NewFilter(f Field, op Op, values ...string) (Filter, error) {
	def, ok := define(f)
	if !ok || f == scopeParent {
		return Filter{}, fmt.Errorf("%w: %q", ErrField, string(f))
	}
	if op == Contains || op == Prefix {
		def = def.written()
	}
	if !def.allows(op) {
		return Filter{}, fmt.Errorf("%w: %s", ErrOp, f)
	}
	out := Filter{Field: f, op: op, def: def}
	for _, s := range values {
		v, none, err := def.wanted(op, s)
		if err != nil {
			return Filter{}, fmt.Errorf("%w: %s", ErrValue, f)
		}
		if op != Eq || !def.nullable || none || v != (value{}) { // nobody has what stands for none
			out.values = append(out.values, v)
		}
	}
	return out, nil
}

// wanted returns a value, or what stands for none in a field that may be without one: an empty text says that.
func (d definition) wanted(op Op, s string) (v value, none bool, err error) {
	if d.nullable && s == "" {
		if op != Eq {
			err = ErrValue // nothing is more or less than none
		}
		return v, true, err
	}
	if op == Contains || op == Prefix {
		return value{text: commands.Part(s)}, false, nil
	}
	v, err = d.parse(s)
	return v, false, err
}

// lacks reports whether the user is without a value in a field that may be without one.
func (d definition) lacks(u *commands.User) bool {
	return d.nullable && (d.number != nil && d.number(u) == 0 || d.id != nil && d.id(u) == uuid.Nil)
}

// written returns the definition under which parts of the field are looked for: those of an id in its written form.
func (d definition) written() definition {
	id := d.id
	if id == nil {
		return d
	}
	return definition{text: func(u *commands.User) string {
		if d.lacks(u) {
			return ""
		}
		return id(u).String()
	}}
}

// Allows reports whether the field can be compared so.
func (f Field) Allows(op Op) bool {
	def, ok := define(f)
	if op == Contains || op == Prefix {
		def = def.written()
	}
	return ok && def.allows(op)
}

func (d definition) allows(op Op) bool {
	switch op {
	case Eq:
		return d.texts == nil
	case Contains, Prefix:
		return d.text != nil || d.texts != nil
	case Gte, Lte:
		return d.number != nil || d.moment != nil
	}
	return false
}

func (d definition) parse(s string) (v value, err error) {
	switch {
	case d.number != nil:
		v.number, err = strconv.ParseInt(s, 10, 64)
	case d.moment != nil:
		v.moment, err = time.Parse(time.RFC3339, s)
	case d.truth != nil:
		v.truth = s == "true"
		if s != "true" && s != "false" {
			err = ErrValue
		}
	case d.id != nil:
		v.id, err = uuid.Parse(s)
	default:
		v.text = commands.Folded(s)
	}
	return v, err
}

// Matches reports whether the filter keeps the user.
func (f Filter) Matches(u *commands.User) bool {
	for _, v := range f.values {
		if f.holds(u, v) {
			return true
		}
	}
	return false
}

func (f Filter) holds(u *commands.User, v value) bool {
	switch f.op {
	case Contains, Prefix:
		if f.def.texts == nil {
			return f.textHolds(f.def.text(u), v)
		}
		for _, t := range f.def.texts(u) {
			if f.textHolds(t, v) {
				return true
			}
		}
		return false
	case Gte:
		return !f.def.lacks(u) && f.def.compareTo(u, v) >= 0
	case Lte:
		return !f.def.lacks(u) && f.def.compareTo(u, v) <= 0
	}
	return f.def.compareTo(u, v) == 0
}

func (f Filter) textHolds(text string, v value) bool {
	return f.pattern(v).In(commands.Searched(text))
}

// pattern is what Contains and Prefix look for.
func (f Filter) pattern(v value) textindex.Pattern {
	return textindex.Pattern{Text: v.text, Prefix: f.op == Prefix}
}

// compareTo compares the user's field with a value, in the order in which indexes stand.
func (d definition) compareTo(u *commands.User, v value) int {
	switch {
	case d.text != nil:
		return commands.CompareFolded(d.text(u), v.text)
	case d.number != nil:
		return cmp.Compare(d.number(u), v.number)
	case d.moment != nil:
		return d.moment(u).Compare(v.moment)
	case d.truth != nil:
		return compareTruth(d.truth(u), v.truth)
	}
	return compareIDs(d.id(u), v.id)
}

// place tells where the user stands, in an index that is ordered by the field, against the run of users that the filter
// keeps: before it (-1), in it (0) or behind it (1). Only filters that bound a run have one.
func (f Filter) place(u *commands.User) int {
	v := f.values[0]
	switch {
	case (f.op == Gte || f.op == Lte) && f.def.lacks(u):
		return -1 // who has none stands before all who have
	case f.op == Gte:
		return min(f.def.compareTo(u, v), 0)
	case f.op == Lte:
		return max(f.def.compareTo(u, v), 0)
	case f.op == Prefix && f.textHolds(f.def.text(u), v):
		return 0
	}
	return f.def.compareTo(u, v)
}

// bounds reports whether the users that the filter keeps stand in one run of an index ordered by the field.
func (f Filter) bounds() bool {
	if len(f.values) != 1 || f.op == Contains || f.def.texts != nil {
		return false
	}
	// a domain is not looked for as it is compared
	return f.op != Prefix || !strings.Contains(f.values[0].text, "@")
}
