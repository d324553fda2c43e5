package main

import (
	"encoding/binary"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/litert"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// An operation is an operator, by litert-quantizer's name, with a model that has one.
type operation struct {
	name  string
	build func(m *synthetic.Model)
}

// Sizes are those that blocks of 32 fill and kernels have no special cases for.
var operations = []operation{
	{"FULLY_CONNECTED", func(m *synthetic.Model) {
		y := m.Tensor(2, 24)
		m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{m.Input(2, 64), m.Random(24, 64), m.Random(24)}, y)
		m.Output(y)
	}},
	{"CONV_2D", func(m *synthetic.Model) {
		y := m.Tensor(1, 6, 6, 24)
		m.Op(tflite.BuiltinOperatorCONV_2D, []int32{m.Input(1, 6, 6, 16), m.Random(24, 3, 3, 16), m.Random(24)}, y)
		m.Output(y)
	}},
	{"DEPTHWISE_CONV_2D", func(m *synthetic.Model) {
		y := m.Tensor(1, 6, 6, 16)
		m.Op(tflite.BuiltinOperatorDEPTHWISE_CONV_2D, []int32{m.Input(1, 6, 6, 16), m.Random(1, 3, 3, 16), m.Random(16)}, y)
		m.Output(y)
	}},
	{"CONV_2D_TRANSPOSE", func(m *synthetic.Model) {
		shape := []byte{}
		for _, d := range []uint32{1, 6, 6, 24} {
			shape = binary.LittleEndian.AppendUint32(shape, d)
		}
		y := m.Tensor(1, 6, 6, 24)
		s, w := m.Constant(tflite.TensorTypeINT32, []int32{4}, shape), m.Random(24, 3, 3, 16)
		m.Op(tflite.BuiltinOperatorTRANSPOSE_CONV, []int32{s, w, m.Input(1, 6, 6, 16)}, y)
		m.Output(y)
	}},
	{"BATCH_MATMUL", func(m *synthetic.Model) {
		y := m.Tensor(2, 24)
		m.Op(tflite.BuiltinOperatorBATCH_MATMUL, []int32{m.Input(2, 64), m.Random(64, 24)}, y)
		m.Output(y)
	}},
	{"EMBEDDING_LOOKUP", func(m *synthetic.Model) {
		rows := []byte{}
		for _, r := range []uint32{3, 0, 23} {
			rows = binary.LittleEndian.AppendUint32(rows, r)
		}
		y, z := m.Tensor(3, 64), m.Tensor(3, 64)
		m.Op(tflite.BuiltinOperatorEMBEDDING_LOOKUP, []int32{m.Constant(tflite.TensorTypeINT32, []int32{3}, rows), m.Random(24, 64)}, y)
		m.Op(tflite.BuiltinOperatorADD, []int32{y, m.Input(3, 64)}, z)
		m.Output(z)
	}},
}

// A format is a configuration that operators are tried with.
type format struct {
	name   string
	config litert.Config
}

var formats = []format{
	{"int8 per channel", litert.Config{Bits: 8, Granularity: litert.ChannelWise, Dynamic: true}},
	{"int8 per tensor", litert.Config{Bits: 8, Granularity: litert.TensorWise, Dynamic: true}},
	{"int4 per channel", litert.Config{Bits: 4, Granularity: litert.ChannelWise, Dynamic: true}},
	{"int4 per tensor", litert.Config{Bits: 4, Granularity: litert.TensorWise, Dynamic: true}},
	{"int4 per block of 32", litert.Config{Bits: 4, Granularity: litert.BlockWise32, Dynamic: true}},
	{"int2 per channel", litert.Config{Bits: 2, Granularity: litert.ChannelWise, Dynamic: true}},
	{"int2 per block of 32", litert.Config{Bits: 2, Granularity: litert.BlockWise32, Dynamic: true}},
	{"int8 per channel, dequantized", litert.Config{Bits: 8, Granularity: litert.ChannelWise}},
	{"int8 per channel with zero points, dequantized", litert.Config{Bits: 8, Granularity: litert.ChannelWise, Asymmetric: true}},
	{"int4 per channel, dequantized", litert.Config{Bits: 4, Granularity: litert.ChannelWise}},
	{"int4 per channel with zero points, dequantized", litert.Config{Bits: 4, Granularity: litert.ChannelWise, Asymmetric: true}},
	{"float16, dequantized", litert.Config{Bits: 16, Float: true, Granularity: litert.TensorWise}},
}

// rule is a rule for one operation.
func (f *format) rule(operation string) litert.Rule {
	r := litert.Rule{Regex: ".*", Operation: operation, Algorithm: litert.MinMax, Config: f.config}
	if f.config.Float {
		r.Algorithm = litert.FloatCasting
	}
	return r
}
