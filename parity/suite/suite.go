// Package suite runs the models of the parity suite through whatever release of
// upstream a reference.Quantizer stands for, and says of each how ours and
// upstream compare. Run with two releases, it shows what changed between them.
package suite

import (
	"errors"
	"fmt"
	"os"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/tflitetest"
	"github.com/tflite-quantize/tflite-quantize/parity/check"
	"github.com/tflite-quantize/tflite-quantize/parity/corpus"
	"github.com/tflite-quantize/tflite-quantize/parity/fuzz"
	"github.com/tflite-quantize/tflite-quantize/parity/models"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// The suites, in the order in which they run.
const (
	NamedCases   = "named cases"
	RandomGraphs = "random graphs"
	RandomModels = "random models, packed"
	MadeNets     = "made networks"
	RealModels   = "real models"
)

// Names lists the suites.
var Names = []string{NamedCases, RandomGraphs, RandomModels, MadeNets, RealModels}

// A Result is how one quantization of one model compares.
type Result struct {
	Suite   string
	Name    string // of the model and its options, unique in the suite
	Outcome string // such as "equal" or "upstream crashes"
	Detail  string // the first difference, by its path in the schema, or what upstream's error says
}

// Outcomes of a Result.
const (
	Equal        = "equal"
	EqualDefined = "equal where upstream's bytes are defined"
	Unspecified  = "upstream's bytes are undefined"
	Different    = "different"
	Refused      = "refused by both"
	Crashed      = "upstream crashes" // or never ends
	OursRefuses  = "upstream makes a file, ours refuses"
	OursKeeps    = "upstream loses data, ours keeps them"
)

// Outcomes lists the outcomes.
var Outcomes = []string{Equal, EqualDefined, Refused, OursKeeps, OursRefuses, Unspecified, Crashed, Different}

// A Size says how many random models there are.
type Size struct {
	Graphs, Models uint64
	// Prune, if there is one, takes out of the models to pack what the release's
	// schema does not have: else every one of them would differ.
	Prune func(*tflite.ModelT)
}

// Run compares every model of every suite. Its error is that upstream's program
// cannot be run at all, or that a model cannot be read.
func Run(q *reference.Quantizer, size Size, report func(Result)) error {
	for _, run := range []func(*reference.Quantizer, Size, func(Result)) error{runCases, runGraphs, runModels, runNets, runCorpus} {
		if err := run(q, size, report); err != nil {
			return err
		}
	}
	return nil
}

func runCases(q *reference.Quantizer, _ Size, report func(Result)) error {
	return eachCase(NamedCases, models.Cases(), q, report)
}

func runNets(q *reference.Quantizer, _ Size, report func(Result)) error {
	return eachCase(MadeNets, models.Nets(), q, report)
}

func eachCase(suite string, cases []models.Case, q *reference.Quantizer, report func(Result)) error {
	for _, c := range cases {
		file := c.Model().Bytes()
		for i, o := range c.Options {
			r, err := quantizeCase(q, c, file, o)
			if err != nil {
				return err
			}
			r.Suite, r.Name = suite, fmt.Sprintf("%s, options %d (%s)", c.Name, i, models.Describe(o))
			report(r)
		}
		if c.Upstream > models.Refused {
			q.Close() // what upstream read may spoil what it does later
		}
	}
	return nil
}

// quantizeCase is compare for a case, of which it is known what upstream does.
func quantizeCase(q *reference.Quantizer, c models.Case, file []byte, o quantize.Options) (Result, error) {
	if c.Upstream == models.Undefined {
		return Result{Outcome: Unspecified}, nil
	}
	r, err := compare(q, file, o)
	if err == nil && c.Upstream == models.Lossy && r.Outcome == Different {
		r = Result{Outcome: OursKeeps}
	}
	if err == nil && c.Upstream == models.Tolerated && r.Outcome == Different {
		r.Outcome = OursRefuses
	}
	return r, err
}

func runGraphs(q *reference.Quantizer, size Size, report func(Result)) error {
	for seed := range size.Graphs {
		c := fuzz.Random(seed)
		file, err := tflite.Write(c.Model)
		if err != nil {
			return err
		}
		r, err := compare(q, file, c.Options)
		if err != nil {
			return err
		}
		r.Suite, r.Name = RandomGraphs, fmt.Sprintf("graph %d (%s)", seed, models.Describe(c.Options))
		report(r)
	}
	return nil
}

// runModels compares what packing alone does: no weight reaches the minimum.
func runModels(q *reference.Quantizer, size Size, report func(Result)) error {
	for seed := range size.Models {
		file, err := prune(tflitetest.Random(seed), size.Prune)
		if err != nil {
			return err
		}
		r, err := compare(q, file, quantize.Options{MinElements: 1 << 62})
		if err != nil {
			return err
		}
		r.Suite, r.Name = RandomModels, fmt.Sprintf("model %d", seed)
		report(r)
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

func runCorpus(q *reference.Quantizer, _ Size, report func(Result)) error {
	list, err := corpus.Models()
	if err != nil {
		return err
	}
	for _, m := range list {
		file, err := os.ReadFile(m.Path)
		if err != nil {
			return err
		}
		for _, mode := range corpus.Modes() {
			r, err := compare(q, file, mode.Options)
			if err != nil {
				return err
			}
			r.Suite, r.Name = RealModels, m.Name+", "+mode.Name
			report(r)
		}
	}
	return nil
}

// compare quantizes with both. The error is not about the model.
func compare(q *reference.Quantizer, file []byte, o quantize.Options) (Result, error) {
	theirs, err := q.Quantize(file, check.Equivalent(o))
	var status *reference.StatusError
	switch {
	case errors.Is(err, reference.ErrCrashed), errors.Is(err, reference.ErrTimeout):
		return Result{Outcome: Crashed}, nil
	case err != nil && !errors.As(err, &status):
		return Result{}, err
	}
	m, err := tflite.Read(file)
	if err != nil {
		return Result{}, err
	}
	_, err = quantize.Bytes(m, o)
	switch {
	case status != nil && err != nil:
		return Result{Outcome: Refused, Detail: status.Message}, nil
	case status != nil:
		return Result{Outcome: Different, Detail: fmt.Sprintf("ours makes a file, upstream refuses: %s", status.Message)}, nil
	case err != nil:
		return Result{Outcome: Different, Detail: fmt.Sprintf("upstream makes a file, ours refuses: %v", err)}, nil
	}
	switch outcome, why := check.File(m, o, theirs); outcome {
	case check.Equal:
		return Result{Outcome: Equal}, nil
	case check.EqualDefined:
		return Result{Outcome: EqualDefined}, nil
	default:
		return Result{Outcome: Different, Detail: why}, nil
	}
}
