package repair

import (
	"fmt"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

var emptyFields = Repair{
	Name:    "empty-fields",
	Applies: "a field is present and empty that runtimes need, such as the composite_attributes of a STABLEHLO_COMPOSITE",
	Breaks:  "lacks the field, and is refused or computes something else",
	Does:    "the empty field",
	mend: func(p *plan.Plan) []plan.Repaired {
		found := emptyIn(p.Model)
		p.KeepEmpty = len(found) > 0
		var out []plan.Repaired
		for _, path := range found {
			out = append(out, mended(-1, -1, "%s is empty and stays", path))
		}
		return out
	},
}

// emptyIn lists the fields that tflite.Layout's KeepEmpty keeps, by their paths in the
// schema.
func emptyIn(m *tflite.ModelT) []string {
	var found finder
	found.vector(m.Buffers != nil && len(m.Buffers) == 0, "buffers")
	for i, def := range m.SignatureDefs {
		found.signature(i, def)
	}
	for i, sg := range m.Subgraphs {
		found.vector(sg.Tensors != nil && len(sg.Tensors) == 0, "subgraphs[%d].tensors", i)
		for j, t := range sg.Tensors {
			if t.Sparsity != nil {
				data := m.Buffers[t.Buffer].Data // needed, empty or not, by sparse tensors alone
				found.vector(data != nil && len(data) == 0, "buffers[%d].data", t.Buffer)
				found.sparsity(t.Sparsity, i, j)
			}
		}
		for j, op := range sg.Operators {
			found.vector(op.CustomOptions != nil && len(op.CustomOptions) == 0, "subgraphs[%d].operators[%d].custom_options", i, j)
			found.options(op, i, j)
		}
	}
	return found
}

type finder []string

// vector notes a field that is empty.
func (f *finder) vector(empty bool, path string, args ...any) {
	if empty {
		*f = append(*f, fmt.Sprintf(path, args...))
	}
}

func (f *finder) signature(i int, def *tflite.SignatureDefT) {
	f.vector(def.Inputs != nil && len(def.Inputs) == 0, "signature_defs[%d].inputs", i)
	f.vector(def.Outputs != nil && len(def.Outputs) == 0, "signature_defs[%d].outputs", i)
	f.vector(def.SignatureKey == "", "signature_defs[%d].signature_key", i)
	for k, t := range def.Inputs {
		f.vector(t.Name == "", "signature_defs[%d].inputs[%d].name", i, k)
	}
	for k, t := range def.Outputs {
		f.vector(t.Name == "", "signature_defs[%d].outputs[%d].name", i, k)
	}
}

func (f *finder) sparsity(s *tflite.SparsityParametersT, subgraph, tensor int) {
	for k, d := range s.DimMetadata {
		f.indices(d.ArraySegments, subgraph, tensor, k, "array_segments")
		f.indices(d.ArrayIndices, subgraph, tensor, k, "array_indices")
	}
}

func (f *finder) indices(v *tflite.SparseIndexVectorT, subgraph, tensor, dim int, field string) {
	if v != nil {
		f.vector(isEmptyVector(v.Value), "subgraphs[%d].tensors[%d].sparsity.dim_metadata[%d].%s", subgraph, tensor, dim, field)
	}
}

func isEmptyVector(v any) bool {
	switch v := v.(type) {
	case *tflite.Int32VectorT:
		return v != nil && v.Values != nil && len(v.Values) == 0
	case *tflite.Uint16VectorT:
		return v != nil && v.Values != nil && len(v.Values) == 0
	case *tflite.Uint8VectorT:
		return v != nil && v.Values != nil && len(v.Values) == 0
	}
	return false
}

func (f *finder) options(op *tflite.OperatorT, subgraph, operator int) {
	if u := op.BuiltinOptions; u != nil {
		if o, ok := u.Value.(*tflite.BucketizeOptionsT); ok && o != nil {
			f.vector(o.Boundaries != nil && len(o.Boundaries) == 0, "subgraphs[%d].operators[%d].builtin_options.boundaries", subgraph, operator)
		}
	}
	if op.BuiltinOptions2 == nil {
		return
	}
	switch o := op.BuiltinOptions2.Value.(type) {
	case *tflite.StableHLOCompositeOptionsT:
		f.vector(o.CompositeAttributes != nil && len(o.CompositeAttributes) == 0, "subgraphs[%d].operators[%d].builtin_options_2.composite_attributes", subgraph, operator)
		f.vector(o.Name == "", "subgraphs[%d].operators[%d].builtin_options_2.name", subgraph, operator)
	case *tflite.StablehloGatherOptionsT:
		f.vector(o.CollapsedSliceDims != nil && len(o.CollapsedSliceDims) == 0, "subgraphs[%d].operators[%d].builtin_options_2.collapsed_slice_dims", subgraph, operator)
	}
}
