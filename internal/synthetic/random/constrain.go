package random

import (
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/schema"
)

// moreInputs is above the last weight position of any operator.
const moreInputs = 48

// constrained returns the values of the fields that other fields depend on.
func (g *generator) constrained(table string, f *schema.Field) (v value, fixed bool) {
	switch table + "." + f.Name {
	case "Model.operator_codes":
		return g.list(f, g.opcodes), true
	case "Model.buffers":
		return g.list(f, g.buffers), true
	case "Model.subgraphs":
		return g.list(f, 1+g.IntN(3)), true
	case "OperatorCode.deprecated_builtin_code":
		return g.index(128), true
	case "OperatorCode.builtin_code":
		return g.builtinCode(), true
	case "SubGraph.tensors":
		return g.list(f, g.tensors), true
	case "SubGraph.inputs", "SubGraph.outputs", "Operator.outputs", "Operator.intermediates":
		return g.indices(g.IntN(4), g.tensors, 0), true
	case "Operator.inputs":
		return g.indices(moreInputs+g.IntN(3), g.tensors, -1), true
	case "Operator.opcode_index":
		return g.index(g.opcodes), true
	case "Operator.builtin_options":
		return g.lstmOptions(), g.IntN(4) == 0 || g.hasLSTM()
	case "Tensor.buffer":
		return g.index(g.buffers), true
	case "Tensor.shape":
		l := make(list, g.IntN(5))
		for i := range l {
			l[i] = scalar(1 + g.IntN(9))
		}
		return l, true
	case "Operator.large_custom_options_offset":
		return g.index(2), true // larger ones lead out of the FlatBuffer
	case "Buffer.offset", "Buffer.size":
		return nil, true // there are no data after the FlatBuffer
	}
	return nil, false
}

func (g *generator) index(n int) value { return scalar(g.IntN(n)) }

func (g *generator) indices(n, below, from int) list {
	l := make(list, n)
	for i := range l {
		l[i] = scalar(uint32(int32(from + g.IntN(below-from))))
	}
	return l
}

func (g *generator) builtinCode() value {
	code := int32(g.IntN(220))
	if g.IntN(3) == 0 {
		code = int32(tflite.BuiltinOperatorLSTM)
	}
	g.codes = append(g.codes, code)
	return scalar(code)
}

func (g *generator) hasLSTM() bool {
	for _, c := range g.codes {
		if c <= int32(tflite.BuiltinOperatorLSTM) {
			return true // the other field of the code may make it LSTM
		}
	}
	return false
}

// lstmOptions are what an LSTM needs, since its kernel type decides what its inputs are.
func (g *generator) lstmOptions() value {
	return unionValue{uint8(tflite.BuiltinOptionsLSTMOptions), g.table(schema.TableNamed("LSTMOptions"))}
}
