package output

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// The system opens the same file by each of these names, and the text of some
// leads elsewhere.
func TestNamesMeanWhatTheyMeanToTheSystem(t *testing.T) {
	for _, path := range []string{
		"link/../file",
		"link/.././file",
		"link/sub/../../file",
		"link//..//file",
		"./link/../file",
		"to-file",
		"link/to-file",
		"chain/../file",
		"real/deep/../file",
		"./file",
		"file",
	} {
		for _, exists := range []bool{true, false} {
			t.Chdir(t.TempDir())
			makeTree(t)
			if exists {
				for _, name := range []string{"file", "real/file", "real/deep/file"} {
					write(t, name, 0o644)
				}
			}
			before, _ := os.ReadFile(path)
			if err := makeFile(path); err != nil {
				t.Fatal(path, err)
			}
			if exists && string(before) != "old" {
				t.Fatalf("%s is not there", path)
			}
			if got, err := os.ReadFile(path); err != nil || string(got) != string(content) {
				t.Errorf("%s: the system reads %d bytes there (%v), another file was written", path, len(got), err)
			}
			if n := len(written(t)); n != 1 {
				t.Errorf("%s: %d files were written", path, n)
			}
		}
	}
}

func makeTree(t *testing.T) {
	t.Helper()
	if err := os.MkdirAll("real/deep/sub", 0o755); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{
		"link": "real/deep", "to-file": "link/../file", "chain": "link", "real/deep/to-file": "../deep/../../link/../file",
	} {
		if err := os.Symlink(to, link); err != nil {
			t.Fatal(err)
		}
	}
}

// written lists the files that have the new content.
func written(t *testing.T) (paths []string) {
	t.Helper()
	filepath.WalkDir(".", func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if data, _ := os.ReadFile(path); string(data) == string(content) {
				paths = append(paths, path)
			}
		}
		return err
	})
	return paths
}

func TestNamesOfFoldersAreErrors(t *testing.T) {
	t.Chdir(t.TempDir())
	makeTree(t)
	write(t, "file", 0o644)
	for path, want := range map[string]string{
		"real":      errFolder.Error(),
		"real/":     errFolder.Error(),
		"link":      errFolder.Error(),
		"link/..":   errFolder.Error(),
		".":         errFolder.Error(),
		"":          errFolder.Error(),
		"none/":     "its folder none does not exist, make it first",
		"none/../x": "its folder none/.. does not exist, make it first",
		"file/":     "no file can be made in its folder file: not a directory",
	} {
		if err := makeFile(path); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", path, err, want)
		}
	}
}

// The longest name of the disk has no room for anything beside it.
func TestLongNamesAreMadeAndReplaced(t *testing.T) {
	for _, n := range []int{200, 236, 255} {
		path := filepath.Join(t.TempDir(), strings.Repeat("n", n))
		for range 2 {
			if err := makeFile(path); err != nil {
				t.Fatalf("%d bytes: %v", n, err)
			}
		}
		checkFile(t, path, content, 0o666&^umask())
	}
}

// A folder stays the same while a file is made, though its name goes to another.
func TestAFolderThatIsRenamedGetsTheFile(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("dir", 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := Create("dir/file")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Abort()
	for _, err := range []error{os.Rename("dir", "moved"), os.Mkdir("dir", 0o755), f.Commit()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	checkFolder(t, "dir")
	checkFolder(t, "moved", "file")
	if _, err := os.Stat("moved/file"); err != nil {
		t.Error(err)
	}
}

// A folder that may be entered and written to need not be readable.
func TestFoldersNeedNotBeReadable(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o300); err != nil {
		t.Fatal(err)
	}
	obeying(t, func() {
		if _, err := os.ReadDir(dir); err == nil {
			t.Error("the folder is readable")
		}
		if err := makeFile(filepath.Join(dir, "file")); err != nil {
			t.Error(err)
		}
	})
	if err := unix.Access(filepath.Join(dir, "file"), unix.F_OK); err != nil {
		t.Error(err)
	}
}
