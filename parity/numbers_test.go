package parity

import (
	"encoding/binary"
	"flag"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

var (
	patternStride = flag.Uint64("pattern_stride", 1021, "float16: of all 2^32 float32 values, take each so many-th; 1 takes all, which takes minutes")
	tieScales     = flag.Int("tie_scales", 10000, "int8: scales whose ties are looked at, per tensor and per channel")
)

// Every float32 becomes upstream's float16.
func TestFloat16Patterns(t *testing.T) {
	q := quantizer(t)
	const batch = 1 << 24
	values := make([]byte, 0, 4*batch)
	compared := 0
	flush := func() {
		m := synthetic.New()
		w := m.Constant(tflite.TensorTypeFLOAT32, []int32{int32(len(values) / 4)}, values)
		m.Op(tflite.BuiltinOperatorADD, []int32{m.Input(1), w}, m.Tensor(1))
		expectEqual(t, q, m.Bytes(), quantize.Options{BufferType: quantize.Float16})
		compared += len(values) / 4
		values = values[:0]
	}
	for bits := uint64(0); bits < 1<<32; bits += *patternStride {
		values = binary.LittleEndian.AppendUint32(values, uint32(bits))
		if len(values) == cap(values) {
			flush()
		}
	}
	flush()
	t.Logf("%d of 2^32 values", compared)
}

// Around every tie between two int8 values, for many scales, rounding is
// upstream's.
func TestInt8Ties(t *testing.T) {
	q := quantizer(t)
	r := rand.New(rand.NewPCG(1, 2))
	const channels = 100
	var ties [][]byte
	for range *tieScales {
		values := tiesOf(scaleRange(r))
		ties = append(ties, values)
		m := synthetic.New()
		w := m.Constant(tflite.TensorTypeFLOAT32, []int32{int32(len(values) / 4)}, values)
		m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{m.Input(1), w, -1}, m.Tensor(1))
		expectEqual(t, q, m.Bytes(), quantize.Options{MinElements: 1})
	}
	for ; len(ties) >= channels; ties = ties[channels:] {
		var values []byte
		for _, v := range ties[:channels] {
			values = append(values, v...)
		}
		shape := []int32{channels, 1, 1, int32(len(ties[0]) / 4)}
		m := synthetic.New()
		w := m.Constant(tflite.TensorTypeFLOAT32, shape, values)
		m.Op(tflite.BuiltinOperatorCONV_2D, []int32{m.Input(1), w, -1}, m.Tensor(1))
		expectEqual(t, q, m.Bytes(), quantize.Options{MinElements: 1})
	}
}

// scaleRange is a largest absolute value: of any exponent, from denormals up.
func scaleRange(r *rand.Rand) float32 {
	for {
		if v := math.Float32frombits(r.Uint32() &^ (1 << 31)); v > 0 && !math.IsInf(float64(v), 0) {
			return v
		}
	}
}

// tiesOf returns the values that lie around all k + 1/2 steps of 1/127 of a
// range, four to each side, and the range itself.
func tiesOf(top float32) []byte {
	const beside = 4
	values := synthetic.Floats(top)
	for k := -127; k < 127; k++ {
		tie := math.Float32bits(float32((float64(k) + 0.5) / 127 * float64(top)))
		for d := -beside; d <= beside; d++ {
			v := math.Float32frombits(uint32(int64(tie) + int64(d)))
			if math.Abs(float64(v)) > float64(top) || v != v {
				v = top
			}
			values = append(values, synthetic.Floats(v)...)
		}
	}
	return values
}
