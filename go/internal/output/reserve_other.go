//go:build !linux

package output

import "os"

func reserve(*os.File, int64) (room []byte, mapped bool, err error) { return nil, false, nil }

func unmap([]byte) error { return nil }
