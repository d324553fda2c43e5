// Package suite compares ours with the release of upstream that a
// reference.Quantizer stands for, on all models that there are for it. Run with
// two releases, it shows the changes between them.
package suite

import (
	"errors"
	"fmt"
	"os"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/cases"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/graphs"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/random"
	"github.com/tflite-quantize/tflite-quantize/parity/compare"
	"github.com/tflite-quantize/tflite-quantize/parity/outcome"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
	"github.com/tflite-quantize/tflite-quantize/third_party/models"
)

// The suites, in the order in which they run.
const (
	NamedCases   = "named cases"
	RandomGraphs = "random graphs"
	RandomModels = "random models, packed"
	Nets         = "synthetic networks"
	RealModels   = "real models"
	MLIRGraphs   = "mlir, random graphs"
	MLIRNets     = "mlir, synthetic networks"
	MLIRReal     = "mlir, real models"

	// Those of the converter, of SavedModels.
	ConverterNets   = "converter, networks"
	ConverterRandom = "converter, random networks"
)

// Names lists the suites.
var Names = []string{NamedCases, RandomGraphs, RandomModels, Nets, RealModels, MLIRGraphs, MLIRNets, MLIRReal, ConverterNets, ConverterRandom}

// A Result is how one quantization of one model compares.
type Result struct {
	Suite   string
	Name    string // of the model and its options, unique in the suite
	Outcome outcome.Outcome
	Known   bool   // the case states this outcome
	Detail  string // as compare.Result has it, without what names processes
}

// Good reports whether the outcome is good, or the one that the case states.
func (r Result) Good() bool { return r.Outcome.Good() || r.Known }

// A Size says how many models there are of the suites that have any number.
type Size struct {
	Graphs, Models uint64
	// Units is how many random graphs the MLIR quantizer gets, and how many random
	// SavedModels the converter.
	Units uint64
	// Prune, if there is one, takes out of the models to pack what the release's
	// schema does not have: else every one of them would differ.
	Prune func(*tflite.ModelT)
}

// Upstream is the programs of a release.
type Upstream struct {
	*reference.Quantizer
	Converter *reference.Converter // nil leaves its suites out
}

// Run compares every model of every suite. Its error is that upstream's program
// cannot be run at all, or that a model cannot be read.
func Run(u Upstream, size Size, report func(Result)) error {
	s := runner{u, size, report, 1}
	return s.all()
}

func (s *runner) all() error {
	for _, run := range []func() error{s.cases, s.graphs, s.models, s.nets, s.real, s.mlirGraphs, s.mlirNets, s.mlirReal, s.converterNets, s.converterRandom} {
		if err := run(); err != nil {
			return err
		}
	}
	return nil
}

type runner struct {
	upstream Upstream
	size     Size
	report   func(Result)
	step     int // of cases, networks and real models it takes one in so many
}

func (s *runner) cases() error { return s.each(NamedCases, cases.Cases()) }
func (s *runner) nets() error  { return s.each(Nets, cases.Nets()) }

func (s *runner) each(suite string, list []cases.Case) error {
	for at := 0; at < len(list); at += s.step {
		c := list[at]
		file := c.Model().Bytes()
		for i, o := range c.Options {
			name := fmt.Sprintf("%s, options %d (%s)", c.Name, i, cases.Describe(o))
			if err := s.compare(suite, name, file, o, c.Outcome); err != nil {
				return err
			}
			if !c.Harmless() {
				s.upstream.Close() // what upstream read may spoil what it does later
			}
		}
	}
	return nil
}

func (s *runner) graphs() error {
	for seed := range s.size.Graphs {
		c := graphs.Random(seed)
		file, err := tflite.Write(c.Model)
		if err != nil {
			return err
		}
		name := fmt.Sprintf("graph %d (%s)", seed, cases.Describe(c.Options))
		if err := s.compare(RandomGraphs, name, file, c.Options, outcome.Equal); err != nil {
			return err
		}
	}
	return nil
}

// models compares packing alone.
func (s *runner) models() error {
	for seed := range s.size.Models {
		file, err := prune(random.Model(seed), s.size.Prune)
		if err != nil {
			return err
		}
		if err := s.compare(RandomModels, fmt.Sprintf("model %d", seed), file, cases.PackOnly, outcome.Equal); err != nil {
			return err
		}
	}
	return nil
}

func prune(file []byte, f func(*tflite.ModelT)) ([]byte, error) {
	if f == nil {
		return file, nil
	}
	m, err := tflite.Read(file)
	if err != nil {
		return nil, err
	}
	f(m)
	return tflite.Write(m)
}

func (s *runner) real() error {
	list, err := models.All()
	if err != nil {
		return err
	}
	for at := 0; at < len(list); at += s.step {
		m := list[at]
		file, err := os.ReadFile(m.Path)
		if err != nil {
			return err
		}
		for _, mode := range cases.WholeModelModes() {
			if err := s.compare(RealModels, m.Name+", "+mode.Name, file, mode.Options, outcome.Equal); err != nil {
				return err
			}
		}
	}
	return nil
}

// compare compares one quantization, whose outcome may be known, and reports the result.
func (s *runner) compare(suite, name string, file []byte, o quantize.Options, known outcome.Outcome) error {
	r, err := compare.Known(s.upstream.Quantizer, file, o, known)
	if err != nil {
		return fmt.Errorf("%s, %s: %w", suite, name, err)
	}
	s.report(Result{suite, name, r.Outcome, r.Outcome == known, detail(r)})
	return nil
}

// detail leaves out words that differ between two runs of the same release.
func detail(r compare.Result) string {
	var status *reference.StatusError
	switch {
	case r.Outcome == outcome.UpstreamCrashes, r.Outcome == outcome.UpstreamHangs:
		return ""
	case r.Outcome == outcome.Undefined: // what upstream says is undefined too
		return r.Detail
	case errors.As(r.UpstreamErr, &status):
		return status.Message
	}
	return r.Detail
}
