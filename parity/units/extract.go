// Package units compares what two files of the same model do with each constant that an
// operator reads quantized: a unit. It takes files whose graphs differ otherwise, such
// as those of TensorFlow's MLIR quantizer, which folds, merges and renames.
package units

import (
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A Route is how an operator gets at a quantized constant.
type Route string

// The routes.
const (
	Direct      Route = "direct"      // it reads the constant
	Dequantized Route = "dequantized" // it reads a DEQUANTIZE of the constant
	Through     Route = "through"     // it reads the constant, and a DEQUANTIZE follows it
)

// A Unit is a quantized constant that an operator reads. All but its place is compared.
type Unit struct {
	Place
	Record
	Flag bool // asymmetric_quantize_inputs of the operator
	// Versions are those of the operators, by kind, that read int8 or float16 on the
	// constant's way: the unit's own, those passed, DEQUANTIZE.
	Versions map[string]int32
}

// A Place is where a unit is, by names that survive a rewritten graph mostly.
type Place struct {
	Subgraph  int
	Operator  string // its kind
	Output    string // the name of its first output
	Input     int
	Tensor    string // the name of the constant
	Operators int    // of the unit's file, the index
}

// A Record is a quantized constant and how it gets to its operator.
type Record struct {
	Type       tflite.TensorType
	Shape      string
	Dimension  int32
	Scales     string // their bits
	ZeroPoints string
	Data       [sha256.Size]byte
	Route      Route
	Passed     int // operators between the constant and its DEQUANTIZE, for Through
}

// Of lists the units of a file, but for those of operators that compute nothing that
// the model gives.
func Of(m *tflite.ModelT) []Unit {
	var units []Unit
	for i := range m.Subgraphs {
		f := newFinder(m, i)
		for j, op := range m.Subgraphs[i].Operators {
			if f.live[j] {
				units = append(units, f.ofOperator(j, op)...)
			}
		}
	}
	return units
}

// A finder finds the units of a subgraph.
type finder struct {
	m        *tflite.ModelT
	index    int
	sg       *tflite.SubGraphT
	producer []int // by tensor, the operator that gives it, -1 for none
	readers  [][]int
	live     []bool // by operator
}

func newFinder(m *tflite.ModelT, index int) *finder {
	sg := m.Subgraphs[index]
	f := &finder{m, index, sg, slices.Repeat([]int{-1}, len(sg.Tensors)), make([][]int, len(sg.Tensors)), make([]bool, len(sg.Operators))}
	for i, op := range sg.Operators {
		for _, t := range op.Outputs {
			if t >= 0 {
				f.producer[t] = i
			}
		}
		for _, t := range op.Inputs {
			if t >= 0 {
				f.readers[t] = append(f.readers[t], i)
			}
		}
	}
	f.findLive()
	return f
}

func (f *finder) findLive() {
	todo := slices.Clone(f.sg.Outputs)
	for len(todo) > 0 {
		t := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if t < 0 || f.producer[t] < 0 || f.live[f.producer[t]] {
			continue
		}
		f.live[f.producer[t]] = true
		todo = append(todo, f.sg.Operators[f.producer[t]].Inputs...)
	}
}

func (f *finder) code(op int) tflite.BuiltinOperator {
	return tflite.BuiltinCode(f.m.OperatorCodes[f.sg.Operators[op].OpcodeIndex])
}

func (f *finder) ofOperator(i int, op *tflite.OperatorT) []Unit {
	code := f.m.OperatorCodes[op.OpcodeIndex]
	if tflite.BuiltinCode(code) == tflite.BuiltinOperatorDEQUANTIZE {
		return nil
	}
	var units []Unit
	for input, t := range op.Inputs {
		if t < 0 {
			continue
		}
		constant, route, way := t, Direct, []int{i}
		if p := f.producer[t]; p >= 0 && f.code(p) == tflite.BuiltinOperatorDEQUANTIZE {
			constant, route, way = f.sg.Operators[p].Inputs[0], Dequantized, []int{p}
		}
		if !f.quantizedConstant(constant) {
			continue
		}
		u := Unit{Record: f.record(constant), Flag: asymmetric(op)}
		u.Place = Place{f.index, tflite.OperatorName(code), "", input, f.sg.Tensors[constant].Name, i}
		if route == Direct {
			if passed, end := f.passed(i, constant); len(passed) > 0 {
				route, u.Passed, way = Through, len(passed), append(passed, end...)
			}
		}
		u.Route, u.Versions = route, f.versions(way)
		if len(op.Outputs) > 0 && op.Outputs[0] >= 0 {
			u.Output = f.sg.Tensors[op.Outputs[0]].Name
		}
		units = append(units, u)
	}
	return units
}

func (f *finder) quantizedConstant(t int32) bool {
	tensor := f.sg.Tensors[t]
	return f.producer[t] < 0 && !slices.Contains(f.sg.Inputs, t) && len(f.m.Buffers[tensor.Buffer].Data) > 0 && (tensor.Type == tflite.TensorTypeFLOAT16 ||
		tensor.Type == tflite.TensorTypeINT8 && tensor.Quantization != nil && len(tensor.Quantization.Scale) > 0)
}

// passed returns the operators, from i on, that hand on int8 values, and the DEQUANTIZE
// at the end if there is one.
func (f *finder) passed(i int, constant int32) (passed, end []int) {
	for {
		outputs := f.sg.Operators[i].Outputs
		if len(outputs) != 1 || f.sg.Tensors[outputs[0]].Type != f.sg.Tensors[constant].Type {
			return passed, nil
		}
		passed = append(passed, i)
		readers := f.readers[outputs[0]]
		if len(readers) != 1 {
			return passed, nil
		}
		if f.code(readers[0]) == tflite.BuiltinOperatorDEQUANTIZE {
			return passed, readers
		}
		i = readers[0]
	}
}

// versions are the highest of operators, by their kind.
func (f *finder) versions(operators []int) map[string]int32 {
	versions := map[string]int32{}
	for _, i := range operators {
		code := f.m.OperatorCodes[f.sg.Operators[i].OpcodeIndex]
		name := tflite.OperatorName(code)
		versions[name] = max(versions[name], code.Version)
	}
	return versions
}

func (f *finder) record(t int32) Record {
	tensor := f.sg.Tensors[t]
	data := f.m.Buffers[tensor.Buffer].Data
	if tensor.Type == tflite.TensorTypeFLOAT16 && negativeZeros(data) {
		data = make([]byte, len(data))
	}
	r := Record{Type: tensor.Type, Shape: fmt.Sprint(tensor.Shape), Data: sha256.Sum256(data)}
	if q := tensor.Quantization; q != nil && tensor.Type != tflite.TensorTypeFLOAT16 {
		r.Dimension, r.Scales, r.ZeroPoints = q.QuantizedDimension, fmt.Sprintf("%x", q.Scale), fmt.Sprint(q.ZeroPoint)
	}
	return r
}

// negativeZeros reports whether all values are -0, of which upstream makes 0 where it
// stands for the whole tensor.
func negativeZeros(halves []byte) bool {
	for i := 0; i+1 < len(halves); i += 2 {
		if halves[i] != 0 || halves[i+1] != 0x80 {
			return false
		}
	}
	return true
}

func asymmetric(op *tflite.OperatorT) bool {
	if op.BuiltinOptions == nil {
		return false
	}
	switch o := op.BuiltinOptions.Value.(type) {
	case *tflite.FullyConnectedOptionsT:
		return o.AsymmetricQuantizeInputs
	case *tflite.BatchMatMulOptionsT:
		return o.AsymmetricQuantizeInputs
	case *tflite.SVDFOptionsT:
		return o.AsymmetricQuantizeInputs
	case *tflite.SequenceRNNOptionsT:
		return o.AsymmetricQuantizeInputs
	case *tflite.LSTMOptionsT:
		return o.AsymmetricQuantizeInputs
	case *tflite.UnidirectionalSequenceLSTMOptionsT:
		return o.AsymmetricQuantizeInputs
	case *tflite.BidirectionalSequenceLSTMOptionsT:
		return o.AsymmetricQuantizeInputs
	}
	return false
}
