package encode

import (
	"fmt"
	"iter"
	"sync"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode/kernel"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Blocks is Integer with a scale for each so many values along dimension 1, as
// litert-quantizer computes it. Scales are rounded to bfloat16 and that to float16, and
// kept so in a tensor of their own; the rounded ones divide. A scale that vanishes gives
// 0 for zeros and the outermost codes for other values, unless Floor is set: then the
// smallest normal float16 is the least scale, which is the least that XNNPACK takes.
type Blocks struct {
	Bits  uint8 // 4 or 2
	Size  int32 // in values, a multiple of 4
	Floor bool
	// Method is how scales are found: Extremes, or OCTAV or Recovery as for Clipped. Those
	// of Recovery divide before they are rounded.
	Method Method
}

func (f Blocks) String() string {
	s := fmt.Sprintf("int%d per block of %d", f.Bits, f.Size)
	if f.Method != Extremes {
		s += fmt.Sprintf(" by %v", f.Method)
	}
	return s
}

// Type is INT4 or INT2.
func (f Blocks) Type() tflite.TensorType { return integerType(f.Bits) }

// Granularity is PerBlock.
func (f Blocks) Granularity() Granularity {
	return Granularity{Scope: PerBlock, Axis: 1, BlockSize: f.Size}
}

// Fit takes matrices, as tensors whose dimensions from 2 on are 1, if blocks fill the rows.
func (f Blocks) Fit(t Tensor) (Encoding, error) {
	if len(t.Shape) < 2 || int(t.Shape[0])*int(t.Shape[1]) != t.Values {
		return nil, fmt.Errorf("its shape is %v: blocks are for matrices", t.Shape)
	}
	if t.Shape[1]%f.Size != 0 {
		return nil, fmt.Errorf("its shape is %v: blocks of %d values do not fill rows of %d", t.Shape, f.Size, t.Shape[1])
	}
	return blocks{t.Values, f}, nil
}

// ScalesShape is the shape of the tensor of scales.
func (f Blocks) ScalesShape(shape []int32) []int32 {
	s := append([]int32{}, shape...)
	s[1] /= f.Size
	return s
}

// Parameters are the details of blocks alone.
func (f Blocks) Parameters(_ *tflite.QuantizationParametersT, _ *Numbers, scales int32) *tflite.QuantizationParametersT {
	return &tflite.QuantizationParametersT{Details: &tflite.QuantizationDetailsT{
		Type:  tflite.QuantizationDetailsBlockwiseQuantization,
		Value: &tflite.BlockwiseQuantizationT{Scales: scales, ZeroPoints: -1, BlockSize: f.Size},
	}}
}

// A blocks is an encoding, and for Extremes the encoder as well: a block is all that its
// scale depends on.
type blocks struct {
	values int
	format Blocks
}

func (e blocks) Values() int             { return e.values }
func (e blocks) Len() int                { return packedLen(e.values, e.format.Bits) }
func (e blocks) ScalesLen() int          { return e.values / int(e.format.Size) * halfSize }
func (e blocks) ParametersLen() int      { return 0 }
func (e blocks) Numbers() *Numbers       { return &Numbers{} }
func (e blocks) Look([]byte, int)        {}
func (e blocks) Decide(iter.Seq[[]byte]) {}

func (e blocks) Encoder() Encoder {
	if e.format.Method != Extremes {
		return newSearchedBlocks(e)
	}
	return e
}

func (e blocks) codes() codeRange {
	high := highest(e.format.Bits)
	return codeRange{e.format.Bits, -high, high}
}

func (e blocks) Parts(most int) Parts {
	size := int(e.format.Size)
	return Parts{Values: max(1, most/floatSize/size) * size}
}

// leastBlockScale is 2^-14, the smallest normal float16.
const leastBlockScale = 0x1p-14

func (e blocks) Store(dst, scales, values []byte, _ int) {
	size, high := int(e.format.Size), float32(highest(e.format.Bits))
	steps := takeSteps(len(values) / floatSize / size)
	defer stepRoom.Put(steps)
	kernel.BlockPeaks(*steps, values, size)
	for b, peak := range *steps {
		step := peakOf(peak) / high
		if e.format.Floor {
			step = max(step, leastBlockScale)
		}
		(*steps)[b] = step
	}
	kernel.BlockScales(scales, *steps)
	e.storeCodes(dst, values, *steps)
}

// storeCodes packs the codes of blocks that have these scales.
func (e blocks) storeCodes(dst, values []byte, scales []float32) {
	codes := takeCodes(len(values) / floatSize)
	kernel.BlockIntegers(*codes, values, scales, int(e.format.Size), lowest(e.format.Bits), highest(e.format.Bits))
	pack(dst, *codes, e.format.Bits)
	codeRoom.Put(codes)
}

// stepRoom keeps room for the scales of a part.
var stepRoom = sync.Pool{New: func() any { return new([]float32) }}

func takeSteps(n int) *[]float32 {
	steps := stepRoom.Get().(*[]float32)
	if cap(*steps) < n {
		*steps = make([]float32, n)
	}
	*steps = (*steps)[:n]
	return steps
}
