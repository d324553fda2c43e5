package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// An unnamed file has a place on the disk but no name until it is whole. The
// system removes it with the process, however that ends.
type unnamed struct {
	*os.File
	place *place
}

// openUnnamed reports with ok whether the system and the disk have such files.
func openUnnamed(p *place) (u *unnamed, ok bool) {
	fd, err := again(func() (int, error) {
		return unix.Openat(p.fd(), ".", unix.O_TMPFILE|unix.O_WRONLY|unix.O_CLOEXEC, 0o666)
	})
	if err != nil {
		return nil, false // with a name it works, or says why not
	}
	u = &unnamed{os.NewFile(uintptr(fd), p.name), p}
	if _, err := os.Stat(u.handle()); err != nil {
		u.Close()
		return nil, false
	}
	return u, true
}

// handle is a name that leads to the file in this process.
func (u *unnamed) handle() string { return fmt.Sprintf("/proc/self/fd/%d", u.Fd()) }

func (u *unnamed) link(name string) error {
	return unix.Linkat(unix.AT_FDCWD, u.handle(), u.place.fd(), name, unix.AT_SYMLINK_FOLLOW)
}

func (u *unnamed) file() *os.File { return u.File }

func (u *unnamed) abort() error {
	if err := u.Close(); !errors.Is(err, os.ErrClosed) {
		u.place.close()
		return err
	}
	return nil // it was committed
}

func (u *unnamed) commit() error {
	if err := u.Sync(); err != nil {
		return err
	}
	err := u.link(u.place.name)
	if errors.Is(err, fs.ErrExist) {
		err = u.replace()
	}
	err = errors.Join(err, u.Close())
	u.place.close()
	return err
}

// replace gives the file a name of its own first, since only a file with a name
// takes the place of another.
func (u *unnamed) replace() error {
	if err := u.place.keepOld(u.File); err != nil {
		return err
	}
	first.Do(beforeFirst)
	lock.Lock()
	defer lock.Unlock() // Abandon waits for the name to be gone
	for {
		name := temporaryName()
		err := u.link(name)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err == nil {
			if err = unix.Renameat(u.place.fd(), name, u.place.fd(), u.place.name); err != nil {
				unix.Unlinkat(u.place.fd(), name, 0)
			}
		}
		return err
	}
}
