package mapping

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// content is longer than a page of any system.
var content = bytes.Repeat([]byte("0123456789abcdef"), 16<<10)

func write(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func mapped(t *testing.T, path string) *File {
	t.Helper()
	m, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

func TestDataAreThoseOfTheFile(t *testing.T) {
	for _, want := range [][]byte{nil, []byte("x"), content} {
		m := mapped(t, write(t, want))
		if err := m.Use(func() error {
			if !bytes.Equal(m.Data, want) {
				t.Errorf("%d bytes differ from the file's %d", len(m.Data), len(want))
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
	}
}

func TestPipesAreReadToTheirEnd(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o666); err != nil {
		t.Skip("no pipes here:", err)
	}
	go os.WriteFile(path, content, 0)
	if m := mapped(t, path); !bytes.Equal(m.Data, content) {
		t.Errorf("%d bytes differ from the %d written", len(m.Data), len(content))
	}
}

func TestOpenFailsAsTheSystemSays(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := Open(dir); !errors.Is(err, syscall.EISDIR) {
		t.Errorf("a folder: %v", err)
	}
}

func TestChangedFilesAreErrors(t *testing.T) {
	last := len(content) - 1
	changes := map[string]func(path string) error{
		"cut":     func(path string) error { return os.Truncate(path, 1) },
		"emptied": func(path string) error { return os.Truncate(path, 0) },
		"longer":  func(path string) error { return os.Truncate(path, int64(len(content)+1)) },
		"cut within one tick of the clock": func(path string) error {
			info, err := os.Stat(path)
			return errors.Join(err, os.Truncate(path, 1), os.Chtimes(path, time.Time{}, info.ModTime()))
		},
		"written to, with its time set back": func(path string) error {
			info, err := os.Stat(path)
			return errors.Join(err, os.WriteFile(path, bytes.Repeat([]byte("x"), len(content)), 0), os.Chtimes(path, time.Time{}, info.ModTime()))
		},
		"rewritten": func(path string) error { return os.Chtimes(path, time.Time{}, time.Unix(1, 0)) },
	}
	uses := map[string]func(data []byte) error{
		"read":    func(data []byte) error { _ = data[last]; return nil },
		"unused":  func([]byte) error { return nil },
		"failing": func([]byte) error { return errors.New("what was read made no sense") },
		"panic":   func(data []byte) error { return errors.New(string(data[:last+len(data)])) },
	}
	for change, apply := range changes {
		for use, f := range uses {
			path := write(t, content)
			m := mapped(t, path)
			if err := apply(path); err != nil {
				t.Fatal(err)
			}
			if err := m.Use(func() error { return f(m.Data) }); !errors.Is(err, ErrChanged) {
				t.Errorf("%s, %s: %v", change, use, err)
			}
		}
	}
}

func TestReplacingTheFileIsNoChange(t *testing.T) {
	path := write(t, content)
	m := mapped(t, path)
	if err := os.Rename(write(t, []byte("other")), path); err != nil {
		t.Skip("the folders are on different disks:", err)
	}
	if err := m.Use(func() error { return nil }); err != nil || !bytes.Equal(m.Data, content) {
		t.Errorf("%v", err)
	}
}

func TestPanicsThatAreNoFaultsPass(t *testing.T) {
	m := mapped(t, write(t, content))
	defer func() {
		if r := recover(); r != "a mistake" {
			t.Errorf("recovered %v", r)
		}
	}()
	m.Use(func() error { panic("a mistake") })
}

func TestGuardReturnsFaults(t *testing.T) {
	path := write(t, content)
	m := mapped(t, path)
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	var fault *Fault
	if err := Guard(func() error { copy(make([]byte, len(m.Data)), m.Data); return nil }); !errors.As(err, &fault) {
		t.Errorf("%v", err)
	}
	want := errors.New("its own")
	if err := Guard(func() error { return want }); err != want {
		t.Errorf("%v", err)
	}
}

func TestWhatIsForgottenCanBeReadAgain(t *testing.T) {
	m := mapped(t, write(t, content))
	for _, part := range [][]byte{m.Data, m.Data[1:], m.Data[4097:9000], m.Data[:len(m.Data)-1], m.Data[5:9], m.Data[:0], nil} {
		m.Forget(part)
		if !bytes.Equal(m.Data, content) {
			t.Errorf("%d bytes differ from the file's", len(part))
		}
	}
}

func TestPartsAreReadFromTheFile(t *testing.T) {
	path := write(t, content)
	m := mapped(t, path)
	for _, part := range [][]byte{m.Data, m.Data[1:], m.Data[4097:9000], m.Data[:len(m.Data)-1], m.Data[5:9], m.Data[:0], nil, bytes.Clone(content)} {
		buf := make([]byte, len(part)+1)
		got, err := m.Read(buf, part)
		if err != nil || !bytes.Equal(got, part) || buf[len(part)] != 0 {
			t.Errorf("%d bytes: %v, or others", len(part), err)
		}
	}
	if err := os.Truncate(path, 5000); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Read(make([]byte, 9000), m.Data[:9000]); err != ErrChanged {
		t.Errorf("after the end of the file: %v", err)
	}
}

func TestOnlyAMappingIsForgotten(t *testing.T) {
	memory := bytes.Repeat(content, 2)
	m := mapped(t, write(t, content))
	m.Forget(memory)
	read := &File{Data: memory} // as of a pipe
	read.Forget(memory)
	if !bytes.Equal(memory, bytes.Repeat(content, 2)) {
		t.Error("memory that is no mapping was given back")
	}
}
