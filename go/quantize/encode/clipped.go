package encode

import (
	"fmt"
	"iter"
	"math"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Clipped is a symmetric Integer whose scales are searched, so that outermost values may
// be cut off, as litert-quantizer's algorithms compute it, with NumPy's orders of summing.
// Codes may be -8 and -2.
//
// MSE: scale = 0.05408 or 0.37755, for 8 or 4 bits, times the root of the mean square.
//
// OCTAV: Newton's iteration for the bound with the least mean error, from 1 on, ten times
// at most or until no group's bound moves; the range of an Integer where that is less.
//
// Recovery: the scale of values that were integers before, see recovered.go.
type Clipped struct {
	Bits   uint8
	Scope  Scope // PerTensor or PerChannel
	Axis   int32
	Method Method
}

// A Method is how scales are found.
type Method uint8

// The methods.
const (
	Extremes Method = iota // by the outermost values
	MSE
	OCTAV
	Recovery
)

func (m Method) String() string { return [...]string{"extremes", "MSE", "OCTAV", "recovery"}[m] }

func (f Clipped) String() string {
	return fmt.Sprintf("int%d %v by %v", f.Bits, f.Scope, f.Method)
}

// Type is INT8, INT4 or INT2.
func (f Clipped) Type() tflite.TensorType { return integerType(f.Bits) }

// Granularity is PerTensor or PerChannel.
func (f Clipped) Granularity() Granularity { return Granularity{Scope: f.Scope, Axis: f.Axis} }

// Fit takes tensors with a scale for all values, or for each index of the first or the
// last dimension.
func (f Clipped) Fit(t Tensor) (Encoding, error) {
	c, err := channelsIn(t, f.Scope, f.Axis)
	if err != nil {
		return nil, err
	}
	e := clipped{integers{c, f.Bits, false}, f.Method, f.Scope == PerTensor}
	if e.count == 1 {
		e.run = e.values
	}
	if e.count*e.run != e.values && (e.run > 1 || f.Method == Recovery) {
		return nil, fmt.Errorf("its shape is %v: scales that are searched are for the first or the last dimension", t.Shape)
	}
	return e, nil
}

// Parameters are scale, zero_point and quantized_dimension alone.
func (f Clipped) Parameters(_ *tflite.QuantizationParametersT, n *Numbers, _ int32) *tflite.QuantizationParametersT {
	return symmetric(n, f.Axis)
}

type clipped struct {
	integers
	method Method
	tensor bool // one scale for all values
}

func (e clipped) Encoder() Encoder {
	s := &steps{bits: e.bits, scales: make([]float32, e.count), zeros: make([]float32, e.count)}
	c := newChannelEncoder(e.channels, s)
	c.multiple = 8 / int(e.bits)
	s.double = e.method == Recovery && e.tensor
	return &clippedEncoder{packer: packer{c, e.bits}, steps: s, method: e.method, tensor: e.tensor}
}

type clippedEncoder struct {
	packer
	steps  *steps
	method Method
	tensor bool
	err    error // that values were no integers
}

func (e *clippedEncoder) Parts(most int) Parts {
	inPart := e.rounded(max(1, most/floatSize), 1)
	if e.each = inPart; e.run == 1 {
		e.each = e.rounded(inPart, e.count)
	}
	return Parts{Values: e.each, Look: true}
}

func (e *clippedEncoder) Look([]byte, int) {}

// Decide reads all values once, three times for Recovery, or up to eleven times for OCTAV.
func (e *clippedEncoder) Decide(values iter.Seq[[]byte]) {
	switch e.method {
	case MSE:
		e.meanSquares(values)
	case OCTAV:
		e.bounds(values)
	case Recovery:
		e.recover(values)
	}
	copy(e.numbers.Scale, e.steps.scales)
}

// eachGroup calls f with every value, and the channel that it is of.
func (e *clippedEncoder) eachGroup(values iter.Seq[[]byte], f func(c int, v float32)) {
	c, at := 0, 0
	for part := range values {
		for ; len(part) > 0; part = part[floatSize:] {
			f(c, firstValue(part))
			if at++; at == e.run {
				at = 0
				if c++; c == e.count {
					c = 0
				}
			}
		}
	}
}

func (e *clippedEncoder) meanSquares(values iter.Seq[[]byte]) {
	factor := float32(0.05408)
	if e.bits == 4 {
		factor = 0.37755
	}
	sums := make([]float32, e.count)
	if e.run == 1 && e.count > 1 { // row after row
		e.eachGroup(values, func(c int, v float32) { sums[c] += float32(v * v) })
	} else {
		next, stop := iter.Pull(values)
		defer stop()
		p := puller{next: next}
		for c := range sums {
			sums[c] = p.squares(e.run)
		}
	}
	n := float32(e.values / e.count)
	for c, sum := range sums {
		e.steps.scales[c] = factor * float32(math.Sqrt(float64(sum/n)))
	}
}

// A puller takes values that come in parts.
type puller struct {
	next func() ([]byte, bool)
	part []byte
}

func (p *puller) take() float32 {
	for len(p.part) == 0 {
		p.part, _ = p.next()
	}
	v := firstValue(p.part)
	p.part = p.part[floatSize:]
	return v
}

// squares sums the squares of the next n values as pairwise does.
func (p *puller) squares(n int) float32 {
	if n > pairwiseLeaf {
		half := n / 2 / 8 * 8
		first := p.squares(half)
		return first + p.squares(n-half)
	}
	var leaf [pairwiseLeaf]float32
	for i := range n {
		v := p.take()
		leaf[i] = float32(v * v)
	}
	return pairwise(leaf[:n])
}

const pairwiseLeaf = 128

// pairwise sums in NumPy's order.
func pairwise(x []float32) float32 {
	n := len(x)
	if n > pairwiseLeaf {
		half := n / 2 / 8 * 8
		return pairwise(x[:half]) + pairwise(x[half:])
	}
	if n < 8 {
		sum := float32(math.Copysign(0, -1))
		for _, v := range x {
			sum += v
		}
		return sum
	}
	var r [8]float32
	copy(r[:], x)
	i := 8
	for ; i+8 <= n; i += 8 {
		for k := range r {
			r[k] += x[i+k]
		}
	}
	sum := ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]))
	for _, v := range x[i:] {
		sum += v
	}
	return sum
}

// peaks are the largest absolute values of the channels.
func (e *clippedEncoder) peaks(values iter.Seq[[]byte]) []float32 {
	peaks := make([]float32, e.count)
	e.eachGroup(values, func(c int, v float32) {
		if v = abs(v); v > peaks[c] || v != v {
			peaks[c] = v
		}
	})
	return peaks
}

// bounds finds the bound of each channel.
func (e *clippedEncoder) bounds(values iter.Seq[[]byte]) {
	peaks := e.peaks(values)
	guess := make([]float32, e.count)
	for c := range guess {
		guess[c] = 1
	}
	for range octavIterations {
		next := e.better(values, guess)
		moves := farFrom(guess, next)
		if guess = next; !moves {
			break
		}
	}
	for c, g := range guess {
		e.steps.scales[c] = min(peakOf(peaks[c]), g) / float32(highest(e.bits))
	}
}

const octavIterations = 10

// farFrom reports whether a bound is not numpy.isclose to the one before.
func farFrom(before, now []float32) bool {
	for c, b := range now {
		near := abs(before[c]-b) <= 1e-8+float32(1e-5*abs(b)) && abs(b) <= math.MaxFloat32
		if !near && before[c] != b {
			return true
		}
	}
	return false
}

// better is one step of the iteration.
func (e *clippedEncoder) better(values iter.Seq[[]byte], guess []float32) []float32 {
	high, low := newMasked(e), newMasked(e)
	e.eachGroup(values, func(c int, v float32) {
		high.add(c, v, v >= guess[c])
		low.add(c, v, v <= -guess[c])
	})
	high.end()
	low.end()
	k := float32(math.Ldexp(1, -2*int(e.bits)) / 3)
	n := e.values / e.count
	out := make([]float32, e.count)
	for c := range out {
		d := float32(float32(high.count[c]+low.count[c]) * float32(1-k))
		if e.tensor {
			d += float32(k * float32(n))
		} else {
			d = float32(float64(d) + float64(k)*float64(n))
		}
		out[c] = (high.sum[c] - low.sum[c]) / d
	}
	return out
}

// masked sums those values of each channel that are marked: runs of them pairwise, or
// one by one where channels alternate.
type masked struct {
	sum     []float32
	count   []int
	single  bool      // channels alternate
	run     []float32 // marked values side by side, of channel
	channel int
}

func newMasked(e *clippedEncoder) *masked {
	return &masked{sum: make([]float32, e.count), count: make([]int, e.count), single: e.run == 1 && e.count > 1}
}

func (m *masked) add(c int, v float32, marked bool) {
	if m.single {
		if marked {
			m.sum[c] += v
			m.count[c]++
		}
		return
	}
	if c != m.channel || !marked {
		m.end()
		m.channel = c
	}
	if marked {
		m.run = append(m.run, v)
		m.count[c]++
	}
}

// end adds the run that ends.
func (m *masked) end() {
	if len(m.run) > 0 {
		m.sum[m.channel] += pairwise(m.run)
		m.run = m.run[:0]
	}
}
