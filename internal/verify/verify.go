// Package verify finds out whether a file was made of a float model, and by which
// recipe and options.
package verify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/diff"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/release"
	"github.com/tflite-quantize/tflite-quantize/internal/options"
)

// A Result says how a file was made, or how the file differs from the nearest one.
type Result struct {
	Made bool `json:"made"` // the file was made of the model
	// Arguments are those of the command that make the file; where it was not made so,
	// those that come nearest.
	Arguments []string `json:"arguments"`
	// TheirOrder tells that added operators have the order of a run of TensorFlow's tool.
	TheirOrder bool `json:"their_order,omitempty"`
	// Unchanged tells that the file is the float model itself.
	Unchanged bool `json:"unchanged,omitempty"`
	// Difference is the first one, where the file was not made so.
	Difference string `json:"difference,omitempty"`
	// Tried is the number of ways that were planned.
	Tried int `json:"tried"`
}

// Made looks for the way in which quantized, a file, was made of the model in the file
// float. The error is one of reading the files, of a broken float model, or the context's.
func Made(ctx context.Context, float, quantized string) (*Result, error) {
	var out *Result
	err := quantize.ViewParts(quantized, func(made *tflite.ModelT, file []byte, size int64) error {
		return quantize.ViewParts(float, func(m *tflite.ModelT, data []byte, _ int64) (err error) {
			if bytes.Equal(data, file) {
				out = &Result{Made: true, Unchanged: true, Arguments: []string{}}
				return nil
			}
			s := search{ctx: ctx, path: float, float: m, made: made, file: file, size: size}
			out, err = s.run()
			return err
		})
	})
	return out, err
}

// A search is one call of Made.
type search struct {
	ctx   context.Context
	path  string // of the float model
	float *tflite.ModelT
	made  *tflite.ModelT
	file  []byte
	size  int64 // of the model in the file

	tried   int
	dir     string // of files that are tried
	nearest way    // of those that were made
	differs string // how its file differs
}

// A way is arguments that may have made the file.
type way struct {
	words     []string
	distance  int // of the planned model to the file's; 0 for one of the same parts
	quantizer quantize.Quantizer
}

// refined is how many of the nearest ways are tried with other options.
const refined = 6

// isPlain tells that a way is the command's default, or that of TensorFlow's tool.
func isPlain(words []string) bool {
	return len(words) == 0 || len(words) == 1 && words[0] == "--exact"
}

func (s *search) run() (*Result, error) {
	dir, err := os.MkdirTemp("", "verify")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	s.dir = dir
	if r := s.foreign(); r != nil {
		return r, nil
	}
	ways := s.plan(bases(s.states()))
	if r, err := s.try(ways); r != nil || err != nil {
		return r, err
	}
	for i, w := range ways {
		if i >= refined && !isPlain(w.words) {
			continue
		}
		if r, err := s.try(s.plan(s.refine(w))); r != nil || err != nil {
			return r, err
		}
	}
	// The last, as the only ones whose plans need values encoded.
	if r, err := s.try(s.plan(s.mixing())); r != nil || err != nil {
		return r, err
	}
	return s.notMade(ways), nil
}

// foreign is the result for a file that lacks most tensors of the float model, nil for
// others: every tool keeps their names.
func (s *search) foreign() *Result {
	names := map[string]bool{}
	for _, sg := range s.made.Subgraphs {
		for _, t := range sg.Tensors {
			names[t.Name] = true
		}
	}
	all, shared := 0, 0
	for _, sg := range s.float.Subgraphs {
		for _, t := range sg.Tensors {
			all++
			if names[t.Name] {
				shared++
			}
		}
	}
	if 2*shared >= all {
		return nil
	}
	return &Result{Arguments: []string{}, Difference: fmt.Sprintf("the file has %d of the model's %d tensors", shared, all)}
}

// notMade says what comes nearest.
func (s *search) notMade(ways []way) *Result {
	r := &Result{Arguments: []string{}, Difference: s.differs, Tried: s.tried}
	switch {
	case s.differs != "":
		r.Arguments = s.nearest.words
	case len(ways) > 0:
		r.Arguments = ways[0].words
		r.Difference = s.difference(ways[0])
	default:
		r.Difference = "nothing can be made of the float model"
	}
	return r
}

// states tells that the file states another release than the float model.
func (s *search) states() bool {
	return release.Declared(s.float) != release.Declared(s.made)
}

// plan plans ways, and returns those that can be, the nearest first.
func (s *search) plan(lines [][]string) []way {
	var out []way
	for _, words := range lines {
		w, err := s.planOne(words)
		if errors.Is(err, quantize.ErrModel) {
			if keeping := s.keepingAll(words); keeping != nil {
				w, err = s.planOne(keeping)
			}
		}
		if err == nil {
			out = append(out, *w)
		}
	}
	slices.SortStableFunc(out, func(a, b way) int { return a.distance - b.distance })
	return out
}

func (s *search) planOne(words []string) (*way, error) {
	q, err := options.QuantizerOf(words)
	if err != nil {
		return nil, err // options that do not go together
	}
	s.tried++
	p, err := quantize.NewPlan(s.float, q)
	if err != nil {
		return nil, err
	}
	o, err := p.Apply()
	if err != nil {
		return nil, err
	}
	return &way{words, distance(o.Model, s.made), q}, nil
}

// try makes the files of ways whose parts are those of the file, and returns nil where
// none is the file.
func (s *search) try(ways []way) (*Result, error) {
	for _, w := range ways {
		if w.distance > 0 {
			return nil, nil
		}
		for _, theirs := range []bool{false, true} {
			same, err := s.isMade(w, theirs)
			if err != nil {
				return nil, err
			}
			if same {
				return &Result{Made: true, Arguments: w.words, TheirOrder: theirs, Tried: s.tried}, nil
			}
		}
	}
	return nil, nil
}

// isMade makes the file of a way and compares. With theirs, added operators get the order
// of the file, where the way is one of the tool whose order differs from run to run.
func (s *search) isMade(w way, theirs bool) (bool, error) {
	q := w.quantizer
	if theirs {
		o, err := options.OptionsOf(w.words)
		if err != nil || o.Repairs != 0 {
			return false, nil
		}
		if o.Order, err = quantize.OrderOf(s.float, s.made, o); err != nil {
			return false, nil
		}
		q = o
	}
	run := []quantize.RunOption{quantize.WithContext(s.ctx)}
	if !slices.Contains(w.words, "--exact") {
		run = append(run, quantize.KeepUnlessSmaller())
	}
	path := filepath.Join(s.dir, "tried")
	if _, err := quantize.File(s.path, path, q, run...); err != nil {
		if s.ctx.Err() != nil || errors.Is(err, quantize.ErrWrite) || errors.Is(err, quantize.ErrRead) {
			return false, err
		}
		return false, nil
	}
	same := false
	err := quantize.ViewBytes(path, func(data []byte) error {
		if same = bytes.Equal(data, s.file); !same && s.differs == "" {
			s.nearest, s.differs = w, s.inWords(data)
		}
		return nil
	})
	return same, err
}

// inWords is the first difference of a file that is not the one.
func (s *search) inWords(data []byte) string {
	_, size, err := tflite.ReadPrefix(data)
	if err != nil {
		return err.Error()
	}
	if bytes.Equal(data[:size], s.file[:s.size]) {
		return "what follows the model is another"
	}
	return diff.First(s.file[:s.size], data[:size])
}

// difference is the first one to a way whose parts are not those of the file.
func (s *search) difference(w way) string {
	data, err := quantize.Bytes(s.float, w.quantizer)
	if err != nil {
		return strings.TrimSpace(err.Error())
	}
	return s.inWords(data)
}
