package quantize

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A tensor that is divided among workers becomes what one worker makes of it,
// wherever the blocks end, with NaN and zeros of both signs among its values.
func TestDividedTensorsAreAsWhole(t *testing.T) {
	conv, depthwise, dense := tflite.BuiltinOperatorCONV_2D, tflite.BuiltinOperatorDEPTHWISE_CONV_2D, tflite.BuiltinOperatorFULLY_CONNECTED
	for _, c := range []struct {
		name  string
		op    tflite.BuiltinOperator
		shape []int32
		typ   BufferType
	}{
		{"per tensor", dense, []int32{1031, 1033}, Int8},
		{"runs shorter than a block", conv, []int32{1031, 3, 11, 31}, Int8},
		{"runs longer than a block", conv, []int32{7, 331, 500, 1}, Int8},
		{"one run", conv, []int32{1, 1, 1, 1100003}, Int8},
		{"channels that alternate", depthwise, []int32{1, 33, 33, 1009}, Int8},
		{"few channels that alternate", depthwise, []int32{1, 1033, 1033, 3}, Int8},
		{"more channels than a block has values", depthwise, []int32{1, 2, 3, 200003}, Int8},
		{"channels that are one value", conv, []int32{1100003, 1, 1, 1}, Int8},
		{"float16", dense, []int32{1031, 1033}, Float16},
	} {
		for _, special := range []string{"plain", "zeros", "NaN", "first is NaN", "all zero", "zeros and a NaN"} {
			t.Run(c.name+"/"+special, func(t *testing.T) {
				data := values(c.shape, special)
				if len(data) <= 1<<20 {
					t.Fatalf("%d bytes are not divided", len(data))
				}
				m := oneOperator(c.op, c.shape, data)
				p, err := NewPlan(m, Options{BufferType: c.typ, MinElements: 1})
				if err != nil {
					t.Fatal(err)
				}
				file, err := Apply(p)
				if err != nil {
					t.Fatal(err)
				}
				got, err := tflite.Read(file)
				if err != nil {
					t.Fatal(err)
				}
				e := p.Encoded[0].Encoding
				encoder := e.Encoder()
				want := make([]byte, e.Len())
				encode.Whole(e, encoder, want, nil, data)
				if !bytes.Equal(got.Buffers[1].Data, want) {
					t.Error("the data differ")
				}
				if !slices.Equal(patterns(p.Subgraphs[0].Tensors[1].Format.Parameters(nil, encoder.Numbers())), patterns(got.Subgraphs[0].Tensors[1].Quantization)) {
					t.Error("the parameters differ")
				}
			})
		}
	}
}

// patterns makes floats comparable, NaN and signs of zero included.
func patterns(q *tflite.QuantizationParametersT) []uint32 {
	if q == nil {
		return nil
	}
	var out []uint32
	for _, v := range [][]float32{q.Min, q.Max, q.Scale} {
		out = append(out, uint32(len(v)))
		for _, x := range v {
			out = append(out, math.Float32bits(x))
		}
	}
	return out
}

func oneOperator(op tflite.BuiltinOperator, shape []int32, data []byte) *tflite.ModelT {
	o := &tflite.OperatorT{Inputs: []int32{0, 1}, Outputs: []int32{2}, DebugMetadataIndex: -1}
	if op == tflite.BuiltinOperatorFULLY_CONNECTED {
		o.BuiltinOptions = &tflite.BuiltinOptionsT{Type: tflite.BuiltinOptionsFullyConnectedOptions, Value: &tflite.FullyConnectedOptionsT{}}
	}
	return &tflite.ModelT{
		Version:       3,
		OperatorCodes: []*tflite.OperatorCodeT{{BuiltinCode: op, DeprecatedBuiltinCode: int8(op), Version: 1}},
		Buffers:       []*tflite.BufferT{{}, {Data: data}},
		Subgraphs: []*tflite.SubGraphT{{
			Tensors:            []*tflite.TensorT{{Name: "in"}, {Name: "w", Shape: shape, Buffer: 1}, {Name: "out"}},
			Inputs:             []int32{0},
			Outputs:            []int32{2},
			Operators:          []*tflite.OperatorT{o},
			DebugMetadataIndex: -1,
		}},
	}
}

// values has few zeros and few NaN, so that they fall into different blocks.
func values(shape []int32, special string) []byte {
	n := 1
	for _, d := range shape {
		n *= int(d)
	}
	r := rand.New(rand.NewPCG(uint64(n), 1))
	data := make([]byte, 4*n)
	put := func(i int, v float32) { binary.LittleEndian.PutUint32(data[4*i:], math.Float32bits(v)) }
	for i := range n {
		if special != "all zero" && special != "zeros and a NaN" {
			put(i, float32(r.NormFloat64()))
		}
	}
	switch special {
	case "zeros": // all values on one side, so that zeros are extremes
		for i := range n {
			put(i, 1+r.Float32())
		}
		for range n / 1000 {
			put(r.IntN(n), float32(math.Copysign(0, float64(r.IntN(2))-0.5)))
		}
	case "NaN":
		for range n / 100000 {
			put(r.IntN(n), float32(math.NaN()))
		}
	case "zeros and a NaN":
		put(2, float32(math.NaN()))
	case "first is NaN":
		put(0, float32(math.NaN()))
		put(n/2, float32(math.Inf(1)))
	}
	return data
}
