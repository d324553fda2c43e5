package encode

import (
	"math"
	"slices"
	"sync"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode/kernel"
)

// SumPreserving is another format of integers, rounded so that sums stay: of the weights that
// make one output, as many are rounded the other way as the sum of all rounding errors
// has units, those whose error is nearest to one half first. Type, scales and size are
// those of the other format. The errors of outputs whose inputs are alike, as after
// ReLU or of smooth images, no longer add up; the idea is known from SQuant.
//
// Weights of four dimensions with outputs in dimension 0 are first rounded so for each
// pair of an output and an input, over the taps of its kernel. Of blocks, each has a sum of
// its own. No code becomes the one code without an opposite, such as -8, which some
// kernels misread, unless there are zero points.
//
// A group of weights is held at once: see Preserves for what is too large.
type SumPreserving struct {
	Format        // of integers: per tensor, with a scale for each index of Outputs, or in blocks
	Outputs int32 // the dimension of the outputs: 0, or the last one
}

// MostSummed is the most values that are held to preserve a sum.
const MostSummed = 1 << 20

// NearestOf returns the format that rounds each value by itself, of which f may be another.
func NearestOf(f Format) Format {
	if s, ok := f.(SumPreserving); ok {
		return s.Format
	}
	return f
}

func (f SumPreserving) String() string { return f.Format.String() + ", sums preserved" }

// Preserves reports whether tensors of a shape have sums that are preserved: groups of
// two values or more, and of MostSummed at most, as are tensors whose outputs alternate.
// Others are rounded as the other format does.
func (f SumPreserving) Preserves(shape []int32) bool {
	_, ok := f.groups(shape)
	return ok
}

func (f SumPreserving) groups(shape []int32) (groups, bool) {
	switch own := f.Granularity(); {
	case own.Scope == PerBlock:
		return blockGroups(shape, int(own.BlockSize), f.Outputs)
	case own.Scope == PerChannel && own.Axis != f.Outputs:
		return groups{}, false
	}
	return groupsOf(shape, f.Outputs)
}

// Fit takes what the other format takes.
func (f SumPreserving) Fit(t Tensor) (Encoding, error) {
	e, err := f.Format.Fit(t)
	if err != nil {
		return nil, err
	}
	if g, ok := f.groups(t.Shape); ok {
		return sumPreserving{e, g}, nil
	}
	return e, nil
}

// groups are the values of each output. Those of group g begin at g*apart, and lie side
// by side, taps rows of inputs values, unless apart is 1: then groups alternate.
type groups struct {
	count, apart int
	inputs, taps int
}

// groupsOf returns false where the values have no sums to preserve, or too many of them.
func groupsOf(shape []int32, outputs int32) (g groups, ok bool) {
	if int(outputs) >= len(shape) || outputs < 0 {
		return g, false
	}
	values := 1
	for _, d := range shape {
		if d <= 0 || values > math.MaxInt/int(d) {
			return g, false
		}
		values *= int(d)
	}
	g.count = int(shape[outputs])
	size, held := values/g.count, values/g.count
	switch {
	case outputs == 0:
		g.apart, g.inputs, g.taps = size, size, 1
		if len(shape) == 4 {
			g.inputs = int(shape[3])
			g.taps = size / g.inputs
		}
	case int(outputs) == len(shape)-1:
		held = values
		g.apart, g.inputs, g.taps = 1, size, 1
	default:
		return g, false
	}
	return g, size > 1 && held <= MostSummed
}

// blockGroups are blocks that fill the rows of a matrix.
func blockGroups(shape []int32, size int, outputs int32) (g groups, ok bool) {
	if outputs != 0 || len(shape) < 2 || int(shape[1])%size != 0 {
		return g, false
	}
	n := int(shape[0]) * int(shape[1])
	return groups{count: n / size, apart: size, inputs: size, taps: 1}, n > 0
}

func (g *groups) size() int { return g.inputs * g.taps }

// held is the number of values that lie between the first and the last of a group.
func (g *groups) held() int {
	if g.apart == 1 {
		return g.count * g.size()
	}
	return g.size()
}

type sumPreserving struct {
	Encoding
	groups groups
}

func (e sumPreserving) Encoder() Encoder {
	s := &sumEncoder{Encoder: e.Encoding.Encoder(), groups: e.groups, codeRange: codeRange{bits: 8, low: -maxInt8, high: maxInt8}}
	if c, ok := e.Encoding.(interface{ codes() codeRange }); ok {
		s.codeRange = c.codes()
	}
	return s
}

// A codeRange is the codes that rounding may end with.
type codeRange struct {
	bits      uint8
	low, high int8
}

type sumEncoder struct {
	Encoder
	groups
	codeRange
	each int // values in a part
}

// Parts are whole groups, and whole bytes.
func (e *sumEncoder) Parts(most int) Parts {
	held, inByte := e.held(), 8/int(e.bits)
	p := e.Encoder.Parts(floatSize * held * inByte * max(1, most/floatSize/held/inByte))
	e.each = p.Values
	return p
}

func (e *sumEncoder) Store(dst, scales, values []byte, part int) {
	e.Encoder.Store(dst, scales, values, part)
	if e.bits == 8 {
		e.round(dst, scales, values, part)
		return
	}
	codes := takeCodes(len(values) / floatSize)
	unpack(*codes, dst, e.bits)
	e.round(*codes, scales, values, part)
	pack(dst, *codes, e.bits)
	codeRoom.Put(codes)
}

// round changes codes, one in a byte.
func (e *sumEncoder) round(codes, scales, values []byte, part int) {
	w := rounders.Get().(*rounder)
	defer rounders.Put(w)
	w.codeRange = e.codeRange
	first := part * e.each / e.held()
	if e.apart == 1 {
		w.measureColumns(&e.groups, codes, values, e.scale)
		w.roundColumns(codes, e.size(), e.count)
		return
	}
	size := e.size()
	for i := range len(codes) / size {
		scale, zero := e.scale(first + i)
		if len(scales) > 0 {
			scale = halfValue(scales[halfSize*i:])
		}
		group := codes[i*size : (i+1)*size]
		w.measure(group, values[floatSize*i*size:floatSize*(i+1)*size], scale, zero)
		if e.taps > 1 {
			w.roundColumns(group, e.taps, e.inputs)
		}
		w.roundAll(group)
	}
}

// scale is that of a group and its zero point, where these are not a tensor of their own.
func (e *sumEncoder) scale(group int) (scale, zero float32) {
	n := e.Numbers()
	if len(n.Scale) == 0 {
		return 0, 0
	}
	if len(n.Scale) == 1 {
		group = 0
	}
	return n.Scale[group], float32(n.ZeroPoint[group])
}

// halfValue is the first float16 of little-endian bytes.
func halfValue(b []byte) float32 {
	var out [floatSize]byte
	kernel.Float32(out[:], b[:halfSize])
	return firstValue(out[:])
}

var rounders = sync.Pool{New: func() any { return new(rounder) }}

// A rounder has the rounding errors of codes that lie side by side, in their order.
type rounder struct {
	codeRange
	errors  []float32
	flipped []bool
	sums    []float32
	found   []uint32
	keys    []uint64
}

func (w *rounder) reset(n int) {
	w.errors = slices.Grow(w.errors[:0], n)[:n]
	w.flipped = slices.Grow(w.flipped[:0], n)[:n]
	clear(w.flipped)
}

// measure takes the codes of one group.
func (w *rounder) measure(codes, values []byte, scale, zero float32) {
	w.reset(len(codes))
	kernel.RoundingErrors(w.errors, values, codes, scale, zero)
}

// measureColumns takes the codes of groups that alternate.
func (w *rounder) measureColumns(g *groups, codes, values []byte, scale func(group int) (scale, zero float32)) {
	w.reset(len(codes))
	for c := range g.count {
		scale, zero := scale(c)
		for i := c; i < len(codes); i += g.count {
			x := float32(firstValue(values[floatSize*i:])/scale) + zero
			w.errors[i] = float32(int8(codes[i])) - x
		}
	}
}

// units is how many codes of a sum of errors have to change by one, and in which
// direction errors are to go down: none where values or scales are no numbers.
func units(sum float32) (n float64, sign float32, step int8) {
	n = math.RoundToEven(math.Abs(float64(sum)))
	switch {
	case !(n >= 1):
		return 0, 1, 1
	case sum < 0:
		return n, -1, -1
	}
	return n, 1, 1
}

// roundColumns changes codes so that the errors of each column, of rows of so many, sum up
// to half a unit at most, or no candidate is left.
func (w *rounder) roundColumns(codes []byte, rows, columns int) {
	w.sums = slices.Grow(w.sums[:0], columns)[:columns]
	kernel.ColumnSums(w.sums, w.errors[:rows*columns])
	for c, sum := range w.sums {
		if !(sum > 0.5 || sum < -0.5) {
			continue
		}
		n, sign, step := units(sum)
		if n == 1 {
			w.flipLargest(codes, c, columns, sign, step)
			continue
		}
		w.found = w.found[:0]
		for i := c; i < rows*columns; i += columns {
			if up := sign * w.errors[i]; up > 0 && up <= 0.5 {
				w.found = append(w.found, uint32(i))
			}
		}
		w.candidates(codes, sign, step)
		w.flip(codes, n, step)
	}
}

// flipLargest changes the candidate of a column that has the largest error.
func (w *rounder) flipLargest(codes []byte, column, columns int, sign float32, step int8) {
	best, largest := -1, float32(0)
	for i := column; i < len(codes); i += columns {
		if up := sign * w.errors[i]; up > largest && up <= 0.5 && w.can(codes, i, step) {
			best, largest = i, up
		}
	}
	if best >= 0 {
		w.change(codes, best, step)
	}
}

// roundAll is roundColumns for all codes as one column.
func (w *rounder) roundAll(codes []byte) {
	n, sign, step := units(kernel.Sum(w.errors))
	if n == 0 {
		return
	}
	// Few of many are needed: nearly always those with the largest errors are enough.
	low := float32(0)
	if length := float64(len(codes)); length > fewKeys {
		low = float32(max(0, 0.5-2*(n+8)/length))
	}
	w.found = kernel.Between(w.found[:0], w.errors, sign, low)
	w.candidates(codes, sign, step)
	if float64(len(w.keys)) < n && low > 0 {
		w.found = kernel.Between(w.found[:0], w.errors, sign, 0)
		w.candidates(codes, sign, step)
	}
	w.flip(codes, n, step)
}

// candidates makes keys of the values that were found and can change: ascending keys have
// descending errors, then ascending positions.
func (w *rounder) candidates(codes []byte, sign float32, step int8) {
	w.keys = w.keys[:0]
	for _, i := range w.found {
		if w.can(codes, int(i), step) {
			w.keys = append(w.keys, uint64(^math.Float32bits(sign*w.errors[i]))<<32|uint64(i))
		}
	}
}

// flip changes those n candidates that have the largest errors, or all where these are
// fewer.
func (w *rounder) flip(codes []byte, n float64, step int8) {
	few := int(min(n, float64(len(w.keys))))
	leastFirst(w.keys, few)
	for _, key := range w.keys[:few] {
		w.change(codes, int(uint32(key)), step)
	}
}

// can reports whether a code may change by a step down.
func (w *rounder) can(codes []byte, i int, step int8) bool {
	last := w.low
	if step < 0 {
		last = w.high
	}
	return (int(int8(codes[i]))-int(last))*int(step) > 0 && !w.flipped[i]
}

func (w *rounder) change(codes []byte, i int, step int8) {
	codes[i] -= byte(step)
	w.errors[i] -= float32(step)
	w.flipped[i] = true
}

// fewKeys are sorted.
const fewKeys = 24

// leastFirst moves the n least keys to the front, in any order. Keys differ. Each step
// looks at eight bits, so time is linear in their number.
func leastFirst(keys []uint64, n int) {
	for shift := 56; n > 0 && n < len(keys); shift -= 8 {
		if len(keys) <= fewKeys {
			slices.Sort(keys)
			return
		}
		var counts [256]int
		for _, k := range keys {
			counts[byte(k>>shift)]++
		}
		below, pivot := 0, 0
		for below+counts[pivot] < n {
			below += counts[pivot]
			pivot++
		}
		low, end := 0, len(keys) // keys[:low] are below the pivot, keys[end:] above it
		for i := 0; i < end; {
			switch b := int(byte(keys[i] >> shift)); {
			case b < pivot:
				keys[i], keys[low] = keys[low], keys[i]
				low++
				i++
			case b > pivot:
				end--
				keys[i], keys[end] = keys[end], keys[i]
			default:
				i++
			}
		}
		keys, n = keys[low:end], n-low
	}
}
