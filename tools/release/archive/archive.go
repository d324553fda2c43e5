// Package archive makes archives whose bytes depend on nothing but their content and a time.
package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"io"
	"io/fs"
	"time"
)

// A File is one of an archive.
type File struct {
	Name    string // with slashes
	Data    []byte
	Program bool // which can be run
}

func (f File) mode() fs.FileMode {
	if f.Program {
		return 0o755
	}
	return 0o644
}

// Zip makes a zip of files in their order. The same files and time give the same bytes.
func Zip(files []File, at time.Time) ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	w.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	for _, f := range files {
		header := &zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: at.UTC()}
		header.SetMode(f.mode())
		part, err := w.CreateHeader(header)
		if err != nil {
			return nil, err
		}
		if _, err := part.Write(f.Data); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return out.Bytes(), err
}

// Tar makes a .tar.gz of files in their order. The same files and time give the same bytes.
func Tar(files []File, at time.Time) ([]byte, error) {
	var out bytes.Buffer
	packed, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	w := tar.NewWriter(packed)
	for _, f := range files {
		header := &tar.Header{Name: f.Name, Mode: int64(f.mode()), Size: int64(len(f.Data)), ModTime: at.UTC(), Format: tar.FormatPAX}
		if err := w.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.Data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	err = packed.Close()
	return out.Bytes(), err
}

// Folder returns the files of a folder, sorted, with names that begin with prefix.
func Folder(of fs.FS, prefix string) (files []File, err error) {
	err = fs.WalkDir(of, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(of, path)
		files = append(files, File{Name: prefix + path, Data: data})
		return err
	})
	return files, err
}
