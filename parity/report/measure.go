package main

import (
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/cases"
	"github.com/tflite-quantize/tflite-quantize/parity/compare"
	"github.com/tflite-quantize/tflite-quantize/parity/infer"
	"github.com/tflite-quantize/tflite-quantize/parity/interpreter"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
	"github.com/tflite-quantize/tflite-quantize/third_party/models"
)

const (
	seeds     = 4  // inputs that each model is run on
	timedRuns = 15 // of which the shortest is reported
)

// A subject is a model and the options that it is quantized with.
type subject struct {
	name  string
	file  []byte
	modes []cases.Mode
}

// A row is how one quantization of one model compares.
type row struct {
	model, mode   string
	before, after int // bytes
	files         compare.Result
	outputs       infer.Comparison
	ours, theirs  time.Duration
}

func realModels() ([]subject, error) {
	list, err := models.All()
	if err != nil {
		return nil, err
	}
	var subjects []subject
	for _, m := range list {
		file, err := os.ReadFile(m.Path)
		if err != nil {
			return nil, err
		}
		subjects = append(subjects, subject{m.Name, file, cases.WholeModelModes()})
	}
	return subjects, nil
}

func nets() []subject {
	var subjects []subject
	for _, c := range synthetic.Nets() {
		subjects = append(subjects, subject{c.Name, c.Model().Bytes(), cases.WholeModelModes()})
	}
	return subjects
}

// A meter measures with one process of each program.
type meter struct {
	upstream  reference.Quantizer
	converter reference.Converter
	runtime   reference.Runner
	newer     *reference.Runner // has all versions of operators that recipes give
}

func newMeter() *meter {
	return &meter{newer: interpreter.LiteRT.NewRunner(interpreter.NoDelegate)}
}

func (m *meter) close() {
	m.upstream.Close()
	m.converter.Close()
	m.runtime.Close()
	m.newer.Close()
}

func (m *meter) measure(subjects []subject) ([]row, error) {
	var rows []row
	for _, s := range subjects {
		for _, mode := range s.modes {
			fmt.Fprintf(os.Stderr, "%s, %s\n", s.name, mode.Name)
			r, err := m.one(s.file, mode.Options)
			if err != nil {
				return nil, fmt.Errorf("%s, %s: %w", s.name, mode.Name, err)
			}
			r.model, r.mode = s.name, mode.Name
			rows = append(rows, r)
		}
	}
	return rows, nil
}

func (m *meter) one(file []byte, o quantize.Options) (r row, err error) {
	if r.files, err = compare.Quantize(&m.upstream, file, o); err != nil {
		return r, err
	}
	if r.files.Ours == nil || r.files.Upstream == nil {
		return r, fmt.Errorf("%v, expected two files", r.files)
	}
	r.before, r.after = len(file), len(r.files.Ours)
	if r.outputs, err = infer.Compare(&m.runtime, file, r.files.Ours, r.files.Upstream, seeds); err != nil {
		return r, err
	}
	return r, m.time(&r, file, o)
}

// time measures the calls alone, warm, from memory to memory. Ours reads and
// verifies the model as well.
func (m *meter) time(r *row, file []byte, o quantize.Options) error {
	theirs, err := m.upstream.Time(file, compare.Options(o), timedRuns)
	if err != nil {
		return err
	}
	var ours []time.Duration
	for range timedRuns {
		start := time.Now()
		model, err := tflite.Read(file)
		if err != nil {
			return err
		}
		if _, err := quantize.Bytes(model, o); err != nil {
			return err
		}
		ours = append(ours, time.Since(start))
	}
	r.ours, r.theirs = slices.Min(ours), slices.Min(theirs)
	return nil
}
