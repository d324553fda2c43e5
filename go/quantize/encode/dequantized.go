package encode

import (
	"encoding/binary"
	"iter"
	"math"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Dequantized is float32 of integers, as the DEQUANTIZE of runtimes computes it:
// scale * (integer - zero point), which float32 rounds once. Its source has integers.
type Dequantized struct {
	run   int
	steps string // a scale and a zero point for each channel, as float32 in little-endian bytes
}

// NewDequantized returns the format for integers that lie in runs of one scale, which
// begin anew after the last scale. There is a zero point for each scale, or none.
func NewDequantized(scale []float32, zeroPoint []int64, run int) Dequantized {
	steps := make([]byte, 0, stepLen*len(scale))
	for i, s := range scale {
		zero := float32(0)
		if len(zeroPoint) > 0 {
			zero = float32(zeroPoint[i])
		}
		steps = binary.LittleEndian.AppendUint32(steps, math.Float32bits(s))
		steps = binary.LittleEndian.AppendUint32(steps, math.Float32bits(zero))
	}
	return Dequantized{run, string(steps)}
}

const stepLen = 2 * floatSize // bytes of a scale and a zero point

func (Dequantized) String() string { return Float32{}.String() }

// Type is FLOAT32.
func (Dequantized) Type() tflite.TensorType { return tflite.TensorTypeFLOAT32 }

// Granularity is NoScale.
func (Dequantized) Granularity() Granularity { return Granularity{} }

// Fit takes every tensor.
func (f Dequantized) Fit(t Tensor) (Encoding, error) { return dequantized{copied{t.Values}, f}, nil }

// Parameters are none.
func (Dequantized) Parameters(*tflite.QuantizationParametersT, *Numbers, int32) *tflite.QuantizationParametersT {
	return nil
}

type dequantized struct {
	copied
	format Dequantized
}

func (e dequantized) Encoder() Encoder { return &dequantizer{dequantized: e} }

type dequantizer struct {
	dequantized
	each int // values in a part
}

// most integers lie in a byte.
const mostInByte = 4

// Parts end with whole bytes of the source.
func (e *dequantizer) Parts(most int) Parts {
	e.each = max(1, most/floatSize/mostInByte) * mostInByte
	return Parts{Values: e.each}
}

func (e *dequantizer) Look([]byte, int)        {}
func (e *dequantizer) Decide(iter.Seq[[]byte]) {}

func (e *dequantizer) Store(dst, _, values []byte, part int) {
	run, channels := e.format.run, len(e.format.steps)/stepLen
	at := part * e.each
	for len(dst) > 0 {
		n := min(floatSize*(run-at%run), len(dst))
		steps := e.format.steps[at/run%channels*stepLen:][:stepLen]
		scale, zero := stringValue(steps), stringValue(steps[floatSize:])
		for i := 0; i < n; i += floatSize {
			binary.LittleEndian.PutUint32(dst[i:], math.Float32bits(scale*(firstValue(values[i:])-zero)))
		}
		dst, values, at = dst[n:], values[n:], at+n/floatSize
	}
}

// stringValue is the first float32 of little-endian bytes.
func stringValue(s string) float32 {
	return math.Float32frombits(uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24)
}
