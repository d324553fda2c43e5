package quantize

import (
	"cmp"
	"runtime"
	"sync"
	"sync/atomic"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/tflite-quantize/tflite-quantize/go/internal/mapping"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Weights quantizes the weights of a model and leaves the new model in b, as
// upstream's QuantizeWeights(&builder, model) does: b.FinishedBytes() is the
// file. The model is not changed. What b held before is lost.
//
// The error is an *Error that matches ErrModel or ErrOptions, or
// tflite.ErrTooLarge.
func Weights(b *flatbuffers.Builder, m *tflite.ModelT, o Options) error {
	file, err := Bytes(m, o)
	if err != nil {
		return err
	}
	hand(b, file)
	return nil
}

// Bytes is Weights without a builder.
func Bytes(m *tflite.ModelT, o Options) ([]byte, error) {
	p, err := NewPlan(m, o)
	if err != nil {
		return nil, err
	}
	return p.Apply(m)
}

// Apply returns the file that the plan makes of its model.
func (p *Plan) Apply(m *tflite.ModelT) ([]byte, error) {
	var file []byte
	err := p.write(m, func(size int64) ([]byte, error) {
		file = make([]byte, size)
		return file, nil
	}, nil)
	return file, err
}

// write makes the file in the memory that room returns for its size, which is
// all zeros. Weights go from the model straight to their places there. progress
// may be nil; it is called from several goroutines.
//
// The error is a *mapping.Fault where the memory of model or file is mapped and
// cannot be accessed.
func (p *Plan) write(m *tflite.ModelT, room func(size int64) ([]byte, error), progress func(done, total int64)) error {
	a := p.apply(m)
	packed, err := tflite.Pack(a.model, func(b *tflite.BufferT) int {
		if n, ok := a.lens[b]; ok {
			return n
		}
		return len(b.Data)
	})
	if err != nil {
		return err
	}
	file, err := room(packed.Size())
	if err != nil {
		return err
	}
	packed.PutMeta(file)
	regions := packed.Regions()
	var done atomic.Int64
	err = each(len(regions), func(i int) {
		r := regions[i]
		dst := file[r.Offset : r.Offset+int64(r.Len)]
		if result, ok := a.results[r.Buffer]; ok {
			p.quantizeResult(m, a, result, dst)
		} else {
			copy(dst, r.Buffer.Data)
		}
		if progress != nil {
			progress(done.Add(int64(r.Len)), packed.Size())
		}
	})
	if err != nil {
		return err
	}
	a.fillIn(p, file)
	return nil
}

func (p *Plan) quantizeResult(m *tflite.ModelT, a *applied, i int, dst []byte) {
	r := &p.Results[i]
	sg := &p.Subgraphs[r.Subgraph]
	quantizeTensor(dst, m.Buffers[r.Source].Data, &sg.Tensors[r.Tensor], m.Subgraphs[r.Subgraph].Tensors[r.Tensor], a.params[i])
}

// fillIn writes the quantization parameters, which were not known when the
// file was laid out, to where it has zeros for them.
func (a *applied) fillIn(p *Plan, file []byte) {
	root := tflite.GetRootAsModel(file, 0)
	for i := range p.Subgraphs {
		var sg tflite.SubGraph
		root.Subgraphs(&sg, i)
		for t := range p.Subgraphs[i].Tensors {
			if action := p.Subgraphs[i].Tensors[t].Action; action == Keep || action == ToFloat16 {
				continue
			}
			params := a.model.Subgraphs[i].Tensors[t].Quantization
			var tensor tflite.Tensor
			sg.Tensors(&tensor, t)
			q := tensor.Quantization(nil)
			if q == nil {
				continue // a lookup whose table has no parameters
			}
			for k, v := range params.Scale {
				q.MutateScale(k, v)
			}
			for k, v := range params.Min {
				q.MutateMin(k, v)
			}
			for k, v := range params.Max {
				q.MutateMax(k, v)
			}
		}
	}
}

// each calls f for 0 to n-1, on all processors. The error is a *mapping.Fault.
func each(n int, f func(i int)) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	faults := make([]error, min(n, runtime.GOMAXPROCS(0)))
	for w := range faults {
		wg.Add(1)
		go func() {
			defer wg.Done()
			faults[w] = mapping.Guard(func() error {
				for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
					f(int(i))
				}
				return nil
			})
		}()
	}
	wg.Wait()
	return cmp.Or(faults...)
}

// hand makes file the finished bytes of b without copying it. A builder takes
// finished bytes from nobody, so it is made to write the first twelve itself:
// the length of a vector that is the rest, then identifier and root.
func hand(b *flatbuffers.Builder, file []byte) {
	var head [4]byte
	copy(head[:], file[8:])
	root := flatbuffers.GetUOffsetT(file)
	b.Bytes = file
	b.Reset()
	b.CreateByteVector(file[12:])
	b.FinishWithFileIdentifier(flatbuffers.UOffsetT(len(file))-root, []byte(tflite.Identifier))
	copy(file[8:], head[:])
}
