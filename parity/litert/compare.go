package litert

import (
	"math"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/diff"
)

// Difference is the first difference between two models but for the numbers of buffers
// and where their data lie: "" where tensors, their data, operators, their order and all
// else are the same. Operator codes are those that runtimes read, of two fields.
func Difference(got, want *tflite.ModelT) (string, error) {
	a, err := tflite.Write(normal(got))
	if err != nil {
		return "", err
	}
	b, err := tflite.Write(normal(want))
	if err != nil {
		return "", err
	}
	return diff.First(a, b), nil
}

// normal returns a model of which each tensor and each metadata has a buffer of its own,
// those without data the first one.
func normal(m *tflite.ModelT) *tflite.ModelT {
	out := *Modern(m)
	out.Buffers = []*tflite.BufferT{{}}
	own := func(buffer uint32) uint32 {
		data := m.Buffers[buffer].Data
		if len(data) == 0 {
			return 0
		}
		out.Buffers = append(out.Buffers, &tflite.BufferT{Data: data})
		return uint32(len(out.Buffers) - 1)
	}
	out.Subgraphs = nil
	for _, sg := range m.Subgraphs {
		s := *sg
		s.Tensors = nil
		for _, tensor := range sg.Tensors {
			t := *tensor
			t.Buffer = own(t.Buffer)
			t.Quantization = usualNaN(t.Quantization)
			s.Tensors = append(s.Tensors, &t)
		}
		out.Subgraphs = append(out.Subgraphs, &s)
	}
	out.Metadata = nil
	for _, metadata := range m.Metadata {
		d := *metadata
		if int(d.Buffer) < len(m.Buffers) {
			d.Buffer = own(d.Buffer)
		}
		out.Metadata = append(out.Metadata, &d)
	}
	out.MetadataBuffer = nil
	return &out
}

// usualNaN returns parameters in which a scale that is no number has the usual bits:
// litert-quantizer's are those of one of the NaN among the weights.
func usualNaN(q *tflite.QuantizationParametersT) *tflite.QuantizationParametersT {
	if q == nil || !slices.ContainsFunc(q.Scale, func(s float32) bool { return s != s }) {
		return q
	}
	out := *q
	out.Scale = slices.Clone(q.Scale)
	for i, s := range out.Scale {
		if s != s {
			out.Scale[i] = float32(math.NaN())
		}
	}
	return &out
}

// Modern returns a model whose operator codes are in the newer of their two fields, too:
// litert-quantizer looks at nothing else, and takes operators of other files for ADD.
func Modern(m *tflite.ModelT) *tflite.ModelT {
	out := *m
	out.OperatorCodes = nil
	for _, code := range m.OperatorCodes {
		c := *code
		c.BuiltinCode = tflite.BuiltinCode(code)
		c.DeprecatedBuiltinCode = int8(min(c.BuiltinCode, tflite.BuiltinOperatorPLACEHOLDER_FOR_GREATER_OP_CODES))
		out.OperatorCodes = append(out.OperatorCodes, &c)
	}
	return &out
}
