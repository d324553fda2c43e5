package kernel

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/x448/float16"
)

// memory gives slices of a length: aligned in some way, or at the edge of a
// page.
type memory struct {
	bytes  func(n int) []byte
	floats func(n int) []float32
}

var channelCounts = []int{1, 2, 3, 5, 7, 8, 9, 16, 31, 32, 33, 63, 64, 65, 72, 100, 257}

// verifyAll compares every kernel with the naive code on one source. It is
// silent where all is well; where not, it names the first difference.
func verifyAll(t *testing.T, in memory, values []byte, inverse float32) {
	t.Helper()
	src := in.bytes(len(values))
	copy(src, values)
	verifyExtremes(t, src)
	verifyEach(t, "Int8", in, src, 1, func(dst []byte) { Int8(dst, src, inverse) },
		func(_ int, v float32) uint16 { return uint16(uint8(naiveInt8(v, inverse))) })
	verifyEach(t, "Int8Wrapping", in, src, 1, func(dst []byte) { Int8Wrapping(dst, src, inverse) },
		func(_ int, v float32) uint16 { return uint16(uint8(naiveInt8Wrapping(v, inverse))) })
	step := math.Abs(1 / float64(inverse))
	verifyEach(t, "Int8Divided", in, src, 1, func(dst []byte) { Int8Divided(dst, src, step) },
		func(_ int, v float32) uint16 { return uint16(uint8(naiveInt8Divided(v, step))) })
	verifyIntegers(t, in, src, 1/inverse)
	verifyFloat32(t, in, src)
	verifyBlockScales(t, values)
	verifyEach(t, "Half", in, src, halfSize, func(dst []byte) { Half(dst, src) },
		func(_ int, v float32) uint16 { return float16.Fromfloat32(v).Bits() })
	verifyEach(t, "Float16", in, src, halfSize, func(dst []byte) { Float16(dst, src) },
		func(_ int, v float32) uint16 { return naiveFloat16(v) })
}

// verifyChannels is verifyAll for the kernels with interleaved channels.
func verifyChannels(t *testing.T, in memory, values []byte, channels int, inverse float32) {
	t.Helper()
	src := in.bytes(len(values))
	copy(src, values)
	inverses := in.floats(channels)
	for c := range inverses {
		inverses[c] = inverse * float32(c+1)
	}
	verifyEach(t, "Int8WrappingInterleaved", in, src, 1,
		func(dst []byte) { Int8WrappingInterleaved(dst, src, inverses) },
		func(i int, v float32) uint16 { return uint16(uint8(naiveInt8Wrapping(v, inverses[i%channels]))) })

	steps, ofSteps := make([]float64, channels), in.floats(channels)
	for c := range steps {
		steps[c] = math.Abs(1 / float64(inverses[c]))
		ofSteps[c] = float32(1 / steps[c])
	}
	verifyEach(t, "Int8DividedInterleaved", in, src, 1,
		func(dst []byte) { Int8DividedInterleaved(dst, src, steps, ofSteps) },
		func(i int, v float32) uint16 { return uint16(uint8(naiveInt8Divided(v, steps[i%channels]))) })

	verifyIntegersInterleaved(t, in, src, inverses)

	lo, hi := in.floats(channels), in.floats(channels)
	for c := range lo {
		lo[c], hi[c] = 1, -1
		if c*floatSize < len(src) {
			lo[c], hi[c] = floatAt(src, c*floatSize), floatAt(src, c*floatSize)
		}
	}
	wantLo, wantHi := append([]float32{}, lo...), append([]float32{}, hi...)
	for i, v := range valuesOf(src) {
		c := i % channels
		wantLo[c], wantHi[c] = naiveMinMax(wantLo[c], wantHi[c], []float32{v})
	}
	MinMaxInterleaved(lo, hi, src)
	for c := range lo {
		verifyFloat(t, "MinMaxInterleaved minimum", src, lo[c], wantLo[c])
		verifyFloat(t, "MinMaxInterleaved maximum", src, hi[c], wantHi[c])
	}
}

func verifyExtremes(t *testing.T, src []byte) {
	t.Helper()
	values := valuesOf(src)
	verifyFloat(t, "Range", src, Range(src), naiveRange(values))
	var peak float32
	if len(values) > 0 {
		peak = values[0]
		for _, v := range values {
			if math.IsNaN(float64(v)) {
				peak = v
				break
			}
			peak = float32(math.Max(math.Abs(float64(peak)), math.Abs(float64(v))))
		}
	}
	if got := MaxAbs(src); math.IsNaN(float64(peak)) {
		if !math.IsNaN(float64(got)) {
			t.Errorf("MaxAbs of %d values: got %g, expected a NaN", len(values), got)
		}
	} else {
		verifyFloat(t, "MaxAbs", src, got, peak)
	}
	starts := []float32{1, 0, float32(math.Copysign(0, -1)), float32(math.NaN())}
	if len(values) > 0 {
		starts = append(starts, values[0])
	}
	for _, start := range starts {
		lo, hi := MinMax(start, start, src)
		wantLo, wantHi := naiveMinMax(start, start, values)
		verifyFloat(t, "MinMax minimum", src, lo, wantLo)
		verifyFloat(t, "MinMax maximum", src, hi, wantHi)
	}
}

func verifyFloat(t *testing.T, name string, src []byte, got, want float32) {
	t.Helper()
	if math.Float32bits(got) != math.Float32bits(want) {
		t.Errorf("%s of %d values: got %g (%#x), expected %g (%#x)",
			name, len(src)/floatSize, got, math.Float32bits(got), want, math.Float32bits(want))
	}
}

// verifyFloat32 takes the bytes of src for halves.
func verifyFloat32(t *testing.T, in memory, src []byte) {
	t.Helper()
	dst := in.bytes(2 * len(src))
	Float32(dst, src)
	for i := range len(src) / halfSize {
		half := float16.Frombits(binary.LittleEndian.Uint16(src[i*halfSize:]))
		want := math.Float32bits(half.Float32())
		if half.IsNaN() {
			want |= 1 << 22
		}
		if got := math.Float32bits(floatAt(dst, i*floatSize)); got != want {
			t.Errorf("Float32 of value %d of %d, %#x: got %#x, expected %#x", i, len(src)/halfSize, half.Bits(), got, want)
			return
		}
	}
}

// verifyBlockScales rounds to eight significant bits by arithmetic.
func verifyBlockScales(t *testing.T, src []byte) {
	t.Helper()
	for _, v := range valuesOf(src) {
		rounded := v
		if abs := math.Abs(float64(v)); abs > 0 && abs < math.Inf(1) {
			_, exponent := math.Frexp(float64(v))
			unit := math.Ldexp(1, max(exponent, -125)-8) // of a bfloat16, of denormal ones too
			rounded = float32(math.RoundToEven(float64(v)/unit) * unit)
		}
		want := float16.Fromfloat32(rounded)
		got, half := BlockScale(v)
		if v != v {
			if got == got {
				t.Errorf("BlockScale of a NaN: got %g", got)
			}
		} else if half != want.Bits() || got != want.Float32() {
			t.Errorf("BlockScale of %g: got %g (%#x), expected %g (%#x)", v, got, half, want.Float32(), want.Bits())
			return
		}
	}
}

// verifyEach runs a kernel that maps values. The destination holds other bytes
// than expected at first, and so do the ones around it, which must stay.
func verifyEach(t *testing.T, name string, in memory, src []byte, size int, run func(dst []byte),
	want func(i int, v float32) uint16) {
	t.Helper()
	values := valuesOf(src)
	dst := in.bytes(len(values) * size)
	for i := range dst {
		dst[i] = 0xaa
	}
	run(dst)
	for i, v := range values {
		var got uint16
		if size == halfSize {
			got = binary.LittleEndian.Uint16(dst[i*size:])
		} else {
			got = uint16(dst[i])
		}
		if w := want(i, v); got != w {
			t.Errorf("%s of value %d of %d, %g (%#x): got %#x, expected %#x",
				name, i, len(values), v, math.Float32bits(v), got, w)
			return
		}
	}
}
