package output

import (
	"fmt"
	"math/rand/v2"
	"sync"
)

var (
	first       sync.Once
	beforeFirst = func() {}
)

// BeforeFirst has f called before the first temporary file of the process gets a
// name, by whoever gives it one: for what is only needed to clean up.
func BeforeFirst(f func()) { beforeFirst = f }

// temporaryName is short whatever the file's name will be, and hidden.
func temporaryName() string { return fmt.Sprintf(".quantize-%016x", rand.Uint64()) }

// Temporary files that exist now. The lock is held while one gets its name or
// is removed, so that each is either whole under its name or gone.
var (
	lock    sync.Mutex
	current = map[*temporary]bool{}
)

func newTemporary(open func() (*temporary, error)) (*temporary, error) {
	first.Do(beforeFirst)
	lock.Lock()
	defer lock.Unlock()
	p, err := open()
	if err == nil {
		current[p] = true
	}
	return p, err
}

func (p *temporary) commit() error {
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

func (p *temporary) abort() error {
	lock.Lock()
	defer lock.Unlock()
	if !current[p] {
		return nil
	}
	delete(current, p)
	return p.remove()
}

// Abandon removes the temporary files of all files under construction, and keeps
// new ones from being begun: for a process that is about to end.
func Abandon() {
	lock.Lock() // for good
	for p := range current {
		p.remove()
	}
}
