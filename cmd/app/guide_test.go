package app

import (
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"accountd/http/docs"
	"accountd/http/rest/page"
)

// manuals returns every manual, README among them.
func manuals(t *testing.T) map[string]string {
	t.Helper()
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	out := map[string]string{"README": string(readme)}
	for _, g := range allGuides() {
		out[g.Name] = g.Text
	}
	return out
}

func TestEveryGuideIsShown(t *testing.T) {
	h, err := guides(page.New(page.Options{Name: "accountd"}))
	require.NoError(t, err)
	for _, g := range allGuides() {
		require.Greater(t, len(g.Text), 500, g.Name)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, docs.GuidesPath+"/"+g.Name, nil))
		require.Equal(t, http.StatusOK, w.Code, g.Name)
		require.Contains(t, w.Body.String(), "<h1>"+strings.ReplaceAll(g.Title(), "'", "&#39;")+"</h1>")
	}
}

// TestManualsNameSettingsThatExist holds manuals and --help together.
func TestManualsNameSettingsThatExist(t *testing.T) {
	c := Default()
	known := []string{"help", "new-key-file"}
	for _, o := range options(&c) {
		known = append(known, o.name)
	}
	call := regexp.MustCompile(`(?m)(?:^|[ \x60])accountd (?:[^|\x60\n]|\\\n)*`) // not accountctl's flags
	flag := regexp.MustCompile(`--([a-z][a-z0-9-]+)`)
	found := 0
	for name, text := range manuals(t) {
		text = strings.ReplaceAll(text, "\\\n", " ")
		texts := call.FindAllString(text, -1)
		if name == "operations" {
			texts = []string{text}
		}
		for _, text := range texts {
			for _, m := range flag.FindAllStringSubmatch(text, -1) {
				found++
				require.Contains(t, known, m[1], "%s: --%s", name, m[1])
			}
		}
	}
	require.Greater(t, found, 8)
}
