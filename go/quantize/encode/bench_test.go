package encode

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode/kernel"
)

const (
	benchRows    = 4096
	benchColumns = 4096
	benchPart    = 128 << 10 // bytes, as copied and encoded at once
)

// BenchmarkFormats encodes a matrix of 64 MB part by part, as files are made, beside
// copying it so: in GB/s of the source, of one thread.
func BenchmarkFormats(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	noise := normal(r, benchPart/floatSize)
	data := make([]byte, 0, floatSize*benchRows*benchColumns)
	for len(data) < cap(data) {
		data = append(data, noise...)
	}
	b.Run("memcpy", func(b *testing.B) {
		dst := make([]byte, len(data))
		bench(b, len(data), func() {
			for at := 0; at < len(data); at += benchPart {
				copy(dst[at:at+benchPart], data[at:at+benchPart])
			}
		})
	})
	for _, f := range []Format{
		Integer{Bits: 8, Scope: PerChannel}, Integer{Bits: 8, Scope: PerChannel, Asymmetric: true}, Integer{Bits: 8, Scope: PerChannel, Axis: 1},
		Integer{Bits: 4, Scope: PerChannel}, Integer{Bits: 4, Scope: PerChannel, Asymmetric: true}, Integer{Bits: 2, Scope: PerChannel},
		Integer{Bits: 8, Scope: PerTensor}, Half{},
		Blocks{Bits: 4, Size: 32}, Blocks{Bits: 4, Size: 128}, Blocks{Bits: 4, Size: 256}, Blocks{Bits: 2, Size: 32},
	} {
		e, err := f.Fit(Tensor{Shape: []int32{benchRows, benchColumns}, Values: benchRows * benchColumns})
		if err != nil {
			b.Fatal(err)
		}
		dst, scales := make([]byte, e.Len()), make([]byte, e.ScalesLen())
		b.Run(fmt.Sprint(f), func(b *testing.B) {
			bench(b, len(data), func() { encodeParts(e, dst, scales, data) })
		})
	}
	b.Run("rotation of 2048", func(b *testing.B) {
		dst := make([]byte, 1<<20)
		bench(b, len(dst), func() { rotate(dst, data[:len(dst)], 2048) })
	})
	halves := make([]byte, len(data)/2)
	kernel.Half(halves, data)
	b.Run("float16 loads", func(b *testing.B) {
		room := make([]byte, benchPart)
		bench(b, len(data), func() {
			for at := 0; at < len(halves); at += benchPart / 2 {
				kernel.Float32(room, halves[at:at+benchPart/2])
			}
		})
	})
}

// encodeParts is Whole in parts as small as a stream's.
func encodeParts(encoding Encoding, dst, scales, values []byte) {
	e, n := encoding.Encoder(), encoding.Values()
	p := e.Parts(benchPart)
	part := func(i int) []byte { return values[floatSize*i*p.Values : min(len(values), floatSize*(i+1)*p.Values)] }
	if p.Look {
		for i := range parts(n, p.Values) {
			e.Look(part(i), i)
		}
		e.Decide(nil)
	}
	for i := range parts(n, p.Values) {
		from, to := Share(encoding, len(dst), p, i)
		scalesFrom, scalesTo := Share(encoding, len(scales), p, i)
		e.Store(dst[from:to], scales[scalesFrom:scalesTo], part(i), i)
	}
}

func bench(b *testing.B, size int, run func()) {
	for b.Loop() {
		run()
	}
	b.ReportMetric(float64(size)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GB/s")
}
