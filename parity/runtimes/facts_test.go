package runtimes_test

import (
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
	"github.com/tflite-quantize/tflite-quantize/parity/runtimes"
)

// outcomes are those of the runtimes, by name.
type outcomes map[string]runtimes.Outcome

// everywhere is one outcome in all runtimes.
func everywhere(o runtimes.Outcome) outcomes {
	return outcomes{
		runtimes.C: o, runtimes.LiteRT: o, runtimes.LiteRTXNNPACK: o, runtimes.Old: o, runtimes.OldXNNPACK: o,
	}
}

// but is o with other outcomes in some runtimes.
func (o outcomes) but(other runtimes.Outcome, names ...string) outcomes {
	for _, n := range names {
		o[n] = other
	}
	return o
}

// expect compares what the runtimes make of a file.
func expect(t *testing.T, all []runtimes.Runtime, trial runtimes.Trial, file []byte, want outcomes) {
	t.Helper()
	for _, r := range all {
		w, ok := want[r.Name]
		if !ok {
			continue
		}
		got, why := trial.Outcome(r, file)
		t.Logf("%s: %s: %s", r.Name, got, why)
		if got != w {
			t.Errorf("%s: %s (%s), want %s", r.Name, got, why, w)
		}
	}
}

// compute returns what the C runtime computes.
func compute(t *testing.T, all []runtimes.Runtime, trial runtimes.Trial, file []byte) []reference.Tensor {
	t.Helper()
	out, err := trial.Run(all[0], file)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// quantizer returns upstream's process, ended with the test.
func quantizer(t *testing.T) *reference.Quantizer {
	q := new(reference.Quantizer)
	t.Cleanup(func() { q.Close() })
	return q
}

func read(t *testing.T, file []byte) *tflite.ModelT {
	t.Helper()
	m, err := tflite.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func write(t *testing.T, m *tflite.ModelT) []byte {
	t.Helper()
	file, err := tflite.Write(m)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// perTensor stands for the axis of weights that have one scale.
const perTensor = -1

// weights adds a constant of whole numbers from -7 to 7, times the scale of its place along
// the axis.
func weights(m *synthetic.Model, typ tflite.TensorType, axis int, shape ...int32) int32 {
	q := &tflite.QuantizationParametersT{Scale: []float32{1. / 64}, ZeroPoint: []int64{0}}
	inner, n := int32(1), int32(1)
	for i, d := range shape {
		n *= d
		if i > axis {
			inner *= d
		}
	}
	if axis != perTensor {
		q.QuantizedDimension = int32(axis)
		for i := int32(1); i < shape[axis]; i++ {
			q.Scale, q.ZeroPoint = append(q.Scale, float32(i%5+1)/64), append(q.ZeroPoint, 0)
		}
	}
	var floats []float32
	var data []byte
	for i := range n {
		v := i*37%15 - 7
		floats = append(floats, float32(v)*q.Scale[int(i/inner)%len(q.Scale)])
		if typ == tflite.TensorTypeINT4 && i%2 == 1 {
			data[i/2] = data[i/2]&15 | byte(v)<<4
		} else {
			data = append(data, byte(v))
		}
	}
	if typ == tflite.TensorTypeFLOAT32 {
		return m.Weights(shape, floats...)
	}
	w := m.Constant(typ, shape, data)
	m.Last().Tensors[w].Quantization = q
	return w
}
