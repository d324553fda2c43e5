package cli

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

const (
	progressAfter = time.Second // shorter work shows nothing
	progressEvery = 100 * time.Millisecond
	progressWidth = 40
)

// A progress is a line on a terminal, or is told to a listener; elsewhere it shows nothing.
type progress struct {
	tell  func(done, total int64) // nil without a listener
	w     io.Writer
	lock  sync.Mutex
	next  time.Time // when it is drawn again
	drawn bool
}

func newProgress(w io.Writer) *progress {
	p := &progress{w: w, next: time.Now().Add(progressAfter)}
	if !text.IsTerminal(w) {
		p.w = nil
	}
	return p
}

// progressOf is the progress of a command.
func progressOf(c *cobra.Command) *progress {
	p := newProgress(c.ErrOrStderr())
	if l := listenerOf(c); l != nil {
		p.tell = l.Progress
	}
	return p
}

func (p *progress) show(done, total int64) {
	if total == 0 || p.w == nil && p.tell == nil {
		return
	}
	p.lock.Lock()
	defer p.lock.Unlock()
	if p.tell != nil {
		p.tell(done, total)
		return
	}
	now := time.Now()
	if now.Before(p.next) {
		return
	}
	p.next, p.drawn = now.Add(progressEvery), true
	fmt.Fprint(p.w, "\r\x1b[K"+bar(done, total, text.Width(p.w)))
}

// bar is within the width of a terminal, which may change at any time; 0 stands for one
// that is wide enough.
func bar(done, total int64, width int) string {
	line := fmt.Sprintf("%3d %%", 100*done/total)
	cells := int64(progressWidth)
	if width > 0 {
		cells = min(cells, int64(width-len(line)-2)) // the last column stays free
	}
	if cells <= 0 {
		return line[:min(len(line), max(width-1, 0))]
	}
	full := int(cells * done / total)
	return line + " " + strings.Repeat("█", full) + strings.Repeat("░", int(cells)-full)
}

// clear removes the line.
func (p *progress) clear() {
	if p.drawn {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
