// Package mapping maps the file of a model, so that its bytes are there without being
// read, and turns the faults of a file that changes meanwhile into errors.
package mapping

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"unsafe"
)

// ErrChanged means that a file was cut or written to while it was mapped.
var ErrChanged = errors.New("it was changed while it was read, try again when nothing writes to it")

// A pipe is read to its end, but no further than maxStream, and no further than
// headStream where it begins as no model and no zip does: that is enough to say what
// it is.
const (
	maxStream  int64 = 1 << 31
	headStream int64 = 1 << 20
)

// A File is a file that is mapped, or read where it cannot be mapped.
type File struct {
	Data []byte // not to be changed, nor used after Close

	file   *os.File // of a mapping: open, to see whether it changes
	info   os.FileInfo
	mapped bool
	memory []byte // to be given back, of what was read
}

// Open maps a regular file read-only, and reads anything else, such as a pipe.
func Open(path string) (*File, error) {
	f, err := open(path)
	if err != nil {
		return nil, err
	}
	m := &File{file: f}
	if err := m.load(); err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

func (m *File) load() error {
	info, err := m.file.Stat()
	if err != nil {
		return err
	}
	m.info = info
	if info.Mode()&os.ModeDevice != 0 {
		return errors.New("it is a device, name a file or a pipe")
	}
	if !info.Mode().IsRegular() {
		return m.readStream()
	}
	if info.Size() > math.MaxInt {
		return fmt.Errorf("it has %d bytes, which this system cannot address", info.Size())
	}
	if info.Size() == 0 {
		return nil
	}
	m.Data, m.mapped, err = load(m.file, int(info.Size()))
	return err
}

// readStream reads what can be read once alone.
func (m *File) readStream() error {
	head := make([]byte, 8)
	n, err := io.ReadFull(m.file, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	most := headStream
	if bytes.HasPrefix(head, []byte("PK")) || string(head[4:]) == "TFL3" {
		most = maxStream
	}
	m.Data, m.memory, err = readAll(m.file, head[:n], most)
	if err == nil && int64(len(m.Data)) == maxStream {
		return errors.New("it is not a file and gives 2 GB or more, save it as a file first")
	}
	return err
}

// Close gives the mapping back.
func (m *File) Close() error {
	var err error
	if m.mapped {
		err = unload(m.Data)
	}
	if m.memory != nil {
		err = unload(m.memory)
	}
	m.Data, m.mapped, m.memory = nil, false, nil
	return errors.Join(err, m.file.Close())
}

// Read reads a part of Data from the file again, into buf, without giving its
// pages to the process where they are not there yet. A part that does not belong to
// a mapping is returned as it is.
func (m *File) Read(buf, part []byte) ([]byte, error) {
	at, ok := m.offset(part)
	if !ok {
		return part, nil
	}
	buf = buf[:len(part)]
	_, err := m.file.ReadAt(buf, int64(at))
	if err == io.EOF {
		err = ErrChanged
	}
	return buf, err
}

// Forget takes the pages of a part of Data out of the process's memory. The part
// stays readable. Nothing happens to a part that does not belong to a mapping.
func (m *File) Forget(part []byte) {
	at, ok := m.offset(part)
	if !ok {
		return
	}
	page := uintptr(os.Getpagesize())
	from, to := (at+page-1)/page*page, min(at+uintptr(len(part)), uintptr(len(m.Data)))/page*page
	if from < to {
		forget(m.Data[from:to])
	}
}

// offset is where a part of Data lies in a file that is mapped.
func (m *File) offset(part []byte) (at uintptr, ok bool) {
	if !m.mapped || len(part) == 0 {
		return 0, false
	}
	at = uintptr(unsafe.Pointer(unsafe.SliceData(part))) - uintptr(unsafe.Pointer(unsafe.SliceData(m.Data)))
	return at, at < uintptr(len(m.Data)) // which what lies before Data is not
}

// changed reports whether a mapped file was cut or written to since Open.
func (m *File) changed() bool { return m.mapped && m.moved() }

// moved reports whether a file has another size or other times than at Open.
func (m *File) moved() bool {
	now, err := m.file.Stat()
	return err != nil || now.Size() != m.info.Size() || !now.ModTime().Equal(m.info.ModTime()) || statusChanged(m.info, now)
}

// Use calls f, which uses Data, and returns its error, or ErrChanged where the
// file changed meanwhile. Goroutines that f starts need a Guard of their own.
func (m *File) Use(f func() error) (err error) {
	defer func() {
		// Offsets that were verified and are others by now end in a panic.
		if m.changed() {
			recover()
			err = ErrChanged
		}
	}()
	return Guard(f)
}
