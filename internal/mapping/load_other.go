//go:build !unix

package mapping

import (
	"io"
	"os"
)

func open(path string) (*os.File, error) { return os.Open(path) }

func load(f *os.File, size int) (data []byte, mapped bool, err error) {
	data = make([]byte, size)
	_, err = io.ReadFull(f, data)
	return data, false, err
}

func unload([]byte) error { return nil }

func forget([]byte) {}
