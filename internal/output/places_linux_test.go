package output

import (
	"bytes"
	"errors"
	"fmt"
	"io"
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

// asCommand has this test written in another process, by the code at its start.
func asCommand(t *testing.T, path string) *exec.Cmd {
	t.Helper()
	self := exec.Command(os.Args[0], "-test.run=^TestStandardOutputIsWrittenToAsItIs$")
	self.Env = append(os.Environ(), "OUTPUT_TEST_WRITE="+path)
	return self
}

// What was there before stays, where the shell's > and >> leave it.
func TestStandardOutputIsWrittenToAsItIs(t *testing.T) {
	if path := os.Getenv("OUTPUT_TEST_WRITE"); path != "" {
		if err := makeFile(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	for _, name := range []string{"stdout", "fd/1", "/proc/self/fd/1", "/proc/thread-self/fd/1"} {
		for _, flags := range []int{0, os.O_APPEND} {
			path := filepath.Join(t.TempDir(), "file")
			write(t, path, 0o644)
			out, err := os.OpenFile(path, os.O_WRONLY|flags, 0)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := out.WriteString("before"); err != nil {
				t.Fatal(err)
			}
			if !filepath.IsAbs(name) {
				name = filepath.Join(linksLikeDev(t), name)
			}
			self := asCommand(t, name)
			self.Stdout = out
			if err := self.Run(); err != nil {
				t.Fatal(name, err)
			}
			if _, err := out.WriteString("after"); err != nil {
				t.Fatal(err)
			}
			out.Close()
			want := "before" + string(content) + "after"
			if flags == os.O_APPEND {
				want = "old" + want
			}
			checkFile(t, path, []byte(want), 0o644)
		}
	}
}

// A socket cannot be opened by the name that its descriptor has.
func TestStandardOutputMayBeASocket(t *testing.T) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := os.NewFile(uintptr(pair[0]), "ours"), os.NewFile(uintptr(pair[1]), "theirs")
	defer ours.Close()
	self := asCommand(t, filepath.Join(linksLikeDev(t), "stdout"))
	self.Stdout = theirs
	if err := self.Start(); err != nil {
		t.Fatal(err)
	}
	theirs.Close()
	got, _ := io.ReadAll(ours)
	if err := self.Wait(); err != nil || !bytes.Equal(got, content) {
		t.Errorf("%d bytes arrived (%v), want %d", len(got), err, len(content))
	}
}

// What is not open for the output is an error: it would be lost, or written over
// a file that this program has open by chance, such as the model.
func TestDescriptorsThatAreNotForTheOutput(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	write(t, path, 0o644)
	mine, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer mine.Close()
	name := fmt.Sprintf("/proc/self/fd/%d", mine.Fd())
	if err := makeFile(name); !errors.Is(err, unix.EBADF) {
		t.Errorf("a descriptor of this program's own: %v", err)
	}
	other := exec.Command("sleep", "100")
	other.Stdin = mine
	if err := other.Start(); err == nil {
		defer other.Process.Kill()
		if err := makeFile(fmt.Sprintf("/proc/%d/fd/0", other.Process.Pid)); err == nil {
			t.Error("a file of another process was written to")
		}
	}
	for what, stdout := range map[string]*os.File{"read-only": open(t, path, os.O_RDONLY), "/dev/null": open(t, os.DevNull, os.O_RDWR)} {
		self := asCommand(t, filepath.Join(linksLikeDev(t), "stdout"))
		self.Stdout = stdout
		if err := self.Run(); err == nil {
			t.Errorf("%s: done", what)
		}
	}
	checkFile(t, path, []byte("old"), 0o644)
	self := asCommand(t, filepath.Join(linksLikeDev(t), "stdout"))
	self.Stdout = open(t, os.DevNull, os.O_WRONLY)
	if err := self.Run(); err != nil {
		t.Errorf("what is thrown away on purpose: %v", err)
	}
}

func open(t *testing.T, path string, flags int) *os.File {
	t.Helper()
	f, err := os.OpenFile(path, flags, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
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
