// Command upstream pins another release of TensorFlow and says what is
// different in it: the functions that it exports, its schema, and what it makes
// of the models of the parity suite.
//
//	bazel run //tools:bump-upstream -- [--check] 2.20.0
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"github.com/tflite-quantize/tflite-quantize/internal/cache"
	"github.com/tflite-quantize/tflite-quantize/parity/suite"
)

const usage = `usage: bazel run //tools:bump-upstream -- [FLAGS] VERSION

Fetches the release VERSION of TensorFlow, looks whether it exports what the
reference program calls, compares its schema with ours, builds the reference
program against it, and runs the parity suites against the pinned release and
this one. What changed is printed by kind, with examples. Then the release is
pinned instead of the present one, unless --check is given.

%s
Exit codes:
  0  nothing changed
  1  behaviour or schema changed, as printed
  2  wrong usage
  3  the suites cannot be run with this release, for the reason printed; nothing is pinned
`

// Exit codes.
const (
	exitSame    = 0
	exitChanged = 1
	exitUsage   = 2
	exitCannot  = 3
)

// Options are the flags.
type options struct {
	version, flatBuffers string
	check                bool
	without              []string
	examples             int
	size                 suite.Size
}

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	var o options
	flags := pflag.NewFlagSet("bump-upstream", pflag.ContinueOnError)
	flags.BoolVar(&o.check, "check", false, "pin nothing")
	flags.StringVar(&o.flatBuffers, "flatbuffers", "", "the FlatBuffers `VERSION` that it was built with, where the wheel does not tell")
	flags.StringSliceVar(&o.without, "without", nil, "`FIELDS` that random models are generated without, such as Operator.debug_metadata_index:\nwhere a release drops one, it is the first difference of most models and hides others")
	flags.IntVar(&o.examples, "examples", 5, "how many models are named for each kind of change")
	flags.Uint64Var(&o.size.Graphs, "graphs", 10000, "how many random graphs are quantized")
	flags.Uint64Var(&o.size.Units, "units", 1000, "how many random graphs the MLIR quantizer gets, and how many random SavedModels\nthe converter")
	flags.Uint64Var(&o.size.Models, "models", 5000, "how many random models are packed")
	flags.Usage = func() { fmt.Printf(usage, flags.FlagUsages()) }
	err := flags.Parse(args)
	switch {
	case errors.Is(err, pflag.ErrHelp):
		return exitSame
	case err == nil && flags.NArg() != 1:
		err = fmt.Errorf("%d versions are given, expected one", flags.NArg())
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "bump-upstream: arguments: %v (see --help)\n", err)
		return exitUsage
	}
	o.version = flags.Arg(0)
	changed, err := bump(o)
	if err != nil {
		fmt.Fprintf(os.Stderr, "bump-upstream: %v\n", err)
		return exitCannot
	}
	if changed {
		return exitChanged
	}
	return exitSame
}

// newTree finds the source tree, and the pins among the runfiles.
func newTree() (*tree, error) {
	root := os.Getenv("BUILD_WORKSPACE_DIRECTORY")
	if root == "" {
		return nil, fmt.Errorf("BUILD_WORKSPACE_DIRECTORY: not set, expected the source tree: start this by bazel run")
	}
	folder, err := cache.Folder()
	if err != nil {
		return nil, err
	}
	p, err := readPins()
	return &tree{root: root, cache: folder, pins: p}, err
}

func bump(o options) (changed bool, err error) {
	t, err := newTree()
	if err != nil {
		return false, err
	}
	r, err := t.resolve(t.pins.tensorflow.Package, o.version)
	if err != nil {
		return false, err
	}
	if o.flatBuffers != "" {
		r.FlatBuffers = o.flatBuffers
	}
	if err := t.resolveFlatBuffers(r, t.pins.flatbuffers.Module); err != nil {
		return false, err
	}
	fmt.Printf("pinned   TensorFlow %s, sha256 %s, FlatBuffers %s\n", t.pins.tensorflow.Version, t.pins.tensorflow.SHA256, t.pins.flatbuffers.Version)
	fmt.Printf("release  TensorFlow %s, sha256 %s, FlatBuffers %s, %s\n", r.Version, r.SHA256, r.flatTag(), r.Wheel)

	dir, err := os.MkdirTemp(t.cache, "upstream-") // beside the unpacked wheels, for hard links
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	defer t.forget(r, t.has(r))
	overrides, err := t.fetch(dir, r)
	if err != nil {
		return false, err
	}
	if err := inspectExports(dir); err != nil {
		return false, err
	}
	converter, err := inspectConverter(dir)
	if err != nil {
		return false, err
	}
	schema, schemaChanged, err := inspectSchema(dir)
	if err != nil {
		return false, err
	}
	if o.size.Prune, err = schema.pruner(o.without); err != nil {
		return false, err
	}
	behaviourChanged, err := t.compare(dir, overrides, r, o, converter)
	if err != nil || o.check {
		return schemaChanged || behaviourChanged, err
	}
	return schemaChanged || behaviourChanged, t.pin(r)
}

// inspectExports says whether the release below a folder exports what is
// called. Its error is that it does not.
func inspectExports(dir string) error {
	absl, missing, similar, err := checkExports(filepath.Join(dir, packageFolder, library))
	if err != nil {
		return err
	}
	if len(missing) == 0 {
		fmt.Printf("exports  all %d functions in mlir::lite::toco_legacy, with the types that the reference program uses; absl's namespace is %s\n", len(exports), absl)
		return nil
	}
	fmt.Printf("exports  %d of the %d functions that the reference program calls are missing:\n", len(missing), len(exports))
	for _, e := range missing {
		fmt.Printf("    mlir::lite::toco_legacy::%s\n", e.overload)
	}
	fmt.Printf("the library has these of the same name:\n")
	for _, name := range similar {
		fmt.Printf("    %s\n", name)
	}
	return fmt.Errorf("exports: the reference program cannot be linked with this release: adapt parity/reference/cc/upstream.h and tools/upstream/exports.go")
}

// packageFolder is that of the release's package, below its folder.
const packageFolder = "tensorflow/tensorflow"

// inspectConverter says whether the program that calls the converter can be built with
// the release below a folder.
func inspectConverter(dir string) (bool, error) {
	lacks, err := lacksConverter(filepath.Join(dir, packageFolder))
	if err != nil {
		return false, err
	}
	if lacks != "" {
		fmt.Printf("converter  not compared: the release lacks %s, which the reference program needs\n", lacks)
		return false, nil
	}
	fmt.Printf("converter  its C++ function is there, with the types that the reference program uses\n")
	return true, nil
}

// inspectSchema prints how the schema of the release below a folder differs from ours.
func inspectSchema(dir string) (theirs facts, changed bool, err error) {
	bfbs, err := os.ReadFile("schema/tflite.bfbs")
	if err != nil {
		return nil, false, err
	}
	ours, err := schemaFacts(bfbs)
	if err != nil {
		return nil, false, err
	}
	python, err := os.ReadFile(filepath.Join(dir, "tensorflow/tensorflow/lite/python/schema_py_generated.py"))
	if err != nil {
		return nil, false, err
	}
	theirs = pythonFacts(string(python))
	lines := differences(ours, theirs)
	fmt.Printf("schema   %d tables, fields, enums and values in upstream's, %d in ours, %d differ\n", len(theirs), len(ours), len(lines))
	for _, line := range lines {
		fmt.Printf("    %s\n", line)
	}
	return theirs, len(lines) > 0, nil
}
