// Package output makes files that appear under their names whole or not at all.
package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// A pending file is in the folder where it will get its name. Exactly one of
// commit and abort follows, or both in this order.
type pending interface {
	file() *os.File
	commit() error
	abort() error
}

// A File is a file that is being made. Exactly one of its two ends follows:
// Commit, after which it is there, or Abort. Abort after Commit does nothing.
type File struct {
	pending pending // nil for
	plain   string  // the name of a device or a pipe, which nothing can replace

	mu      sync.Mutex
	content []byte // what a plain file gets in the end, since it takes no parts
}

// Create begins a file of the given name. Where there is one it is replaced by
// Commit, and its permissions are kept; a link is followed. Devices, pipes and
// what a process has open (/dev/stdout) are written to as they are.
func Create(path string) (*File, error) {
	target, err := resolve(path)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return createPending(target)
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, errors.New("it is a folder, the name of a file is expected")
	case info.Mode().IsRegular() && !openElsewhere(target):
		if err := checkWritable(target); err != nil {
			return nil, err
		}
		return createPending(target)
	}
	return &File{plain: target}, nil
}

var namedOnly bool

// NamedOnly makes all files temporary ones with names from now on, as on disks
// that have no others.
func NamedOnly() { namedOnly = true }

func createPending(target string) (*File, error) {
	if !namedOnly {
		if u, ok := openUnnamed(target); ok {
			return &File{pending: u}, nil
		}
	}
	p, err := newTemporary(target)
	if err != nil {
		return nil, folderError(filepath.Dir(target), err)
	}
	return &File{pending: p}, nil
}

// A placeError is an error of the system, in other words.
type placeError struct {
	words string
	err   error
}

func (e *placeError) Error() string { return e.words }
func (e *placeError) Unwrap() error { return e.err }

func folderError(dir string, err error) error {
	if _, missing := os.Stat(dir); errors.Is(missing, fs.ErrNotExist) {
		return &placeError{fmt.Sprintf("its folder %s does not exist, make it first", dir), err}
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return &placeError{fmt.Sprintf("no file can be made in its folder %s: %v", dir, path.Err), err}
	}
	return err
}

// A file that its owner made read-only is not replaced, though a folder's
// permissions would allow it.
func checkWritable(target string) error {
	f, err := os.OpenFile(target, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return f.Close()
}

const maxLinks = 40 // as Linux follows

// resolve follows the links of a name whose last one may lead to nothing.
func resolve(path string) (string, error) {
	for range maxLinks {
		dir, err := filepath.EvalSymlinks(filepath.Dir(path))
		if err != nil {
			return "", folderError(filepath.Dir(path), err)
		}
		if base := filepath.Base(path); base != ".." {
			path = filepath.Join(dir, base)
		}
		info, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) || err == nil && (info.Mode()&fs.ModeSymlink == 0 || openElsewhere(path)) {
			return path, nil
		}
		if err != nil {
			return "", folderError(dir, err)
		}
		to, err := os.Readlink(path)
		if err != nil {
			return "", err
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(dir, to)
		}
		path = to
	}
	return "", errors.New("its links lead in a circle")
}

// openElsewhere reports whether a name is that of a process's open file, where
// /dev/stdout and /dev/fd lead: its reader has the file open, so replacing it
// would hide the output.
func openElsewhere(path string) bool { return strings.HasPrefix(path, "/proc/") }

// WriteAt writes a part of the content. Goroutines may write different parts, in
// any order; parts that nobody writes are zero.
func (f *File) WriteAt(b []byte, at int64) (int, error) {
	if f.pending != nil {
		return f.pending.file().WriteAt(b, at)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if end := at + int64(len(b)); end > int64(len(f.content)) {
		f.content = slices.Grow(f.content, int(end)-len(f.content))[:end]
	}
	return copy(f.content[at:], b), nil
}

// Commit makes sure that the content is on the disk, and gives the file its name.
func (f *File) Commit() error {
	if f.pending == nil {
		return f.writePlain()
	}
	return f.pending.commit()
}

func (f *File) writePlain() error {
	w, err := os.OpenFile(f.plain, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	if _, err := w.Write(f.content); err != nil {
		w.Close()
		return err
	}
	return w.Close()
}

// Abort leaves the place as it was before Create.
func (f *File) Abort() error {
	if f.pending == nil {
		return nil
	}
	return f.pending.abort()
}
