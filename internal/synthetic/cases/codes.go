package cases

import (
	"bytes"
	"fmt"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// codeCases are operator codes: versions, both fields of the operator's number,
// and DEQUANTIZE codes that are there already.
func codeCases() []Case {
	var cases []Case
	for _, version := range []int32{0, 1, 4, 77, -1} {
		cases = append(cases, Case{Name: fmt.Sprintf("codes/all operators, unused, version %d", version), Model: func() *Model {
			m := newModel()
			m.Output(m.Input(1, 6))
			for _, op := range tflite.BuiltinOperators() {
				m.OperatorCodes[m.Code(op)].Version = version
			}
			return m
		}})
	}
	for _, rule := range opTable {
		op := int8(rule.Operator)
		for _, c := range []tflite.OperatorCodeT{
			{DeprecatedBuiltinCode: op},
			{BuiltinCode: rule.Operator},
			{DeprecatedBuiltinCode: op, BuiltinCode: -1},
			{DeprecatedBuiltinCode: -5, BuiltinCode: rule.Operator},
			{DeprecatedBuiltinCode: op, BuiltinCode: rule.Operator - 1},
			{DeprecatedBuiltinCode: 127, BuiltinCode: rule.Operator},
			{DeprecatedBuiltinCode: op, BuiltinCode: rule.Operator, CustomCode: "Dense"},
		} {
			cases = append(cases, Case{
				Name:  fmt.Sprintf("codes/%s as %d, %d %s", rule.Operator, c.DeprecatedBuiltinCode, c.BuiltinCode, c.CustomCode),
				Model: func() *Model { return codeModel(rule, c) },
			})
		}
	}
	return append(cases, dequantizeCases()...)
}

// codeModel has one operator under the given code.
func codeModel(rule opRule, c tflite.OperatorCodeT) *Model {
	m := newModel()
	x := m.Input(1, 6)
	c.Version = 1
	m.OperatorCodes = []*tflite.OperatorCodeT{&c}
	m.use(rule, map[int32]int32{rule.Weights[0]: m.Random(3, 2, 2, 5)}, func() int32 { return x }).OpcodeIndex = 0
	m.OperatorCodes = m.OperatorCodes[:1]
	return m
}

// dequantizeCases need a DEQUANTIZE code and have some already.
func dequantizeCases() []Case {
	const dq = tflite.BuiltinOperatorDEQUANTIZE
	var cases []Case
	for _, have := range []struct {
		name  string
		codes []tflite.OperatorCodeT
	}{
		{"version 1", []tflite.OperatorCodeT{{DeprecatedBuiltinCode: int8(dq), BuiltinCode: dq, Version: 1}}},
		{"version 3, old style", []tflite.OperatorCodeT{{DeprecatedBuiltinCode: int8(dq), Version: 3}}},
		{"version 5, new style", []tflite.OperatorCodeT{{BuiltinCode: dq, Version: 5}}},
		{"a smaller old number", []tflite.OperatorCodeT{{DeprecatedBuiltinCode: 5, BuiltinCode: dq, Version: 1}}},
		{"a smaller new number", []tflite.OperatorCodeT{{DeprecatedBuiltinCode: int8(dq), BuiltinCode: 5, Version: 1}}},
		{"a larger number beside it", []tflite.OperatorCodeT{{DeprecatedBuiltinCode: 127, BuiltinCode: dq}, {DeprecatedBuiltinCode: int8(dq), BuiltinCode: 7}}},
		{"versions 4, 2 and 3", []tflite.OperatorCodeT{{BuiltinCode: dq, Version: 4}, {BuiltinCode: dq, Version: 2}, {DeprecatedBuiltinCode: int8(dq), Version: 3}}},
		{"with a custom code", []tflite.OperatorCodeT{{DeprecatedBuiltinCode: int8(dq), BuiltinCode: dq, CustomCode: "x", Version: 1}}},
	} {
		for _, first := range []bool{true, false} {
			place := map[bool]string{true: "in front", false: "after others"}[first]
			cases = append(cases, Case{Name: fmt.Sprintf("codes/DEQUANTIZE is there: %s, %s", have.name, place), Model: func() *Model {
				m := newModel()
				add := func() {
					for _, c := range have.codes {
						m.OperatorCodes = append(m.OperatorCodes, &c)
					}
				}
				if first {
					add()
				}
				x := m.Input(1, 6)
				m.use(ruleOf(tflite.BuiltinOperatorTRANSPOSE_CONV), map[int32]int32{1: m.Random(3, 2, 2, 5)}, func() int32 { return x })
				if !first {
					add()
				}
				return m
			}})
		}
	}
	return append(cases, Case{Name: "codes/a float16 model with its DEQUANTIZE operators", Runs: true, Model: func() *Model {
		m := newModel()
		x := m.Input(1, 64)
		half := m.Constant(tflite.TensorTypeFLOAT16, []int32{64, 64}, bytes.Repeat([]byte{0, 0x34, 0, 0xb0, 0, 0x2c}, 64*64)[:2*64*64]) // 1/4, -1/8, 1/16
		w := m.Tensor(64, 64)
		m.Op(dq, []int32{half}, w)
		m.Output(m.dense(m.dense(x, w, 64), m.Random(64, 64), 64))
		return m
	}})
}
