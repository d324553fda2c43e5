package output

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// obeying calls f without root's right to pass over permissions.
func obeying(t *testing.T, f func()) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var all [2]unix.CapUserData
	if err := unix.Capget(&head, &all[0]); err != nil {
		t.Fatal(err)
	}
	fewer := all
	fewer[0].Effective &^= 1<<unix.CAP_DAC_OVERRIDE | 1<<unix.CAP_DAC_READ_SEARCH
	if err := unix.Capset(&head, &fewer[0]); err != nil {
		t.Fatal(err)
	}
	defer unix.Capset(&head, &all[0])
	f()
}

func TestReadOnlyFoldersAndFilesAreErrors(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "file"), 0o666)
	write(t, filepath.Join(dir, "read-only"), 0o444)
	check := func(name string) {
		obeying(t, func() {
			if err := makeFile(filepath.Join(dir, name)); !errors.Is(err, fs.ErrPermission) {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	check("new")
	check("file")
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	check("read-only")
	checkFolder(t, dir, "file", "read-only")
}

// fullDevice is /dev/full, or another of its kind where this process could
// replace that one.
func fullDevice(t *testing.T) string {
	if unix.Access("/dev", unix.W_OK) != nil {
		return "/dev/full"
	}
	path := filepath.Join(t.TempDir(), "full")
	if err := unix.Mknod(path, unix.S_IFCHR|0o666, int(unix.Mkdev(1, 7))); err != nil {
		t.Skip("no device can be made:", err)
	}
	return path
}

func TestAFullDeviceIsAnError(t *testing.T) {
	path := fullDevice(t)
	if err := makeFile(path); !errors.Is(err, unix.ENOSPC) {
		t.Errorf("%v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode()&fs.ModeCharDevice == 0 {
		t.Errorf("the device is a %v now (%v)", info.Mode(), err)
	}
}

func TestAFullDiskIsAnError(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skip("no small disk can be mounted:", err)
	}
	defer unix.Unmount(dir, unix.MNT_DETACH)
	path := filepath.Join(dir, "file")
	write(t, path, 0o644)
	f, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt(make([]byte, 1<<20), 0); !errors.Is(err, unix.ENOSPC) {
		t.Errorf("writing to a full disk: %v", err)
	}
	if err := f.Abort(); err != nil {
		t.Error(err)
	}
	checkFile(t, path, []byte("old"), 0o644)
}

func TestStandardOutputIsWrittenToAsItIs(t *testing.T) {
	if path := os.Getenv("OUTPUT_TEST_WRITE"); path != "" {
		if err := makeFile(path); err != nil {
			t.Fatal(err)
		}
		os.Exit(0)
	}
	for _, name := range []string{"stdout", "fd/1", "/proc/self/fd/1"} {
		path := filepath.Join(t.TempDir(), "file")
		out, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if !filepath.IsAbs(name) {
			name = filepath.Join(linksLikeDev(t), name)
		}
		self := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		self.Env = append(os.Environ(), "OUTPUT_TEST_WRITE="+name)
		self.Stdout = out
		if err := self.Run(); err != nil {
			t.Fatal(name, err)
		}
		if info, err := out.Stat(); err != nil || info.Size() != int64(len(content)) {
			t.Errorf("%s: the file that was open has %d bytes (%v)", name, info.Size(), err)
		}
		out.Close()
		checkFolder(t, filepath.Dir(path), "file")
	}
}

// linksLikeDev is a folder with the links that /dev has: those themselves may
// be replaced where this test fails.
func linksLikeDev(t *testing.T) string {
	dir := t.TempDir()
	for name, to := range map[string]string{"stdout": "/proc/self/fd/1", "fd": "/proc/self/fd"} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
