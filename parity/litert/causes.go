package litert

import (
	"encoding/binary"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/litert"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A Cause is something in a model with which litert-quantizer makes a broken file, or
// none, and ours is another one on purpose. docs/litert.md lists them.
type Cause string

// The causes.
const (
	// DynamicData: an operator that is to read integers has a constant in the place of
	// data. litert-quantizer quantizes it, and runtimes refuse the operator.
	DynamicData Cause = "constant data of an operator that reads integers"
	// OtherScales: tensors on one buffer, or readers of one tensor, need other scales.
	// litert-quantizer's are those of the first reader for all.
	OtherScales Cause = "one buffer, other dimensions with scales"
	// Copies: readers of one tensor want it in several formats, and one of them is not
	// int8 as it is: litert-quantizer fails, or redirects the wrong reader.
	Copies Cause = "one tensor in several formats"
	// Sparse: litert-quantizer takes the values of a sparse tensor for all values.
	Sparse Cause = "sparse weights"
	// Inputs: a constant is an input of its subgraph as well.
	Inputs Cause = "a constant that is an input of its subgraph"
	// SharedMetadata: metadata has the buffer of weights. litert-quantizer overwrites it.
	SharedMetadata Cause = "metadata on the buffer of weights"
	// BufferZero: buffer 0, which must be empty, has data.
	BufferZero Cause = "data in buffer 0"
	// Names: two tensors have the same name, or one has none.
	Names Cause = "names that are not unique"
	// Shapes: a constant's shape is impossible, or does not fit its data or operator.
	Shapes Cause = "an impossible shape"
	// Signalling: float16 is made of a NaN that is not quiet. Ours is, as by x86's
	// VCVTPS2PH; litert-quantizer's keeps the upper bits.
	Signalling Cause = "a NaN that is not quiet"
	// Absent: an operator lacks inputs or outputs that its kind has.
	Absent Cause = "an operator that lacks inputs"
	// Empty: the model has no subgraph, or one without operators, inputs or outputs.
	Empty Cause = "a subgraph without operators, inputs or outputs"
	// Rotations: weights that are to be rotated are computed, or their operator has no place
	// for a bias, which litert-quantizer fails with.
	Rotations Cause = "computed weights of an operator with rotations"
	// LookedUp: the output of a lookup without rotation is an output of the subgraph, and is
	// read beside rotated weights. litert-quantizer rotates the subgraph's output as well.
	LookedUp Cause = "an output that is looked up and read beside rotated weights"
	// OneScale: one scale is to be recovered of a tensor that is no matrix, which
	// litert-quantizer fails with.
	OneScale Cause = "one recovered scale of a tensor that is no matrix"
	// Computed: what an operator computes, or the subgraph takes, has data as well.
	Computed Cause = "data of a tensor that is computed"
)

// Causes returns those that a model has for a recipe. p is our plan, nil where ours
// refuses the model.
func Causes(m *tflite.ModelT, r litert.Options, p *plan.Plan) []Cause {
	c := causes{m: m, recipe: r, found: map[Cause]bool{}}
	c.names()
	c.found[BufferZero] = len(m.Buffers) > 0 && len(m.Buffers[0].Data) > 0
	c.found[Empty] = len(m.Subgraphs) == 0
	for _, sg := range m.Subgraphs {
		if len(sg.Tensors) == 0 || len(sg.Operators) == 0 || len(sg.Inputs) == 0 || len(sg.Outputs) == 0 {
			c.found[Empty] = true
		}
		c.tensors(sg)
		c.operators(sg)
	}
	if p == nil {
		c.found[Shapes] = true
	} else {
		c.plan(p)
	}
	var out []Cause
	for cause, found := range c.found {
		if found {
			out = append(out, cause)
		}
	}
	slices.Sort(out)
	return out
}

type causes struct {
	m      *tflite.ModelT
	recipe litert.Options
	found  map[Cause]bool
}

func (c *causes) constant(sg *tflite.SubGraphT, t int32) bool {
	return t >= 0 && len(c.m.Buffers[sg.Tensors[t].Buffer].Data) > 0
}

func (c *causes) names() {
	seen := map[string]bool{}
	for _, sg := range c.m.Subgraphs {
		for _, t := range sg.Tensors {
			if seen[t.Name] || t.Name == "" {
				c.found[Names] = true
			}
			seen[t.Name] = true
		}
	}
}

func (c *causes) tensors(sg *tflite.SubGraphT) {
	for i, t := range sg.Tensors {
		if !c.constant(sg, int32(i)) {
			continue
		}
		data := uint64(len(c.m.Buffers[t.Buffer].Data))
		if n, ok := plan.Elements(t.Shape); !ok || t.Type == tflite.TensorTypeFLOAT32 && data != 4*n {
			c.found[Shapes] = true
		}
		if c.float16() && signalling(c.m.Buffers[t.Buffer].Data) {
			c.found[Signalling] = true
		}
		if t.Sparsity != nil {
			c.found[Sparse] = true
		}
		if slices.Contains(sg.Inputs, int32(i)) {
			c.found[Inputs] = true
		}
	}
}

func (c *causes) float16() bool {
	return slices.ContainsFunc(c.recipe.Recipe, func(r litert.Rule) bool { return r.Config.Float })
}

// lacksRotation reports whether an operator that rotations are for has no constant weights,
// or no place for a bias.
func lacksRotation(code tflite.BuiltinOperator, op *tflite.OperatorT, constant func(t int32) bool) bool {
	switch code {
	case tflite.BuiltinOperatorFULLY_CONNECTED:
		return len(op.Inputs) < 3 || !constant(op.Inputs[1])
	case tflite.BuiltinOperatorEMBEDDING_LOOKUP:
		return len(op.Inputs) < 2 || !constant(op.Inputs[1])
	}
	return false
}

func (c *causes) rotates() bool {
	return slices.ContainsFunc(c.recipe.Recipe, func(r litert.Rule) bool { return r.Algorithm == litert.Hadamard })
}

// beside reports whether some operators can be without rotations where others have them.
func (c *causes) beside() bool {
	return slices.ContainsFunc(c.recipe.Recipe, func(r litert.Rule) bool { return r.Algorithm != litert.Hadamard || r.Regex != ".*" })
}

// signalling reports whether there is such a NaN among float32 values.
func signalling(values []byte) bool {
	const infinity, quiet = 0x7f800000, 1 << 22
	for ; len(values) >= 4; values = values[4:] {
		if bits := binary.LittleEndian.Uint32(values); bits&^(1<<31) > infinity && bits&quiet == 0 {
			return true
		}
	}
	return false
}

// inputs is how many an operator has at least: fewer make litert-quantizer fail.
var inputs = map[tflite.BuiltinOperator]int{
	tflite.BuiltinOperatorFULLY_CONNECTED: 2, tflite.BuiltinOperatorCONV_2D: 2, tflite.BuiltinOperatorDEPTHWISE_CONV_2D: 2,
	tflite.BuiltinOperatorTRANSPOSE_CONV: 3, tflite.BuiltinOperatorBATCH_MATMUL: 2, tflite.BuiltinOperatorEMBEDDING_LOOKUP: 2,
}

// apart are the inputs of an operator that are no data: weights, biases, shapes, indices.
var apart = map[tflite.BuiltinOperator][]int{
	tflite.BuiltinOperatorFULLY_CONNECTED: {1, 2}, tflite.BuiltinOperatorCONV_2D: {1, 2}, tflite.BuiltinOperatorDEPTHWISE_CONV_2D: {1, 2},
	tflite.BuiltinOperatorTRANSPOSE_CONV: {0, 1, 3}, tflite.BuiltinOperatorBATCH_MATMUL: {1}, tflite.BuiltinOperatorEMBEDDING_LOOKUP: {0, 1},
}

func (c *causes) operators(sg *tflite.SubGraphT) {
	dynamic := slices.ContainsFunc(c.recipe.Recipe, func(r litert.Rule) bool { return r.Config.Dynamic })
	for _, op := range sg.Operators {
		code := tflite.BuiltinCode(c.m.OperatorCodes[op.OpcodeIndex])
		least, known := inputs[code]
		if len(op.Inputs) == 0 || len(op.Outputs) == 0 || known && (len(op.Inputs) < least || slices.Contains(op.Inputs[:least], -1)) || slices.Contains(op.Outputs, -1) || noOptions(code, op) {
			c.found[Absent] = true
		}
		if c.rotates() && lacksRotation(code, op, func(t int32) bool { return c.constant(sg, t) }) {
			c.found[Rotations] = true
		}
		for i, t := range op.Inputs {
			if known && c.constant(sg, t) && len(sg.Tensors[t].Shape) == 0 {
				c.found[Shapes] = true
			}
			if known && dynamic && c.constant(sg, t) && !slices.Contains(apart[code], i) {
				c.found[DynamicData] = true
			}
		}
		if c.rotates() && code == tflite.BuiltinOperatorEMBEDDING_LOOKUP && slices.ContainsFunc(op.Outputs, func(t int32) bool { return slices.Contains(sg.Outputs, t) }) && c.beside() {
			c.found[LookedUp] = true
		}
		for _, t := range op.Outputs {
			if c.constant(sg, t) {
				c.found[Computed] = true
			}
		}
	}
}

// noOptions reports whether an operator lacks the options that litert-quantizer looks at.
func noOptions(code tflite.BuiltinOperator, op *tflite.OperatorT) bool {
	return code == tflite.BuiltinOperatorBATCH_MATMUL && op.BuiltinOptions == nil
}

func (c *causes) plan(p *plan.Plan) {
	sources := map[int32]int{}
	for _, e := range p.Encoded {
		sources[e.Source]++
		if sources[e.Source] > 1 {
			c.found[OtherScales] = true
		}
	}
	for i := range p.Subgraphs {
		if len(p.Subgraphs[i].Copies) > 0 {
			c.found[Copies] = true
		}
		for t, planned := range p.Encodings(i) {
			f, ok := planned.Format.(encode.Clipped)
			if ok && f.Method == encode.Recovery && f.Scope == encode.PerTensor && len(c.m.Subgraphs[i].Tensors[t].Shape) != 2 {
				c.found[OneScale] = true
			}
		}
	}
	for _, d := range c.m.Metadata {
		if sources[int32(d.Buffer)] > 0 {
			c.found[SharedMetadata] = true
		}
	}
}
