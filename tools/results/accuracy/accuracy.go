// Package accuracy has trained models with labelled data, and counts how often a model,
// or what a quantizer made of it, is right about them.
//
// Data and large weights come as runfiles of this library, by the pins of
// third_party/datasets; the models that are trained on them here are those of
// tools/results/models.
package accuracy

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// A Task is a trained model and what it is tested on.
type Task struct {
	Name    string // of the model, a few words
	What    string // what the model does, with which layers
	Data    string // the test items and where they come from
	Licence string // of the data and of the weights
	Metric  string // what Score.Correct counts

	// Floor is the least share of correct answers of the float model. Fewer mean that
	// inputs, labels or the runtime are wrong.
	Floor float64

	file  func() ([]byte, error) // of the float model
	items func() (items, error)  // of the test; cached
	train func() (items, error)  // nil where the weights come from elsewhere

	tolerance int // how far an answer may be from its label
}

// A Runtime runs a model, once for each list of inputs. A *reference.Runner of
// parity/interpreter is one.
type Runtime interface {
	RunEach(model []byte, inputs [][]reference.Tensor) ([][]reference.Tensor, error)
}

// Find returns the task of a name.
func Find(name string) (Task, error) {
	for _, t := range Tasks {
		if t.Name == name {
			return t, nil
		}
	}
	return Task{}, fmt.Errorf("task: no %q: want a name of Tasks", name)
}

// Model writes the float model into a folder and returns its path.
func (t Task) Model(ctx context.Context, dir string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	file, err := t.file()
	if err != nil {
		return "", fmt.Errorf("%s: %w", t.Name, err)
	}
	path := filepath.Join(dir, "float.tflite")
	return path, os.WriteFile(path, file, 0o666)
}

// Measure runs the model of a file on all test items. The scores of two models, on the
// same runtime, are compared by Score.Against.
func (t Task) Measure(ctx context.Context, r Runtime, model string) (Score, error) {
	file, err := os.ReadFile(model)
	if err != nil {
		return Score{}, err
	}
	all, err := t.items()
	if err != nil {
		return Score{}, fmt.Errorf("%s: %w", t.Name, err)
	}
	return t.measure(ctx, r, file, all)
}

// Check returns an error that matches ErrFloor if the float model's score is below Floor.
func (t Task) Check(float Score) error {
	if float.Accuracy() >= t.Floor {
		return nil
	}
	return fmt.Errorf("%s: %w: %d of %d, want at least %.0f %%", t.Name, ErrFloor, float.Correct, float.N, 100*t.Floor)
}

// ErrFloor is the error of a float model's score below Task.Floor.
var ErrFloor = errors.New("too few answers are right")

// ErrTraining is the error of Training where weights come from elsewhere.
var ErrTraining = errors.New("not trained here")

// chunk is how many bytes of inputs are handed to a runtime at once: a model is loaded
// for each.
const chunk = 64 << 20

func (t Task) measure(ctx context.Context, r Runtime, file []byte, all items) (Score, error) {
	answers := make([]int, 0, all.len())
	for len(answers) < all.len() {
		if err := ctx.Err(); err != nil {
			return Score{}, err
		}
		var inputs [][]reference.Tensor
		for size := 0; size < chunk && len(answers)+len(inputs) < all.len(); {
			input := all.input(len(answers) + len(inputs))
			inputs = append(inputs, []reference.Tensor{input})
			size += len(input.Data)
		}
		outputs, err := r.RunEach(file, inputs)
		if err != nil {
			return Score{}, fmt.Errorf("%s: %w", t.Name, err)
		}
		for _, out := range outputs {
			answer, err := largest(out)
			if err != nil {
				return Score{}, fmt.Errorf("%s: item %d: %w", t.Name, len(answers), err)
			}
			answers = append(answers, answer)
		}
	}
	return t.score(answers, all.labels), nil
}

// Training returns the items that a model is trained on: inputs, which have the shape of
// the model's, and labels.
func (t Task) Training() (inputs []reference.Tensor, labels []int, err error) {
	if t.train == nil {
		return nil, nil, fmt.Errorf("%s: %w", t.Name, ErrTraining)
	}
	all, err := t.train()
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", t.Name, err)
	}
	for i := range all.labels {
		inputs = append(inputs, all.input(i))
	}
	return inputs, all.labels, nil
}
