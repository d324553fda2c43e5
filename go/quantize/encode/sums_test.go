package encode

import (
	"bytes"
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// naiveFlip is one step of sum-preserving rounding, with a sort: of the codes of a
// group, given as places in out. Errors are summed in so many lanes.
func naiveFlip(out []byte, errors []float32, group []int, lanes int, s naiveScale, flipped map[int]bool) {
	sums := make([]float32, lanes)
	for k, i := range group {
		sums[k%lanes] += errors[i]
	}
	for ; len(sums) > 1; sums = sums[:len(sums)/2] {
		for k := range len(sums) / 2 {
			sums[k] += sums[len(sums)/2+k]
		}
	}
	sum := float64(sums[0])
	k, g := math.RoundToEven(math.Abs(sum)), math.Copysign(1, sum)
	type candidate struct {
		place int
		error float32
	}
	var candidates []candidate
	for _, i := range group {
		q := float64(int8(out[i])) - g
		if up := g * float64(errors[i]); up > 0 && up <= 0.5 && q >= s.low && q <= s.high && !flipped[i] {
			candidates = append(candidates, candidate{i, float32(up)})
		}
	}
	slices.SortStableFunc(candidates, func(a, b candidate) int { return cmp.Compare(b.error, a.error) })
	for n, c := range candidates {
		if !(float64(n) < k) {
			break
		}
		out[c.place] = byte(int8(out[c.place]) - int8(g))
		errors[c.place] -= float32(g)
		flipped[c.place] = true
	}
}

// A naiveScale is what turns a group's values into codes, of a range.
type naiveScale struct {
	scale, zero float32
	low, high   float64
}

// measure sets the errors of the codes of some values.
func (s naiveScale) measure(errors []float32, out, data []byte, places []int) {
	for _, i := range places {
		x := float32(float64(firstValue(data[floatSize*i:])) / float64(s.scale))
		errors[i] = float32(int8(out[i])) - float32(float64(x)+float64(s.zero))
	}
}

// sumLanes are those of whole groups.
const sumLanes = 8

// naiveSums rounds the codes of another format, group by group.
func naiveSums(shape []int32, outputs int, out, data []byte, scales []float32) {
	n := len(data) / floatSize
	count := int(shape[outputs])
	size, errors := n/count, make([]float32, n)
	for o := range count {
		scale := naiveScale{scales[min(o, len(scales)-1)], 0, -127, 127}
		flipped := map[int]bool{}
		group, lanes := []int(nil), sumLanes
		switch {
		case outputs != 0:
			for i := range size {
				group = append(group, i*count+o)
			}
			scale.measure(errors, out, data, group)
			lanes = 1
		case len(shape) == 4:
			inputs := int(shape[3])
			for input := range inputs {
				var taps []int
				for tap := range size / inputs {
					taps = append(taps, o*size+tap*inputs+input)
				}
				scale.measure(errors, out, data, taps)
				if len(taps) > 1 {
					naiveFlip(out, errors, taps, 1, scale, flipped)
				}
				group = append(group, taps...)
			}
			slices.Sort(group)
		default:
			for i := range size {
				group = append(group, o*size+i)
			}
			scale.measure(errors, out, data, group)
		}
		naiveFlip(out, errors, group, lanes, scale, flipped)
	}
}

// In parts of any size and order, the codes are those of the naive code; each differs by
// one at most from the other format's, whose scales stay.
func TestSumsArePreservedAsValueByValue(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	changed := 0
	for round := range 3000 {
		shape := make([]int32, 2+2*r.IntN(2))
		n := 1
		for i := range shape {
			shape[i] = int32(1 + r.IntN(9))
			if round%100 == 0 && i == len(shape)-1 {
				shape[i] = 900
			}
			n *= int(shape[i])
		}
		last := int32(len(shape) - 1)
		data := floatBytes(randomFloats(r, n)...)
		if round%3 == 0 {
			data = finite(r, n)
		}
		if round%5 == 0 {
			data = values(r, n)
		}
		if round%200 == 0 {
			data = alike(r, n, int(shape[last]))
		}
		for _, f := range []SumPreserving{
			{Int8PerTensor{}, 0}, {Int8PerTensor{}, last}, {Int8PerChannel{0}, 0}, {Int8PerChannel{last}, last},
			{Int8Widened{}, 0}, {Int8Widened{}, last}, {Int8Reciprocal{0}, 0}, {Int8Reciprocal{last}, last},
			{Int8Divided{Scope: PerTensor}, 0}, {Int8Divided{PerChannel, 0}, 0}, {Int8Divided{PerChannel, last}, last},
		} {
			plain, scales := encoded(t, f.Format, shape, data)
			want := bytes.Clone(plain)
			naiveSums(shape, int(f.Outputs), want, data, scales)
			e, err := f.Fit(Tensor{Shape: shape, Values: n})
			if err != nil {
				t.Fatal(err)
			}
			got, numbers := inParts(r, e, data, floatSize*(1+r.IntN(2*n)))
			if !bytes.Equal(got, want) || bitsOf(numbers.Scale) != bitsOf(scales) {
				t.Fatalf("%#v, shape %v: %v and scales %v, want %v and %v", f, shape, got, numbers.Scale, want, scales)
			}
			for i := range got {
				if d := int(int8(got[i])) - int(int8(plain[i])); d != 0 {
					changed++
					if d < -1 || d > 1 {
						t.Fatalf("%#v: code %d is %d, rounded to nearest %d", f, i, int8(got[i]), int8(plain[i]))
					}
				}
			}
		}
	}
	if changed == 0 {
		t.Error("no code ever changes")
	}
}

// alike are rows of values all of which have the same small error, with a scale of 1: as
// many must change as the largest errors of other rows would tell, and none stands out.
func alike(r *rand.Rand, n, row int) []byte {
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(r.IntN(200)-100) + 0.05
		if i%row == 0 {
			out[i] = 127
		}
	}
	return floatBytes(out...)
}

// The same holds for integers of fewer bits, with zero points, with scales that are
// searched, and in blocks.
func TestSumsOfSmallIntegersArePreserved(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 18))
	changed := map[string]int{}
	for round := range 600 {
		shape := []int32{int32(1 + r.IntN(9)), int32(4 * (1 + r.IntN(9)))}
		if round%3 == 0 {
			shape = []int32{int32(1 + r.IntN(6)), int32(1 + r.IntN(3)), int32(1 + r.IntN(3)), int32(1 + r.IntN(7))}
		}
		n := 1
		for _, d := range shape {
			n *= int(d)
		}
		data := floatBytes(randomFloats(r, n)...)
		if round%5 == 0 {
			data = values(r, n)
		}
		formats := []Format{
			Integer{Bits: 8, Scope: PerChannel}, Integer{Bits: 4, Scope: PerChannel}, Integer{Bits: 2, Scope: PerChannel},
			Integer{Bits: 8, Scope: PerTensor}, Integer{Bits: 4, Scope: PerTensor},
			Integer{Bits: 8, Scope: PerChannel, Asymmetric: true}, Integer{Bits: 4, Scope: PerTensor, Asymmetric: true},
			Searched{Bits: 4}, Searched{Bits: 8},
			Clipped{Bits: 4, Scope: PerChannel, Method: MSE}, Clipped{Bits: 8, Scope: PerChannel, Method: OCTAV},
		}
		if len(shape) == 2 {
			formats = append(formats, Blocks{Bits: 4, Size: 4}, Blocks{Bits: 2, Size: 4, Floor: true})
		}
		for _, f := range formats {
			want, plain := naiveSmall(t, f, shape, data)
			got := smallCodes(t, r, SumPreserving{f, 0}, shape, data)
			if !bytes.Equal(got, want) {
				t.Fatalf("%v, shape %v: %v, want %v, to nearest %v", f, shape, got, want, plain)
			}
			if !bytes.Equal(got, plain) {
				changed[f.String()]++
			}
		}
	}
	if len(changed) < 10 {
		t.Errorf("codes change in %v alone", changed)
	}
}

// smallCodes are the codes, one in a byte, of values that are encoded in parts of any size.
func smallCodes(t *testing.T, r *rand.Rand, f Format, shape []int32, data []byte) []byte {
	t.Helper()
	n := len(data) / floatSize
	e, err := f.Fit(Tensor{Shape: shape, Values: n})
	if err != nil {
		t.Fatal(err)
	}
	var packed []byte
	if e.ScalesLen() > 0 {
		packed = make([]byte, e.Len())
		Whole(e, e.Encoder(), packed, make([]byte, e.ScalesLen()), data)
	} else {
		packed, _ = inParts(r, e, data, floatSize*(1+r.IntN(2*n)))
	}
	return Source{Type: f.Type()}.codes(packed, n)
}

// codes are the first n integers of packed ones.
func (s Source) codes(packed []byte, n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(int8(s.integer(packed, i)))
	}
	return out
}

// naiveSmall are the codes whose sums are preserved, and those to nearest.
func naiveSmall(t *testing.T, f Format, shape []int32, data []byte) (codes, plain []byte) {
	t.Helper()
	n := len(data) / floatSize
	e, err := f.Fit(Tensor{Shape: shape, Values: n})
	if err != nil {
		t.Fatal(err)
	}
	encoder, packed, scales := e.Encoder(), make([]byte, e.Len()), make([]byte, e.ScalesLen())
	Whole(e, encoder, packed, scales, data)
	plain = Source{Type: f.Type()}.codes(packed, n)
	codes = bytes.Clone(plain)
	bits := map[tflite.TensorType]int{tflite.TensorTypeINT8: 8, tflite.TensorTypeINT4: 4, tflite.TensorTypeINT2: 2}[f.Type()]
	high := float64(int(1)<<(bits-1) - 1)
	size, inputs := n/int(shape[0]), n/int(shape[0])
	if len(shape) == 4 {
		inputs = int(shape[3])
	}
	if f.Granularity().Scope == PerBlock {
		size, inputs = int(f.Granularity().BlockSize), int(f.Granularity().BlockSize)
	}
	errors := make([]float32, n)
	for g := range n / size {
		s := naiveScale{low: -high, high: high}
		if i, ok := f.(Integer); ok && i.Asymmetric {
			s.low--
		}
		if len(scales) > 0 {
			s.scale = halfValue(scales[halfSize*g:])
		} else {
			c := min(g, len(encoder.Numbers().Scale)-1)
			s.scale, s.zero = encoder.Numbers().Scale[c], float32(encoder.Numbers().ZeroPoint[c])
		}
		flipped := map[int]bool{}
		var group []int
		for input := range inputs {
			var taps []int
			for tap := range size / inputs {
				taps = append(taps, g*size+tap*inputs+input)
			}
			s.measure(errors, codes, data, taps)
			if len(taps) > 1 {
				naiveFlip(codes, errors, taps, 1, s, flipped)
			}
			group = append(group, taps...)
		}
		slices.Sort(group)
		naiveFlip(codes, errors, group, sumLanes, s, flipped)
	}
	return codes, plain
}

func randomFloats(r *rand.Rand, n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	return v
}

// The errors of an output sum up to half a unit at most, and weights that int8 holds
// exactly stay.
func TestSumsOfErrorsAreSmall(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 300 {
		shape := []int32{int32(1 + r.IntN(5)), 3, 3, int32(8 + r.IntN(90))}
		size := 9 * int(shape[3])
		v := randomFloats(r, int(shape[0])*size)
		f := SumPreserving{Int8Divided{PerChannel, 0}, 0}
		codes, scales := encoded(t, f, shape, floatBytes(v...))
		for o, scale := range scales {
			sum := 0.0
			for i := o * size; i < (o+1)*size; i++ {
				sum += float64(int8(codes[i])) - float64(v[i])/float64(scale)
			}
			if math.Abs(sum) > 0.5+1e-3 {
				t.Fatalf("shape %v: the errors of output %d sum up to %v", shape, o, sum)
			}
		}
		for i, c := range codes {
			v[i] = float32(int8(c))
		}
		for o := range scales {
			v[o*size] = 127
		}
		again, _ := encoded(t, f, shape, floatBytes(v...))
		for i, c := range again {
			if float32(int8(c)) != v[i] {
				t.Fatalf("the exact weight %v becomes %d", v[i], int8(c))
			}
		}
	}
}

func TestLeastKeysComeFirst(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for range 2000 {
		keys := make([]uint64, 1+r.IntN(400))
		few := uint64(1 + r.IntN(1000))
		for i := range keys {
			keys[i] = (r.Uint64()%few)<<32 | uint64(i)
		}
		r.Shuffle(len(keys), func(i, k int) { keys[i], keys[k] = keys[k], keys[i] })
		n := r.IntN(len(keys) + 1)
		want := slices.Sorted(slices.Values(keys))[:n]
		leastFirst(keys, n)
		if got := slices.Sorted(slices.Values(keys[:n])); !slices.Equal(got, want) {
			t.Fatalf("%d of %d: %x, want %x", n, len(keys), got, want)
		}
	}
}

// Groups that are too long to be held are rounded by the other format.
func TestLongSumsAreNotPreserved(t *testing.T) {
	for _, c := range []struct {
		outputs int32
		shape   []int32
		held    bool
	}{
		{0, []int32{2, MostSummed}, true}, {0, []int32{1, MostSummed + 1}, false},
		{3, []int32{1, 1, 2, MostSummed / 2}, true}, {3, []int32{1, 1, 3, MostSummed / 2}, false},
		{0, []int32{9}, false}, {1, []int32{2, 3, 4}, false}, {3, []int32{2, 2}, false},
	} {
		n := 1
		for _, d := range c.shape {
			n *= int(d)
		}
		e, err := SumPreserving{Int8PerTensor{}, c.outputs}.Fit(Tensor{Shape: c.shape, Values: n})
		if _, held := e.(sumPreserving); err != nil || held != c.held {
			t.Errorf("shape %v, outputs in dimension %d: %T, %v", c.shape, c.outputs, e, err)
		}
	}
}

func BenchmarkSums(b *testing.B) {
	data := floatBytes(randomFloats(rand.New(rand.NewPCG(1, 1)), 1<<20)...)
	for _, c := range []struct {
		name  string
		shape []int32
		axis  int32
	}{{"fully connected", []int32{1024, 1024}, 0}, {"convolution", []int32{128, 4, 4, 512}, 0}, {"depthwise", []int32{1, 4, 4, 1 << 16}, 3}} {
		formats := []Format{Int8PerChannel{c.axis}, SumPreserving{Int8PerChannel{c.axis}, c.axis}}
		if c.axis == 0 {
			formats = append(formats, Searched{4}, SumPreserving{Searched{4}, 0})
		}
		for _, f := range formats {
			b.Run(c.name+"/"+f.String(), func(b *testing.B) {
				b.SetBytes(int64(len(data)))
				e, _ := f.Fit(Tensor{Shape: c.shape, Values: 1 << 20})
				dst := make([]byte, e.Len())
				for b.Loop() {
					enc := e.Encoder()
					inOrder(e, enc, dst, data)
				}
			})
		}
	}
}

// inOrder encodes in the parts of a stream.
func inOrder(e Encoding, enc Encoder, dst, data []byte) {
	p := enc.Parts(128 << 10)
	part := func(i int) []byte {
		return data[floatSize*i*p.Values : min(len(data), floatSize*(i+1)*p.Values)]
	}
	n := parts(e.Values(), p.Values)
	if p.Look {
		for i := range n {
			enc.Look(part(i), i)
		}
		enc.Decide(func(yield func([]byte) bool) { yield(data) })
	}
	for i := range n {
		from, to := Share(e, len(dst), p, i)
		enc.Store(dst[from:to], nil, part(i), i)
	}
}
