package litert

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A rotation is a product with a Hadamard matrix that an operator with rotated weights
// needs: of its input, or of its output where it is a lookup.
type rotation struct {
	operator int32
	output   bool
	size     int32 // of the matrix
}

// rotates reports whether a rule can rotate weights.
func (o *Options) rotates() bool {
	return slices.ContainsFunc(o.Recipe, func(r Rule) bool { return r.Algorithm == Hadamard })
}

// noteRotation notes that an operator has rotated weights. What it multiplies them with,
// its input or the output of a lookup, must be float32 in whole rows.
func (s *subgraphPlanner) noteRotation(u plan.Use, weights int32, f encode.Rotated) error {
	op, size := s.sg.Operators[u.Operator], f.Size(s.sg.Tensors[weights].Shape)
	tensors, word := op.Inputs, "input"
	output := s.operation(u.Operator).operator == tflite.BuiltinOperatorEMBEDDING_LOOKUP
	if output {
		tensors, word = op.Outputs, "output"
	}
	place := func() string { return plan.PlaceOperator(s.p.Model, s.index, u.Operator) }
	if len(tensors) == 0 || tensors[0] < 0 {
		return plan.ModelError(place(), "it has no %s, which is to be rotated as its weights are", word)
	}
	t := s.sg.Tensors[tensors[0]]
	n, known := plan.Elements(t.Shape)
	if !known || len(t.Shape) == 0 || n%uint64(size) != 0 || n/uint64(size) > math.MaxInt32 || t.Type != tflite.TensorTypeFLOAT32 {
		return plan.ModelError(place(), "its %s is %v of shape %v, which is to be rotated as its weights are: want FLOAT32, a multiple of %d values", word, t.Type, t.Shape, size)
	}
	if s.rotations == nil {
		s.rotations = map[int32][]rotation{}
	}
	s.rotations[tensors[0]] = append(s.rotations[tensors[0]], rotation{u.Operator, output, size})
	return nil
}

// rotate adds the products of a tensor: first that of a lookup's output, which all readers
// get, then one for operators whose weights are rotated.
func (s *subgraphPlanner) rotate(t int32) {
	from := t
	var groups [][]rotation
	for _, r := range s.rotations[t] {
		if r.output {
			from = s.rotateOutput(from, &r)
			continue
		}
		i := slices.IndexFunc(groups, func(g []rotation) bool { return g[0].size == r.size })
		if i < 0 {
			groups = append(groups, []rotation{r})
		} else {
			groups[i] = append(groups[i], r)
		}
	}
	for _, g := range groups {
		i := plan.Insertion{Before: g[0].operator}
		for _, r := range g {
			i.Readers = append(i.Readers, plan.Use{Operator: r.operator})
		}
		s.multiply(from, t, g[0].size, &i, false)
	}
}

func (s *subgraphPlanner) rotateOutput(t int32, r *rotation) int32 {
	i := plan.Insertion{Before: r.operator + 1, Readers: slices.Clone(s.rewrite.Readers(t))}
	for k, o := range s.sg.Outputs {
		if o == t {
			i.GraphOutputs = append(i.GraphOutputs, int32(k))
		}
	}
	if len(i.Readers) == 0 && len(i.GraphOutputs) == 0 {
		return t
	}
	first := len(i.GraphOutputs) > 0
	if !first && len(i.Readers) > 0 {
		i.Before = i.Readers[0].Operator
	}
	s.multiply(t, t, r.size, &i, first)
	return i.Output
}

// multiply inserts the operators of a product: the values as a matrix of rows of that
// size, times the Hadamard matrix, in the shape of tensor like of the model.
func (s *subgraphPlanner) multiply(from, like, size int32, i *plan.Insertion, first bool) {
	shape := s.sg.Tensors[like].Shape
	name := s.nameOf(from)
	n, _ := plan.Elements(shape)
	rows := []int32{int32(n / uint64(size)), size}
	add := func(suffix string, shape []int32) int32 {
		return s.rewrite.AddTensor(&tflite.TensorT{Name: name + suffix, Shape: shape, Type: tflite.TensorTypeFLOAT32})
	}
	rowsShape := s.shapeConstant(name+"_prerotate_shape", rows)
	reshaped := add("_prerotate_reshaped", rows)
	matrix := s.matrix(name+"_hadamard_matrix", size)
	product := add("_rotated", rows)
	back := s.shapeConstant(name+"_postrotate_shape", shape)
	i.Output = add("_postrotate_reshaped", shape)
	reshape, dense := s.codes()
	i.Operators = []*tflite.OperatorT{
		{OpcodeIndex: reshape, Inputs: []int32{from, rowsShape}, Outputs: []int32{reshaped}, DebugMetadataIndex: -1},
		{OpcodeIndex: dense, Inputs: []int32{reshaped, matrix}, Outputs: []int32{product}, DebugMetadataIndex: -1,
			BuiltinOptions: &tflite.BuiltinOptionsT{Type: tflite.BuiltinOptionsFullyConnectedOptions, Value: &tflite.FullyConnectedOptionsT{}}},
		{OpcodeIndex: reshape, Inputs: []int32{product, back}, Outputs: []int32{i.Output}, DebugMetadataIndex: -1},
	}
	s.rewrite.Insert(*i, first)
}

// nameOf is that of a tensor, added ones too.
func (s *subgraphPlanner) nameOf(t int32) string {
	if i := int(t) - len(s.sg.Tensors); i >= 0 {
		return s.plan.Added[i].Name
	}
	return s.sg.Tensors[t].Name
}

func (s *subgraphPlanner) shapeConstant(name string, shape []int32) int32 {
	var data []byte
	for _, d := range shape {
		data = binary.LittleEndian.AppendUint32(data, uint32(d))
	}
	t := s.rewrite.AddTensor(&tflite.TensorT{Name: name, Shape: []int32{int32(len(shape))}, Type: tflite.TensorTypeINT32})
	s.p.AddedData = append(s.p.AddedData, plan.AddedData{Data: data, Tensors: []plan.Place{{Subgraph: s.index, Tensor: t}}})
	return t
}

// matrix is the tensor with the Hadamard matrix of a size, one for each subgraph: their
// data are there once.
func (s *subgraphPlanner) matrix(name string, size int32) int32 {
	if t, ok := s.matrices[size]; ok {
		return t
	}
	t := s.rewrite.AddTensor(&tflite.TensorT{Name: name, Shape: []int32{size, size}, Type: tflite.TensorTypeFLOAT32})
	if s.matrices == nil {
		s.matrices = map[int32]int32{}
	}
	s.matrices[size] = t
	at := plan.Place{Subgraph: s.index, Tensor: t}
	if i, ok := s.matrixData[size]; ok {
		s.p.AddedData[i].Tensors = append(s.p.AddedData[i].Tensors, at)
		return t
	}
	values := encode.HadamardMatrix(int(size))
	data := make([]byte, 0, 4*len(values)) // up to 64 MB
	for _, v := range values {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
	}
	s.matrixData[size] = len(s.p.AddedData)
	s.p.AddedData = append(s.p.AddedData, plan.AddedData{Data: data, Tensors: []plan.Place{at}})
	return t
}

// codes are the operator codes of products. litert-quantizer gives them names, so that
// they are not those of the model.
func (w *planner) codes() (reshape, dense uint32) {
	if w.productCodes == nil {
		for _, op := range []tflite.BuiltinOperator{tflite.BuiltinOperatorRESHAPE, tflite.BuiltinOperatorFULLY_CONNECTED} {
			code := w.p.AddCode(&tflite.OperatorCodeT{DeprecatedBuiltinCode: int8(op), BuiltinCode: op, CustomCode: op.String(), Version: 1})
			w.productCodes = append(w.productCodes, uint32(code))
		}
	}
	return w.productCodes[0], w.productCodes[1]
}
