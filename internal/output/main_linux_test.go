package output

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// The tests hold for both kinds of files.
func TestMain(m *testing.M) {
	unnamed := m.Run()
	NamedOnly()
	os.Exit(max(unnamed, m.Run()))
}

func TestUnnamedFilesAreUsedWhereThereAreSome(t *testing.T) {
	dir := t.TempDir()
	if fd, err := unix.Open(dir, unix.O_TMPFILE|unix.O_WRONLY, 0o600); err != nil {
		t.Skip("the disk has no unnamed files:", err)
	} else {
		unix.Close(fd)
	}
	f, err := Create(filepath.Join(dir, "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Abort()
	if _, ok := f.pending.(*unnamed); ok == namedOnly {
		t.Errorf("the file is a %T", f.pending)
	}
}
