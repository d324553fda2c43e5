package stream

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"sync"
	"testing"
)

// A page is a file in memory. Nobody may write to it while another one does.
type page struct {
	busy  sync.Mutex
	bytes []byte
	fails int // writes from now, if positive
}

var errPage = errors.New("the page is full")

func (p *page) WriteAt(b []byte, at int64) (int, error) {
	if !p.busy.TryLock() {
		return 0, errors.New("two write at once")
	}
	defer p.busy.Unlock()
	if p.fails > 0 {
		if p.fails--; p.fails == 0 {
			return 0, errPage
		}
	}
	return copy(p.bytes[at:], b), nil
}

// putAll puts content in parts of many sizes, by two workers, while a third
// holds the file from time to time, so that parts are kept.
func putAll(r *files, content []byte) error {
	var wg sync.WaitGroup
	var errs [2]error
	for k := range errs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			var w worker
			size := rand.New(rand.NewPCG(uint64(k), 1))
			half := len(content) / 2
			for at, end := k*half, (k+1)*half; at < end; {
				n := min(1+size.IntN(2*keptBytes/3), end-at)
				b := r.buffer(&w, int64(at), n)
				copy(b, content[at:at+n])
				held := size.IntN(3) > 0 && r.Memory == nil && r.writing.TryLock()
				free := sync.OnceFunc(r.writing.Unlock)
				if held && cap(w.out)-len(w.out)-n < n { // it will not wait for itself
					free()
				}
				err := r.put(&w, b, int64(at))
				if held {
					free()
				}
				if err != nil {
					errs[k] = err
					return
				}
				at += n
			}
			errs[k] = r.flush(&w)
		}()
	}
	wg.Wait()
	return errors.Join(errs[:]...)
}

func TestWhatIsPutArrives(t *testing.T) {
	content := make([]byte, 20*keptBytes)
	rand.NewChaCha8([32]byte{}).Read(content)
	file := &page{bytes: make([]byte, len(content))}
	if err := putAll(&files{Target: Target{File: file}}, content); err != nil || !bytes.Equal(file.bytes, content) {
		t.Errorf("in a file: %v, or other bytes", err)
	}
	memory := make([]byte, len(content))
	if err := putAll(&files{Target: Target{Memory: memory}}, content); err != nil || !bytes.Equal(memory, content) {
		t.Errorf("in memory: %v, or other bytes", err)
	}
}

func TestErrorsOfWritingArrive(t *testing.T) {
	content := make([]byte, 20*keptBytes)
	for _, n := range []int{1, 2, 9} {
		if err := putAll(&files{Target: Target{File: &page{bytes: make([]byte, len(content)), fails: n}}}, content); !errors.Is(err, errPage) {
			t.Errorf("write %d fails: %v", n, err)
		}
	}
}

var _ io.WriterAt = (*page)(nil)
