package quantize

import (
	"fmt"
	"io"
	"math"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/stream"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Weights quantizes the weights of a model and leaves the new model in b, as
// upstream's QuantizeWeights(&builder, model) does: b.FinishedBytes() is the
// file. The model is not changed. What b held before is lost.
//
// The error is an *Error that matches ErrModel or ErrOptions, or
// tflite.ErrTooLarge, also where only File, Write and Bytes can make the file,
// because weights do not fit into the FlatBuffer.
func Weights(b *flatbuffers.Builder, m *tflite.ModelT, q Quantizer, options ...RunOption) error {
	if b == nil {
		return missing("builder", "a *flatbuffers.Builder")
	}
	memory, err := inMemory(m, q, spareOfBuilder, options)
	if err != nil {
		return err
	}
	if n := len(memory) - spareOfBuilder; n > math.MaxInt32 {
		return fmt.Errorf("%w: the file has %d bytes, more than a builder can hold; use File, Write or Bytes", tflite.ErrTooLarge, n)
	}
	hand(b, memory)
	return nil
}

// Bytes is Weights without a builder: it returns the file.
func Bytes(m *tflite.ModelT, q Quantizer, options ...RunOption) ([]byte, error) {
	return inMemory(m, q, 0, options)
}

// Write is Weights with a file for the result: every byte of the file is written to w,
// in no order, by one call of WriteAt at a time; once more where the values show that
// a repair is needed. It returns the size of the file in bytes, which may be less than
// the end of the last write.
func Write(w io.WriterAt, m *tflite.ModelT, q Quantizer, options ...RunOption) (int64, error) {
	if w == nil {
		return 0, missing("writer", "an io.WriterAt")
	}
	var total int64
	err := write(m, q, newRun(options), func(size int64) (stream.Target, stream.Input, error) {
		total = size
		return stream.Target{File: w}, nil, nil
	})
	return total, err
}

// Apply returns the file that a plan makes of its model. Errors are as for Weights, and
// ErrModel where the model has changed since it was planned.
func Apply(p *Plan, options ...RunOption) ([]byte, error) {
	if p == nil {
		return nil, plan.ModelError("plan", "missing")
	}
	return inMemory(p.Model, fixed{p}, 0, options)
}

// A fixed plan is a quantizer that has decided.
type fixed struct{ plan *Plan }

func (f fixed) Plan(*tflite.ModelT) (*Plan, error) { return f.plan, nil }

// inMemory is Bytes with spare bytes in front of the file.
func inMemory(m *tflite.ModelT, q Quantizer, spare int64, options []RunOption) ([]byte, error) {
	var memory []byte
	err := write(m, q, newRun(options), func(size int64) (stream.Target, stream.Input, error) {
		memory = make([]byte, spare+size)
		return stream.Target{Memory: memory[spare:]}, nil, nil
	})
	return memory, err
}

// write plans, and makes the file at the target that it is given for its size; again
// where the values show that a constant must stay as it is. Weights go from the model
// straight to their places there.
//
// The error is one of the plan, a *mapping.Fault where the model's memory is mapped
// and cannot be accessed, that of the context, or that of writing.
func write(m *tflite.ModelT, q Quantizer, r *run, give func(size int64) (stream.Target, stream.Input, error)) error {
	_, err := planValues(m, q, func(p *Plan, check bool) ([]float32, error) {
		r.planned(p)
		return writePlan(p, r, check, give)
	})
	return err
}

// writePlan makes the file of a plan. It returns the largest absolute value of each
// encoded constant where peaks is set.
func writePlan(p *Plan, r *run, peaks bool, give func(size int64) (stream.Target, stream.Input, error)) ([]float32, error) {
	out, err := p.Apply()
	if err != nil {
		return nil, err
	}
	layout := out.Layout(p)
	layout.Inside = r.inside
	packed, err := layout.Pack(out.Model)
	if err != nil {
		return nil, plan.FromTFLite(err)
	}
	f := stream.File{Packed: packed, Progress: r.progress, FindPeaks: peaks, Constants: make([]stream.Constant, len(p.Encoded))}
	for i, source := range sources(p) {
		e := &p.Encoded[i]
		f.Constants[i] = stream.Constant{Source: source, Encoding: e.Encoding, Encoder: out.Encoders[i], Buffer: e.Buffer, Scales: e.ScalesBuffer, Stored: r.stored(int32(i))}
	}
	if f.Target, f.Input, err = give(packed.Size()); err != nil {
		return nil, err
	}
	if err := f.Write(r.ctx, r.workers); err != nil {
		return nil, err
	}
	return f.Peaks, checkEncoded(p, out.Encoders)
}

// checkEncoded is an error where an encoder has found values that its format is not for.
func checkEncoded(p *Plan, encoders []encode.Encoder) error {
	for i, e := range encoders {
		failing, ok := e.(interface{ Err() error })
		if !ok || failing.Err() == nil {
			continue
		}
		return plan.ModelError(placeOf(p, int32(i)), "%v", failing.Err())
	}
	return nil
}

// placeOf is the place of the first tensor that has encoded data.
func placeOf(p *Plan, encoded int32) string {
	for i := range p.Subgraphs {
		for t, planned := range p.Encodings(i) {
			if planned.Encoded == encoded {
				return plan.PlaceInput(p.Model, i, plan.Use{Operator: planned.Operator, Input: planned.Input}, t)
			}
		}
	}
	return "model"
}

// spareOfBuilder is more space than a builder needs in front of its bytes, so that it
// does not grow.
const spareOfBuilder = 32

// hand makes the file after the spare bytes of memory the finished bytes of b
// without copying it. A builder takes no finished bytes, so it writes the
// first twelve itself: the length of a vector, which is the rest, then identifier and
// root.
func hand(b *flatbuffers.Builder, memory []byte) {
	file := memory[spareOfBuilder:]
	var third [4]byte
	copy(third[:], file[8:])
	root := flatbuffers.GetUOffsetT(file)
	b.Bytes = memory
	b.Reset()
	b.CreateByteVector(file[12:])
	b.FinishWithFileIdentifier(flatbuffers.UOffsetT(len(file))-root, []byte(tflite.Identifier))
	copy(file[8:], third[:])
}
