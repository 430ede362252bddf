package transcript

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// echo answers with the request's headers and body, and remembers orders.
type echo struct{ orders []string }

func (e *echo) player() Player {
	masks := NewMasks(Mask{Name: "{id-%d}", Form: regexp.MustCompile(`id-([0-9]{4})`), Keep: "0"},
		Mask{Name: "{now}", Form: regexp.MustCompile(`at ([0-9:]+)`)})
	return Player{Send: e.send, Order: func(order string) { e.orders = append(e.orders, order) }, Masks: masks,
		Headers: []string{"X-Seen", "x_odd"}, Indent: true}
}

func (e *echo) send(x Request) *httptest.ResponseRecorder {
	as, _ := x.Take("As")
	h := http.Header{"X-Default": {"default"}, "X-Dropped": {"dropped"}}
	x.Set(h)
	w := httptest.NewRecorder()
	w.Header().Set("X-Seen", as+" "+strings.Join(h["X-Default"], "+")+strings.Join(h["X-Dropped"], "+"))
	w.Header()["x_odd"] = []string{"odd"}
	w.WriteHeader(http.StatusTeapot)
	w.Body.WriteString(x.Body)
	return w
}

const sections = `About.

=== a body, a value to name
POST /x
As: me
X-Default: a
X-Default: b
X-Dropped:

["id-1234 at 12:30","id-0001"]
-->
418
X-Seen: me a+b
x_odd: odd

[
  "id-{id-1} at {now}",
  "id-0001"
]

=== an order
DO something with {id-1}
-->
done

=== no body
GET /x
-->
418
X-Seen:  defaultdropped
x_odd: odd
`

func TestSections(t *testing.T) {
	e := &echo{}
	require.Equal(t, "About.\n", about(sections))
	require.Equal(t, sections, Sections(e.player(), sections))
	require.Equal(t, []string{"something with 1234"}, e.orders)
	wrong := strings.ReplaceAll(strings.ReplaceAll(sections, "418", "200"), "done", "")
	require.Equal(t, sections, Sections((&echo{}).player(), wrong))
}

const marked = `About.

! make 9999
Words.
> POST /x
> As: you
>
> {"a":"id-7777"}
< 418
< X-Seen: you defaultdropped
< x_odd: odd
< {
<   "a": "id-{id-1}"
< }
> GET /x
! make {id-1}
`

func TestMarked(t *testing.T) {
	e := &echo{}
	require.Equal(t, "About.\n", about(marked))
	want := strings.Replace(marked, "> GET /x\n", "> GET /x\n< 418\n< X-Seen:  defaultdropped\n< x_odd: odd\n", 1)
	require.Equal(t, want, Marked(e.player(), marked))
	require.Equal(t, []string{"make 9999", "make 7777"}, e.orders)
	require.Equal(t, want, Marked((&echo{}).player(), want))
}
