package quantize_test

import (
	"encoding/binary"
	"math"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/litert"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/mixed"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/mlir"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/restore"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// usual are recipes that differ in how they plan or store; with -growth there are all.
var usual = []string{"dynamic_wi8_afp32", "dynamic_wi4_afp32", "dynamic_wi4b32_afp32", "dynamic_wi8c_hr_afp32", "int4_searched"}

// recipePiles have operators with weights of their own, for each recipe.
func recipePiles() []pile {
	every := repair.Every()
	quantizers := []struct {
		name string
		quantize.Quantizer
	}{
		{"sum-preserving", quantize.Options{MinElements: 1, Rounding: encode.PreservedSums, Repairs: every}},
		{"mlir", mlir.Options{MinElements: 1, Repairs: every}},
		{"mlir_float16", mlir.Options{Float16: true, Repairs: every}},
		{"converter", mlir.Options{Variant: mlir.Converter, MinElements: 1, Repairs: every}},
		{"a budget", mixed.Options{Options: litert.RecipeNamed("int4_searched").Options(), Bound: mixed.Bound{Share: 0.7}}},
		{"an error", mixed.Options{Options: litert.RecipeNamed("int4_searched").Options(), Bound: mixed.Bound{Error: 0.05}}},
	}
	var out []pile
	for _, q := range quantizers {
		out = append(out, pile{"operators, " + q.name, q.Quantizer, layers})
	}
	names := usual
	if *growth {
		names = nil
		for _, r := range litert.Recipes() {
			names = append(names, r.Name)
		}
	}
	for _, name := range names {
		o := litert.RecipeNamed(name).Options()
		o.Repairs = every.WithoutInherent()
		out = append(out, pile{"operators, " + name, o, layers})
	}
	return append(out,
		pile{"integers, made float32", restore.Options{}, integers},
		pile{"integers, made float32, and as many outputs", restore.Options{}, integersAndOutputs},
		pile{"lookups in copies of tables, mlir", mlir.Options{MinElements: 1}, sharedTables},
	)
}

// layers have weights that fill a block of 32 values and a row of a Hadamard matrix.
func layers(n int32) *tflite.ModelT {
	m := heapOf(n, floats(64), func(sg *tflite.SubGraphT, i int32) {
		sg.Tensors = append(sg.Tensors, &tflite.TensorT{Name: "w", Shape: []int32{2, 32}, Buffer: uint32(i + 1)})
		dense(sg, int32(len(sg.Tensors)-1))
	})
	m.Subgraphs[0].Tensors[0].Shape = []int32{1, 32}
	return m
}

// floats are n values, no two of which are the same.
func floats(n int) []byte {
	var data []byte
	for i := range n {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(float32(i-n/2)/8))
	}
	return data
}

// integers have int8 weights, each read by an operator.
func integers(n int32) *tflite.ModelT {
	return heap(n, func(sg *tflite.SubGraphT, i int32) {
		w := constant(sg, uint32(i+1), 16)
		sg.Tensors[w].Type = tflite.TensorTypeINT8
		sg.Tensors[w].Quantization = &tflite.QuantizationParametersT{Scale: []float32{0.5}, ZeroPoint: []int64{0}}
		dense(sg, w)
	})
}

func integersAndOutputs(n int32) *tflite.ModelT {
	m := integers(n)
	sg := m.Subgraphs[0]
	for range n {
		sg.Outputs = append(sg.Outputs, activation(sg))
	}
	return m
}

// sharedTables are weights of an operator as well as tables of a lookup.
func sharedTables(n int32) *tflite.ModelT {
	return heapOf(n, floats(64), func(sg *tflite.SubGraphT, i int32) {
		sg.Tensors = append(sg.Tensors, &tflite.TensorT{Name: "w", Shape: []int32{2, 32}, Buffer: uint32(i + 1)})
		w := int32(len(sg.Tensors) - 1)
		dense(sg, w)
		gather(sg, w, activation(sg))
		dense(sg, int32(len(sg.Tensors)-1))
	})
}

// repairPiles need one repair in as many places as they have operators.
func repairPiles() []pile {
	int8 := quantize.Options{MinElements: 1, Repairs: repair.Every()}
	float16 := quantize.Options{BufferType: quantize.Float16, Repairs: repair.Every()}
	biased := float16
	biased.Rules = []rule.Rule{{Tensor: "w", Format: "int8"}}
	layers := func(data []byte, change func(m *tflite.ModelT)) func(n int32) *tflite.ModelT {
		return func(n int32) *tflite.ModelT {
			m := heapOf(n, data, func(sg *tflite.SubGraphT, i int32) { dense(sg, constant(sg, uint32(i+1), 4)) })
			change(m)
			return m
		}
	}
	as := func(v float32) []byte {
		return []byte(strings.Repeat(string(binary.LittleEndian.AppendUint32(nil, math.Float32bits(v))), 4))
	}
	none := func(*tflite.ModelT) {}
	return []pile{
		{"not-finite", int8, layers(as(float32(math.Inf(1))), none)},
		{"float16-range", float16, layers(as(1e9), none)},
		{"sparse-weights", int8, layers(as(1), func(m *tflite.ModelT) {
			for _, t := range m.Subgraphs[0].Tensors[1:] {
				t.Sparsity = &tflite.SparsityParametersT{}
			}
		})},
		{"empty-fields", int8, layers(as(1), func(m *tflite.ModelT) {
			for _, op := range m.Subgraphs[0].Operators {
				op.CustomOptions = []byte{}
			}
		})},
		{"operator-versions", int8, layers(as(1), func(m *tflite.ModelT) {
			m.OperatorCodes = nil
			for i, op := range m.Subgraphs[0].Operators {
				m.OperatorCodes = append(m.OperatorCodes, &tflite.OperatorCodeT{BuiltinCode: tflite.BuiltinOperatorFULLY_CONNECTED, Version: 40})
				op.OpcodeIndex = uint32(i)
			}
		})},
		{"float16-bias", biased, func(n int32) *tflite.ModelT {
			return heap(2*n, func(sg *tflite.SubGraphT, i int32) {
				t := constant(sg, uint32(i+1), 4)
				if i%2 == 0 {
					dense(sg, t)
					return
				}
				sg.Tensors[t].Name = "bias"
				op := sg.Operators[len(sg.Operators)-1]
				op.Inputs[2] = t
			})
		}},
		{"float16-weights", int8, halves},
		{"graph-outputs of lookups", int8, func(n int32) *tflite.ModelT {
			return heap(n, func(sg *tflite.SubGraphT, i int32) {
				y := activation(sg)
				gather(sg, constant(sg, uint32(i+1), 4), y)
				sg.Outputs = append(sg.Outputs, y)
			})
		}},
	}
}

// halves have float16 weights, each behind a DEQUANTIZE.
func halves(n int32) *tflite.ModelT {
	m := heap(n, func(sg *tflite.SubGraphT, i int32) {
		half := constant(sg, uint32(i+1), 8)
		sg.Tensors[half].Type = tflite.TensorTypeFLOAT16
		w := activation(sg)
		sg.Tensors[w].Shape = []int32{8}
		sg.Operators = append(sg.Operators, &tflite.OperatorT{OpcodeIndex: 5, Inputs: []int32{half}, Outputs: []int32{w}})
		dense(sg, w)
	})
	m.OperatorCodes = append(m.OperatorCodes, &tflite.OperatorCodeT{BuiltinCode: tflite.BuiltinOperatorDEQUANTIZE, DeprecatedBuiltinCode: int8(tflite.BuiltinOperatorDEQUANTIZE)})
	return m
}
