package transcript

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the answers into testdata instead of comparing them")

// Player answers the requests of one transcript.
type Player struct {
	Send    func(Request) *httptest.ResponseRecorder
	Order   func(string) // does what is no request
	Masks   *Masks
	Headers []string // that are shown where the answer has them, in this order
	Indent  bool     // bodies that are JSON are shown indented; otherwise every body is shown byte for byte
}

// Layout is a form of file: it returns the text with the answers that the Player gives now.
type Layout func(p Player, text string) string

// Run plays every testdata/*.txt of the test's package as a subtest, with a Player of its own. start gets what the file
// says before its first request.
func Run(t *testing.T, layout Layout, start func(t *testing.T, about string) Player) {
	files, err := filepath.Glob("testdata/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			before, err := os.ReadFile(file)
			require.NoError(t, err)
			after := layout(start(t, about(string(before))), string(before))
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(after), 0o644))
				return
			}
			require.Equal(t, string(before), after)
		})
	}
}

// about returns what stands before the first request.
func about(text string) string {
	end := len(text)
	for _, mark := range []string{separator, "\n>", "\n!"} {
		if i := strings.Index(text, mark); i >= 0 {
			end = min(end, i)
		}
	}
	return text[:end]
}

// answer returns the answer to the request, its names unmasked before and masked afterwards, as one text with that
// between head and body.
func (p Player) answer(request, blank string) string {
	w := p.Send(parse(p.Masks.Reveal(request)))
	var out strings.Builder
	out.WriteString(strconv.Itoa(w.Code))
	for _, name := range p.Headers {
		for _, value := range append(w.Header().Values(name), uncanonical(w, name)...) {
			out.WriteString("\n" + name + ": " + value)
		}
	}
	if w.Body.Len() > 0 {
		out.WriteString("\n" + blank + p.body(w.Body.Bytes()))
	}
	return p.Masks.Hide(out.String())
}

// uncanonical returns the values of a header that is written in another way than usual.
func uncanonical(w *httptest.ResponseRecorder, name string) []string {
	if name == http.CanonicalHeaderKey(name) {
		return nil
	}
	return w.Header()[name]
}

func (p Player) body(b []byte) string {
	var pretty bytes.Buffer
	if !p.Indent || json.Indent(&pretty, b, "", "  ") != nil {
		return string(b)
	}
	return strings.TrimRight(pretty.String(), "\n")
}
