package accuracy

import (
	"context"
	"errors"
	"flag"
	"os"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/parity/interpreter"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

var all = flag.Bool("all", false, "run all tasks, on all test items: takes minutes and all data of third_party/datasets")

// small are the tasks whose data the test has.
var small = []string{"MNIST CNN", "EfficientNet-Lite0", "spoken digits LSTM", "spoken digits GRU"}

// Float models answer test items rightly, and not if labels are in another order.
func TestFloatModelsAreRight(t *testing.T) {
	if os.Getenv("TEST_SRCDIR") == "" {
		t.Skip("no data: run this under Bazel, or set TEST_SRCDIR to the folder that has them")
	}
	names := small
	if *all {
		names = nil
		for _, task := range Tasks {
			names = append(names, task.Name)
		}
	}
	r := interpreter.LiteRT.NewRunner(interpreter.XNNPACK)
	t.Cleanup(func() { r.Close() })
	for _, name := range names {
		t.Run(name, func(t *testing.T) { isRight(t, r, name) })
	}
}

func isRight(t *testing.T, r *reference.Runner, name string) {
	const few = 44
	task, err := Find(name)
	if err != nil {
		t.Fatal(err)
	}
	path, err := task.Model(context.Background(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	tested, err := task.items()
	if err != nil {
		t.Fatal(err)
	}
	if step := tested.len() / few; !*all {
		tested = tested.pick(func(i int) bool { return i%step == 0 })
	}
	task.items = func() (items, error) { return tested, nil }
	s, err := task.Measure(context.Background(), r, path)
	if err != nil {
		t.Fatal(err)
	}
	if err := task.Check(s); err != nil {
		t.Error(err)
	}
	t.Logf("%d of %d", s.Correct, s.N)

	last := 0
	for _, label := range tested.labels {
		last = max(last, label)
	}
	turned := items{input: tested.input}
	for _, label := range tested.labels {
		turned.labels = append(turned.labels, last-label)
	}
	task.items = func() (items, error) { return turned, nil }
	if s, err = task.Measure(context.Background(), r, path); err != nil {
		t.Fatal(err)
	}
	if err := task.Check(s); !errors.Is(err, ErrFloor) {
		t.Errorf("labels in another order: %d of %d, %v, want ErrFloor", s.Correct, s.N, err)
	}
}
