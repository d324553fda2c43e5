package runtimes_test

import (
	"fmt"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
	"github.com/tflite-quantize/tflite-quantize/parity/runtimes"
)

// addDense adds a FULLY_CONNECTED that quantizes its inputs asymmetrically.
func addDense(m *synthetic.Model, x, w int32) int32 {
	y := m.Tensor(1, 64)
	m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{x, w, -1}, y).BuiltinOptions.Value.(*tflite.FullyConnectedOptionsT).AsymmetricQuantizeInputs = true
	return y
}

// Kernels of TFLite 2.14 take the first of many scales for all rows. A runtime refuses
// the versions that it does not know, and TFLite 2.14 knows 11: version 12 is what keeps
// weights with a scale for each row away from it.
func TestVersionsOfFullyConnected(t *testing.T) {
	all := runtimes.ForTest(t)
	right := everywhere(runtimes.Right)
	notOld := everywhere(runtimes.Right).but(runtimes.Refused, runtimes.Old, runtimes.OldXNNPACK)
	for _, c := range []struct {
		axis    int
		version int32
		want    outcomes
	}{
		{perTensor, 1, right}, // no runtime looks at the version otherwise
		{perTensor, 9, right},
		{perTensor, 12, notOld},
		{0, 9, everywhere(runtimes.Right).but(runtimes.Wrong, runtimes.Old, runtimes.OldXNNPACK)},
		{0, 12, notOld},
	} {
		t.Run(fmt.Sprintf("axis %d, version %d", c.axis, c.version), func(t *testing.T) {
			build := func(typ tflite.TensorType) *synthetic.Model {
				m := synthetic.New()
				x := m.Input(1, 64)
				m.Output(addDense(m, x, weights(m, typ, c.axis, 64, 64)))
				return m
			}
			trial := runtimes.Trial{Decibels: 30}
			trial.Want = compute(t, all, trial, build(tflite.TensorTypeFLOAT32).Bytes())
			m := build(tflite.TensorTypeINT8)
			m.OperatorCodes[0].Version = c.version
			expect(t, all, trial, m.Bytes(), c.want)
		})
	}
}

// Upstream sets the version of what it quantizes, higher or lower, also where others read
// the same operator code.
func TestUpstreamLowersVersions(t *testing.T) {
	all := runtimes.ForTest(t)
	build := func(typ tflite.TensorType) *synthetic.Model {
		m := synthetic.New()
		x := m.Input(1, 64)
		y := addDense(m, x, weights(m, typ, 0, 64, 64))
		m.Output(addDense(m, y, weights(m, tflite.TensorTypeFLOAT32, perTensor, 64, 64)))
		return m
	}
	trial := runtimes.Trial{Decibels: 30}
	trial.Want = compute(t, all, trial, build(tflite.TensorTypeFLOAT32).Bytes())
	m := build(tflite.TensorTypeINT8)
	m.OperatorCodes[0].Version = 12
	notOld := everywhere(runtimes.Right).but(runtimes.Refused, runtimes.Old, runtimes.OldXNNPACK)
	expect(t, all, trial, m.Bytes(), notOld)

	file, err := quantizer(t).Quantize(m.Bytes(), reference.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := read(t, file)
	if v := got.OperatorCodes[0].Version; v != 9 {
		t.Fatalf("upstream's version is %d, want 9", v)
	}
	expect(t, all, trial, file, everywhere(runtimes.Right).but(runtimes.Wrong, runtimes.Old, runtimes.OldXNNPACK))
	expect(t, all, trial, ours(t, m.Bytes(), quantize.Options{}, repair.Every()), notOld)
}
