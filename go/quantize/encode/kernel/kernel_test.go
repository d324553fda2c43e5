package kernel

import (
	"bytes"
	"encoding/binary"
	"flag"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

var every = flag.Bool("every", false, "test all 2^32 patterns of a value, not a sample of them")

const longest = 300

var (
	negativeZero = float32(math.Copysign(0, -1))
	inf          = float32(math.Inf(1))
	nan          = float32(math.NaN())
)

// special holds values at which a rule changes: what cannot be converted, what
// lies between two results, what is about to overflow or vanish.
var special = append([]float32{
	0, negativeZero, 1, -1, inf, -inf, nan, math.Float32frombits(0xffc12345),
	math.Float32frombits(0x7f800001), math.Float32frombits(0xff812345), math.Float32frombits(0x7fffffff),
	math.MaxFloat32, -math.MaxFloat32, math.SmallestNonzeroFloat32, -math.SmallestNonzeroFloat32,
	0x1p-126, 0x1.fffffcp-127, 0x1p31, -0x1p31, 0x1.fffffep30, -0x1.000002p31, 0x1p23, 0x1p24, 0x1.000002p23,
	0x1p-24, 0x1p-25, 0x1.000002p-25, -0x1p-25, 0x1.8p-24, 0x1p-14, 0x1.ffcp-15, 0x1.ffep-15, 0x1.fffffep-15,
	0x1.002p0, 0x1.006p0, -0x1.002p0, 65504, 65519.996, 65520, -65504, -65520, 65503.996, 65488,
	0x1.695236p-2, 127, -127, 128, -128, 129, 255, 256, 383, 384,
}, ties()...)

// ties gives the halves and their neighbours on both sides.
func ties() []float32 {
	var values []float32
	for _, whole := range []float32{0, 1, 2, 3, 63, 126, 127, 128, 254, 255, 256, 382, 1 << 20} {
		half := whole + 0.5
		for _, v := range []float32{half, math.Nextafter32(half, 0), math.Nextafter32(half, inf)} {
			values = append(values, v, -v)
		}
	}
	return values
}

var inverses = []float32{1, 127, 0, inf, nan, -1, 0x1.6ac1f4p+0, 3e38, 1e-42, 0x1p22, math.SmallestNonzeroFloat32}

// weights gives n values: ordinary ones, and with them the special ones, any
// bit patterns, and many zeros, as wild tells.
func weights(random *rand.Rand, n int, wild bool) []byte {
	src := make([]byte, 0, n*floatSize)
	for range n {
		bits := math.Float32bits(float32(random.NormFloat64()))
		if wild {
			switch random.IntN(6) {
			case 0:
				bits = random.Uint32()
			case 1:
				bits = math.Float32bits(special[random.IntN(len(special))])
			case 2:
				bits = math.Float32bits(0) | random.Uint32()&signBit
			}
		}
		src = binary.LittleEndian.AppendUint32(src, bits)
	}
	return src
}

func seeded(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

// within places memory at an offset in a larger one whose bytes must not change.
func within(t *testing.T, offset int) (in memory, check func()) {
	const margin = 64
	var around [][]byte
	in.floats = func(n int) []float32 { return make([]float32, n) }
	in.bytes = func(size int) []byte {
		whole := bytes.Repeat([]byte{0x5c}, margin+offset+size+margin)
		start := margin + offset
		around = append(around, whole[:start], whole[start+size:])
		return whole[start : start+size : start+size]
	}
	check = func() {
		for _, part := range around {
			if len(bytes.Trim(part, "\x5c")) > 0 {
				t.Error("a kernel wrote outside of its destination")
			}
		}
		around = nil
	}
	return in, check
}

func TestEveryLengthAndAlignment(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		random := seeded(3)
		for length := 0; length <= longest; length++ {
			for alignment := range 32 {
				in, check := within(t, alignment)
				wild := random.IntN(2) == 0
				verifyAll(t, in, weights(random, length, wild), 50)
				channels := channelCounts[random.IntN(len(channelCounts))]
				verifyChannels(t, in, weights(random, length, wild), channels, 50)
				check()
			}
			if t.Failed() {
				t.Fatalf("with %d values", length)
			}
		}
	})
}

func TestEveryChannelCount(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		random := seeded(4)
		for channels := 1; channels <= longest; channels++ {
			for _, length := range []int{channels, 9 * channels, 20*channels + channels/2, 3*channels + 1, 700} {
				in, check := within(t, random.IntN(32))
				verifyChannels(t, in, weights(random, length, random.IntN(2) == 0), channels, 50)
				check()
			}
			if t.Failed() {
				t.Fatalf("with %d channels", channels)
			}
		}
	})
}

// With many channels several rows go together.
func TestManyChannels(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		random := seeded(8)
		for _, channels := range []int{1024, 1535, 1536, 1537, 1543, 2001} {
			for rows := range 10 {
				in, check := within(t, random.IntN(32))
				for _, begun := range []int{0, 5, channels / 2} {
					verifyChannels(t, in, weights(random, rows*channels+begun, true), channels, 50)
				}
				check()
			}
		}
	})
}

func TestSpecialValues(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		random := seeded(5)
		in, check := within(t, 4)
		for _, inverse := range inverses {
			verifyAll(t, in, bytesOf(special), inverse)
			check()
			for range 100 {
				verifyAll(t, in, weights(random, random.IntN(200), true), inverse)
				verifyChannels(t, in, weights(random, random.IntN(900), true), 1+random.IntN(80), inverse)
				check()
			}
		}
	})
}

// Zeros and NaN in a channel are told apart by which comes first, so all
// placements of a few of them among otherwise equal values are tried.
func TestPlacements(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		for _, filler := range []float32{0, negativeZero, 1, -1} {
			for length := 1; length <= 40; length++ {
				for first := range length {
					for second := first; second < length; second += 1 + length/8 {
						verifyPlacement(t, filler, length, first, second)
					}
				}
			}
		}
	})
}

func verifyPlacement(t *testing.T, filler float32, length, first, second int) {
	t.Helper()
	in, check := within(t, 0)
	values := make([]float32, length)
	for i := range values {
		values[i] = filler
	}
	for _, pair := range [][2]float32{{nan, nan}, {0, negativeZero}, {negativeZero, 0}, {nan, -2}, {3, nan}} {
		values[first], values[second] = pair[0], pair[1]
		src := bytesOf(values)
		verifyExtremes(t, src)
		verifyChannels(t, in, src, 1+length%5, 1)
	}
	check()
}

func TestProductIsRoundedByItself(t *testing.T) {
	const v, inverse = 0x1.695236p-2, 0x1.6ac1f4p+0
	eachImplementation(t, func(t *testing.T) {
		for length := 1; length <= 40; length++ {
			src := bytes.Repeat(bytesOf([]float32{v}), length)
			dst := make([]byte, length)
			Int8(dst, src, inverse)
			if want := bytes.Repeat([]byte{1}, length); !bytes.Equal(dst, want) {
				t.Fatalf("%d times %g with %g: got %v, expected all 1", length, v, inverse, dst)
			}
		}
	})
}

func TestRangeOfNaN(t *testing.T) {
	tests := []struct {
		name   string
		values []float32
		want   float32
	}{
		{"alone", []float32{nan}, nan},
		{"first of a pair is the minimum", []float32{nan, 1}, nan},
		{"second of the first pair is the maximum", []float32{1, nan}, 1},
		{"second of the first pair, then passed over", []float32{-1, nan, 5, 6}, 6},
		{"first of a later pair hides the smaller second", []float32{1, 2, nan, -9}, 2},
		{"first of a later pair lets the larger second win", []float32{1, 2, nan, 9}, 9},
		{"second of a later pair is the maximum", []float32{-3, 2, 1, nan}, 3},
		{"maximum made a NaN starts again", []float32{1, 100, 1, nan, 2, 3}, 3},
		{"last of an odd number is the maximum", []float32{-3, 2, nan}, 3},
		{"zero magnitude of the minimum", []float32{0, 5, 0, nan}, 0},
	}
	eachImplementation(t, func(t *testing.T) {
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				got := Range(bytesOf(test.values))
				if got != test.want && !(got != got && test.want != test.want) {
					t.Errorf("Range(%v): got %g, expected %g", test.values, got, test.want)
				}
			})
		}
	})
}

// TestPatterns sees values of every exponent, in steps that reach all kinds of
// mantissas, or all values there are.
func TestPatterns(t *testing.T) {
	step := uint64(4099)
	if *every {
		step = 1
	}
	eachImplementation(t, func(t *testing.T) {
		in, check := within(t, 0)
		src := make([]byte, 0, 4096*floatSize)
		flush := func() {
			verifyEach(t, "Float16", in, src, halfSize, func(dst []byte) { Float16(dst, src) },
				func(_ int, v float32) uint16 { return naiveFloat16(v) })
			verifyEach(t, "Int8", in, src, 1, func(dst []byte) { Int8(dst, src, 1) },
				func(_ int, v float32) uint16 { return uint16(uint8(naiveInt8(v, 1))) })
			verifyEach(t, "Int8Wrapping", in, src, 1, func(dst []byte) { Int8Wrapping(dst, src, 1) },
				func(_ int, v float32) uint16 { return uint16(uint8(naiveInt8Wrapping(v, 1))) })
			verifyEach(t, "Int8Divided", in, src, 1, func(dst []byte) { Int8Divided(dst, src, 0.1) },
				func(_ int, v float32) uint16 { return uint16(uint8(naiveInt8Divided(v, 0.1))) })
			check()
			src = src[:0]
		}
		for bits := uint64(0); bits < 1<<32; bits += step {
			src = binary.LittleEndian.AppendUint32(src, uint32(bits))
			if len(src) == cap(src) {
				flush()
				if t.Failed() {
					return
				}
			}
		}
		flush()
	})
}

func TestLengthsThatDoNotFitPanic(t *testing.T) {
	tests := []struct {
		name, want string
		run        func()
	}{
		{"half a float", "src has 3 bytes, expected a multiple of 4", func() { Range(make([]byte, 3)) }},
		{"short int8", "dst has 1 bytes, expected 2", func() { Int8(make([]byte, 1), make([]byte, 8), 1) }},
		{"long int8", "dst has 3 bytes, expected 2", func() { Int8Wrapping(make([]byte, 3), make([]byte, 8), 1) }},
		{"float16 as long as int8", "dst has 2 bytes, expected 4", func() { Float16(make([]byte, 2), make([]byte, 8)) }},
		{"no channel", "there is no channel, expected at least 1", func() {
			Int8WrappingInterleaved(make([]byte, 2), make([]byte, 8), nil)
		}},
		{"unlike inverses", "there are 1 inverses, expected 2 as steps", func() {
			Int8DividedInterleaved(nil, nil, make([]float64, 2), make([]float32, 1))
		}},
		{"unlike channels", "hi has 1 channels, expected 2", func() {
			MinMaxInterleaved(make([]float32, 2), make([]float32, 1), nil)
		}},
		{"half a float of a channel", "expected a multiple of 4", func() { MinMax(0, 0, make([]byte, 5)) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			defer func() {
				message, _ := recover().(string)
				if !strings.HasPrefix(message, "kernel: ") || !strings.Contains(message, test.want) {
					t.Errorf("got %q, expected a panic with %q", message, test.want)
				}
			}()
			test.run()
		})
	}
}

func TestEmptySourcesAreAllowed(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		Int8(nil, nil, 1)
		Int8Wrapping(nil, nil, 1)
		Int8WrappingInterleaved(nil, nil, nil)
		Int8WrappingInterleaved(nil, nil, make([]float32, 70))
		Float16(nil, nil)
		MinMaxInterleaved(nil, nil, nil)
		lo, hi := MinMax(-1, 2, nil)
		if lo != -1 || hi != 2 || Range(nil) != 0 || MaxAbs(nil) != 0 {
			t.Errorf("got %g, %g, %g, %g, expected -1, 2, 0, 0", lo, hi, Range(nil), MaxAbs(nil))
		}
	})
}

// Long inputs would make every execution slow; more channels have a test of their own.
func FuzzKernels(f *testing.F) {
	const most, channelsMost = 512, 130
	f.Add(bytesOf(special), uint32(0x3f800000), uint16(7))
	f.Add(weights(seeded(6), 100, false), uint32(0x42fe0000), uint16(64))
	f.Fuzz(func(t *testing.T, src []byte, inverse uint32, channels uint16) {
		src = src[:min(len(src)/floatSize, most)*floatSize]
		eachImplementation(t, func(t *testing.T) {
			in, check := within(t, 1)
			verifyAll(t, in, src, math.Float32frombits(inverse))
			verifyChannels(t, in, src, int(channels%channelsMost)+1, math.Float32frombits(inverse))
			check()
		})
	})
}

// Halves go away from zero and what is a bit less does not, in float64: of every float32
// value whose quotient is about that near to a half, and of both signs.
func TestDividingOnBorders(t *testing.T) {
	steps := []float64{1, 0.1, 1.0 / 3, 1e-9, 3e30, 2.0 / 254, 1e-6 / 254, 0x1p-126, 0x1p-130, 0x1p125, 0x1p126, 0x1p120 / 3,
		math.Nextafter(3, 4), // 1.5 gives the largest float64 below one half
	}
	random := seeded(9)
	for range 100 {
		steps = append(steps, math.Ldexp(0.5+random.Float64()/2, random.IntN(240)-120))
	}
	eachImplementation(t, func(t *testing.T) {
		multiplied := 0 // of how many values a product in float32 is rounded to another number
		for _, step := range steps {
			src := aroundHalves(step)
			dst := make([]byte, len(src)/floatSize)
			Int8Divided(dst, src, step)
			const channels = 3
			alternating := make([]byte, len(dst))
			Int8DividedInterleaved(alternating, src, slices.Repeat([]float64{step}, channels), slices.Repeat([]float32{float32(1 / step)}, channels))
			for i, v := range valuesOf(src) {
				want := naiveInt8Divided(v, step)
				if int8(dst[i]) != want || int8(alternating[i]) != want {
					t.Fatalf("%v / %v: %d, and %d among channels, want %d", v, step, int8(dst[i]), int8(alternating[i]), want)
				}
				if naiveInt8(v, float32(1/step)) != want {
					multiplied++
				}
			}
		}
		if multiplied < 1000 {
			t.Errorf("multiplying gives %d other numbers, want many", multiplied)
		}
	})
}

// aroundHalves gives all values whose quotient is within near of a half that matters.
func aroundHalves(step float64) []byte {
	const near = 1.0 / (1 << 14)
	var src []byte
	for q := range 128 {
		half := float64(q) + 0.5
		last := math.Float32bits(float32(min((half+near)*step, math.MaxFloat32)))
		for bits := math.Float32bits(float32((half - near) * step)); bits <= last; bits++ {
			src = binary.LittleEndian.AppendUint32(src, bits)
			src = binary.LittleEndian.AppendUint32(src, bits|signBit)
		}
	}
	return src
}
