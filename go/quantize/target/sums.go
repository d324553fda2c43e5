package target

import (
	"context"
	"encoding/binary"
	"maps"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/stream"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// LiteRT's kernels for x86 without XNNPACK need the sum of each row of int8 weights where
// inputs have a zero point. They add 16 values a step, in eight lanes of 16 bits: each
// lane gets two neighbours. Of what is left, 8 values go into the lanes as well, one
// each, and the others are added exactly. Lanes that leave 16 bits wrap around, and the
// outputs of the row are garbage. (SseReductionSumVector of
// tensorflow/lite/kernels/internal/optimized/sse_tensor_utils.cc)
const (
	laneStep = 16
	laneRest = 8
	lanes    = 8
)

// leastWrapping is the least length of a row whose sum can wrap around: codes are from
// -128 to 127, and a lane gets two of a step.
const leastWrapping = 128 * laneStep

// A matrix is how the weights of an operator lie: rows one after the other, or, where
// there are several interleaved, the first value of each of these, then the second.
type matrix struct{ row, interleaved int }

// sums adds rows as the kernels do.
type sums struct {
	matrix
	rows, wrapping int // that are whole, and of these, whose sums are wrong

	at   int // the place among interleaved rows
	lane [][lanes]int32
}

func newSums(m matrix) *sums { return &sums{matrix: m, lane: make([][lanes]int32, m.interleaved)} }

// add adds the codes that come next, of any number of rows.
func (s *sums) add(codes []byte) {
	for len(codes) > 0 {
		n := 1
		if steps := min(s.row-s.at, len(codes)) / laneStep; s.interleaved == 1 && s.at%laneStep == 0 && steps > 0 {
			n = min(steps, mostSteps) * laneStep
			addSteps(&s.lane[0], codes[:n])
		} else if i := laneOf(s.at/s.interleaved, s.row); i >= 0 {
			s.lane[s.at%s.interleaved][i] += int32(int8(codes[0]))
		}
		codes = codes[n:]
		if s.at += n; s.at == s.row*s.interleaved {
			s.end()
		}
	}
}

// mostSteps is how many sums of two bytes fit 16 bits.
const mostSteps = 128

// addSteps adds whole steps, mostSteps at most: the lanes of four pairs at a time in one
// word, with codes that are moved up by 128.
func addSteps(lane *[lanes]int32, codes []byte) {
	const low, up = 0x00ff00ff00ff00ff, 0x8080808080808080
	var words [2]uint64
	for i := 0; i < len(codes); i += laneStep {
		a := binary.LittleEndian.Uint64(codes[i:]) ^ up
		b := binary.LittleEndian.Uint64(codes[i+8:]) ^ up
		words[0] += a&low + a>>8&low
		words[1] += b&low + b>>8&low
	}
	moved := int32(len(codes) / laneStep * 2 * 128)
	for i := range lane {
		lane[i] += int32(uint16(words[i/4]>>(i%4*16))) - moved
	}
}

// laneOf is the lane that a value of a row goes into, -1 for none.
func laneOf(at, row int) int {
	whole := row / laneStep * laneStep
	switch {
	case at < whole:
		return at % laneStep / 2
	case row-whole >= laneRest && at-whole < laneRest:
		return at - whole
	}
	return -1
}

// end counts the rows that are whole now.
func (s *sums) end() {
	for i := range s.lane {
		lost := int32(0) // lanes that wrap to both sides may make up for each other
		for _, sum := range s.lane[i] {
			lost += sum - int32(int16(sum))
		}
		if lost != 0 {
			s.wrapping++
		}
		s.rows++
		s.lane[i] = [lanes]int32{}
	}
	s.at = 0
}

// A Wrap is weights of which LiteRT's kernels without XNNPACK for x86 add some rows
// wrongly.
type Wrap struct {
	Use
	Rows, Wrapping int // of the weights; those that are added wrongly
}

// A summed is encoded data that an operator adds in rows.
type summed struct {
	encoded int32
	matrix  matrix
}

// Wraps returns the weights of a plan that have such rows. It makes the codes of those
// with long rows once more, in parts, and is fast where there are none. The error is the
// context's, or a *mapping.Fault where the model is mapped and cannot be accessed.
func Wraps(ctx context.Context, p *plan.Plan, uses []Use) ([]Wrap, error) {
	known := map[summed]*sums{}
	var long []Use
	for _, u := range uses {
		if m, ok := summedBy(p, u); ok && m.row >= leastWrapping {
			long = append(long, u)
			known[summed{u.Encoded, m}] = newSums(m)
		}
	}
	if err := addAll(ctx, p, known); err != nil {
		return nil, err
	}
	var out []Wrap
	for _, u := range long {
		m, _ := summedBy(p, u)
		if s := known[summed{u.Encoded, m}]; s.wrapping > 0 {
			out = append(out, Wrap{u, s.rows, s.wrapping})
		}
	}
	return out, nil
}

// partBytes is about how many bytes of float32 are encoded at once.
const partBytes = 1 << 18

// addAll adds the rows of several data at a time.
func addAll(ctx context.Context, p *plan.Plan, all map[summed]*sums) error {
	each := slices.Collect(maps.Keys(all))
	return stream.Each(ctx, len(each), stream.Workers(), func(i int) error {
		e, to := &p.Encoded[each[i].encoded], all[each[i]]
		return encode.InParts(ctx, e.Encoding, e.Encoding.Encoder(), p.Source(each[i].encoded), partBytes, func(s *encode.Stored) { to.add(s.Data) })
	})
}

// summedBy returns the rows that an operator adds: of int8 weights that it computes with,
// where its inputs are quantized with a zero point. CONV_2D does that with scales per
// channel, other operators where their options say so.
func summedBy(p *plan.Plan, u Use) (m matrix, ok bool) {
	shape := p.Model.Subgraphs[u.Subgraph].Tensors[u.Tensor].Shape
	if u.Route != Direct || u.format.Type() != tflite.TensorTypeINT8 || len(shape) < 2 {
		return m, false
	}
	options := p.OptionsOf(u.Subgraph, u.Reader)
	if u.Operator == tflite.BuiltinOperatorCONV_2D {
		ok = u.format.Granularity().Scope == encode.PerChannel
	} else {
		ok = plan.HasAsymmetricInputs(options)
	}
	if !ok {
		return m, false
	}
	if u.Operator == tflite.BuiltinOperatorBATCH_MATMUL {
		return summedByMatMul(shape, options), true
	}
	return matrix{p.Encoded[u.Encoded].Encoding.Values() / int(shape[0]), 1}, true
}

// summedByMatMul returns the columns, which lie in rows where the matrix is transposed.
func summedByMatMul(shape []int32, options *tflite.BuiltinOptionsT) matrix {
	rows, columns := int(shape[len(shape)-2]), int(shape[len(shape)-1])
	if o, ok := options.Value.(*tflite.BatchMatMulOptionsT); ok && o.AdjY {
		return matrix{columns, 1}
	}
	return matrix{rows, columns}
}
