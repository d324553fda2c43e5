package target

import (
	"context"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// EqualScales returns the weights of a plan that have several scales which are all the
// same, and are read by a CONV_2D that computes with integers. TensorFlow Lite up to 2.18
// takes them for weights with one scale, of which it finds none: outputs are the bias
// alone. It looks at few channels of weights that have others. The error is the context's.
func EqualScales(ctx context.Context, p *plan.Plan, uses []Use) ([]Use, error) {
	known := map[int32]bool{}
	var out []Use
	for _, u := range uses {
		if u.Operator != tflite.BuiltinOperatorCONV_2D || u.Route != Direct || u.format.Granularity().Scope != encode.PerChannel {
			continue
		}
		equal, ok := known[u.Encoded]
		if !ok {
			equal = equalScales(p, u)
			known[u.Encoded] = equal
		}
		if equal {
			out = append(out, u)
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// equalScales compares the scales of channels with that of the first until one differs.
func equalScales(p *plan.Plan, u Use) bool {
	shape := p.Model.Subgraphs[u.Subgraph].Tensors[u.Tensor].Shape
	count := p.Encoded[u.Encoded].Encoding.Values() / int(shape[0])
	one := append([]int32{1}, shape[1:]...)
	source := p.Source(u.Encoded)
	var room []byte // of values that are not float32 already
	if source.Type != tflite.TensorTypeFLOAT32 {
		room = make([]byte, 4*count)
	}
	var first float32
	for i := range int(shape[0]) {
		scale, ok := scaleOf(u.format, one, source.Widen(room, source.Part(i*count, (i+1)*count)))
		if !ok {
			return false
		}
		if i == 0 {
			first = scale
		}
		if scale != first {
			return false
		}
	}
	return shape[0] > 1
}

// scaleOf is the scale that a format gives to one channel.
func scaleOf(f encode.Format, shape []int32, values []byte) (scale float32, ok bool) {
	e, err := f.Fit(encode.Tensor{Shape: shape, Values: len(values) / 4})
	if err != nil {
		return 0, false
	}
	encoder := e.Encoder()
	encode.Whole(e, encoder, make([]byte, e.Len()), nil, values)
	return encoder.Numbers().Scale[0], true
}
