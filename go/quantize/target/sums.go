package target

import (
	"context"
	"encoding/binary"
	"sync"

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

// block is how many values rows that are interleaved have together.
func (m matrix) block() int { return m.row * m.interleaved }

// sums adds rows as the kernels do. Goroutines may add different codes, in any order.
type sums struct {
	matrix

	mu             sync.Mutex
	rows, wrapping int            // that are whole, and of these, whose sums are wrong
	begun          map[int]*begun // by block: those that are not whole yet
}

// A begun block has some of its codes.
type begun struct {
	codes int
	lane  [][lanes]int32
}

func newSums(m matrix) *sums { return &sums{matrix: m, begun: map[int]*begun{}} }

// add adds codes, of any number of rows, of which the first is at a place of all.
func (s *sums) add(first int, codes []byte) {
	lane := make([][lanes]int32, s.interleaved)
	rows, wrapping := 0, 0
	for len(codes) > 0 {
		at := first % s.block()
		n := min(s.block()-at, len(codes))
		if n == s.block() {
			clear(lane)
			s.addTo(lane, 0, codes[:n])
			rows, wrapping = rows+s.interleaved, wrapping+wrapped(lane)
		} else {
			s.addPart(first/s.block(), at, codes[:n])
		}
		first, codes = first+n, codes[n:]
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows, s.wrapping = s.rows+rows, s.wrapping+wrapping
}

// addPart adds a part of a block, which begins at a place of it.
func (s *sums) addPart(block, at int, codes []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.begun[block]
	if b == nil {
		b = &begun{lane: make([][lanes]int32, s.interleaved)}
		s.begun[block] = b
	}
	s.addTo(b.lane, at, codes)
	if b.codes += len(codes); b.codes == s.block() {
		s.rows, s.wrapping = s.rows+s.interleaved, s.wrapping+wrapped(b.lane)
		delete(s.begun, block)
	}
}

// addTo adds codes to the lanes of a block, in which they begin at a place.
func (s *sums) addTo(lane [][lanes]int32, at int, codes []byte) {
	for len(codes) > 0 {
		n := 1
		if steps := len(codes) / laneStep; s.interleaved == 1 && at%laneStep == 0 && steps > 0 {
			n = min(steps, mostSteps) * laneStep
			addSteps(&lane[0], codes[:n])
		} else if i := laneOf(at/s.interleaved, s.row); i >= 0 {
			lane[at%s.interleaved][i] += int32(int8(codes[0]))
		}
		at, codes = at+n, codes[n:]
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

// wrapped is how many rows have sums that are wrong.
func wrapped(lane [][lanes]int32) int {
	n := 0
	for i := range lane {
		lost := int32(0) // lanes that wrap to both sides may make up for each other
		for _, sum := range lane[i] {
			lost += sum - int32(int16(sum))
		}
		if lost != 0 {
			n++
		}
	}
	return n
}

// A Wrap is weights of which LiteRT's kernels without XNNPACK for x86 add some rows
// wrongly.
type Wrap struct {
	Use
	Rows, Wrapping int // of the weights; those that are added wrongly
}

// RowSums are the sums of the long rows of a plan's weights, which are added while a
// file is made, or by encoding these weights once more.
type RowSums struct {
	plan *plan.Plan
	long []Use
	of   map[int32][]*sums // by encoded data: one for each way in which operators add them
}

// NewRowSums are those of a plan, without a code yet. uses are those of the plan.
func NewRowSums(p *plan.Plan, uses []Use) *RowSums {
	r := &RowSums{plan: p, of: map[int32][]*sums{}}
	for _, u := range uses {
		m, ok := summedBy(p, u)
		if !ok || m.row < leastWrapping {
			continue
		}
		r.long = append(r.long, u)
		if r.sums(u.Encoded, m) == nil {
			r.of[u.Encoded] = append(r.of[u.Encoded], newSums(m))
		}
	}
	return r
}

// sums are those of encoded data whose rows lie so, nil where there are none.
func (r *RowSums) sums(encoded int32, m matrix) *sums {
	for _, s := range r.of[encoded] {
		if s.matrix == m {
			return s
		}
	}
	return nil
}

// Adder is what adds codes of encoded data, of which the first is at a place of all: nil
// for data that have no long rows. Goroutines may add different codes, in any order.
func (r *RowSums) Adder(encoded int32) func(first int, codes []byte) {
	all := r.of[encoded]
	if all == nil {
		return nil
	}
	return func(first int, codes []byte) {
		for _, s := range all {
			s.add(first, codes)
		}
	}
}

// partBytes is about how many bytes of float32 are encoded at once.
const partBytes = 1 << 18

// complete encodes the data of which not all codes were added. The error is the
// context's, or a *mapping.Fault where the model is mapped and cannot be accessed.
func (r *RowSums) complete(ctx context.Context) error {
	var missing []int32
	for encoded, all := range r.of {
		if all[0].rows*all[0].row < r.plan.Encoded[encoded].Encoding.Values() {
			missing = append(missing, encoded)
			for i, s := range all {
				all[i] = newSums(s.matrix)
			}
		}
	}
	return stream.Each(ctx, len(missing), stream.Workers(), func(i int) error {
		e, add := r.plan.Encoded[missing[i]].Encoding, r.Adder(missing[i])
		return encode.InParts(ctx, e, e.Encoder(), r.plan.Source(missing[i]), partBytes, func(s *encode.Stored) { add(s.First, s.Data) })
	})
}

// Wraps returns the weights that have such rows. Where there are no long rows, it is fast;
// where not all codes were added, it makes them. The error is the context's, or a
// *mapping.Fault where the model is mapped and cannot be accessed.
func (r *RowSums) Wraps(ctx context.Context) ([]Wrap, error) {
	if err := r.complete(ctx); err != nil {
		return nil, err
	}
	var out []Wrap
	for _, u := range r.long {
		m, _ := summedBy(r.plan, u)
		if s := r.sums(u.Encoded, m); s.wrapping > 0 {
			out = append(out, Wrap{u, s.rows, s.wrapping})
		}
	}
	return out, nil
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
