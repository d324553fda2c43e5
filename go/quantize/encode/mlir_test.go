package encode

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"
)

func floatBytes(values ...float32) []byte {
	var b []byte
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

// encoded is what a format makes of values of a shape.
func encoded(t *testing.T, f Format, shape []int32, data []byte) ([]byte, []float32) {
	t.Helper()
	e, err := f.Fit(Tensor{Shape: shape, Values: len(data) / floatSize})
	if err != nil {
		t.Fatal(err)
	}
	enc := e.Encoder()
	dst := make([]byte, e.Len())
	Whole(e, enc, dst, nil, data)
	return dst, enc.Numbers().Scale
}

// naiveMLIR is both formulas with a scale for each channel, value by value and in float64
// as far as they are defined so. channel gives the channel of a value.
func naiveMLIR(data []byte, channels int, channel func(i int) int, divides bool) (out []byte, scales []float32) {
	n := len(data) / floatSize
	at := func(i int) float64 { return float64(firstValue(data[floatSize*i:])) }
	peaks := make([]float64, channels)
	for i := range n {
		if v := math.Abs(at(i)); v > peaks[channel(i)] {
			peaks[channel(i)] = v
		}
	}
	steps, inverses := make([]float64, channels), make([]float32, channels)
	for c, peak := range peaks {
		if 2*peak <= 1e-6 {
			peak = math.Max(peak, 5e-7)
		}
		steps[c] = 2 * peak / 254
		scale := float32(steps[c])
		if twice := float32(2 * peak); !divides && math.IsInf(float64(twice), 0) {
			scale = twice
		}
		scales = append(scales, scale)
		inverses[c] = float32(1 / float64(scale))
	}
	for i := range n {
		x := at(i) / steps[channel(i)]
		if !divides {
			x = float64(float32(at(i)) * inverses[channel(i)])
		}
		q := math.Round(x)
		if math.IsNaN(q) || math.IsInf(q, 0) {
			q = 0
		}
		out = append(out, byte(int8(math.Max(-127, math.Min(127, q)))))
	}
	return out, scales
}

// finite are random values without infinities, of any magnitude.
func finite(r *rand.Rand, n int) []byte {
	v := make([]float32, n)
	scale := float32(math.Pow(10, float64(r.IntN(50)-12)))
	if r.IntN(2) == 0 {
		scale = 1
	}
	special := []float32{0, float32(math.Copysign(0, -1)), float32(math.NaN()), 1e-42, 5e-7, 4.9e-7, 2e-7}
	for i := range v {
		if v[i] = scale * float32(r.NormFloat64()); math.IsInf(float64(v[i]), 0) {
			v[i] = math.MaxFloat32
		}
		if r.IntN(9) == 0 {
			v[i] = special[r.IntN(len(special))]
		}
		if scale == 1 && r.IntN(3) == 0 { // ties, where 127 is among the values
			v[i] = float32(r.IntN(255)-127) / 2
		}
	}
	if r.IntN(3) == 0 {
		v[r.IntN(n)] = 127
	}
	return floatBytes(v...)
}

// Both variants give what the naive code gives, for channels of any dimension.
func TestMLIRIsAsValueByValue(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	differ := 0
	for range 3000 {
		shape := make([]int32, 1+r.IntN(5))
		n := 1
		for i := range shape {
			shape[i] = int32(1 + r.IntN(9))
			n *= int(shape[i])
		}
		axis, run := r.IntN(len(shape)), 1
		for _, d := range shape[axis+1:] {
			run *= int(d)
		}
		data := finite(r, n)
		channels := int(shape[axis])
		channel := func(i int) int { return i / run % channels }
		for _, c := range []struct {
			format   Format
			channels int
			channel  func(i int) int
			divides  bool
		}{
			{Int8Reciprocal{int32(axis)}, channels, channel, false},
			{Int8Divided{PerChannel, int32(axis)}, channels, channel, true},
			{Int8Divided{Scope: PerTensor}, 1, func(int) int { return 0 }, true},
		} {
			got, scales := encoded(t, c.format, shape, data)
			want, wantScales := naiveMLIR(data, c.channels, c.channel, c.divides)
			if !bytes.Equal(got, want) || bitsOf(scales) != bitsOf(wantScales) {
				t.Fatalf("%#v, shape %v: %v and scales %v, want %v and %v", c.format, shape, got, scales, want, wantScales)
			}
		}
		a, _ := encoded(t, Int8Reciprocal{int32(axis)}, shape, data)
		b, _ := encoded(t, Int8Divided{PerChannel, int32(axis)}, shape, data)
		if !bytes.Equal(a, b) {
			differ++
		}
	}
	if differ == 0 {
		t.Error("the variants never differ, on ties neither")
	}
}

// What is known of upstream's numbers at the borders.
func TestMLIRBorders(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	const least = 5e-7 / 127.0
	for _, c := range []struct {
		name   string
		format Format
		values []float32
		want   []int8
		scale  float32
	}{
		{"zeros", Int8Reciprocal{0}, []float32{0}, []int8{0}, least},
		{"zeros", Int8Divided{PerChannel, 0}, []float32{0}, []int8{0}, least},
		{"zeros", Int8Widened{}, []float32{0, 0}, []int8{0, 0}, least},
		{"a small range uses all of int8 beside a widened scale", Int8Widened{}, []float32{1e-7, -5e-8}, []int8{127, -64}, least},
		{"a small range uses little of int8", Int8Divided{Scope: PerTensor}, []float32{1e-7, -5e-8}, []int8{25, -13}, least},
		{"halves go away from zero", Int8Divided{Scope: PerTensor}, []float32{127, 0.5, -0.5, 1.5, -2.5}, []int8{127, 1, -1, 2, -3}, 1},
		{"halves go away from zero", Int8Widened{}, []float32{127, 0.5, -0.5, 1.5, -2.5}, []int8{127, 1, -1, 2, -3}, 1},
		{"NaN", Int8Divided{Scope: PerTensor}, []float32{nan, 127, -1}, []int8{0, 127, -1}, 1},
		{"NaN", Int8Reciprocal{0}, []float32{nan}, []int8{0}, least},
		{"NaN that the range passes over", Int8Widened{}, []float32{127, -1, nan, 2}, []int8{127, -1, -127, 2}, 1},
		{"NaN that hides the range", Int8Widened{}, []float32{127, -1, 1, nan, 2, 3}, []int8{127, -1, 1, 0, 2, 3}, 1},
		{"NaN first is the range", Int8Widened{}, []float32{nan, 127, 1}, []int8{-127, -127, -127}, 1},
		{"twice the range overflows", Int8Widened{}, []float32{3e38, 1}, []int8{0, 0}, inf},
		{"twice the range overflows", Int8Reciprocal{0}, []float32{3e38}, []int8{0}, inf},
		{"twice the range is a float64", Int8Divided{Scope: PerTensor}, []float32{3e38, 1}, []int8{127, 0}, float32(float64(float32(3e38)) / 127)},
	} {
		got, scales := encoded(t, c.format, []int32{int32(len(c.values))}, floatBytes(c.values...))
		want := make([]byte, len(c.want))
		for i, q := range c.want {
			want[i] = byte(q)
		}
		if !bytes.Equal(got, want) || scales[0] != c.scale {
			t.Errorf("%s, %#v: %v and %v, want %v and %v", c.name, c.format, got, scales[0], want, c.scale)
		}
	}
}

func TestAxesThatTensorsLack(t *testing.T) {
	for _, f := range []Format{Int8Reciprocal{3}, Int8Divided{PerChannel, 3}} {
		const want = "its shape is [2 2]: weights with a scale for each index of dimension 3 have more dimensions than that"
		if _, err := f.Fit(Tensor{Shape: []int32{2, 2}, Values: 4}); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
