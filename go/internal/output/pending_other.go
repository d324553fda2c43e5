//go:build !unix

package output

import (
	"errors"
	"os"
	"path/filepath"
)

// A pending file is a temporary one beside the file that it will replace.
type pending struct {
	temporary *os.File
	target    string
}

func openPending(target string) (*pending, error) {
	f, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+"*")
	return &pending{f, target}, err
}

func (p *pending) file() *os.File { return p.temporary }

func (p *pending) replace() error {
	if err := p.temporary.Close(); err != nil {
		return err
	}
	return os.Rename(p.temporary.Name(), p.target)
}

func (p *pending) remove() error {
	err := p.temporary.Close()
	if errors.Is(err, os.ErrClosed) {
		err = nil
	}
	return errors.Join(err, os.Remove(p.temporary.Name()))
}
