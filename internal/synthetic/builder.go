// Package synthetic builds TFLite models for tests and measurements: by hand
// (Model), networks of the usual architectures (Nets), one model for tests of
// commands (Sample) and models of any size (Sketch). It knows nothing of
// quantizing. Packages below it have models that follow from a seed, and those
// that come with options of quantizing.
package synthetic

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A Model is under construction. Its methods return indices, as the format has
// them; they work on the subgraph begun last.
type Model struct {
	tflite.ModelT
	outside bool // data of buffers lie after the FlatBuffer
}

// New returns a model with one empty subgraph and the empty buffer 0.
func New() *Model {
	m := &Model{ModelT: tflite.ModelT{Version: 3, Buffers: []*tflite.BufferT{{}}}}
	m.Subgraph("main")
	return m
}

// Subgraph begins another subgraph.
func (m *Model) Subgraph(name string) int {
	m.Subgraphs = append(m.Subgraphs, &tflite.SubGraphT{Name: name, DebugMetadataIndex: -1})
	return len(m.Subgraphs) - 1
}

// Last is the subgraph under construction.
func (m *Model) Last() *tflite.SubGraphT { return m.Subgraphs[len(m.Subgraphs)-1] }

// Add adds a tensor of any kind.
func (m *Model) Add(t *tflite.TensorT) int32 {
	sg := m.Last()
	sg.Tensors = append(sg.Tensors, t)
	return int32(len(sg.Tensors) - 1)
}

// Tensor adds a float32 activation.
func (m *Model) Tensor(shape ...int32) int32 {
	return m.Typed(tflite.TensorTypeFLOAT32, shape...)
}

// Typed adds an activation of any type.
func (m *Model) Typed(typ tflite.TensorType, shape ...int32) int32 {
	return m.Add(&tflite.TensorT{Name: fmt.Sprintf("t%d", len(m.Last().Tensors)), Type: typ, Shape: shape})
}

// Input adds a float32 activation that the subgraph gets from outside.
func (m *Model) Input(shape ...int32) int32 {
	t := m.Tensor(shape...)
	m.Last().Inputs = append(m.Last().Inputs, t)
	return t
}

// Output makes tensors outputs of the subgraph.
func (m *Model) Output(tensors ...int32) {
	m.Last().Outputs = append(m.Last().Outputs, tensors...)
}

// Buffer adds data.
func (m *Model) Buffer(data []byte) uint32 {
	m.Buffers = append(m.Buffers, &tflite.BufferT{Data: data})
	return uint32(len(m.Buffers) - 1)
}

// Weights adds a float32 constant with the given values, repeated as often as
// its shape needs.
func (m *Model) Weights(shape []int32, values ...float32) int32 {
	all := make([]float32, Elements(shape))
	for i := range all {
		all[i] = values[i%len(values)]
	}
	return m.Constant(tflite.TensorTypeFLOAT32, shape, Floats(all...))
}

// Random adds a float32 constant whose values, from a normal distribution, are
// the same in every run.
func (m *Model) Random(shape ...int32) int32 {
	r := rand.New(rand.NewPCG(uint64(len(m.Buffers)), 7))
	values := make([]float32, Elements(shape))
	for i := range values {
		values[i] = float32(r.NormFloat64())
	}
	return m.Weights(shape, values...)
}

// Elements is the number of values of a shape.
func Elements(shape []int32) int {
	n := 1
	for _, d := range shape {
		n *= int(d)
	}
	return n
}

// Constant adds a constant of any type with the given data.
func (m *Model) Constant(typ tflite.TensorType, shape []int32, data []byte) int32 {
	t := m.Typed(typ, shape...)
	m.Last().Tensors[t].Buffer = m.Buffer(data)
	return t
}

// Code returns the operator code of a built-in operator, added where it is missing.
func (m *Model) Code(op tflite.BuiltinOperator) uint32 {
	old := min(op, tflite.BuiltinOperatorPLACEHOLDER_FOR_GREATER_OP_CODES)
	return m.code(tflite.OperatorCodeT{BuiltinCode: op, DeprecatedBuiltinCode: int8(old), Version: 1})
}

// CustomCode is Code for a custom operator.
func (m *Model) CustomCode(name string) uint32 {
	custom := tflite.BuiltinOperatorCUSTOM
	return m.code(tflite.OperatorCodeT{BuiltinCode: custom, DeprecatedBuiltinCode: int8(custom), CustomCode: name, Version: 1})
}

func (m *Model) code(c tflite.OperatorCodeT) uint32 {
	at := slices.IndexFunc(m.OperatorCodes, func(o *tflite.OperatorCodeT) bool {
		return tflite.BuiltinCode(o) == c.BuiltinCode && o.CustomCode == c.CustomCode
	})
	if at < 0 {
		at = len(m.OperatorCodes)
		m.OperatorCodes = append(m.OperatorCodes, &c)
	}
	return uint32(at)
}

// Op adds a built-in operator with the options of its kind (Options).
func (m *Model) Op(op tflite.BuiltinOperator, inputs []int32, outputs ...int32) *tflite.OperatorT {
	o := m.op(m.Code(op), inputs, outputs)
	o.BuiltinOptions = Options(op)
	return o
}

// Custom adds a custom operator.
func (m *Model) Custom(name string, inputs []int32, outputs ...int32) *tflite.OperatorT {
	return m.op(m.CustomCode(name), inputs, outputs)
}

func (m *Model) op(code uint32, inputs, outputs []int32) *tflite.OperatorT {
	o := &tflite.OperatorT{OpcodeIndex: code, Inputs: inputs, Outputs: outputs, DebugMetadataIndex: -1}
	m.Last().Operators = append(m.Last().Operators, o)
	return o
}

// Bytes returns the file.
func (m *Model) Bytes() []byte {
	if m.outside {
		return writeOutside(m.write())
	}
	return m.write()
}

// Outside makes Bytes put the data of buffers after the FlatBuffer.
func (m *Model) Outside() *Model {
	m.outside = true
	return m
}

func (m *Model) write() []byte {
	file, err := tflite.Write(&m.ModelT)
	if err != nil {
		panic(err) // a test's model is never too large
	}
	return file
}

// Floats returns values as the data of a buffer.
func Floats(values ...float32) []byte {
	b := make([]byte, 0, 4*len(values))
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

// Ints returns values as the data of an INT32 buffer.
func Ints(values ...int32) []byte {
	b := make([]byte, 0, 4*len(values))
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	return b
}
