package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/internal/runfiles"
)

const libraries = "usr/lib/x86_64-linux-gnu"

// pinned gives GNU's programs of the pinned Debian packages, or those that are installed.
func pinned(t *testing.T) binutils {
	t.Helper()
	installed := binutils{as: "aarch64-linux-gnu-as", objdump: "aarch64-linux-gnu-objdump"}
	usr, err := runfiles.Find("binutils_aarch64/usr")
	if err == nil {
		bin := filepath.Join(usr, "bin")
		return binutils{filepath.Join(bin, installed.as), filepath.Join(bin, installed.objdump), []string{"LD_LIBRARY_PATH=" + loaded(t)}}
	}
	if _, missing := exec.LookPath(installed.as); missing == nil {
		return installed
	}
	if os.Getenv("TEST_SRCDIR") != "" {
		t.Fatal(err)
	}
	t.Skip("no assembler: run this under Bazel, or install Debian's package binutils-aarch64-linux-gnu:", err)
	return binutils{}
}

// loaded makes a folder with the libraries under the names that the programs load them
// by, which in the packages are links: libctf.so.0 for libctf.so.0.0.0.
func loaded(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, repository := range []string{"binutils_aarch64", "binutils_libraries"} {
		from, err := runfiles.Find(repository + "/" + libraries)
		if err != nil {
			t.Fatal(err)
		}
		files, err := filepath.Glob(filepath.Join(from, "lib*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if err := os.Symlink(f, filepath.Join(dir, strings.TrimSuffix(filepath.Base(f), ".0.0"))); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

func TestGeneratedFilesAreFresh(t *testing.T) {
	files, err := generate(pinned(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(packageFolder, name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: differs from what this program writes, expected the same (go run . in %s)", name, "go/quantize/encode/kernel/neon")
		}
	}
}
