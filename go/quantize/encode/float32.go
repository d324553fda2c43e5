package encode

import (
	"iter"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Float32 is values as they are, for tensors that are added beside one in another format.
type Float32 struct{}

func (Float32) String() string { return "float32" }

// Type is FLOAT32.
func (Float32) Type() tflite.TensorType { return tflite.TensorTypeFLOAT32 }

// Granularity is NoScale.
func (Float32) Granularity() Granularity { return Granularity{} }

// Fit takes every tensor.
func (Float32) Fit(t Tensor) (Encoding, error) { return copied{t.Values}, nil }

// Parameters leaves them as they are.
func (Float32) Parameters(given *tflite.QuantizationParametersT, _ *Numbers, _ int32) *tflite.QuantizationParametersT {
	return given
}

// A copied is encoding and encoder in one.
type copied struct{ values int }

func (e copied) Values() int             { return e.values }
func (e copied) Len() int                { return floatSize * e.values }
func (e copied) ScalesLen() int          { return 0 }
func (e copied) ParametersLen() int      { return 0 }
func (e copied) Encoder() Encoder        { return e }
func (e copied) Numbers() *Numbers       { return &Numbers{} }
func (e copied) Parts(most int) Parts    { return Parts{Values: max(1, most/floatSize)} }
func (e copied) Look([]byte, int)        {}
func (e copied) Decide(iter.Seq[[]byte]) {}

func (e copied) Store(dst, _, values []byte, _ int) { copy(dst, values) }
