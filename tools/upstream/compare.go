package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/tflite-quantize/tflite-quantize/internal/cache"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
	"github.com/tflite-quantize/tflite-quantize/parity/suite"
)

// compare runs the suites with both releases and prints what changed. The pinned
// one comes first: building the other takes its libraries away from it. Without a
// converter its suites are left out.
func (t *tree) compare(dir string, overrides []string, r *release, o options, converter bool) (changed bool, err error) {
	pinned, err := runSuites(t.pins.tensorflow.Version, o.size, converter)
	if err != nil {
		return false, err
	}
	programs := []program{quantizeProgram}
	if converter {
		programs = append(programs, convertProgram)
	}
	for _, p := range programs {
		if err := t.build(dir, overrides, p); err != nil {
			return false, fmt.Errorf("%s: it cannot be built with this release: %w", p.name, err)
		}
	}
	release, err := runSuites(r.Version, o.size, converter)
	if err != nil {
		return false, err
	}
	changes, err := compareReleases(pinned, release)
	if err != nil {
		return false, err
	}
	fmt.Printf("\n")
	printSummary(os.Stdout, t.pins.tensorflow.Version, r.Version, pinned, release, changes)
	printChanges(os.Stdout, changes, o.examples)
	return len(changes) > 0, nil
}

const timeout = 30 * time.Second // for one model

func runSuites(version string, size suite.Size, converter bool) ([]suite.Result, error) {
	fmt.Fprintf(os.Stderr, "running the suites with TensorFlow %s\n", version)
	u := suite.Upstream{Quantizer: &reference.Quantizer{Timeout: timeout}}
	defer u.Close()
	if converter {
		u.Converter = &reference.Converter{Timeout: timeout}
		defer u.Converter.Close()
	}
	var results []suite.Result
	err := suite.Run(u, size, func(r suite.Result) { results = append(results, r) })
	return results, err
}

func (t *tree) has(r *release) bool {
	_, err := os.Stat(cache.Unpacked(t.cache, r.SHA256))
	return err == nil
}

// forget removes the libraries of a release, most of a gigabyte, from the
// cache, unless they had been there before. The archive stays.
func (t *tree) forget(r *release, had bool) {
	if !had {
		os.RemoveAll(cache.Unpacked(t.cache, r.SHA256))
	}
}

// pin writes the release into the source tree and says what is left to do.
func (t *tree) pin(r *release) error {
	changed, err := apply(t.root, r.edits())
	if err != nil {
		return err
	}
	if len(changed) == 0 {
		fmt.Printf("\nTensorFlow %s was pinned already.\n", r.Version)
		return nil
	}
	fmt.Printf("\nTensorFlow %s is pinned now, in %s.\n", r.Version, strings.Join(changed, ", "))
	if r.flatTag() != t.pins.flatbuffers.Version {
		fmt.Printf("Its FlatBuffers is another one. To use it for our files too:\n"+
			"    go get %s@%s\n    ./bazelw run //:gazelle-update-repos\n    ./bazelw run //schema:generated\n", t.pins.flatbuffers.Module, r.flatTag())
	}
	fmt.Printf("Where behaviour changed, change ours; where the schema did, schema/tflite.fbs. Then ./bazelw test //... compares ours with this release.\n")
	return nil
}
