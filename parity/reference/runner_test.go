package reference_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

func TestRunComputesTheModel(t *testing.T) {
	r := newRunner(t)
	x := reference.Tensor{Type: reference.Float32, Shape: []int32{2, 2}, Data: floats(10, 1, 0, -1)}
	got, err := r.RunInputs(pack(fullyConnected()), []reference.Tensor{x})
	if err != nil {
		t.Fatal(err)
	}
	y := got[0]
	if len(got) != 1 || y.Name != "y" || y.Type != reference.Float32 || !slices.Equal(y.Shape, []int32{2, 3}) {
		t.Fatalf("outputs: %+v, want y, a float32 tensor of shape [2 3]", got)
	}
	if want := floats(12, 34, 56, -2, -4, -6); !bytes.Equal(y.Data, want) {
		t.Errorf("y: %x, want %x", y.Data, want)
	}
}

func TestTheSeedDecidesTheInputs(t *testing.T) {
	r := newRunner(t)
	model := identity(tflite.TensorTypeFLOAT32, 4, 5)
	first, other := runOnce(t, r, model, 7), runOnce(t, r, model, 8)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	again := runOnce(t, r, model, 7) // in another process
	if !bytes.Equal(first.Data, again.Data) {
		t.Error("one seed gives two inputs")
	}
	if bytes.Equal(first.Data, other.Data) {
		t.Error("two seeds give one input")
	}
}

func TestSeededValuesAreInRange(t *testing.T) {
	r := newRunner(t)
	const n = 4096
	for _, test := range []struct {
		name     string
		element  tflite.TensorType
		value    func(data []byte, i int) float64
		min, max float64 // what all values keep to
		distinct int     // how many values there are at least
	}{
		{"float32", tflite.TensorTypeFLOAT32, func(b []byte, i int) float64 {
			return float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:])))
		}, -1, math.Nextafter(1, 0), n - 100},
		{"float64", tflite.TensorTypeFLOAT64, func(b []byte, i int) float64 {
			return math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
		}, -1, math.Nextafter(1, 0), n},
		{"float16 below 1", tflite.TensorTypeFLOAT16, func(b []byte, i int) float64 {
			return float64(binary.LittleEndian.Uint16(b[2*i:]) &^ 0x8000)
		}, 0, 0x3c00, 512},
		{"int8", tflite.TensorTypeINT8, func(b []byte, i int) float64 { return float64(int8(b[i])) }, -128, 127, 250},
		{"uint8", tflite.TensorTypeUINT8, func(b []byte, i int) float64 { return float64(b[i]) }, 0, 255, 250},
		{"int16", tflite.TensorTypeINT16, func(b []byte, i int) float64 {
			return float64(int16(binary.LittleEndian.Uint16(b[2*i:])))
		}, -32768, 32767, n - 400},
		{"int32", tflite.TensorTypeINT32, func(b []byte, i int) float64 { return float64(binary.LittleEndian.Uint32(b[4*i:])) }, 0, 1, 2},
		{"int64", tflite.TensorTypeINT64, func(b []byte, i int) float64 { return float64(binary.LittleEndian.Uint64(b[8*i:])) }, 0, 1, 2},
		{"bool", tflite.TensorTypeBOOL, func(b []byte, i int) float64 { return float64(b[i]) }, 0, 1, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			out := runOnce(t, r, identity(test.element, n), 1)
			seen := map[float64]bool{}
			for i := range n {
				v := test.value(out.Data, i)
				if v < test.min || v > test.max {
					t.Fatalf("value %d: %v, want %v to %v", i, v, test.min, test.max)
				}
				seen[v] = true
			}
			if len(seen) < test.distinct {
				t.Errorf("%d distinct values, want at least %d", len(seen), test.distinct)
			}
		})
	}
}

func TestOpenDimensionsBecomeOne(t *testing.T) {
	r := newRunner(t)
	out := runOnce(t, r, identity(tflite.TensorTypeFLOAT32, 0, 3, 0), 1)
	if !slices.Equal(out.Shape, []int32{1, 3, 1}) {
		t.Errorf("shape: %v, want [1 3 1]", out.Shape)
	}
}

func TestModelsThatDoNotRunSayWhy(t *testing.T) {
	r := newRunner(t)
	custom := fullyConnected()
	custom.OperatorCodes[0] = &tflite.OperatorCodeT{DeprecatedBuiltinCode: 32, BuiltinCode: tflite.BuiltinOperatorCUSTOM, CustomCode: "NoSuchOp", Version: 1}
	for want, model := range map[string][]byte{
		"load: failed": bytes.Repeat([]byte{0xfe}, 1000),
		"NoSuchOp":     pack(custom),
	} {
		_, err := r.Run(model, 1)
		var failed *reference.RunError
		if !errors.As(err, &failed) || !strings.Contains(failed.Message, want) {
			t.Errorf("%v, want a RunError about %s", err, want)
		}
	}
}

func TestInputsThatDoNotFitAreRefused(t *testing.T) {
	r := newRunner(t)
	var refused *reference.RequestError
	if _, err := r.Run(identity(tflite.TensorTypeSTRING, 1), 1); !errors.As(err, &refused) {
		t.Errorf("seeded string: %v, want a RequestError", err)
	}
	x := reference.Tensor{Type: reference.Float32, Shape: []int32{2}, Data: floats(1, 2)}
	model := identity(tflite.TensorTypeFLOAT32, 2)
	if _, err := r.RunInputs(model, []reference.Tensor{x, x}); !errors.As(err, &refused) {
		t.Errorf("two inputs for one: %v, want a RequestError", err)
	}
	wide := x
	wide.Type = reference.Float64
	if _, err := r.RunInputs(model, []reference.Tensor{wide}); !errors.As(err, &refused) {
		t.Errorf("another type: %v, want a RequestError", err)
	}
	x.Data = x.Data[:7]
	var failed *reference.RunError
	if _, err := r.RunInputs(model, []reference.Tensor{x}); !errors.As(err, &failed) {
		t.Errorf("7 bytes for 2 floats: %v, want a RunError", err)
	}
}

// runOnce runs a model that has one output.
func runOnce(t *testing.T, r *reference.Runner, model []byte, seed uint64) reference.Tensor {
	t.Helper()
	out, err := r.Run(model, seed)
	if err != nil {
		t.Fatal(err)
	}
	if len(out) != 1 {
		t.Fatalf("%d outputs, want 1", len(out))
	}
	return out[0]
}
