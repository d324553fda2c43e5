package compare

import (
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// OrderShows reports whether a subgraph gets several DEQUANTIZE operators. Their
// order differs from one of upstream's processes to the next.
func OrderShows(m *tflite.ModelT, o quantize.Options) (bool, error) {
	p, err := quantize.NewPlan(m, o)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(p.Subgraphs, func(s plan.Subgraph) bool { return len(s.Dequantize) > 1 }), nil
}

// Undefined returns why bytes of upstream's file are undefined, nothing where all
// are defined.
func Undefined(m *tflite.ModelT, o quantize.Options) ([]string, error) {
	reasons, _, err := undefined(m, o)
	return reasons, err
}

// undefined returns why bytes of upstream's file are undefined, and the buffers
// whose sharing is a reason.
func undefined(m *tflite.ModelT, o quantize.Options) (reasons []string, shared map[uint32]bool, err error) {
	p, err := quantize.NewPlan(m, o)
	if err != nil {
		return nil, nil, err
	}
	shared = map[uint32]bool{}
	for _, b := range p.SharedBuffers {
		shared[uint32(b)] = true
	}
	return p.Undefined, shared, nil
}

// definedPart returns a quantized file without the consequences of buffers that
// tensors of m share: the buffers' data, and their tensors' buffers and parameters. A file that cannot be read is returned as it is.
func definedPart(m *tflite.ModelT, shared map[uint32]bool, file []byte) []byte {
	out, err := tflite.Read(file)
	if err != nil || len(out.Buffers) < len(m.Buffers) {
		return file
	}
	for b := range shared {
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
