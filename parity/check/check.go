// Package check holds one quantization of one model to upstream's.
package check

import (
	"errors"
	"fmt"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/diff"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// An Outcome says how the two compare.
type Outcome uint8

// The outcomes. Only Different is bad.
const (
	Different    Outcome = iota
	Equal                // every byte
	EqualDefined         // all that is defined where upstream reads what it should not
	BothRefuse           // both return an error
	Crash                // upstream crashed, ours returned an error or a file
)

func (o Outcome) String() string {
	return [...]string{"different", "equal", "equal where defined", "refused by both", "upstream crashed"}[o]
}

// Upstream is the reference's options that mean the same as o.
func Upstream(o quantize.Options) reference.Options {
	r := reference.Options{
		Float16:      o.BufferType == quantize.Float16,
		LegacyScheme: o.Scheme == quantize.Legacy,
		NoHybrid:     o.NoHybrid,
		MinElements:  o.MinElements,
	}
	for _, op := range o.OpDenylist {
		r.DenyOps = append(r.DenyOps, int32(op))
	}
	for name, c := range o.CustomOps {
		if r.CustomOps == nil {
			r.CustomOps = map[string]reference.CustomOp{}
		}
		r.CustomOps[name] = reference.CustomOp{Inputs: c.Inputs, Hybrid: c.Hybrid}
	}
	return r
}

// Quantize quantizes a file with both and compares. The text says what differs,
// or why the outcome is not Equal.
func Quantize(q *reference.Quantizer, file []byte, o quantize.Options) (Outcome, string) {
	upstream, err := q.Quantize(file, Upstream(o))
	var status *reference.StatusError
	refused := errors.As(err, &status)
	if err != nil && !refused && !errors.Is(err, reference.ErrCrashed) {
		return Different, fmt.Sprintf("upstream: %v", err)
	}
	m, ourErr := tflite.Read(file)
	if ourErr == nil {
		_, ourErr = quantize.Bytes(m, o)
	}
	switch {
	case errors.Is(err, reference.ErrCrashed):
		return Crash, fmt.Sprintf("%v; ours: %v", err, ourErr)
	case refused && ourErr != nil:
		return BothRefuse, fmt.Sprintf("%v; ours: %v", err, ourErr)
	case refused:
		return Different, fmt.Sprintf("ours makes a file, upstream: %v", err)
	case ourErr != nil:
		return Different, fmt.Sprintf("upstream makes a file, ours: %v", ourErr)
	}
	return File(m, o, upstream)
}

// File quantizes m in the order of upstream's file and compares the files.
func File(m *tflite.ModelT, o quantize.Options, upstream []byte) (Outcome, string) {
	plan, err := quantize.NewPlan(m, o)
	if err != nil {
		return Different, err.Error()
	}
	theirs, err := tflite.Read(upstream)
	if err != nil {
		return Different, "upstream's file: " + err.Error()
	}
	if o.Order, err = quantize.OrderOf(m, theirs, o); err != nil {
		return Different, "upstream's order: " + err.Error()
	}
	ours, err := quantize.Bytes(m, o)
	if err != nil {
		return Different, err.Error()
	}
	if len(plan.Undefined) == 0 {
		if d := diff.First(ours, upstream); d != "" {
			return Different, d
		}
		return Equal, ""
	}
	if d := diff.First(definedPart(m, plan, ours), definedPart(m, plan, upstream)); d != "" {
		return Different, d
	}
	return EqualDefined, plan.Undefined[0]
}

// definedPart returns a quantized file without what follows from the buffers
// that tensors of m share: their data, which tensors use them, and how those
// are quantized. A file that cannot be read is returned as it is.
func definedPart(m *tflite.ModelT, p *quantize.Plan, file []byte) []byte {
	out, err := tflite.Read(file)
	if err != nil || len(out.Buffers) < len(m.Buffers) {
		return file
	}
	shared := map[uint32]bool{}
	for _, b := range p.SharedBuffers {
		shared[uint32(b)] = true
		out.Buffers[b].Data = nil
	}
	out.Buffers = out.Buffers[:len(m.Buffers)]
	for i, sg := range m.Subgraphs {
		for j, tensor := range sg.Tensors {
			if shared[tensor.Buffer] {
				out.Subgraphs[i].Tensors[j].Buffer = 0
				out.Subgraphs[i].Tensors[j].Quantization = nil
			}
		}
	}
	part, err := tflite.Write(out)
	if err != nil {
		return file
	}
	return part
}
