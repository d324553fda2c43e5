package random

import (
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/schema"
)

// moreInputs is above the last weight position of any operator.
const moreInputs = 48

// constrained returns the values of the fields that other fields depend on.
func (m *maker) constrained(table string, f *schema.Field) (v value, fixed bool) {
	switch table + "." + f.Name {
	case "Model.operator_codes":
		return m.list(f, m.opcodes), true
	case "Model.buffers":
		return m.list(f, m.buffers), true
	case "Model.subgraphs":
		return m.list(f, 1+m.IntN(3)), true
	case "OperatorCode.deprecated_builtin_code":
		return m.index(128), true
	case "OperatorCode.builtin_code":
		return m.builtinCode(), true
	case "SubGraph.tensors":
		return m.list(f, m.tensors), true
	case "SubGraph.inputs", "SubGraph.outputs", "Operator.outputs", "Operator.intermediates":
		return m.indices(m.IntN(4), m.tensors, 0), true
	case "Operator.inputs":
		return m.indices(moreInputs+m.IntN(3), m.tensors, -1), true
	case "Operator.opcode_index":
		return m.index(m.opcodes), true
	case "Operator.builtin_options":
		return m.lstmOptions(), m.IntN(4) == 0 || m.hasLSTM()
	case "Tensor.buffer":
		return m.index(m.buffers), true
	case "Tensor.shape":
		l := make(list, m.IntN(5))
		for i := range l {
			l[i] = scalar(1 + m.IntN(9))
		}
		return l, true
	case "Operator.large_custom_options_offset":
		return m.index(2), true // larger ones lead out of the FlatBuffer
	case "Buffer.offset", "Buffer.size":
		return nil, true // data outside the FlatBuffer, and there is none
	}
	return nil, false
}

func (m *maker) index(n int) value { return scalar(m.IntN(n)) }

func (m *maker) indices(n, below, from int) list {
	l := make(list, n)
	for i := range l {
		l[i] = scalar(uint32(int32(from + m.IntN(below-from))))
	}
	return l
}

func (m *maker) builtinCode() value {
	code := int32(m.IntN(220))
	if m.IntN(3) == 0 {
		code = int32(tflite.BuiltinOperatorLSTM)
	}
	m.codes = append(m.codes, code)
	return scalar(code)
}

func (m *maker) hasLSTM() bool {
	for _, c := range m.codes {
		if c <= int32(tflite.BuiltinOperatorLSTM) {
			return true // the other field of the code may make it LSTM
		}
	}
	return false
}

// lstmOptions are what an LSTM needs, since its kernel type decides what its inputs are.
func (m *maker) lstmOptions() value {
	return member{uint8(tflite.BuiltinOptionsLSTMOptions), m.table(schema.TableNamed("LSTMOptions"))}
}
