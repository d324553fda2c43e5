package cases

import (
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// dense adds y = wx, with w in the form of FULLY_CONNECTED.
func (m *Model) dense(x, w, outputs int32) int32 {
	y := m.Tensor(1, outputs)
	m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{x, w, -1}, y)
	return y
}

// subgraphCases are models of several subgraphs, which operators of the first call.
func subgraphCases() []Case {
	return []Case{
		{Name: "subgraphs/IF", Model: ifModel, Runs: true},
		{Name: "subgraphs/WHILE", Model: whileModel, Runs: true},
		{Name: "subgraphs/CALL_ONCE", Model: callOnceModel, Runs: true},
		{Name: "subgraphs/equal ones", Model: func() *Model {
			m := newModel()
			for i := range 4 {
				if i > 0 {
					m.Subgraph("more")
				}
				m.Output(m.dense(m.Input(1, 6), m.Random(6, 6), 6))
			}
			return m
		}},
		{Name: "subgraphs/a DEQUANTIZE in the second only", Model: func() *Model {
			m := newModel()
			m.Output(m.dense(m.Input(1, 6), m.Random(6, 6), 6))
			m.Subgraph("second")
			x, y := m.Input(1, 6), m.Tensor(1, 6)
			m.Op(tflite.BuiltinOperatorTRANSPOSE_CONV, []int32{-1, m.Random(5, 2, 1, 3), x}, y)
			m.Output(y)
			return m
		}},
		{Name: "subgraphs/empty ones around", Model: func() *Model {
			m := newModel()
			m.Subgraph("second")
			m.Output(m.dense(m.Input(1, 6), m.Random(6, 6), 6))
			m.Subgraph("")
			return m
		}},
		{Name: "subgraphs/none", Model: func() *Model {
			m := newModel()
			m.Subgraphs = nil
			m.Code(tflite.BuiltinOperatorCONV_2D)
			return m
		}},
		{Name: "subgraphs/no operators", Model: func() *Model {
			m := newModel()
			m.Output(m.Input(1, 6), m.Random(6, 6))
			return m
		}},
	}
}

// ifModel chooses between two dense layers.
func ifModel() *Model {
	m := newModel()
	yes := m.Typed(tflite.TensorTypeBOOL, 1)
	m.Last().Inputs = []int32{yes}
	x, y := m.Input(1, 64), m.Tensor(1, 64)
	m.Op(tflite.BuiltinOperatorIF, []int32{yes, x}, y).BuiltinOptions = synthetic.BuiltinOptions(tflite.BuiltinOptionsIfOptions, &tflite.IfOptionsT{ThenSubgraphIndex: 1, ElseSubgraphIndex: 2})
	m.Output(y)
	for _, name := range []string{"then", "else"} {
		m.Subgraph(name)
		m.Output(m.dense(m.Input(1, 64), m.Random(64, 64), 64))
	}
	return m
}

// whileModel applies a dense layer until a counter reaches three.
func whileModel() *Model {
	m := newModel()
	i := m.Constant(tflite.TensorTypeINT32, []int32{1}, synthetic.Ints(0))
	x := m.Input(1, 64)
	last, y := m.Typed(tflite.TensorTypeINT32, 1), m.Tensor(1, 64)
	m.Op(tflite.BuiltinOperatorWHILE, []int32{i, x}, last, y).BuiltinOptions = synthetic.BuiltinOptions(tflite.BuiltinOptionsWhileOptions, &tflite.WhileOptionsT{CondSubgraphIndex: 1, BodySubgraphIndex: 2})
	m.Output(y)

	counter := func() int32 {
		i := m.Typed(tflite.TensorTypeINT32, 1)
		m.Last().Inputs = append(m.Last().Inputs, i)
		return i
	}
	m.Subgraph("cond")
	i = counter()
	m.Input(1, 64)
	goes := m.Typed(tflite.TensorTypeBOOL, 1)
	m.Op(tflite.BuiltinOperatorLESS, []int32{i, m.Constant(tflite.TensorTypeINT32, []int32{1}, synthetic.Ints(3))}, goes).BuiltinOptions = synthetic.BuiltinOptions(tflite.BuiltinOptionsLessOptions, &tflite.LessOptionsT{})
	m.Output(goes)

	m.Subgraph("body")
	i = counter()
	x = m.Input(1, 64)
	next := m.Typed(tflite.TensorTypeINT32, 1)
	m.Op(tflite.BuiltinOperatorADD, []int32{i, m.Constant(tflite.TensorTypeINT32, []int32{1}, synthetic.Ints(1))}, next)
	m.Output(next, m.dense(x, m.Random(64, 64), 64))
	return m
}

// callOnceModel sets a variable when it starts and adds it to what it is given.
func callOnceModel() *Model {
	m := newModel()
	m.Op(tflite.BuiltinOperatorCALL_ONCE, nil).BuiltinOptions = synthetic.BuiltinOptions(tflite.BuiltinOptionsCallOnceOptions, &tflite.CallOnceOptionsT{InitSubgraphIndex: 1})
	x := m.Input(1, 64)
	v, y := m.Tensor(1, 64), m.Tensor(1, 64)
	m.Op(tflite.BuiltinOperatorREAD_VARIABLE, []int32{m.variable()}, v).BuiltinOptions = synthetic.BuiltinOptions(tflite.BuiltinOptionsReadVariableOptions, &tflite.ReadVariableOptionsT{})
	m.Op(tflite.BuiltinOperatorADD, []int32{m.dense(x, m.Random(64, 64), 64), v}, y)
	m.Output(y)

	m.Subgraph("init")
	m.Op(tflite.BuiltinOperatorASSIGN_VARIABLE, []int32{m.variable(), m.Random(1, 64)}).BuiltinOptions = synthetic.BuiltinOptions(tflite.BuiltinOptionsAssignVariableOptions, &tflite.AssignVariableOptionsT{})
	return m
}

// variable adds the handle of the model's only variable.
func (m *Model) variable() int32 {
	handle := m.Typed(tflite.TensorTypeRESOURCE, 1)
	m.Op(tflite.BuiltinOperatorVAR_HANDLE, nil, handle).BuiltinOptions = synthetic.BuiltinOptions(tflite.BuiltinOptionsVarHandleOptions, &tflite.VarHandleOptionsT{SharedName: "state"})
	return handle
}
