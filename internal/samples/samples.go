// Package samples makes small models for tests of what is above the numbers.
package samples

import (
	"encoding/binary"
	"math"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Model returns a model in which every action and reason of int8 occurs but
// the lookups': weights per channel and per tensor, dequantized ones, small
// ones, a bias, an INT32 constant and activations.
func Model() *tflite.ModelT {
	b := builder{
		model:    &tflite.ModelT{Version: 3, Description: "sample", Buffers: []*tflite.BufferT{{}}},
		subgraph: &tflite.SubGraphT{Name: "main"},
	}
	in := b.activation("in", 1, 8, 8, 64)
	filter := b.weights("conv/filter", 4, 3, 3, 64)
	bias := b.weights("conv/bias", 4)
	convolved := b.activation("conv", 1, 8, 8, 4)
	dense := b.weights("dense/weights", 8, 256)
	densified := b.activation("dense", 1, 8)
	small := b.weights("small/weights", 2, 8)
	shrunk := b.activation("small", 1, 2)
	shape := b.int32s("up/shape", 1, 8, 8, 4)
	up := b.weights("up/filter", 4, 3, 3, 64)
	out := b.activation("up", 1, 8, 8, 4)

	b.operator(tflite.BuiltinOperatorCONV_2D, []int32{in, filter, bias}, convolved)
	b.operator(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{convolved, dense, -1}, densified)
	b.operator(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{densified, small, -1}, shrunk)
	b.operator(tflite.BuiltinOperatorTRANSPOSE_CONV, []int32{shape, up, shrunk}, out)
	b.subgraph.Inputs, b.subgraph.Outputs = []int32{in}, []int32{out}
	b.model.Subgraphs = []*tflite.SubGraphT{b.subgraph}
	return b.model
}

// File returns Model as the bytes of a file.
func File() []byte {
	data, err := tflite.Write(Model())
	if err != nil {
		panic(err)
	}
	return data
}

type builder struct {
	model    *tflite.ModelT
	subgraph *tflite.SubGraphT
}

func (b *builder) tensor(name string, kind tflite.TensorType, shape []int32, data []byte) int32 {
	t := &tflite.TensorT{Name: name, Shape: shape, Type: kind}
	if data != nil {
		t.Buffer = uint32(len(b.model.Buffers))
		b.model.Buffers = append(b.model.Buffers, &tflite.BufferT{Data: data})
	}
	b.subgraph.Tensors = append(b.subgraph.Tensors, t)
	return int32(len(b.subgraph.Tensors) - 1)
}

func (b *builder) activation(name string, shape ...int32) int32 {
	return b.tensor(name, tflite.TensorTypeFLOAT32, shape, nil)
}

func (b *builder) weights(name string, shape ...int32) int32 {
	n := 1
	for _, d := range shape {
		n *= int(d)
	}
	var data []byte
	for i := range n {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(float32(math.Sin(float64(i)))))
	}
	return b.tensor(name, tflite.TensorTypeFLOAT32, shape, data)
}

func (b *builder) int32s(name string, values ...int32) int32 {
	var data []byte
	for _, v := range values {
		data = binary.LittleEndian.AppendUint32(data, uint32(v))
	}
	return b.tensor(name, tflite.TensorTypeINT32, []int32{int32(len(values))}, data)
}

func (b *builder) operator(op tflite.BuiltinOperator, inputs []int32, output int32) {
	code := -1
	for i, c := range b.model.OperatorCodes {
		if c.BuiltinCode == op {
			code = i
		}
	}
	if code < 0 {
		code = len(b.model.OperatorCodes)
		b.model.OperatorCodes = append(b.model.OperatorCodes, &tflite.OperatorCodeT{DeprecatedBuiltinCode: int8(op), BuiltinCode: op, Version: 1})
	}
	b.subgraph.Operators = append(b.subgraph.Operators, &tflite.OperatorT{
		OpcodeIndex: uint32(code), Inputs: inputs, Outputs: []int32{output}, DebugMetadataIndex: -1})
}
