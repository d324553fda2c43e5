//go:build unix

package output

import (
	"errors"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// A place is a name in a folder that is open: whatever is renamed meanwhile,
// everything happens in this folder.
type place struct {
	dir  *os.File
	name string // not that of a link, unless descriptor is true
	// descriptor says that the name is that of a process's open file, where
	// /dev/stdout and /dev/fd lead: its reader has the file open, so replacing
	// it would hide the output.
	descriptor bool
}

// locate follows the links of a name, the last of which may lead to nothing.
func locate(path string) (*place, error) {
	p := &place{}
	for range maxLinks {
		if err := p.step(path); err != nil {
			p.close()
			return nil, err
		}
		to, err := p.link()
		if err != nil {
			err = folderError(p.dir.Name(), err)
			p.close()
			return nil, err
		}
		if to == "" {
			return p, nil
		}
		if p.descriptor = isDescriptors(p.dir); p.descriptor {
			return p, nil
		}
		path = to
	}
	p.close()
	return nil, errCircle
}

// step goes to a name that is relative to the folder of p, if there is one.
func (p *place) step(path string) error {
	at := strings.LastIndexByte(path, '/') + 1
	folder, name := path[:at], path[at:]
	words := folder
	if len(folder) > 1 {
		words = strings.TrimRight(folder, "/")
	}
	from := unix.AT_FDCWD
	if p.dir != nil {
		from = int(p.dir.Fd())
		if !strings.HasPrefix(path, "/") {
			words = strings.TrimSuffix(p.dir.Name()+"/"+words, "/")
		}
	}
	if folder == "" {
		folder = "."
	}
	if words == "" {
		words = "."
	}
	fd, err := again(func() (int, error) { return unix.Openat(from, folder, folderFlags, 0) })
	if err != nil {
		return folderError(words, err)
	}
	p.close()
	p.dir, p.name = os.NewFile(uintptr(fd), words), name
	if name == "" || name == "." || name == ".." {
		return errFolder
	}
	return nil
}

// link returns where the place leads if it is a link, or "".
func (p *place) link() (string, error) {
	buf := make([]byte, 4096) // the longest that Linux has
	n, err := unix.Readlinkat(p.fd(), p.name, buf)
	if err == unix.EINVAL || err == unix.ENOENT {
		return "", nil
	}
	return string(buf[:max(n, 0)]), err
}

func (p *place) fd() int { return int(p.dir.Fd()) }

func (p *place) close() {
	if p.dir != nil {
		p.dir.Close()
	}
}

// open opens the file that is there for writing. A file that its owner made
// read-only is not replaced, though a folder's permissions would allow it.
func (p *place) open(flags int) (*os.File, error) {
	fd, err := again(func() (int, error) {
		return unix.Openat(p.fd(), p.name, unix.O_WRONLY|unix.O_CLOEXEC|flags, 0)
	})
	if err != nil {
		return nil, err
	}
	// To wait for many files at once, Go would need open files of its own.
	if err := unix.SetNonblock(fd, false); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return os.NewFile(uintptr(fd), p.name), nil
}

// old opens the regular file that is there; nil where nothing is.
func (p *place) old() (*os.File, error) {
	f, err := p.open(unix.O_NOFOLLOW | unix.O_NONBLOCK)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return f, err
}

func again(f func() (int, error)) (int, error) {
	for {
		n, err := f()
		if err != unix.EINTR {
			return n, err
		}
	}
}

func create(path string) (*File, error) {
	p, err := locate(path)
	if err != nil {
		return nil, err
	}
	f, err := p.create()
	if err != nil {
		p.close()
	}
	return f, err
}

// create begins the file, which closes the place in the end.
func (p *place) create() (*File, error) {
	flags := unix.AT_SYMLINK_NOFOLLOW
	if p.descriptor {
		flags = 0
	}
	var s unix.Stat_t
	err := unix.Fstatat(p.fd(), p.name, &s, flags)
	kind := s.Mode & unix.S_IFMT
	switch {
	case err == unix.ENOENT && !p.descriptor:
		return p.createPending(0o666)
	case err != nil:
		return nil, err
	case kind == unix.S_IFDIR:
		return nil, errFolder
	case p.descriptor:
		return p.createOnDescriptor(kind == unix.S_IFREG)
	case kind == unix.S_IFREG:
		old, err := p.old()
		if err != nil {
			return nil, err
		}
		if old != nil {
			old.Close()
		}
		return p.createPending(0o600) // until it is known who may have more
	}
	return &File{plain: &plain{open: func() (*os.File, error) { return p.open(0) }, close: p.close}}, nil
}

func (p *place) createPending(perm uint32) (*File, error) {
	if !namedOnly {
		if u, ok := openUnnamed(p); ok {
			return &File{pending: u}, nil
		}
	}
	t, err := newTemporary(func() (*temporary, error) { return openTemporary(p, perm) })
	if err != nil {
		return nil, folderError(p.dir.Name(), err)
	}
	return &File{pending: t}, nil
}
