package cases

import (
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/outcome"
)

// fieldCases are what models hold besides operators and weights, most of which
// stays as it is.
func fieldCases() []Case {
	buffer0 := edited("data in buffer 0, which activations have", func(m *Model, _ *tflite.TensorT) { m.Buffers[0].Data = []byte{1, 2, 3} })
	return slices.Concat(typeCases(), modelCases(), tensorCases(), buffer0.otherwise(outcome.EqualDefined, "", float16Only), unionCases())
}

// edited is a model of two layers with one thing that is not as usual; w are
// weights that are dequantized.
func edited(name string, edit func(m *Model, w *tflite.TensorT)) Case {
	return Case{Name: "fields/" + name, Model: func() *Model {
		m := newModel()
		x, w := m.Input(1, 6), m.Random(5, 3, 2, 6)
		y := m.Tensor(1, 6)
		m.Op(tflite.BuiltinOperatorTRANSPOSE_CONV, []int32{-1, w, x}, y)
		m.Output(m.dense(y, m.Random(6, 6), 6))
		edit(m, m.Last().Tensors[w])
		return m
	}}
}

// modelCases are about the model, its subgraph and its operators.
func modelCases() []Case {
	return []Case{
		edited("metadata", func(m *Model, _ *tflite.TensorT) {
			m.Metadata = []*tflite.MetadataT{{Name: "min_runtime_version", Buffer: m.Buffer([]byte("1.14.0"))}, {Name: "", Buffer: m.Buffer([]byte{0})}}
			m.MetadataBuffer = []int32{int32(len(m.Buffers) - 1), -1, 0}
		}),
		edited("signatures", func(m *Model, _ *tflite.TensorT) {
			m.SignatureDefs = []*tflite.SignatureDefT{
				{SignatureKey: "serving_default", Inputs: []*tflite.TensorMapT{{Name: "x"}}, Outputs: []*tflite.TensorMapT{{Name: "y", TensorIndex: 4}}},
				{SubgraphIndex: 9},
			}
		}),
		edited("descriptions and versions", func(m *Model, _ *tflite.TensorT) {
			m.Description, m.Version = "made for a test", 9
			m.Last().Name, m.Last().DebugMetadataIndex = "", 7
		}),
		edited("external buffers", func(m *Model, _ *tflite.TensorT) {
			m.ExternalBufferGroups = []*tflite.ExternalBufferGroupT{{Name: "weights.bin"}, {}}
			m.ExternalBuffers = []*tflite.ExternalBufferT{{Id: 1, Length: 128, Packing: "none"}, {Id: 2, Group: 1, Offset: 1 << 40}}
			m.Last().Tensors[0].ExternalBuffer = 2
		}),
		edited("buffers that nobody uses", func(m *Model, _ *tflite.TensorT) {
			for n := range 20 {
				m.Buffer(make([]byte, n))
			}
		}),
		edited("all fields of an operator", func(m *Model, _ *tflite.TensorT) {
			op := m.Last().Operators[0]
			op.CustomOptions, op.CustomOptionsFormat = []byte{1, 2, 3}, tflite.CustomOptionsFormatFLEXBUFFERS
			op.MutatingVariableInputs, op.Intermediates = []bool{true, false, true}, []int32{0, -1}
			op.DebugMetadataIndex = 3
			op.BuiltinOptions2 = &tflite.BuiltinOptions2T{Type: tflite.BuiltinOptions2StablehloIotaOptions, Value: &tflite.StablehloIotaOptionsT{IotaDimension: 2}}
		}),
		edited("no inputs and outputs", func(m *Model, _ *tflite.TensorT) { m.Last().Inputs, m.Last().Outputs = nil, nil }),
		edited("a call of a subgraph that does not exist", func(m *Model, _ *tflite.TensorT) {
			m.Op(tflite.BuiltinOperatorCALL_ONCE, nil).BuiltinOptions = synthetic.BuiltinOptions(tflite.BuiltinOptionsCallOnceOptions, &tflite.CallOnceOptionsT{InitSubgraphIndex: 77})
		}),
	}
}

// tensorCases are about weights.
func tensorCases() []Case {
	return []Case{
		edited("sparsity", func(_ *Model, w *tflite.TensorT) { w.Sparsity = sparsity() }),
		edited("variable weights", func(_ *Model, w *tflite.TensorT) { w.IsVariable = true }),
		edited("a rank and a shape signature", func(_ *Model, w *tflite.TensorT) {
			w.HasRank, w.ShapeSignature = true, []int32{-1, 3, 2, 6}
		}),
		edited("variant types", func(m *Model, w *tflite.TensorT) {
			variants := []*tflite.VariantSubTypeT{{Shape: []int32{1, 2}, Type: tflite.TensorTypeINT64, HasRank: true}, {}}
			w.VariantTensors = variants
			m.Add(&tflite.TensorT{Type: tflite.TensorTypeVARIANT, VariantTensors: variants})
		}),
		edited("names", func(m *Model, w *tflite.TensorT) {
			w.Name = ""
			m.Last().Tensors[0].Name = "_dequantize"
		}),
		edited("a long name", func(_ *Model, w *tflite.TensorT) { w.Name = "scope/größe/" + string(make([]byte, 300)) }),
	}
}

// sparsity is that of a dense tensor in compressed rows.
func sparsity() *tflite.SparsityParametersT {
	return &tflite.SparsityParametersT{
		TraversalOrder: []int32{0, 1, 2, 3},
		BlockMap:       []int32{1},
		DimMetadata: []*tflite.DimensionMetadataT{
			{DenseSize: 5},
			{Format: tflite.DimensionTypeSPARSE_CSR,
				ArraySegments: &tflite.SparseIndexVectorT{Type: tflite.SparseIndexVectorUint8Vector, Value: &tflite.Uint8VectorT{Values: []byte{0, 3}}},
				ArrayIndices:  &tflite.SparseIndexVectorT{Type: tflite.SparseIndexVectorUint16Vector, Value: &tflite.Uint16VectorT{Values: []uint16{0, 1, 2}}}},
			{Format: tflite.DimensionTypeSPARSE_CSR,
				ArraySegments: &tflite.SparseIndexVectorT{Type: tflite.SparseIndexVectorInt32Vector, Value: &tflite.Int32VectorT{Values: []int32{0, 2}}}},
			{},
		},
	}
}

// unionCases are options that are not those of their operator, which only
// matters where upstream sets a field in them.
func unionCases() []Case {
	dense := func(name string, o *tflite.BuiltinOptionsT) Case {
		c := Case{Name: "fields/options of FULLY_CONNECTED: " + name, Model: func() *Model {
			m := newModel()
			m.Output(m.dense(m.Input(1, 6), m.Random(3, 6), 6)) // below the minimum: never looked at
			m.Last().Operators[0].BuiltinOptions = o
			return m
		}}
		for _, o := range Modes() {
			if o.MinElements != 1 {
				c.Options = append(c.Options, o)
			}
		}
		return c
	}
	cases := []Case{
		dense("absent", nil),
		dense("of another operator", synthetic.BuiltinOptions(tflite.BuiltinOptionsAddOptions, &tflite.AddOptionsT{PotScaleInt16: true})),
	}
	for _, op := range []tflite.BuiltinOperator{tflite.BuiltinOperatorCONV_2D, tflite.BuiltinOperatorDEPTHWISE_CONV_2D, tflite.BuiltinOperatorTRANSPOSE_CONV,
		tflite.BuiltinOperatorEMBEDDING_LOOKUP, tflite.BuiltinOperatorGATHER} {
		cases = append(cases, Case{Name: "fields/no options of " + op.String(), Model: func() *Model {
			m := newModel()
			x := m.Input(1, 6)
			rule := ruleOf(op)
			m.use(rule, map[int32]int32{rule.Weights[0]: m.Random(3, 2, 2, 5)}, func() int32 { return x }).BuiltinOptions = nil
			return m
		}})
	}
	return cases
}
