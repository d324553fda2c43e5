//go:build !unix

package mapping

import "os"

func open(path string) (*os.File, error) { return os.Open(path) }

func unload([]byte) error { return nil }

func forget([]byte) {}
