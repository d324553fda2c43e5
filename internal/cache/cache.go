// Package cache says where what is fetched is kept.
package cache

import (
	"os"
	"path/filepath"
)

// Folder is where third_party/fetch.bzl has its cache.
func Folder() (string, error) {
	if dir := os.Getenv("TFLITE_QUANTIZE_CACHE"); dir != "" {
		return dir, nil
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".cache", "tflite-quantize"), err
}
