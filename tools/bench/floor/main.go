// Command floor does with each file of a folder the least that quantizing takes: it reads
// the file, has the kernels of int8 look at all values and round them, and writes a quarter
// of the bytes to a file of the same name in another folder. It reads no graph.
package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode/kernel"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "floor: want two folders")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "floor:", err)
		os.Exit(1)
	}
}

func run(from, to string) error {
	files, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	names, ended := make(chan string), make(chan error)
	workers := runtime.NumCPU()
	for range workers {
		go func() { ended <- work(from, to, names) }()
	}
	for _, f := range files {
		names <- f.Name()
	}
	close(names)
	for range workers {
		if failed := <-ended; failed != nil {
			err = failed
		}
	}
	return err
}

// block is bytes of float32 values, which stay in the cache from the first look to the last.
const block = 128 << 10

func work(from, to string, names <-chan string) (failed error) {
	in, out := make([]byte, block), make([]byte, block/4)
	for name := range names {
		if err := one(filepath.Join(from, name), filepath.Join(to, name), in, out); err != nil {
			failed = err
		}
	}
	return failed
}

func one(from, to string, in, out []byte) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	t, err := os.Create(to)
	if err != nil {
		return err
	}
	defer t.Close()
	for {
		n, err := f.Read(in)
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		n &^= 3
		kernel.Int8(out[:n/4], in[:n], 127/kernel.Range(in[:n]))
		if _, err := t.Write(out[:n/4]); err != nil {
			return err
		}
	}
	return t.Close()
}
