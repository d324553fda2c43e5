package kernel

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"
)

// limits are those of 8, 4 and 2 bits, with and without the lowest code.
var limits = [][2]int8{{-127, 127}, {-128, 127}, {-8, 7}, {-7, 7}, {-2, 1}, {-1, 1}, {1, 2}}

// naiveInteger rounds before it limits, and as int64.
func naiveInteger(v, scale, zero float32, low, high int8) int8 {
	x := float64(float32(float64(float32(float64(v)/float64(scale))) + float64(zero)))
	if math.IsNaN(x) {
		return 0
	}
	return int8(math.Max(float64(low), math.Min(float64(high), math.RoundToEven(x))))
}

func verifyIntegers(t *testing.T, in memory, src []byte, scale float32) {
	t.Helper()
	i := len(src) / floatSize % len(limits)
	l, zero := limits[i], float32(3*i*(i%3-1))
	verifyEach(t, "Integers", in, src, 1, func(dst []byte) { Integers(dst, src, scale, zero, l[0], l[1]) },
		func(_ int, v float32) uint16 { return uint16(uint8(naiveInteger(v, scale, zero, l[0], l[1]))) })
	if t.Failed() {
		t.Fatalf("with scale %g, zero %g and limits %v", scale, zero, l)
	}
	verifyPacked(t, in, src)
	for _, size := range []int{3, 32, 96} {
		verifyBlocks(t, in, src, size, l)
	}
}

// verifyBlocks takes blocks of so many values, with scales that are values of src too.
func verifyBlocks(t *testing.T, in memory, src []byte, size int, l [2]int8) {
	t.Helper()
	n := len(src) / floatSize / size
	src = src[:floatSize*size*n]
	values := valuesOf(src)
	peaks := in.floats(n)
	BlockPeaks(peaks, src, size)
	for b, peak := range peaks {
		if want := MaxAbs(src[floatSize*size*b : floatSize*size*(b+1)]); peak != want && (peak == peak || want == want) {
			t.Errorf("BlockPeaks of block %d of %d values: got %g, expected %g", b, size, peak, want)
			return
		}
	}
	scales, halves := in.floats(n), in.bytes(halfSize*n)
	copy(scales, values)
	BlockScales(halves, scales)
	for b, scale := range scales {
		want, half := BlockScale(values[b])
		if math.Float32bits(scale) != math.Float32bits(want) || binary.LittleEndian.Uint16(halves[halfSize*b:]) != half {
			t.Errorf("BlockScales of %g: got %g (%x), expected %g (%#x)", values[b], scale, halves[halfSize*b:halfSize*(b+1)], want, half)
			return
		}
	}
	verifyEach(t, "BlockIntegers", in, src, 1, func(dst []byte) { BlockIntegers(dst, src, scales, size, l[0], l[1]) }, func(i int, v float32) uint16 {
		return uint16(uint8(naiveInteger(v, scales[i/size], 0, l[0], l[1])))
	})
}

func verifyIntegersInterleaved(t *testing.T, in memory, src []byte, inverses []float32) {
	t.Helper()
	scales, zeros := in.floats(len(inverses)), in.floats(len(inverses))
	for c := range scales {
		scales[c], zeros[c] = 1/inverses[c], float32(c%19-9)
	}
	l := limits[len(src)/floatSize%len(limits)]
	verifyEach(t, "IntegersInterleaved", in, src, 1,
		func(dst []byte) { IntegersInterleaved(dst, src, scales, zeros, l[0], l[1]) },
		func(i int, v float32) uint16 {
			c := i % len(scales)
			return uint16(uint8(naiveInteger(v, scales[c], zeros[c], l[0], l[1])))
		})
}

// verifyPacked takes the bytes of src for codes.
func verifyPacked(t *testing.T, in memory, codes []byte) {
	t.Helper()
	for bits, pack := range map[int]func(dst, codes []byte){4: Pack4, 2: Pack2} {
		dst := in.bytes((len(codes)*bits + 7) / 8)
		for i := range dst {
			dst[i] = 0xaa
		}
		pack(dst, codes)
		for i, b := range dst {
			want := byte(0)
			for bit := range 8 {
				if at := 8*i + bit; at/bits < len(codes) {
					want |= codes[at/bits] >> (at % bits) & 1 << bit
				}
			}
			if b != want {
				t.Errorf("%d bits, byte %d of %d codes: got %#x, expected %#x", bits, i, len(codes), b, want)
				return
			}
		}
	}
}

// Numbers of codes that are no multiple of a byte's are packed, too.
func TestPackingEveryNumberOfCodes(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		codes := weights(seeded(9), 200, true)
		for n := range len(codes) {
			in, check := within(t, n%32)
			verifyPacked(t, in, codes[:n])
			check()
		}
	})
}

// Halves go to the even integer, what is a bit more or less does not.
func TestIntegersOnBorders(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		for _, scale := range []float32{1, 0.1, 1.0 / 3, 1e-9, 3e30, 1e-42, 0, inf, nan} {
			var values []float32
			for q := -9; q <= 9; q++ {
				v := (float32(q) + 0.5) * scale
				values = append(values, v, math.Nextafter32(v, 0), math.Nextafter32(v, inf), -v, float32(q))
			}
			values = append(values, inf, -inf, nan, 0, negativeZero)
			for n := range limits { // which decides the limits
				in, check := within(t, 0)
				verifyIntegers(t, in, bytesOf(values[n:]), scale)
				check()
			}
		}
	})
}

// Scales of blocks keep eight significant bits, and underflow and overflow as a half.
func TestBlockScale(t *testing.T) {
	tests := []struct {
		scale, want float32
		half        uint16
	}{
		{0, 0, 0},
		{1, 1, 0x3c00},
		{1 + 0x1p-8, 1, 0x3c00},
		{1 + 0x1p-7 + 0x1p-8, 1 + 0x1p-6, 0x3c10},
		{1 + 0x1.02p-8, 1 + 0x1p-7, 0x3c08},
		{0x1p-24, 0x1p-24, 1},
		{0x1p-25, 0, 0},
		{0x1.02p-25, 0x1p-24, 1},
		{1e-9 / 7, 0, 0},
		{65504, inf, 0x7c00},
		{65024, 65024, 0x7bf0},
		{65280, 65280, 0x7bf8},
		{65408, inf, 0x7c00},
		{inf, inf, 0x7c00},
		{math.MaxFloat32, inf, 0x7c00},
	}
	for _, test := range tests {
		if scale, half := BlockScale(test.scale); scale != test.want || half != test.half {
			t.Errorf("%g: got %g, %#x, want %g, %#x", test.scale, scale, half, test.want, test.half)
		}
	}
	for _, v := range []float32{nan, math.Float32frombits(0x7f800001), math.Float32frombits(0xffc12345)} {
		if scale, _ := BlockScale(v); scale == scale {
			t.Errorf("%g: got %g, want a NaN", v, scale)
		}
	}
}

func TestIntegersOfLengthsThatDoNotFitPanic(t *testing.T) {
	for _, run := range []func(){
		func() { Pack4(make([]byte, 2), make([]byte, 5)) },
		func() { Pack2(make([]byte, 1), make([]byte, 5)) },
		func() { BlockPeaks(make([]float32, 2), make([]byte, 12), 1) },
		func() { BlockScales(make([]byte, 2), make([]float32, 2)) },
		func() { BlockIntegers(make([]byte, 4), make([]byte, 16), make([]float32, 1), 0, -8, 7) },
		func() { IntegersInterleaved(nil, nil, make([]float32, 2), make([]float32, 1), 0, 0) },
	} {
		func() {
			defer func() {
				if message, _ := recover().(string); !bytes.HasPrefix([]byte(message), []byte("kernel: ")) {
					t.Errorf("got %q, expected a panic", message)
				}
			}()
			run()
		}()
	}
}
