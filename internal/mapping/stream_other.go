//go:build !linux

package mapping

import (
	"bytes"
	"io"
	"os"
)

// readAll reads a stream, of which head was read, to its end or to most bytes.
func readAll(f *os.File, head []byte, most int64) (data, memory []byte, err error) {
	data, err = io.ReadAll(io.LimitReader(io.MultiReader(bytes.NewReader(head), f), most))
	return data, nil, err
}
