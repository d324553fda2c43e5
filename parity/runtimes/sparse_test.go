package runtimes_test

import (
	"encoding/binary"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
	"github.com/tflite-quantize/tflite-quantize/parity/runtimes"
)

const sparseRows, sparseColumns = 64, 128

// sparseValue is a weight of the sparse matrix in 1/64, which float16 and int8 hold: every
// fifth is not 0.
func sparseValue(row, column int) int8 {
	if (row*7+column)%5 != 0 {
		return 0
	}
	return int8((row*31+column*17)%126 - 63) // never read as 0 where it is stored
}

// sparse adds the sparse matrix as compressed rows of some type.
func sparse(m *synthetic.Model, typ tflite.TensorType) int32 {
	var data []byte
	starts, columns := []int32{0}, []uint16{}
	for row := range sparseRows {
		for column := range sparseColumns {
			v := sparseValue(row, column)
			if v == 0 {
				continue
			}
			columns = append(columns, uint16(column))
			data = append(data, element(typ, v)...)
		}
		starts = append(starts, int32(len(columns)))
	}
	w := m.Constant(typ, []int32{sparseRows, sparseColumns}, data)
	m.Last().Tensors[w].Sparsity = &tflite.SparsityParametersT{
		TraversalOrder: []int32{0, 1},
		DimMetadata: []*tflite.DimensionMetadataT{
			{Format: tflite.DimensionTypeDENSE, DenseSize: sparseRows},
			{
				Format:        tflite.DimensionTypeSPARSE_CSR,
				ArraySegments: &tflite.SparseIndexVectorT{Type: tflite.SparseIndexVectorInt32Vector, Value: &tflite.Int32VectorT{Values: starts}},
				ArrayIndices:  &tflite.SparseIndexVectorT{Type: tflite.SparseIndexVectorUint16Vector, Value: &tflite.Uint16VectorT{Values: columns}},
			},
		},
	}
	scaled(m, w)
	return w
}

// dense adds the same matrix with its zeros.
func denseOfSparse(m *synthetic.Model, typ tflite.TensorType) int32 {
	var data []byte
	for row := range sparseRows {
		for column := range sparseColumns {
			data = append(data, element(typ, sparseValue(row, column))...)
		}
	}
	w := m.Constant(typ, []int32{sparseRows, sparseColumns}, data)
	scaled(m, w)
	return w
}

// scaled gives an INT8 tensor its scale.
func scaled(m *synthetic.Model, w int32) {
	if t := m.Last().Tensors[w]; t.Type == tflite.TensorTypeINT8 {
		t.Quantization = &tflite.QuantizationParametersT{Scale: []float32{1. / 64}, ZeroPoint: []int64{0}}
	}
}

func element(typ tflite.TensorType, v int8) []byte {
	switch typ {
	case tflite.TensorTypeINT8:
		return []byte{byte(v)}
	case tflite.TensorTypeFLOAT16:
		return float16(float32(v) / 64)
	}
	return synthetic.Floats(float32(v) / 64)
}

// then adds an operator of one input, whose output has the same shape and another type.
func then(m *synthetic.Model, op tflite.BuiltinOperator, typ tflite.TensorType, x int32) int32 {
	y := m.Typed(typ, m.Last().Tensors[x].Shape...)
	m.Op(op, []int32{x}, y)
	scaled(m, y)
	return y
}

// times is a model of a FULLY_CONNECTED with weights.
func times(weights func(*synthetic.Model) int32) *synthetic.Model {
	m := synthetic.New()
	x := m.Input(1, sparseColumns)
	w := weights(m)
	y := m.Tensor(1, sparseRows)
	m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{x, w, -1}, y)
	m.Output(y)
	return m
}

// What runtimes read: FLOAT32 that FULLY_CONNECTED reads, of version 8, or DENSIFY; and
// FLOAT16 or INT8 that DENSIFY reads, with a DEQUANTIZE after it. A DEQUANTIZE takes the
// values that a sparse tensor stores for all of its values, and reads past their end; so
// does a FULLY_CONNECTED of INT8 weights. XNNPACK takes a FULLY_CONNECTED of a
// version before 8 and reads its sparse weights as dense ones.
func TestSparseWeights(t *testing.T) {
	all := runtimes.ForTest(t)
	f32, f16, i8 := tflite.TensorTypeFLOAT32, tflite.TensorTypeFLOAT16, tflite.TensorTypeINT8
	densify, dequantize := tflite.BuiltinOperatorDENSIFY, tflite.BuiltinOperatorDEQUANTIZE
	right, wrong := everywhere(runtimes.Right), everywhere(runtimes.Wrong)
	trial := runtimes.Trial{Decibels: 30}
	trial.Want = compute(t, all, trial, times(func(m *synthetic.Model) int32 { return denseOfSparse(m, f32) }).Bytes())
	for _, c := range []struct {
		name    string
		weights func(m *synthetic.Model) int32
		version int32
		want    outcomes
	}{
		{"float32", func(m *synthetic.Model) int32 { return sparse(m, f32) }, 8, right},
		{"float32, version 7", func(m *synthetic.Model) int32 { return sparse(m, f32) }, 7, everywhere(runtimes.Right).but(runtimes.Wrong, runtimes.LiteRTXNNPACK, runtimes.OldXNNPACK)},
		{"float32, DENSIFY", func(m *synthetic.Model) int32 { return then(m, densify, f32, sparse(m, f32)) }, 1, right},
		{"float16, DEQUANTIZE", func(m *synthetic.Model) int32 { return then(m, dequantize, f32, sparse(m, f16)) }, 1, wrong},
		{"float16, DENSIFY, DEQUANTIZE", func(m *synthetic.Model) int32 {
			return then(m, dequantize, f32, then(m, densify, f16, sparse(m, f16)))
		}, 1, right},
		{"float16, DEQUANTIZE, DENSIFY", func(m *synthetic.Model) int32 {
			return then(m, densify, f32, then(m, dequantize, f32, sparse(m, f16)))
		}, 1, everywhere(runtimes.Refused)},
		{"int8", func(m *synthetic.Model) int32 { return sparse(m, i8) }, 8, wrong},
		{"int8, DENSIFY", func(m *synthetic.Model) int32 { return then(m, densify, i8, sparse(m, i8)) }, 9, everywhere(runtimes.Right).but(runtimes.Refused, runtimes.LiteRTXNNPACK)},
		{"int8, DEQUANTIZE", func(m *synthetic.Model) int32 { return then(m, dequantize, f32, sparse(m, i8)) }, 1, wrong},
		{"int8, DENSIFY, DEQUANTIZE", func(m *synthetic.Model) int32 {
			return then(m, dequantize, f32, then(m, densify, i8, sparse(m, i8)))
		}, 1, right},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := times(c.weights)
			m.OperatorCodes[m.Code(tflite.BuiltinOperatorFULLY_CONNECTED)].Version = c.version
			expect(t, all, trial, m.Bytes(), c.want)
		})
	}
}

// Upstream takes the values that a sparse tensor stores for all of its values.
func TestSparseWeightsByUpstream(t *testing.T) {
	all := runtimes.ForTest(t)
	q := quantizer(t)
	f32 := tflite.TensorTypeFLOAT32
	for _, c := range []struct {
		name          string
		weights       func(m *synthetic.Model) int32
		int8, float16 outcomes
	}{
		{"FULLY_CONNECTED", func(m *synthetic.Model) int32 { return sparse(m, f32) }, everywhere(runtimes.Wrong), everywhere(runtimes.Wrong)},
		{"DENSIFY", func(m *synthetic.Model) int32 { return then(m, tflite.BuiltinOperatorDENSIFY, f32, sparse(m, f32)) }, everywhere(runtimes.Right), everywhere(runtimes.Refused)},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := times(c.weights).Bytes()
			trial := runtimes.Trial{Decibels: 30}
			trial.Want = compute(t, all, trial, file)
			for _, o := range []struct {
				name string
				reference.Options
				want outcomes
			}{
				{"int8", reference.Options{}, c.int8},
				{"float16", reference.Options{Float16: true}, c.float16},
			} {
				t.Run(o.name, func(t *testing.T) {
					got, err := q.Quantize(file, o.Options)
					if err != nil {
						t.Fatal(err)
					}
					t.Logf("%d bytes become %d", len(file), len(got))
					expect(t, all, trial, got, o.want)
				})
			}
		})
	}
}

// float16 is a value that float16 holds exactly and normally.
func float16(v float32) []byte {
	bits := uint16(0)
	if v < 0 {
		bits, v = 0x8000, -v
	}
	if v != 0 {
		exponent := uint16(15)
		for ; v < 1; v *= 2 {
			exponent--
		}
		bits |= exponent<<10 | uint16((v-1)*1024)
	}
	return binary.LittleEndian.AppendUint16(nil, bits)
}
