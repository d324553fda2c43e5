package output

import (
	"bytes"
	"encoding/binary"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// Tags of the entries of an access control list.
const (
	ownerEntry = 0x01
	userEntry  = 0x02
	groupEntry = 0x04
	maskEntry  = 0x10
	otherEntry = 0x20
)

type aclEntry struct {
	Tag, Perm uint16
	ID        uint32
}

func acl(entries ...aclEntry) []byte {
	var b bytes.Buffer
	binary.Write(&b, binary.LittleEndian, uint32(2))
	binary.Write(&b, binary.LittleEndian, entries)
	return b.Bytes()
}

// forUser lets the owner and one user read and write, and nobody else.
var forUser = acl(aclEntry{ownerEntry, 6, ^uint32(0)}, aclEntry{userEntry, 6, 4242}, aclEntry{groupEntry, 0, ^uint32(0)},
	aclEntry{maskEntry, 6, ^uint32(0)}, aclEntry{otherEntry, 0, ^uint32(0)})

func setAttribute(t *testing.T, path, name string, value []byte) {
	t.Helper()
	if err := unix.Setxattr(path, name, value, 0); err != nil {
		t.Skipf("%s cannot be set here: %v", name, err)
	}
}

func attribute(path, name string) string {
	buf := make([]byte, 1<<16)
	n, err := unix.Getxattr(path, name, buf)
	if err != nil {
		return ""
	}
	return string(buf[:n])
}

func TestReplacedFilesKeepTheirAccessControlList(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	write(t, path, 0o600)
	setAttribute(t, path, accessList, forUser)
	if err := makeFile(path); err != nil {
		t.Fatal(err)
	}
	checkFile(t, path, content, 0o660) // of which the group's are the list's mask
	if attribute(path, accessList) != string(forUser) {
		t.Error("the list is another one")
	}
}

// A folder's own list is for files that are new in it.
func TestTheFoldersListIsNotThatOfAReplacedFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	write(t, path, 0o640)
	setAttribute(t, dir, "system.posix_acl_default", forUser)
	if err := makeFile(path); err != nil {
		t.Fatal(err)
	}
	checkFile(t, path, content, 0o640)
	if attribute(path, accessList) != "" {
		t.Error("it has the folder's list")
	}
	fresh := filepath.Join(dir, "fresh")
	if err := makeFile(fresh); err != nil {
		t.Fatal(err)
	}
	if attribute(fresh, accessList) == "" {
		t.Error("a new file lacks the folder's list")
	}
}

func TestReplacedFilesKeepTheirAttributes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	write(t, path, 0o644)
	setAttribute(t, path, "user.origin", []byte("a trainer"))
	setAttribute(t, path, "user.empty", nil)
	if err := makeFile(path); err != nil {
		t.Fatal(err)
	}
	if got := attribute(path, "user.origin"); got != "a trainer" {
		t.Errorf("the attribute is %q", got)
	}
	if _, err := unix.Getxattr(path, "user.empty", nil); err != nil {
		t.Errorf("the empty attribute: %v", err)
	}
}

func TestReplacedFilesKeepTheirOwner(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	write(t, path, 0o640)
	if err := os.Chown(path, 1234, 2345); err != nil {
		t.Skip("no file can be given away:", err)
	}
	if err := makeFile(path); err != nil {
		t.Fatal(err)
	}
	checkFile(t, path, content, 0o640)
	if uid, gid := owner(t, path); uid != 1234 || gid != 2345 {
		t.Errorf("the owner is %d, the group %d", uid, gid)
	}
}

func owner(t *testing.T, path string) (uid, gid uint32) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	s := info.Sys().(*syscall.Stat_t)
	return s.Uid, s.Gid
}

// Who may not give the file to its group gives its own group no more than all
// others have, whatever a list says that was made for another group.
func TestAnotherGroupGetsNoMoreThanBefore(t *testing.T) {
	if path := os.Getenv("OUTPUT_TEST_AS_ANOTHER"); path != "" {
		if os.Getenv("OUTPUT_TEST_NAMED") != "" {
			NamedOnly()
		}
		if err := makeFile(path); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, c := range []struct {
		before, after fs.FileMode
		list          []byte
	}{
		{0o666, 0o666, nil},
		{0o664, 0o644, nil}, // world-readable, group-writable
		{0o662, 0o622, nil},
		{0o660, 0o600, forUser},
	} {
		dir := t.TempDir()
		for d := dir; d != filepath.Clean(os.TempDir()) && d != "/"; d = filepath.Dir(d) {
			os.Chmod(d, 0o777) // as another user's process needs it
		}
		path := filepath.Join(dir, "file")
		write(t, path, 0o600)
		if err := os.Chown(path, 1234, 2345); err != nil {
			t.Skip("no file can be given away:", err)
		}
		uid := uint32(1235)
		if c.list != nil {
			setAttribute(t, path, accessList, c.list)
			uid = 4242
		} else if os.Chmod(path, c.before) != nil {
			t.Fatal(path)
		}
		if c.before&0o002 == 0 && c.list == nil {
			uid = 1234 // who may write
		}
		self := exec.Command("/proc/self/exe", "-test.run=^"+t.Name()+"$")
		self.Env = append(os.Environ(), "OUTPUT_TEST_AS_ANOTHER="+path)
		if namedOnly {
			self.Env = append(self.Env, "OUTPUT_TEST_NAMED=1")
		}
		self.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
		if text, err := self.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		checkFile(t, path, content, c.after)
		if is, _ := owner(t, path); is != uid {
			t.Errorf("the owner is %d, want %d", is, uid)
		}
		if list := attribute(path, accessList); c.list != nil && list == string(c.list) {
			t.Error("the list is that of another group")
		}
	}
}
