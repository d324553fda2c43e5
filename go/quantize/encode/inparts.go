package encode

import (
	"context"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A Stored is a part of a tensor and what an encoder made of it.
type Stored struct {
	First  int    // the index of its first value
	Len    int    // the number of its values
	Values []byte // as float32, as far as there are any
	Data   []byte
	Scales []byte // where these are a tensor of their own
}

// InParts encodes the values of a source part by part, about so many bytes of float32 at
// once, and calls f with each part, which the next one overwrites. The error is the
// context's.
func InParts(ctx context.Context, e Encoding, encoder Encoder, source Source, most int, f func(*Stored)) error {
	p, n := encoder.Parts(most), e.Values()
	var room []byte
	if source.Type != tflite.TensorTypeFLOAT32 {
		room = make([]byte, floatSize*min(p.Values, n))
	}
	values := func(i int) []byte {
		return source.Widen(room, source.Part(i*p.Values, min((i+1)*p.Values, n)))
	}
	each := func(f func(values []byte, part int)) error {
		for i := range parts(n, p.Values) {
			if err := ctx.Err(); err != nil {
				return err
			}
			f(values(i), i)
		}
		return nil
	}
	if p.Look {
		if err := each(encoder.Look); err != nil {
			return err
		}
		encoder.Decide(func(yield func([]byte) bool) {
			for i := range parts(n, p.Values) {
				if !yield(values(i)) {
					return
				}
			}
		})
	}
	var s Stored
	return each(func(values []byte, i int) {
		s.First, s.Values = i*p.Values, values
		s.Len = min(p.Values, n-s.First)
		from, to := Share(e, e.Len(), p, i)
		s.Data = resized(s.Data, to-from)
		from, to = Share(e, e.ScalesLen(), p, i)
		s.Scales = resized(s.Scales, to-from)
		encoder.Store(s.Data, s.Scales, values, i)
		f(&s)
	})
}

func resized(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}
