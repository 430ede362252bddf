//go:build browser

package browser

import (
	"context"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"accountd/cmd/adminfile"
	"accountd/cmd/app"
)

// patience bounds one step in the browser, on a machine that has other things to do.
const patience = time.Minute

// logged is what the service wrote.
type logged struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// service is the whole service, in this process.
type service struct {
	url   string
	admin adminfile.File
	log   *logged
}

// start runs the service until the test ends. With changes its settings first.
func start(t *testing.T, with func(*app.Config)) *service {
	t.Helper()
	c := app.Default()
	c.Data, c.HTTP, c.Sync = filepath.Join(t.TempDir(), "data"), "127.0.0.1:0", "interval"
	if with != nil {
		with(&c)
	}
	s := &service{log: &logged{}}
	ctx, stop := context.WithCancel(context.Background())
	ready, done := make(chan string, 1), make(chan error, 1)
	go func() { done <- app.Run(ctx, c, s.log, app.Hooks{Ready: func(url string) { ready <- url }}) }()
	t.Cleanup(stop)
	select {
	case s.url = <-ready:
	case err := <-done:
		require.FailNow(t, "the service ended", "%v\n%s", err, s.log)
	}
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
	})
	var err error
	s.admin, err = adminfile.Read(filepath.Join(c.Data, adminfile.Name))
	require.NoError(t, err)
	return s
}

// tab is a browser with one tab, in which pages run no scripts.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu         sync.Mutex
	complaints []string
	requests   []string // their URLs
}

// open starts a browser, which ends with the test.
func open(t *testing.T) *tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.UserDataDir(t.TempDir()))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b := &tab{t: t, ctx: ctx}
	require.NoError(t, chromedp.Do(ctx), "is Chromium installed?")
	require.NoError(t, chromedp.Listen(ctx, b.note))
	_, err := chromedp.Call(ctx, log.Enable, cdp.Empty{})
	require.NoError(t, err)
	_, err = chromedp.Call(ctx, emulation.SetScriptExecutionDisabled,
		emulation.SetScriptExecutionDisabledParams{Value: true})
	require.NoError(t, err)
	return b
}

// note keeps what the browser complains about, such as something that a policy forbade, and what it asks for.
func (b *tab) note(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		if e.Entry != nil && e.Entry.Level != log.EntryLevelVerbose { // that is advice to who makes pages
			b.complaints = append(b.complaints, string(e.Entry.Level)+": "+e.Entry.Text)
		}
	case *runtime.EventExceptionThrown:
		b.complaints = append(b.complaints, "exception: "+e.ExceptionDetails.Text)
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	}
}

func (b *tab) complained() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.complaints
}

// do runs steps.
func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	require.NoError(b.t, chromedp.Do(ctx, steps...))
}

// ask runs a step that has an answer.
func ask[T any](b *tab, step chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, step)
	require.NoError(b.t, err)
	return v
}

// visit opens a page and returns the status of its answer.
func (b *tab) visit(url string) int64 {
	b.t.Helper()
	return ask(b, chromedp.NavigateResponse(url)).Status
}

// fill types into the field of that name.
func (b *tab) fill(name, value string) {
	b.t.Helper()
	b.do(chromedp.SendKeys(chromedp.CSS(`[name="`+name+`"]`), value))
}

// press presses the button of that label and returns the status of the page that is shown then, after all redirects.
func (b *tab) press(label string) int64 {
	b.t.Helper()
	return b.leave(`//button[normalize-space()="` + label + `"]`)
}

// follow goes where the link of that label leads, and returns the status of that page.
func (b *tab) follow(label string) int64 {
	b.t.Helper()
	return b.leave(`//a[normalize-space()="` + label + `"]`)
}

// leave clicks on what the XPath finds, which leads to another page, and returns the status of that.
func (b *tab) leave(path string) int64 {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	answer, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.Search(path)))
	require.NoError(b.t, err)
	return answer.Status
}

// text returns what is to be read in the first element that the CSS selector finds.
func (b *tab) text(selector string) string {
	b.t.Helper()
	return ask(b, chromedp.Text(chromedp.CSS(selector)))
}

// focused returns the id of the element that has the focus, which a page gives a little after it is loaded.
func (b *tab) focused() string {
	b.t.Helper()
	for start := time.Now(); time.Since(start) < patience; {
		if id := ask(b, chromedp.Evaluate[string](`document.activeElement.id || document.activeElement.className`)); id != "" {
			return id
		}
	}
	return ""
}

// location returns the URL of the page that is shown.
func (b *tab) location() *url.URL {
	b.t.Helper()
	u, err := url.Parse(ask(b, chromedp.Location()))
	require.NoError(b.t, err)
	return u
}
