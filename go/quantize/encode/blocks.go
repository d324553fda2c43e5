package encode

import (
	"encoding/binary"
	"fmt"
	"iter"

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
}

func (f Blocks) String() string { return fmt.Sprintf("int%d per block of %d", f.Bits, f.Size) }

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

// A blocks is encoding and encoder in one: a block is all that its scale depends on.
type blocks struct {
	values int
	format Blocks
}

func (e blocks) Values() int             { return e.values }
func (e blocks) Len() int                { return packedLen(e.values, e.format.Bits) }
func (e blocks) ScalesLen() int          { return e.values / int(e.format.Size) * halfSize }
func (e blocks) ParametersLen() int      { return 0 }
func (e blocks) Encoder() Encoder        { return e }
func (e blocks) Numbers() *Numbers       { return &Numbers{} }
func (e blocks) Look([]byte, int)        {}
func (e blocks) Decide(iter.Seq[[]byte]) {}

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
	codes := takeCodes(len(values) / floatSize)
	defer codeRoom.Put(codes)
	size, low, high := int(e.format.Size), lowest(e.format.Bits), highest(e.format.Bits)
	for b := 0; b*size < len(*codes); b++ {
		block := values[floatSize*size*b : floatSize*size*(b+1)]
		scale := peakOf(kernel.MaxAbs(block)) / float32(high)
		if e.format.Floor {
			scale = max(scale, leastBlockScale)
		}
		scale, half := kernel.BlockScale(scale)
		binary.LittleEndian.PutUint16(scales[halfSize*b:], half)
		kernel.Integers((*codes)[size*b:size*(b+1)], block, scale, 0, low, high)
	}
	pack(dst, *codes, e.format.Bits)
}
