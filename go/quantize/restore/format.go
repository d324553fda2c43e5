package restore

import (
	"fmt"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// format returns how a constant of n values becomes float32, or why it cannot.
func (s *restorer) format(t int32, n int) (f encode.Format, why string) {
	tensor := s.sg.Tensors[t]
	q := tensor.Quantization
	if tensor.Type == tflite.TensorTypeFLOAT16 {
		return encode.Float32{}, ""
	}
	if q != nil && q.Details != nil {
		return s.blocks(tensor)
	}
	if q == nil || len(q.Scale) == 0 {
		return nil, fmt.Sprintf("it is %v without scales: want scales", tensor.Type)
	}
	if len(q.ZeroPoint) > 1 && len(q.ZeroPoint) != len(q.Scale) {
		return nil, fmt.Sprintf("it has %d scales and %d zero points: want as many", len(q.Scale), len(q.ZeroPoint))
	}
	run := n
	if len(q.Scale) > 1 {
		axis := int(q.QuantizedDimension)
		if axis < 0 || axis >= len(tensor.Shape) || int(tensor.Shape[axis]) != len(q.Scale) {
			return nil, fmt.Sprintf("it has %d scales in dimension %d of its shape %v: want one for each index", len(q.Scale), axis, tensor.Shape)
		}
		run = 1
		for _, d := range tensor.Shape[axis+1:] {
			run *= int(d)
		}
	}
	zeros := q.ZeroPoint
	if len(zeros) == 1 {
		zeros = slices.Repeat(zeros, len(q.Scale))
	}
	return encode.NewDequantized(q.Scale, zeros, run), ""
}

// blocks is format for scales of blocks in the second of two dimensions, which are a
// float16 tensor.
func (s *restorer) blocks(tensor *tflite.TensorT) (f encode.Format, why string) {
	d, ok := tensor.Quantization.Details.Value.(*tflite.BlockwiseQuantizationT)
	if !ok || d.BlockSize <= 0 || len(tensor.Shape) != 2 || tensor.Shape[1]%d.BlockSize != 0 || d.Scales < 0 || int(d.Scales) >= len(s.sg.Tensors) || d.ZeroPoints >= 0 {
		return nil, "its scales are neither those of a tensor, nor of channels, nor of blocks that fill rows: want one of these"
	}
	count := int(tensor.Shape[0]) * int(tensor.Shape[1]/d.BlockSize)
	source := s.p.SourceOf(s.index, d.Scales)
	if source.Type != tflite.TensorTypeFLOAT16 || source.Values() != count {
		return nil, fmt.Sprintf("the scales of its blocks are %v: want %d values of FLOAT16", source.Type, count)
	}
	s.plan.Unused = append(s.plan.Unused, d.Scales)
	return encode.NewDequantized(encode.Floats(source.Widen(nil, source.Data)), nil, int(d.BlockSize)), ""
}
