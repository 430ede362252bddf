package ctl

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// bar shows on a terminal how far long work is; elsewhere it shows nothing.
type bar struct {
	out   io.Writer // nil: nowhere
	what  string
	drawn time.Time
}

const (
	barWidth = 40
	barEvery = 100 * time.Millisecond
)

func (a *auditing) bar(what string) *bar {
	b := &bar{what: what}
	if a.interactive {
		b.out = a.stderr
	}
	return b
}

func (b *bar) show(done, total uint64) {
	if b.out == nil || total == 0 || time.Since(b.drawn) < barEvery {
		return
	}
	b.drawn = time.Now()
	full := int(min(done, total) * barWidth / total)
	fmt.Fprintf(b.out, "\r%s [%s%s] %d of %d", b.what, strings.Repeat("=", full), strings.Repeat(" ", barWidth-full), done, total)
}

// end takes the bar away.
func (b *bar) end() {
	if b.out != nil && !b.drawn.IsZero() {
		fmt.Fprint(b.out, "\r\x1b[K")
	}
}
