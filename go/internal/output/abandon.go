package output

import "sync"

var (
	first       sync.Once
	beforeFirst = func() {}
)

// BeforeFirst has f called before the first temporary file of the process is
// made, by whoever makes it: for what is only needed to clean up.
func BeforeFirst(f func()) { beforeFirst = f }

// Temporary files that exist now. The lock is held while one gets its name or
// is removed, so that each is either whole under its name or gone.
var (
	lock    sync.Mutex
	current = map[*pending]bool{}
)

func newPending(target string) (*pending, error) {
	first.Do(beforeFirst)
	lock.Lock()
	defer lock.Unlock()
	p, err := openPending(target)
	if err == nil {
		current[p] = true
	}
	return p, err
}

func (p *pending) commit() error {
	if err := p.file().Sync(); err != nil {
		return err
	}
	lock.Lock()
	defer lock.Unlock()
	if err := p.replace(); err != nil {
		return err
	}
	delete(current, p)
	return nil
}

func (p *pending) abort() error {
	lock.Lock()
	defer lock.Unlock()
	if !current[p] {
		return nil
	}
	delete(current, p)
	return p.remove()
}

// Abandon removes the temporary files of all files that are being made, and
// keeps new ones from being made: for a process that is about to end.
func Abandon() {
	lock.Lock() // for good
	for p := range current {
		p.remove()
	}
}
