package output

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// An unnamed file has a place on the disk but no name until it is whole. The
// system removes it with the process, however that ends.
type unnamed struct {
	*os.File
	target string
}

// openUnnamed reports with ok whether the system and the disk have such files.
func openUnnamed(target string) (u *unnamed, ok bool) {
	fd, err := unix.Open(filepath.Dir(target), unix.O_TMPFILE|unix.O_WRONLY|unix.O_CLOEXEC, 0o666)
	if err != nil {
		return nil, false // with a name it works, or says why not
	}
	u = &unnamed{os.NewFile(uintptr(fd), target), target}
	_, err = os.Stat(u.handle())
	if info, none := os.Stat(target); err == nil && none == nil {
		err = u.Chmod(info.Mode().Perm())
	}
	if err != nil {
		u.Close()
		return nil, false
	}
	return u, true
}

// handle is a name that leads to the file in this process.
func (u *unnamed) handle() string { return fmt.Sprintf("/proc/self/fd/%d", u.Fd()) }

func (u *unnamed) link(name string) error {
	return unix.Linkat(unix.AT_FDCWD, u.handle(), unix.AT_FDCWD, name, unix.AT_SYMLINK_FOLLOW)
}

func (u *unnamed) file() *os.File { return u.File }

func (u *unnamed) abort() error {
	if err := u.Close(); !errors.Is(err, os.ErrClosed) {
		return err
	}
	return nil // it was committed
}

func (u *unnamed) commit() error {
	if err := u.Sync(); err != nil {
		return err
	}
	err := u.link(u.target)
	if errors.Is(err, fs.ErrExist) {
		err = u.replace()
	}
	return errors.Join(err, u.Close())
}

// replace gives the file a name of its own first, since only a file with a name
// takes the place of another.
func (u *unnamed) replace() error {
	first.Do(beforeFirst)
	lock.Lock()
	defer lock.Unlock() // Abandon waits for the name to be gone
	for {
		name := filepath.Join(filepath.Dir(u.target), fmt.Sprintf(".%s%d", filepath.Base(u.target), rand.Uint64()))
		err := u.link(name)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err == nil {
			if err = os.Rename(name, u.target); err != nil {
				os.Remove(name)
			}
		}
		return err
	}
}
