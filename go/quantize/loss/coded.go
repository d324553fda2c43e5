package loss

import (
	"encoding/binary"
	"iter"
	"math"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode/kernel"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// coded are the encoded values of a tensor.
type coded struct {
	format       encode.Format
	numbers      *encode.Numbers
	data, scales []byte
}

func isKnown(t tflite.TensorType) bool {
	switch t {
	case tflite.TensorTypeFLOAT32, tflite.TensorTypeFLOAT16, tflite.TensorTypeINT8, tflite.TensorTypeINT4, tflite.TensorTypeINT2:
		return true
	}
	return false
}

// values are what a runtime's DEQUANTIZE gives, in order.
func (c *coded) values(shape []int32, n int) iter.Seq2[int, float32] {
	run, groups := c.runs(shape, n)
	code := c.codes()
	return func(yield func(int, float32) bool) {
		for from := 0; from < n; from += run {
			scale, zero := c.scale(from / run % groups)
			for i := from; i < min(from+run, n); i++ {
				if !yield(i, scale*(code(i)-zero)) {
					return
				}
			}
		}
	}
}

// runs returns how many values that lie side by side share a scale, and after how many
// runs the scales begin anew.
func (c *coded) runs(shape []int32, n int) (run, groups int) {
	g := c.format.Granularity()
	switch g.Scope {
	case encode.PerBlock:
		return int(g.BlockSize), n
	case encode.PerChannel:
		run = 1
		for _, d := range shape[g.Axis+1:] {
			run *= int(d)
		}
		return run, int(shape[g.Axis])
	}
	return n, 1
}

func (c *coded) scale(i int) (scale, zero float32) {
	if len(c.scales) > 0 {
		return half(c.scales, i), 0
	}
	if c.numbers == nil || len(c.numbers.Scale) == 0 {
		return 1, 0
	}
	if i < len(c.numbers.ZeroPoint) {
		zero = float32(c.numbers.ZeroPoint[i])
	}
	return c.numbers.Scale[i], zero
}

// codes returns the function that reads a value without its scale. Several small ones
// lie in a byte, the first in its low bits.
func (c *coded) codes() func(i int) float32 {
	switch c.format.Type() {
	case tflite.TensorTypeINT8:
		return func(i int) float32 { return float32(int8(c.data[i])) }
	case tflite.TensorTypeINT4:
		return func(i int) float32 { return float32(int8(c.data[i/2]<<(4-i%2*4)) >> 4) }
	case tflite.TensorTypeINT2:
		return func(i int) float32 { return float32(int8(c.data[i/4]<<(6-i%4*2)) >> 6) }
	case tflite.TensorTypeFLOAT16:
		return func(i int) float32 { return half(c.data, i) }
	}
	return func(i int) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(c.data[4*i:])) }
}

// half reads the float16 number i.
func half(data []byte, i int) float32 {
	var out [4]byte
	kernel.Float32(out[:], data[2*i:2*i+2])
	return math.Float32frombits(binary.LittleEndian.Uint32(out[:]))
}
