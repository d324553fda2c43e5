// Program build makes the folder with the page that quantizes models in a browser.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/internal/gotool"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
	"github.com/tflite-quantize/tflite-quantize/web"
)

const program = gotool.Module + "/web/quantize"

var (
	out     = flag.String("out", "", "the `FOLDER` to write index.html into")
	version = flag.String("version", "", "the `VERSION` that the page tells, of a release")
	commit  = flag.String("commit", "", "the `COMMIT` that -version has")
	wasm    = flag.String("wasm", "", "the program web/quantize as WebAssembly, in `FILE`; without it, the go command builds it")
	support = flag.String("wasm-exec", "", "`FILE` lib/wasm/wasm_exec.js of the Go release that built the program")
)

func main() {
	flag.Parse()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

func run() error {
	switch {
	case flag.NArg() > 0:
		return fmt.Errorf("unexpected argument %q: want flags alone", flag.Arg(0))
	case *out == "":
		return fmt.Errorf("-out: missing: want a folder")
	case (*wasm == "") != (*support == ""):
		return fmt.Errorf("-wasm, -wasm-exec: want both or none")
	case *wasm == "":
		dir, err := os.MkdirTemp("", "quantize")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		if err := build(filepath.Join(dir, "quantize.wasm")); err != nil {
			return err
		}
	}
	return write()
}

// build builds the program with the go command, and finds what its release has for it.
func build(path string) error {
	env := []string{"GOOS=js", "GOARCH=wasm"}
	root, err := gotool.Run("", env, "env", "GOROOT")
	if err != nil {
		return err
	}
	*wasm, *support = path, filepath.Join(strings.TrimSpace(root), "lib", "wasm", "wasm_exec.js")
	_, err = gotool.Run("", env, "build", "-trimpath", gotool.Stripped(*version, *commit), "-o", path, program)
	return err
}

func write() error {
	code, err := os.ReadFile(*wasm)
	if err != nil {
		return err
	}
	exec, err := os.ReadFile(*support)
	if err != nil {
		return err
	}
	page, err := web.Page(code, string(exec))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(*out, 0o777); err != nil {
		return err
	}
	path := filepath.Join(*out, "index.html")
	fmt.Printf("%s: %s, of a program of %s\n", path, text.Size(int64(len(page))), text.Size(int64(len(code))))
	return os.WriteFile(path, page, 0o666)
}
