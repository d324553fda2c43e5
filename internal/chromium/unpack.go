package chromium

import (
	"archive/tar"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

	"github.com/tflite-quantize/tflite-quantize/internal/runfiles"
)

var program = flag.String("browser", "", "a Chromium to test in, instead of the pinned one")

// unpacked is the folder of the pinned browser, "" before a test wants it.
var unpacked string

// Run runs the tests of a package that start browsers, and removes the one that they
// unpacked. It returns what m.Run does.
func Run(m *testing.M) int {
	defer func() {
		if unpacked != "" {
			os.RemoveAll(unpacked)
		}
	}()
	return m.Run()
}

// Start starts the browser of -browser, or the pinned one, which it unpacks, until the test
// ends, with flags of its own. The test is skipped where there is none, outside Bazel and
// without TEST_SRCDIR.
func Start(t *testing.T, flags ...string) *Browser {
	t.Helper()
	if *program != "" {
		return start(t, *program, nil, flags)
	}
	if unpacked == "" {
		unpack(t)
	}
	environment := []string{"LD_LIBRARY_PATH=" + filepath.Join(unpacked, "lib") + ":" + unpacked, "FONTCONFIG_FILE=" + filepath.Join(unpacked, fonts)}
	return start(t, filepath.Join(unpacked, browser), environment, flags)
}

// The folder of the package, and names of files that are unpacked.
const (
	pack    = "chromium/package/bin/"
	browser = "chromium"
	fonts   = "own.conf" // that of the package names other folders
)

func unpack(t *testing.T) {
	t.Helper()
	Runfile(t, pack+"chromium.br") // where there is none, nothing is left
	dir, err := os.MkdirTemp("", "chromium")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() && unpacked == "" {
			os.RemoveAll(dir)
		}
	})
	for _, name := range []string{"al2023.tar.br", "fonts.tar.br", "swiftshader.tar.br"} {
		unpackTar(t, dir, name)
	}
	write(t, filepath.Join(dir, browser), packed(t, "chromium.br"), 0o755)
	write(t, filepath.Join(dir, fonts), strings.NewReader(fmt.Sprintf("<fontconfig><dir>%[1]s/fonts</dir><cachedir>%[1]s/cache</cachedir></fontconfig>", dir)), 0o644)
	unpacked = dir
}

// Runfile is where a pinned file is. Outside Bazel and without TEST_SRCDIR there is none,
// and the test is skipped.
func Runfile(t *testing.T, name string) string {
	t.Helper()
	path, err := runfiles.Find(name)
	if err != nil && os.Getenv("TEST_SRCDIR") == "" {
		t.Skip("no browser: run this under Bazel, set TEST_SRCDIR to the folder that has it, or name one with -browser:", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// packed reads what a file of the package holds.
func packed(t *testing.T, name string) io.Reader {
	t.Helper()
	file, err := os.Open(Runfile(t, pack+name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return brotli.NewReader(file)
}

func unpackTar(t *testing.T, dir, name string) {
	t.Helper()
	for archive := tar.NewReader(packed(t, name)); ; {
		member, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		path := filepath.Join(dir, filepath.FromSlash(member.Name))
		if !strings.HasPrefix(path, dir) || member.Typeflag != tar.TypeReg {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, path, archive, 0o644)
	}
}

func write(t *testing.T, path string, from io.Reader, mode os.FileMode) {
	t.Helper()
	to, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(to, from); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
}
