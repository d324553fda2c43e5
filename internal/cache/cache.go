// Package cache says where third_party/fetch keeps what it fetches. The rules in
// fetch.bzl say the same to Bazel, and fetch.py lays the folder out.
package cache

import (
	"os"
	"os/user"
	"path/filepath"
)

// Folder is the cache of all clones.
func Folder() (string, error) {
	if dir := os.Getenv("TFLITE_QUANTIZE_CACHE"); dir != "" {
		return dir, nil
	}
	home, err := Home()
	return filepath.Join(home, ".cache", "tflite-quantize"), err
}

// Home is the user's home folder, also where no variable has it, as in Bazel's tests.
func Home() (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		var me *user.User
		if me, err = user.Current(); err == nil {
			home = me.HomeDir
		}
	}
	return home, err
}

// Environment returns the variables with which archives are fetched into a cache
// and the go command is run.
func Environment(folder string) []string {
	return []string{
		"GO111MODULE=on",
		"GOCACHE=" + folder + "/go/build",
		"GOFLAGS=-modcacherw",
		"GOMODCACHE=" + folder + "/go/mod",
		"GOPATH=" + folder + "/go",
		"GOTOOLCHAIN=local",
		"GOWORK=off",
		"TFLITE_QUANTIZE_CACHE=" + folder,
	}
}

// Unpacked is the folder of what was unpacked of the archive with a SHA-256.
func Unpacked(folder, sha256 string) string { return filepath.Join(folder, "unpacked", sha256) }
