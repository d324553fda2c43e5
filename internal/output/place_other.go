//go:build !unix

package output

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// IsDescriptor reports whether a name is that of a process's open file.
func IsDescriptor(string) bool { return false }

func create(path string) (*File, error) {
	target, err := resolve(path)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return createPending(target)
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, errFolder
	case info.Mode().IsRegular():
		if err := checkWritable(target); err != nil {
			return nil, err
		}
		return createPending(target)
	}
	open := func() (*os.File, error) { return os.OpenFile(target, os.O_WRONLY, 0) }
	return &File{plain: &plain{open: open, close: func() {}}}, nil
}

func createPending(target string) (*File, error) {
	t, err := newTemporary(func() (*temporary, error) { return openTemporary(target) })
	if err != nil {
		return nil, folderError(filepath.Dir(target), err)
	}
	return &File{pending: t}, nil
}

// A file that its owner made read-only is not replaced, though a folder's
// permissions would allow it.
func checkWritable(target string) error {
	f, err := os.OpenFile(target, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return f.Close()
}

// resolve follows the links of a name, the last of which may lead to nothing.
func resolve(path string) (string, error) {
	for range maxLinks {
		folder, name := split(path)
		dir, err := filepath.EvalSymlinks(folder)
		if err != nil {
			return "", folderError(filepath.Clean(folder), err)
		}
		if name == "" || name == "." || name == ".." {
			return "", errFolder
		}
		path = filepath.Join(dir, name)
		info, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode()&fs.ModeSymlink == 0 {
			return path, nil
		}
		if err != nil {
			return "", folderError(dir, err)
		}
		to, err := os.Readlink(path)
		if err != nil {
			return "", err
		}
		if !filepath.IsAbs(to) {
			to = dir + string(filepath.Separator) + to
		}
		path = to
	}
	return "", errCircle
}

// split leaves ".." in the folder, since it is another one after a link, but not
// to Windows.
func split(path string) (folder, name string) {
	folder, name = filepath.Split(path)
	if folder == "" || runtime.GOOS == "windows" {
		folder = filepath.Clean(folder)
	}
	return folder, name
}
