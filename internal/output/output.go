// Package output writes the file of the new model: it appears under its name whole or
// not at all.
package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"
)

// A pending file is in the folder where it will get its name. Exactly one of
// commit and abort follows, or both in this order.
type pending interface {
	file() *os.File
	commit() error
	abort() error
}

// A File is a file under construction. Exactly one of its two ends follows: Commit,
// after which the file is there, or Abort. Abort after Commit does nothing.
type File struct {
	pending pending // nil for
	plain   *plain  // a device, a pipe or an open file, which nothing can replace
}

// Create begins a file of the given name. The system's rules hold for the name: links
// are followed, and ".." after a link is the folder above the link's target.
//
// Where there is a file already it is replaced by Commit, and its permissions,
// owner, access control list and extended attributes are kept. Attributes that the
// process may not give to a file are lost, and then the file grants no one else
// more than before. Devices and pipes are written to as they are, and so are open
// files of the process (/dev/stdout): where the descriptor stands, or at the end if
// the file is open for appending. The error says which folder or name is at fault.
func Create(path string) (*File, error) { return create(path) }

var namedOnly bool

// NamedOnly makes all files temporary ones with names from now on, as on disks
// that have no others.
func NamedOnly() { namedOnly = true }

var errFolder = errors.New("it is a folder, the name of a file is expected")

const maxLinks = 40 // as Linux follows

var errCircle = errors.New("its links lead in a circle")

// A placeError is an error of the system, in other words.
type placeError struct {
	words string
	err   error
}

func (e *placeError) Error() string { return e.words }
func (e *placeError) Unwrap() error { return e.err }

// folderError is an error of opening a folder, or of making a file in it.
func folderError(dir string, err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	if _, missing := os.Stat(dir); missing != nil && errors.Is(err, fs.ErrNotExist) { // a folder of the system's may take no files
		return &placeError{fmt.Sprintf("its folder %s does not exist, make it first", dir), err}
	}
	return &placeError{fmt.Sprintf("no file can be made in its folder %s: %v", dir, err), err}
}

// WriteAt writes a part of the content. Goroutines may write different parts, in
// any order; parts that nobody writes are zero.
func (f *File) WriteAt(b []byte, at int64) (int, error) {
	if f.pending != nil {
		return f.pending.file().WriteAt(b, at)
	}
	return f.plain.writeAt(b, at)
}

// Commit makes sure that the content is on the disk, and gives the file its name.
func (f *File) Commit() error {
	if f.pending == nil {
		return f.plain.commit()
	}
	return f.pending.commit()
}

// Abort leaves the place as it was before Create.
func (f *File) Abort() error {
	if f.pending == nil {
		f.plain.abort()
		return nil
	}
	return f.pending.abort()
}

// A plain file gets its content in the end, since it takes no parts.
type plain struct {
	open  func() (*os.File, error) // called at most once; to open a pipe waits for its reader
	close func()                   // for what open needs

	mu      sync.Mutex
	content []byte
}

func (p *plain) writeAt(b []byte, at int64) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if end := at + int64(len(b)); end > int64(len(p.content)) {
		p.content = slices.Grow(p.content, int(end)-len(p.content))[:end]
	}
	return copy(p.content[at:], b), nil
}

// expect finds room for content of a size.
func (p *plain) expect(size int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.content = slices.Grow(p.content, max(0, int(size)-len(p.content)))
}

func (p *plain) truncate(size int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.content = p.content[:min(size, int64(len(p.content)))]
}

func (p *plain) commit() error {
	defer p.abort()
	w, err := p.open()
	if err != nil {
		return err
	}
	widen(w)
	_, err = w.Write(p.content)
	return errors.Join(err, w.Close())
}

func (p *plain) abort() { p.close() }
