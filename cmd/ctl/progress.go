package ctl

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/term"
)

// step is how often a bar is drawn.
const step = 200 * time.Millisecond

// progress draws a bar on a terminal, and nothing anywhere else.
type progress struct {
	out   io.Writer // nil: nowhere
	unit  string    // of what is counted beside the bar, such as "lines"
	total int64     // 0: not known
	done  atomic.Int64
	began time.Time
	shown time.Time
}

func newProgress(out io.Writer, unit string, total int64) *progress {
	p := &progress{unit: unit, total: total, began: time.Now()}
	if isTerminal(out) {
		p.out = out
	}
	return p
}

func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// reading counts what is read as done.
func (p *progress) reading(r io.Reader) io.Reader { return counted{r, p} }

type counted struct {
	io.Reader
	to *progress
}

func (c counted) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.to.done.Add(int64(n))
	return n, err
}

// reached says how much is done.
func (p *progress) reached(done int64) { p.done.Store(done) }

// records says how many of how many records are done, and draws the bar.
func (p *progress) records(done, total uint64) {
	p.total = int64(total)
	p.reached(int64(done))
	p.show(int(done))
}

// show draws the bar, with so many units behind it, unless it was drawn just now.
func (p *progress) show(units int) {
	now := time.Now()
	if p.out == nil || now.Sub(p.shown) < step {
		return
	}
	p.shown = now
	fmt.Fprint(p.out, "\r\x1b[K"+p.text(units, now.Sub(p.began)))
}

// clear makes room for a line of text.
func (p *progress) clear() {
	if p.out != nil && !p.shown.IsZero() {
		fmt.Fprint(p.out, "\r\x1b[K")
		p.shown = time.Time{}
	}
}

// text returns such as "[#####               ]  25 %  5000 lines, 1000/s, 15s left".
func (p *progress) text(units int, taken time.Duration) string {
	const width = 20
	tail := fmt.Sprintf("%d %s, %.0f/s", units, p.unit, float64(units)/max(taken.Seconds(), 0.001))
	if p.total <= 0 {
		return tail
	}
	part := min(float64(p.done.Load())/float64(p.total), 1)
	n := int(part * width)
	bar := "[" + strings.Repeat("#", n) + strings.Repeat(" ", width-n) + fmt.Sprintf("] %3.0f %%  ", part*100)
	if part == 0 {
		return bar + tail
	}
	left := time.Duration(float64(taken) * (1 - part) / part).Round(time.Second)
	return bar + tail + fmt.Sprintf(", %v left", left)
}
