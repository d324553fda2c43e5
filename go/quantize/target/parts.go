package target

import (
	"context"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
)

// partSize is the bytes of float32 that are encoded at once.
const partSize = 1 << 18

// eachPart encodes a constant of integers of 8 bits and calls f with its codes, part by
// part. The error is the context's.
func eachPart(ctx context.Context, source encode.Source, e encode.Encoding, f func(codes []byte)) error {
	encoder, n := e.Encoder(), e.Values()
	parts := encoder.Parts(partSize)
	most := min(parts.Values, n)
	room, codes := make([]byte, 4*most), make([]byte, most)
	each := func(f func(values []byte, part int)) error {
		for i := 0; i*parts.Values < n; i++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			f(source.Widen(room, source.Part(i*parts.Values, min((i+1)*parts.Values, n))), i)
		}
		return nil
	}
	if parts.Look {
		if err := each(encoder.Look); err != nil {
			return err
		}
		encoder.Decide(func(yield func([]byte) bool) {
			for from := 0; from < n && yield(source.Widen(room, source.Part(from, min(from+parts.Values, n)))); from += parts.Values {
			}
		})
	}
	return each(func(values []byte, part int) {
		encoder.Store(codes[:len(values)/4], nil, values, part)
		f(codes[:len(values)/4])
	})
}
