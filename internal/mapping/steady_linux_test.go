package mapping

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

var errInvalid = errors.New("the file holds something else")

// longAgo is when nobody writes any more.
var longAgo = time.Now().Add(-time.Hour)

func TestFilesThatStayAreWhatTheyWereReadAs(t *testing.T) {
	before := looks
	defer func() { looks = before }()
	looks = 10
	for name, prepare := range map[string]func(t *testing.T, path string){
		"at rest":           func(*testing.T, string) {},
		"old":               func(t *testing.T, path string) { old(t, path) },
		"open for writing":  func(t *testing.T, path string) { openForWriting(t, path) },
		"old, open as well": func(t *testing.T, path string) { openForWriting(t, path); old(t, path) },
	} {
		path := write(t, content)
		prepare(t, path)
		m := mapped(t, path)
		if err := m.Steady(errInvalid); err != errInvalid {
			t.Errorf("%s: %v", name, err)
		}
		if err := m.Steady(nil); err != nil {
			t.Errorf("%s, and right: %v", name, err)
		}
	}
}

func TestFilesThatChangedAreNotWhatTheyWereReadAs(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"cut":     func(path string) error { return os.Truncate(path, 1) },
		"longer":  func(path string) error { return os.Truncate(path, int64(len(content)+1)) },
		"written": func(path string) error { return os.WriteFile(path, bytes.Repeat([]byte("x"), len(content)), 0) },
	} {
		for _, before := range [][]byte{content, nil} {
			if before == nil && name == "cut" {
				continue
			}
			path := write(t, before)
			m := mapped(t, path)
			if err := change(path); err != nil {
				t.Fatal(err)
			}
			if err := m.Steady(errInvalid); err != ErrChanged {
				t.Errorf("%s from %d bytes: %v", name, len(before), err)
			}
			if err := m.Steady(nil); err != nil {
				t.Errorf("%s from %d bytes, and right: %v", name, len(before), err)
			}
		}
	}
}

// Times do not tell of what is written through a mapping.
func TestFilesThatAreWrittenThroughAMappingAreNoticed(t *testing.T) {
	path := write(t, content)
	data := openForWriting(t, path)
	data[len(data)/2]++ // the first time moves the file's times
	m := mapped(t, path)
	var done atomic.Bool
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for !done.Load() {
			data[len(data)/2]++
		}
	}()
	if err := m.Steady(errInvalid); err != ErrChanged {
		t.Error(err)
	}
	done.Store(true)
	<-ended
}

func TestAPipeDoesNotChange(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o666); err != nil {
		t.Skip("no pipes here:", err)
	}
	go os.WriteFile(path, content, 0)
	if err := mapped(t, path).Steady(errInvalid); err != errInvalid {
		t.Error(err)
	}
}

func TestWritersAreSeen(t *testing.T) {
	path := write(t, content)
	m := mapped(t, path)
	expect := func(what string, want bool) {
		t.Helper()
		if writer, known := hasWriter(m.file); writer != want || !known {
			t.Errorf("%s: there is a writer: %v, known: %v", what, writer, known)
		}
	}
	if _, known := hasWriter(m.file); !known {
		t.Skip("there are no leases here")
	}
	expect("nobody has the file open", false)
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	expect("open for writing", true)
	f.Close()
	data := openForWriting(t, path)
	expect("mapped for writing", true)
	unix.Munmap(data)
	expect("closed", false)
}

func old(t *testing.T, path string) {
	t.Helper()
	if err := os.Chtimes(path, longAgo, longAgo); err != nil {
		t.Fatal(err)
	}
}

// openForWriting maps a file for writing and closes it, which ends with the test.
func openForWriting(t *testing.T, path string) []byte {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	data, err := unix.Mmap(int(f.Fd()), 0, len(content), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		t.Skip("files cannot be mapped here:", err)
	}
	t.Cleanup(func() { unix.Munmap(data) })
	return data
}
