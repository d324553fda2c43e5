package kernel

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"

	"github.com/x448/float16"
)

// longestFuzzed is in bytes: long enough for all that kernels do in steps.
const longestFuzzed = 2048

// FuzzIntegers is FuzzKernels for the kernels of integers, blocks and halves alone, which
// is many times as fast.
func FuzzIntegers(f *testing.F) {
	f.Add(bytesOf(special), uint32(0x3f800000), uint32(0), byte(0), byte(7))
	f.Add(weights(seeded(6), 300, false), uint32(0x3c23d70a), uint32(0x40a00000), byte(2), byte(64))
	f.Fuzz(func(t *testing.T, src []byte, scale, zero uint32, limit, channels byte) {
		src = src[:min(len(src), longestFuzzed)/floatSize*floatSize]
		in, check := within(t, int(limit)%5)
		s, z, l := math.Float32frombits(scale), math.Float32frombits(zero), limits[int(limit)%len(limits)]
		scales, zeros := make([]float32, int(channels)+1), make([]float32, int(channels)+1)
		for c := range scales {
			scales[c], zeros[c] = s*float32(1+c%5), z-float32(c%3)
		}
		verifyBoth(t, in, src, 1, func(i int, v float32) uint16 { return uint16(uint8(naiveInteger(v, s, z, l[0], l[1]))) },
			func(dst []byte) { Integers(dst, src, s, z, l[0], l[1]) }, func(dst []byte) { toIntegersPortable(dst, src, s, z, l[0], l[1]) })
		verifyBoth(t, in, src, 1, func(i int, v float32) uint16 {
			c := i % len(scales)
			return uint16(uint8(naiveInteger(v, scales[c], zeros[c], l[0], l[1])))
		}, func(dst []byte) { IntegersInterleaved(dst, src, scales, zeros, l[0], l[1]) },
			func(dst []byte) { toIntegersInterleavedPortable(dst, src, scales, zeros, l[0], l[1]) })
		verifyBoth(t, in, src, halfSize, func(_ int, v float32) uint16 { return float16.Fromfloat32(v).Bits() },
			func(dst []byte) { Half(dst, src) }, func(dst []byte) { toHalvesPortable(dst, src) })
		verifyFloat32(t, in, src)
		verifyBlockScales(t, src[:min(len(src), 16*floatSize)])
		verifyBlocks(t, in, src, 1+int(channels)%8*32, l)
		verifyBlocks(t, in, src, 32, l)
		verifyPacked(t, in, src[:max(0, len(src)-int(channels)%4)])
		packed, portable := in.bytes((len(src)+3)/4), make([]byte, (len(src)+3)/4)
		Pack2(packed, src)
		if pack2Portable(portable, src); !bytes.Equal(packed, portable) {
			t.Error("Pack2: other codes than by the portable code")
		}
		check()
	})
}

// verifyBoth compares a kernel, and its portable code, with naive code.
func verifyBoth(t *testing.T, in memory, src []byte, size int, want func(i int, v float32) uint16, runs ...func(dst []byte)) {
	t.Helper()
	values := valuesOf(src)
	expected := make([]byte, 0, len(values)*size)
	for i, v := range values {
		if w := want(i, v); size == halfSize {
			expected = binary.LittleEndian.AppendUint16(expected, w)
		} else {
			expected = append(expected, byte(w))
		}
	}
	for k, run := range runs {
		dst := in.bytes(len(expected))
		run(dst)
		for i := range dst {
			if dst[i] != expected[i] {
				t.Fatalf("run %d: byte %d of %d, of %g: got %#x, expected %#x", k, i, len(dst), values[i/size], dst[i], expected[i])
			}
		}
	}
}
