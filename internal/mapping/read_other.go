//go:build !unix && !js

package mapping

import (
	"io"
	"os"
)

func load(f *os.File, info os.FileInfo) (data []byte, mapped bool, err error) {
	data = make([]byte, info.Size())
	_, err = io.ReadFull(f, data)
	return data, false, err
}
