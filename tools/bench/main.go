// Command bench measures the quantize command, the library's calls and the
// kernels against what else there is, all in one run, and writes
// docs/performance.md and its plot.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/tflite-quantize/tflite-quantize/third_party/models"
	"github.com/tflite-quantize/tflite-quantize/tools/machine"
)

// A namedSeries is something measured that has no goal.
type namedSeries struct {
	name   string
	values series
}

type bench struct {
	quantize, empty, floor, reference, model string // paths
	dir                                      string
	quick, withLitert, realTime              bool
	largest, operators                       int // bytes and operators of the largest models

	goals                 []goal
	birds, larges, smalls []*program
	languages             []*program // on a model with the weights of a language model
	smallLanguages        []*program // on one that litert-quantizer can do
	languageSize          int64      // bytes
	smallLanguageSize     int64
	manies                []*program    // on many models
	manySize              int64         // bytes of all of them
	byTurn                []namedSeries // ratios, and memory without a goal
	warm, resident        []namedSeries
	rates                 []*kernelRow
	byOperators, byBytes  []curve
	loads                 []string
}

func (b *bench) rounds(n int) int {
	if b.quick {
		return max(3, n/5)
	}
	return n
}

// A part is what --only names.
type part struct {
	name string
	run  func(*bench) error
}

var parts = []part{
	{"birdnet", (*bench).birdnet},
	{"large", (*bench).large},
	{"single", (*bench).single},
	{"language", (*bench).language},
	{"small", (*bench).small},
	{"many", (*bench).many},
	{"calls", (*bench).calls},
	{"kernels", (*bench).kernels},
	{"growth", (*bench).growth},
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	b := bench{largest: gigabyte, operators: 1_000_000}
	var names []string
	for _, p := range parts {
		names = append(names, p.name)
	}
	only := pflag.StringSlice("only", nil, "measure these parts and print the tables: "+strings.Join(names, ", "))
	pflag.BoolVar(&b.quick, "quick", false, "few rounds and smaller models; print the tables")
	pflag.BoolVar(&b.withLitert, "litert", true, "compare with litert-quantizer, which needs Python 3.11 and 75 MB of packages")
	pflag.BoolVar(&b.realTime, "realtime", false, "let all but the growth run before everything else on the machine, which is for a busy one")
	pflag.StringVar(&b.quantize, "quantize", runfile("go/cmd/quantize/quantize_/quantize"), "the program to measure")
	pflag.StringVar(&b.empty, "empty", runfile("tools/bench/empty/empty_/empty"), "a program that does nothing")
	pflag.StringVar(&b.floor, "floor", runfile("tools/bench/floor/floor_/floor"), "a program that only reads, rounds and writes")
	pflag.StringVar(&b.reference, "reference", runfile("parity/reference/cc/quantize_reference"), "TensorFlow's function as a program")
	pflag.StringVar(&b.model, "birdnet", "", "the model BirdNET, instead of the one that is fetched")
	out := pflag.String("out", filepath.Join(os.Getenv("BUILD_WORKSPACE_DIRECTORY"), "docs"), "the folder that performance.md is written to")
	pflag.Parse()
	if b.quick {
		b.largest, b.operators = gigabyte/10, 10_000
	}
	if b.model == "" {
		birdnet, err := models.Named("birdnet")
		if err != nil {
			return err
		}
		b.model = birdnet.Path
	}
	os.Setenv("TFLITE_QUANTIZE_REFERENCE", b.reference)
	for _, n := range *only {
		if !slices.Contains(names, n) {
			return fmt.Errorf("--only: %q is not a part, these are: %s", n, strings.Join(names, ", "))
		}
	}
	if err := b.measure(*only); err != nil {
		return err
	}
	if b.quick || len(*only) > 0 {
		fmt.Print(b.page())
		return nil
	}
	return b.save(*out)
}

func runfile(path string) string {
	abs, err := filepath.Abs(path) // bazel run stands among the runfiles
	if err != nil {
		return path
	}
	return abs
}

func (b *bench) measure(only []string) error {
	var err error
	if b.dir, err = os.MkdirTemp("/dev/shm", "bench"); err != nil {
		return fmt.Errorf("%w, expected a tmpfs at /dev/shm, 12.2 GB of which are used", err)
	}
	defer os.RemoveAll(b.dir)
	if b.realTime {
		if err := setRealTime(true); err != nil {
			return err
		}
	}
	for _, p := range parts {
		if len(only) > 0 && !slices.Contains(only, p.name) {
			continue
		}
		fmt.Fprintln(os.Stderr, "measuring:", p.name)
		b.loads = append(b.loads, machine.Load()+" before "+p.name)
		if err := p.run(b); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	b.loads = append(b.loads, machine.Load()+" in the end")
	return nil
}

func (b *bench) save(dir string) error {
	return errors.Join(
		os.MkdirAll(dir, 0o777),
		os.WriteFile(filepath.Join(dir, "performance.md"), []byte(b.page()), 0o666),
		os.WriteFile(filepath.Join(dir, "performance.svg"), []byte(b.picture()), 0o666))
}
