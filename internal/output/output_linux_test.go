package output

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
)

var content = bytes.Repeat([]byte("new content "), 1000)

// makeFile writes content to a file of that name.
func makeFile(path string) error {
	f, err := Create(path)
	if err != nil {
		return err
	}
	defer f.Abort()
	if _, err := f.WriteAt(content, 0); err != nil {
		return err
	}
	return f.Commit()
}

func write(t *testing.T, path string, perm fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, perm); err != nil {
		t.Fatal(err)
	}
}

// checkFile checks a file and that nothing else but the given names is beside it.
func checkFile(t *testing.T, path string, want []byte, perm fs.FileMode, beside ...string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s has %d bytes (%v), want %d", path, len(got), err, len(want))
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != perm {
		t.Errorf("%s has the permissions %v (%v), want %v", path, info.Mode().Perm(), err, perm)
	}
	checkFolder(t, filepath.Dir(path), append(beside, filepath.Base(path))...)
}

func checkFolder(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	expected := map[string]bool{}
	for _, n := range names {
		expected[n] = true
	}
	for _, e := range entries {
		if !expected[e.Name()] {
			t.Errorf("%s was left in the folder", e.Name())
		}
	}
}

func TestNewFilesHaveTheUsersPermissions(t *testing.T) {
	old := syscall.Umask(0o027)
	defer syscall.Umask(old)
	path := filepath.Join(t.TempDir(), "file")
	if err := makeFile(path); err != nil {
		t.Fatal(err)
	}
	checkFile(t, path, content, 0o640)
}

func TestReplacedFilesKeepTheirPermissions(t *testing.T) {
	for _, perm := range []fs.FileMode{0o600, 0o644, 0o755, 0o666} {
		path := filepath.Join(t.TempDir(), "file")
		write(t, path, perm)
		if err := makeFile(path); err != nil {
			t.Fatal(err)
		}
		checkFile(t, path, content, perm)
	}
}

func TestTheOldFileStaysUntilCommitAndAfterAbort(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	write(t, path, 0o644)
	f, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt(content, 0); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(path); string(got) != "old" {
		t.Errorf("before Commit the file is %q", got)
	}
	if err := f.Abort(); err != nil {
		t.Error(err)
	}
	checkFile(t, path, []byte("old"), 0o644)
}

func TestAbortAfterCommitDoesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	f, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte{7}, 2); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Commit(), f.Abort()); err != nil {
		t.Error(err)
	}
	if got, _ := os.ReadFile(path); string(got) != "\x00\x00\x07" {
		t.Errorf("the file is %q", got)
	}
}

func TestLinksAreFollowed(t *testing.T) {
	for _, exists := range []bool{true, false} {
		dir, elsewhere := t.TempDir(), t.TempDir()
		path, target := filepath.Join(dir, "link"), filepath.Join(elsewhere, "file")
		if exists {
			write(t, target, 0o644)
		}
		for link, to := range map[string]string{path: "second", filepath.Join(dir, "second"): target} {
			if err := os.Symlink(to, link); err != nil {
				t.Fatal(err)
			}
		}
		if err := makeFile(path); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Lstat(path); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			t.Error("the link was replaced")
		}
		if got, err := os.ReadFile(target); err != nil || !bytes.Equal(got, content) {
			t.Errorf("the link's target has %d bytes (%v)", len(got), err)
		}
		checkFolder(t, dir, "link", "second")
		checkFolder(t, elsewhere, "file")
	}
}

func TestPipesGetAllBytes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o666); err != nil {
		t.Skip("no pipes here:", err)
	}
	got := make(chan []byte)
	go func() {
		data, _ := os.ReadFile(path)
		got <- data
	}()
	if err := makeFile(path); err != nil {
		t.Fatal(err)
	}
	if data := <-got; !bytes.Equal(data, content) {
		t.Errorf("the pipe gave %d bytes, want %d", len(data), len(content))
	}
}

func TestPlacesThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "file"), 0o644)
	if err := os.Symlink("circle", filepath.Join(dir, "circle")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path, want string
		match      error
	}{
		{dir, "it is a folder, the name of a file is expected", nil},
		{filepath.Join(dir, "none", "file"), "its folder " + filepath.Join(dir, "none") + " does not exist, make it first", fs.ErrNotExist},
		{filepath.Join(dir, "circle"), "its links lead in a circle", nil},
		{"/proc/self/file", "no file can be made in its folder /proc/self: no such file or directory", fs.ErrNotExist},
		{filepath.Join(dir, "file", "x"), "no file can be made in its folder " + filepath.Join(dir, "file") + ": not a directory", syscall.ENOTDIR},
	} {
		err := makeFile(c.path)
		if err == nil || err.Error() != c.want || c.match != nil && !errors.Is(err, c.match) {
			t.Errorf("%s: %v, want %s", c.path, err, c.want)
		}
	}
	checkFile(t, filepath.Join(dir, "file"), []byte("old"), 0o644, "circle")
}

// Room on the disk is no content: the file has what is written, and its length
// after Truncate, whatever was reserved.
func TestReservedFilesHaveTheirContent(t *testing.T) {
	for _, size := range []int64{0, 1, int64(len(content)), reserved + 5, 3 * reserved} {
		path := filepath.Join(t.TempDir(), "file")
		f, err := Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Abort()
		var enough atomic.Bool
		n := f.Reserve(size, &enough)
		if n != size && n != 0 { // a file system that can't
			t.Errorf("%d of %d bytes are reserved", n, size)
		}
		if _, err := f.WriteAt(content, 0); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(f.Truncate(int64(len(content))), f.Commit()); err != nil {
			t.Fatal(err)
		}
		checkFile(t, path, content, 0o666&^umask())
	}
}

func TestReservingStops(t *testing.T) {
	f, err := Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Abort()
	var enough atomic.Bool
	enough.Store(true)
	if n := f.Reserve(1<<40, &enough); n != 0 {
		t.Errorf("%d bytes are reserved after it was enough", n)
	}
}

func umask() fs.FileMode {
	mask := syscall.Umask(0)
	syscall.Umask(mask)
	return fs.FileMode(mask)
}
