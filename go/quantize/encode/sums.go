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

// groups are the values of each output. The value with the indices input and tap of
// group g is at g*apart + tap*tapStep + input*inputStep.
type groups struct {
	count, apart       int
	inputs, taps       int
	inputStep, tapStep int
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
		g.apart, g.inputs, g.taps, g.inputStep = size, size, 1, 1
		if len(shape) == 4 {
			g.inputs = int(shape[3])
			g.taps, g.tapStep = size/g.inputs, g.inputs
		}
	case int(outputs) == len(shape)-1:
		held = values
		g.apart, g.inputs, g.taps, g.inputStep = 1, size, 1, g.count
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
	return groups{count: n / size, apart: size, inputs: size, taps: 1, inputStep: 1, tapStep: 1}, n > 0
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
func (e *sumEncoder) round(dst, scales, values []byte, part int) {
	w := rounders.Get().(*rounder)
	defer rounders.Put(w)
	w.reset(e.size())
	w.codeRange = e.codeRange
	first, n := part*e.each/e.held(), len(dst)/e.size()
	for i := range n {
		scale, zero := e.scale(first + i)
		if len(scales) > 0 {
			scale = halfValue(scales[halfSize*i:])
		}
		w.load(&e.groups, dst, values, i*e.apart, float64(scale), float64(zero))
		if e.taps > 1 {
			for k := range e.inputs {
				w.flip(k*e.taps, (k+1)*e.taps)
			}
		}
		w.flip(0, e.size())
		w.store(&e.groups, dst, i*e.apart)
	}
}

// scale is that of a group and its zero point, where these are not a tensor of their own.
func (e *sumEncoder) scale(group int) (scale float32, zero int64) {
	n := e.Numbers()
	if len(n.Scale) == 0 {
		return 0, 0
	}
	if len(n.Scale) == 1 {
		group = 0
	}
	return n.Scale[group], n.ZeroPoint[group]
}

// halfValue is the first float16 of little-endian bytes.
func halfValue(b []byte) float32 {
	var out [floatSize]byte
	kernel.Float32(out[:], b[:halfSize])
	return firstValue(out[:])
}

var rounders = sync.Pool{New: func() any { return new(rounder) }}

// A rounder has the values of a group in the order input, tap.
type rounder struct {
	codeRange
	exact   []float64 // value / scale + zero point
	codes   []int8
	flipped []bool
	keys    []uint64
}

func (w *rounder) reset(n int) {
	w.exact = slices.Grow(w.exact[:0], n)[:n]
	w.codes = slices.Grow(w.codes[:0], n)[:n]
	w.flipped = slices.Grow(w.flipped[:0], n)[:n]
}

func (w *rounder) load(g *groups, codes, values []byte, at int, scale, zero float64) {
	clear(w.flipped)
	if g.taps == 1 && g.inputStep == 1 {
		values = values[floatSize*at:]
		for i, q := range codes[at : at+g.inputs] {
			w.exact[i] = float64(firstValue(values[floatSize*i:]))/scale + zero
			w.codes[i] = int8(q)
		}
		return
	}
	for tap := range g.taps {
		for input := range g.inputs {
			from, to := at+tap*g.tapStep+input*g.inputStep, input*g.taps+tap
			w.exact[to] = float64(firstValue(values[floatSize*from:]))/scale + zero
			w.codes[to] = int8(codes[from])
		}
	}
}

func (w *rounder) store(g *groups, codes []byte, at int) {
	for tap := range g.taps {
		for input := range g.inputs {
			codes[at+tap*g.tapStep+input*g.inputStep] = byte(w.codes[input*g.taps+tap])
		}
	}
}

// flip changes codes by one until the errors of the values from one to another sum up
// to half a unit at most, or no candidate is left.
func (w *rounder) flip(from, to int) {
	sum := 0.0
	for i := from; i < to; i++ {
		sum += float64(w.codes[i]) - w.exact[i]
	}
	size := math.RoundToEven(math.Abs(sum))
	if !(size >= 1) { // or NaN, of values or scales that are no numbers
		return
	}
	sign, step := 1.0, int8(1)
	if sum < 0 {
		sign, step = -1, -1
	}
	// Few of many are needed: nearly always those with the largest errors are enough.
	n, floor := 0, float32(all)
	if length := float64(to - from); length > fewKeys {
		floor = float32(max(all, 0.5-2*(size+8)/length))
	}
	for {
		w.collect(from, to, sign, step, floor)
		if n = len(w.keys); size <= float64(n) {
			n = int(size)
			break
		}
		if floor == all {
			break
		}
		floor = all
	}
	leastFirst(w.keys, n)
	for _, key := range w.keys[:n] {
		i := uint32(key)
		w.codes[i] -= step
		w.flipped[i] = true
	}
}

// all is a floor below all errors.
const all = -1

// collect makes keys of the candidates whose errors are above a floor: ascending keys
// have descending errors as float32, then ascending indices.
func (w *rounder) collect(from, to int, sign float64, step int8, floor float32) {
	w.keys = w.keys[:0]
	last := w.low
	if step < 0 {
		last = w.high
	}
	for i := from; i < to; i++ {
		up := sign * (float64(w.codes[i]) - w.exact[i])
		if up > 0 && up <= 0.5 && float32(up) > floor && (int(w.codes[i])-int(last))*int(step) > 0 && !w.flipped[i] {
			w.keys = append(w.keys, uint64(^math.Float32bits(float32(up)))<<32|uint64(i))
		}
	}
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
