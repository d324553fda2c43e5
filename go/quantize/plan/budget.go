package plan

import (
	"cmp"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// The new file of a model is at most the model's own file as tflite.Write makes it,
// and GrowthTimes the bytes that the model has at least, and GrowthFree bytes. A
// plan that needs more is an error.
//
// Every honest model is far below. Most that a constant can add to its own bytes, by
// scales for channels of one value each, is 5.25 times as much; a tensor and its
// reader of 4 bytes each take 100 bytes of the model, and no more than 300 of new
// parameters, data and a DEQUANTIZE with its output. Only tensors that share a buffer
// and get data or scales of their own for all of it, float16 tensors with a shape
// beyond their buffer, and long names that many tensors share add more. GrowthFree
// is what small models may do of these.
const (
	GrowthTimes = 6
	GrowthFree  = 1 << 20
)

// A budget is the bytes by which the new file may still exceed the model's own.
type budget struct {
	left int64
	err  error // names the place that took more than was left
}

// AllowGrowth has the new file be so many times as large as the model at most, in place
// of GrowthTimes, before anything is planned.
func (p *Plan) AllowGrowth(times int64) { p.budget.left = times*leastBytes(p.Model) + GrowthFree }

// spend takes bytes for what the plan adds at a place. Where they are more than is
// left, it returns false, then and ever after, and Plan.Finish returns the error.
func (b *budget) spend(n int64, place func() string) bool {
	if b.err != nil {
		return false
	}
	if n > b.left {
		b.err = ModelError(place(), "with it the new file has %d times the bytes of the model and %d more: too many tensors share a buffer or a name, or a float16 tensor's shape is larger than its buffer", GrowthTimes, GrowthFree)
		return false
	}
	b.left -= n
	return true
}

// What the parts of a file take at most where they are added, with padding, but for
// vectors of a length that differs.
const (
	newOperator   = 48 // with one input and one output
	newTensor     = 40
	newParameters = 72  // quantization parameters, with the type and buffer of the tensor
	newData       = 48  // a buffer, without the data
	newOptions    = 48  // of any operator with asymmetric_quantize_inputs
	newField      = 8   // a number that had its default
	newCode       = 48  // an operator code
	newEmpty      = 16  // a vector or string without a value
	newMetadata   = 256 // for the release that the operators need: see SetMinRuntimeVersion
)

// textBytes and shapeBytes are what a name and a shape take at most.
func textBytes(n int) int64          { return int64(n) + 8 }
func shapeBytes(shape []int32) int64 { return 4*int64(len(shape)) + 4 }

// tensorBytes is what an added tensor takes at most, with a name of so many bytes.
func tensorBytes(t *tflite.TensorT, name int) int64 {
	return newTensor + textBytes(name) + shapeBytes(t.Shape) + shapeBytes(t.ShapeSignature) + parametersBytes(t.Quantization)
}

// parametersBytes is what a copy of quantization parameters takes at most.
func parametersBytes(q *tflite.QuantizationParametersT) int64 {
	if q == nil {
		return 0
	}
	n := newParameters + 4*int64(len(q.Min)+len(q.Max)+len(q.Scale)) + 8*int64(len(q.ZeroPoint))
	if q.Details != nil {
		n += newField
		switch d := q.Details.Value.(type) {
		case *tflite.CustomQuantizationT:
			n += newData + int64(len(d.Custom))
		case *tflite.BlockwiseQuantizationT:
			n += newParameters
		}
	}
	return n
}

// leastTable is what a table in a vector takes at least: an offset in the vector and
// one to its vtable.
const leastTable = 8

// leastBytes is what a model takes at least in a file in which no two parts share
// their bytes.
func leastBytes(m *tflite.ModelT) int64 {
	n := leastText(m.Description)
	for _, b := range m.Buffers {
		n += leastTable + leastVector(len(b.Data), 1)
	}
	for _, c := range m.OperatorCodes {
		n += leastTable + leastText(c.CustomCode)
	}
	for _, sg := range m.Subgraphs {
		n += leastTable + leastText(sg.Name) + leastVector(len(sg.Inputs), 4) + leastVector(len(sg.Outputs), 4)
		for _, t := range sg.Tensors {
			n += leastTable + leastText(t.Name) + leastVector(len(t.Shape), 4) + leastVector(len(t.ShapeSignature), 4)
			if q := t.Quantization; q != nil {
				n += leastTable + leastVector(len(q.Min), 4) + leastVector(len(q.Max), 4) + leastVector(len(q.Scale), 4) + leastVector(len(q.ZeroPoint), 8)
			}
		}
		for _, op := range sg.Operators {
			n += leastTable + leastVector(len(op.Inputs), 4) + leastVector(len(op.Outputs), 4) + leastVector(len(op.CustomOptions), 1)
		}
	}
	for _, d := range m.Metadata {
		n += leastTable + leastText(d.Name)
	}
	for _, d := range m.SignatureDefs {
		n += leastTable + leastText(d.SignatureKey)
		for _, maps := range [][]*tflite.TensorMapT{d.Inputs, d.Outputs} {
			for _, t := range maps {
				n += leastTable + leastText(t.Name)
			}
		}
	}
	return n
}

func leastText(s string) int64 { return leastVector(len(s), 1) }

// leastVector is what a vector takes at least, with the offset to it and its length.
func leastVector(n, size int) int64 {
	if n == 0 {
		return 0
	}
	return 8 + int64(n)*int64(size)
}

// spendEdits takes what is added outside of tensors and buffers.
func (p *Plan) spendEdits() {
	m := p.Model
	whole := func() string { return "model" }
	p.budget.spend(newMetadata+newField*int64(len(m.OperatorCodes)+len(p.Signatures)), whole)
	for _, c := range p.Codes {
		p.budget.spend(newCode+textBytes(len(c.CustomCode)), whole)
	}
	if p.KeepEmpty {
		p.budget.spend(newEmpty*emptyFields(m), whole)
	}
	for i := range p.Subgraphs {
		s := &p.Subgraphs[i]
		p.budget.spend(newField*int64(len(s.Codes)), whole)
		for _, e := range s.Options {
			p.budget.spend(newOptions, func() string { return PlaceOperator(m, i, e.Operator) })
		}
		for _, l := range s.Lookups {
			p.budget.spend(p.tableParameters(i, l.Table), func() string { return PlaceOperator(m, i, l.Operator) })
		}
	}
}

// emptyFields is the number of fields that may be present and empty, at most.
func emptyFields(m *tflite.ModelT) int64 {
	n := 1
	for _, d := range m.SignatureDefs {
		n += 3 + len(d.Inputs) + len(d.Outputs)
	}
	for _, sg := range m.Subgraphs {
		n += 1 + 3*len(sg.Operators)
		for _, t := range sg.Tensors {
			if t.Sparsity != nil {
				n += 1 + 2*len(t.Sparsity.DimMetadata)
			}
		}
	}
	return int64(n)
}

// tableParameters is what the output of a lookup takes at most for the parameters of
// its table.
func (p *Plan) tableParameters(subgraph int, table int32) int64 {
	s, sg := &p.Subgraphs[subgraph], p.Model.Subgraphs[subgraph]
	if added := int(table) - len(sg.Tensors); added >= 0 {
		n := newParameters + parametersBytes(s.Added[added].Quantization)
		if i, ok := slices.BinarySearchFunc(s.Copies, table, func(c Copy, t int32) int { return cmp.Compare(c.Added, t) }); ok { // in the order in which they are added
			n += int64(p.Encoded[s.Copies[i].Encoded].Encoding.ParametersLen())
		}
		return n
	}
	n := newParameters + parametersBytes(sg.Tensors[table].Quantization)
	if t := &s.Tensors[table]; t.Format != nil {
		n += int64(p.Encoded[t.Encoded].Encoding.ParametersLen())
	}
	return n
}
