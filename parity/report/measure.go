package main

import (
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/parity/check"
	"github.com/tflite-quantize/tflite-quantize/parity/corpus"
	"github.com/tflite-quantize/tflite-quantize/parity/infer"
	"github.com/tflite-quantize/tflite-quantize/parity/models"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

const (
	seeds     = 4  // inputs that each model is run on
	timedRuns = 15 // of which the shortest is reported
)

// A subject is a model and the options that it is quantized with.
type subject struct {
	name  string
	file  []byte
	modes []corpus.Mode
}

// A row is what one quantization of one model comes to.
type row struct {
	model, mode   string
	before, after int
	outcome       check.Outcome
	why           string // why it is not Equal
	runs          string // why the outputs cannot be compared; "" where they can
	same          bool   // both files compute the same to the bit
	err           infer.Error
	ours, theirs  time.Duration
}

func realModels() ([]subject, error) {
	list, err := corpus.Models()
	if err != nil {
		return nil, err
	}
	var subjects []subject
	for _, m := range list {
		file, err := os.ReadFile(m.Path)
		if err != nil {
			return nil, err
		}
		subjects = append(subjects, subject{m.Name, file, corpus.Modes()})
	}
	return subjects, nil
}

func madeNets() []subject {
	var subjects []subject
	for _, c := range models.Nets() {
		subjects = append(subjects, subject{c.Name, c.Model().Bytes(), corpus.Modes()})
	}
	return subjects
}

// A meter measures with one process of each program.
type meter struct {
	upstream reference.Quantizer
	runtime  reference.Runner
}

func (m *meter) close() {
	m.upstream.Close()
	m.runtime.Close()
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

func (m *meter) one(file []byte, o quantize.Options) (row, error) {
	r := row{before: len(file)}
	model, err := tflite.Read(file)
	if err != nil {
		return r, err
	}
	theirs, err := m.upstream.Quantize(file, check.Equivalent(o))
	if err != nil {
		return r, err
	}
	ours, err := quantize.Bytes(model, o)
	if err != nil {
		return r, err
	}
	r.after = len(ours)
	r.outcome, r.why = check.File(model, o, theirs)
	if err := m.compare(&r, file, ours, theirs); err != nil {
		return r, err
	}
	return r, m.time(&r, file, model, o)
}

// compare runs all three models.
func (m *meter) compare(r *row, file, ours, theirs []byte) error {
	r.same = true
	for seed := range uint64(seeds) {
		float, err := m.runtime.Run(file, seed)
		if err != nil {
			r.runs = "the runtime does not run the model"
			return nil
		}
		got, err := m.runtime.Run(ours, seed)
		if err != nil {
			return fmt.Errorf("our file does not run: %w", err)
		}
		r.err.Add(float, got)
		want, err := m.runtime.Run(theirs, seed)
		switch {
		case err != nil && r.outcome == check.EqualDefined:
			r.runs = "upstream's file does not run"
		case err != nil:
			return fmt.Errorf("upstream's file does not run: %w", err)
		case infer.Same(got, want) != "":
			r.same = false
		}
	}
	return nil
}

// time measures the calls alone, warm, from memory to memory. Ours reads and
// verifies the model as well.
func (m *meter) time(r *row, file []byte, model *tflite.ModelT, o quantize.Options) error {
	theirs, err := m.upstream.Time(file, check.Equivalent(o), timedRuns)
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
