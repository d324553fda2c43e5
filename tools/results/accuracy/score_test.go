package accuracy

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

func TestInterval(t *testing.T) {
	for _, c := range []struct {
		correct, n int
		low, high  float64
	}{
		// Newcombe (1998), table I, method 3.
		{81, 263, .2553, .3662},
		{15, 148, .0624, .1605},
		{0, 20, 0, .1611},
		{1, 29, .0061, .1718},
		{20, 20, .8389, 1},
	} {
		low, high := interval(c.correct, c.n)
		if math.Abs(low-c.low) > 5e-5 || math.Abs(high-c.high) > 5e-5 {
			t.Errorf("%d of %d: [%.4f, %.4f], want [%.4f, %.4f]", c.correct, c.n, low, high, c.low, c.high)
		}
	}
}

func TestLargest(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(-1))
	for _, c := range []struct {
		values []float32
		want   int
	}{
		{[]float32{1, 3, 2}, 1},
		{[]float32{-3, -1, -2}, 1},
		{[]float32{2, 2}, 0},
		{[]float32{nan, 1}, 1},
		{[]float32{1, nan, 2}, 2},
		{[]float32{nan, nan}, -1},
		{[]float32{nan, inf}, 1},
	} {
		got, err := largest([]reference.Tensor{floats(nil, c.values)})
		if err != nil || got != c.want {
			t.Errorf("%v: %d, %v, want %d", c.values, got, err, c.want)
		}
	}
	for _, outputs := range [][]reference.Tensor{nil, {{Type: reference.Int8}}, make([]reference.Tensor, 2)} {
		if _, err := largest(outputs); err == nil {
			t.Errorf("%v: no error, want one: an output of float32", outputs)
		}
	}
}

// echo answers with its input, and counts calls.
type echo struct{ calls int }

func (e *echo) RunEach(model []byte, inputs [][]reference.Tensor) ([][]reference.Tensor, error) {
	e.calls++
	return inputs, nil
}

// oneHot are items whose inputs answer themselves.
func oneHot(labels, answers []int) items {
	return items{labels, func(i int) reference.Tensor {
		values := make([]float32, 1<<20)
		values[answers[i]] = 1
		return floats([]int32{1, 1 << 20}, values)
	}}
}

func TestMeasure(t *testing.T) {
	labels := make([]int, 40)
	for i := range labels {
		labels[i] = i
	}
	answers := append([]int(nil), labels...)
	answers[3], answers[5], answers[7] = 4, 7, 4 // 1, 2 and 3 away
	path := filepath.Join(t.TempDir(), "model")
	if err := os.WriteFile(path, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		tolerance int
		floor     float64
		want      int
		err       error
	}{
		{0, .9, 37, nil},
		{1, .9, 38, nil},
		{2, .9, 39, nil},
		{0, .95, 37, ErrFloor},
	} {
		task := Task{Name: "echo", Metric: "echoes", Floor: c.floor, tolerance: c.tolerance, items: func() (items, error) { return oneHot(labels, answers), nil }}
		r := new(echo)
		s, err := task.Measure(context.Background(), r, path)
		if err != nil || s.Correct != c.want || s.N != len(labels) || s.Metric != "echoes" {
			t.Errorf("%+v: %+v, %v", c, s, err)
		}
		if err := task.Check(s); !errors.Is(err, c.err) {
			t.Errorf("%+v: %v", c, err)
		}
		// 4 MB an item.
		if r.calls != 3 {
			t.Errorf("%d calls, want 3 of at most %d bytes", r.calls, chunk)
		}
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	task := Task{items: func() (items, error) { return oneHot(labels, answers), nil }}
	if _, err := task.Measure(cancelled, new(echo), path); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want context.Canceled", err)
	}
}

func TestAgreement(t *testing.T) {
	task := Task{Metric: "top"}
	labels := []int{0, 1, 2, 3}
	float := task.score([]int{0, 1, 2, 0}, labels)
	if a := float.Against(float).Agreement; a != 1 {
		t.Errorf("with itself: %v, want 1", a)
	}
	s := task.score([]int{0, 1, 0, 3}, labels).Against(float)
	if s.Agreement != .5 || s.Accuracy() != .75 {
		t.Errorf("agreement %v, accuracy %v, want 0.5 and 0.75", s.Agreement, s.Accuracy())
	}
	got, err := json.Marshal(Score{"top", 4, 3, .25, .5, .5, nil})
	if want := `{"metric":"top","n":4,"correct":3,"low":0.25,"high":0.5,"agreement":0.5}`; err != nil || string(got) != want {
		t.Errorf("%s, want %s", got, want)
	}
}
