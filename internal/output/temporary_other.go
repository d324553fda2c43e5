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
	for {
		path := filepath.Join(filepath.Dir(target), temporaryName())
		// Node's WASI appends to what is open for writing alone, wherever it belongs.
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		return &temporary{f, target}, err
	}
}

func (t *temporary) file() *os.File { return t.open }

func (t *temporary) replace() error {
	if err := t.keepPermissions(); err != nil {
		return err
	}
	if err := t.open.Close(); err != nil {
		return err
	}
	return os.Rename(t.open.Name(), t.target)
}

// keepPermissions gives the file the permissions of the file that it replaces.
func (t *temporary) keepPermissions() error {
	info, err := os.Stat(t.target)
	if err != nil {
		return nil // there is none
	}
	if err := t.open.Chmod(info.Mode().Perm()); !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}

func (t *temporary) remove() error {
	err := t.open.Close()
	if errors.Is(err, os.ErrClosed) {
		err = nil
	}
	return errors.Join(err, os.Remove(t.open.Name()))
}
