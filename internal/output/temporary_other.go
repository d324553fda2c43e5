//go:build !unix

package output

import (
	"errors"
	"os"
	"path/filepath"
)

// A temporary file is beside the file that it will replace.
type temporary struct {
	open   *os.File
	target string
}

func openTemporary(target string) (*temporary, error) {
	f, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+"*")
	return &temporary{f, target}, err
}

func (p *temporary) file() *os.File { return p.open }

func (p *temporary) replace() error {
	if err := p.open.Close(); err != nil {
		return err
	}
	return os.Rename(p.open.Name(), p.target)
}

func (p *temporary) remove() error {
	err := p.open.Close()
	if errors.Is(err, os.ErrClosed) {
		err = nil
	}
	return errors.Join(err, os.Remove(p.open.Name()))
}
