package cli

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

const (
	progressAfter = time.Second // shorter work shows nothing
	progressEvery = 100 * time.Millisecond
	progressWidth = 40
)

// A progress is a line on a terminal; elsewhere it shows nothing.
type progress struct {
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

func (p *progress) show(done, total int64) {
	if p.w == nil || total == 0 {
		return
	}
	p.lock.Lock()
	defer p.lock.Unlock()
	now := time.Now()
	if now.Before(p.next) {
		return
	}
	p.next, p.drawn = now.Add(progressEvery), true
	full := int(progressWidth * done / total)
	fmt.Fprintf(p.w, "\r%3d %% %s%s", 100*done/total, strings.Repeat("█", full), strings.Repeat("░", progressWidth-full))
}

// clear removes the line.
func (p *progress) clear() {
	if p.drawn {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
