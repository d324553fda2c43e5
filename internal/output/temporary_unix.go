//go:build unix

package output

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// A temporary file is in the folder of the file that it will replace.
type temporary struct {
	open  *os.File
	name  string
	place *place
}

func openTemporary(p *place, perm uint32) (*temporary, error) {
	for {
		name := temporaryName()
		fd, err := again(func() (int, error) {
			return unix.Openat(p.fd(), name, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, perm)
		})
		if err == unix.EEXIST {
			continue
		}
		if err != nil {
			return nil, err
		}
		return &temporary{os.NewFile(uintptr(fd), name), name, p}, nil
	}
}

func (t *temporary) file() *os.File { return t.open }

func (t *temporary) replace() error {
	if err := t.place.keepOld(t.open); err != nil {
		return err
	}
	if err := t.open.Close(); err != nil {
		return err
	}
	if err := unix.Renameat(t.place.fd(), t.name, t.place.fd(), t.place.name); err != nil {
		return err
	}
	t.place.close()
	return nil
}

// keepOld gives f the owner, permissions and attributes of the file at its place, if
// there is one.
func (p *place) keepOld(f *os.File) error {
	old, err := p.old()
	if old == nil {
		return err
	}
	defer old.Close()
	return keep(f, old)
}

func (t *temporary) remove() error {
	defer t.place.close()
	err := t.open.Close()
	if errors.Is(err, os.ErrClosed) {
		err = nil
	}
	return errors.Join(err, unix.Unlinkat(t.place.fd(), t.name, 0))
}
