package quantize_test

import (
	"bytes"
	"encoding/binary"
	"iter"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/x448/float16"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// This file is all that another quantizer and another format take: a type that
// plans, and one that encodes. Here: weights of FULLY_CONNECTED in 4 bits, with a
// float16 scale for each 32 values in a tensor of their own.

const toyBlock = 32

type toyQuantizer struct{}

func (toyQuantizer) Plan(m *tflite.ModelT) (*plan.Plan, error) {
	p, err := plan.New(m)
	if err != nil {
		return nil, err
	}
	p.Label = "toy"
	for i, sg := range m.Subgraphs {
		for j, op := range sg.Operators {
			if tflite.BuiltinCode(m.OperatorCodes[op.OpcodeIndex]) == tflite.BuiltinOperatorFULLY_CONNECTED {
				t := &p.Subgraphs[i].Tensors[op.Inputs[1]]
				n, _ := plan.Elements(sg.Tensors[op.Inputs[1]].Shape)
				t.Format, t.Reason, t.Operator, t.Input, t.Elements = toyFormat{}, plan.Weight, int32(j), 1, n
			}
		}
		r := p.NewRewrite(i)
		for t := range p.Subgraphs[i].Tensors {
			if planned := &p.Subgraphs[i].Tensors[t]; planned.Format != nil {
				planned.Scales = r.AddTensor(&tflite.TensorT{Name: sg.Tensors[t].Name + "_scales", Shape: []int32{int32(planned.Elements / toyBlock)}, Type: tflite.TensorTypeFLOAT16})
			}
		}
		r.Finish()
	}
	return p, p.Finish(1)
}

type toyFormat struct{}

func (toyFormat) String() string          { return "int4 per block" }
func (toyFormat) Type() tflite.TensorType { return tflite.TensorTypeINT4 }
func (toyFormat) Granularity() encode.Granularity {
	return encode.Granularity{Scope: encode.PerBlock, Axis: 1, BlockSize: toyBlock}
}
func (toyFormat) Fit(t encode.Tensor) (encode.Encoding, error) { return toyEncoding{t.Values}, nil }
func (toyFormat) Parameters(_ *tflite.QuantizationParametersT, _ *encode.Numbers, scales int32) *tflite.QuantizationParametersT {
	return &tflite.QuantizationParametersT{Details: &tflite.QuantizationDetailsT{
		Type:  tflite.QuantizationDetailsBlockwiseQuantization,
		Value: &tflite.BlockwiseQuantizationT{Scales: scales, ZeroPoints: -1, BlockSize: toyBlock},
	}}
}

type toyEncoding struct{ values int }

func (e toyEncoding) Values() int             { return e.values }
func (e toyEncoding) Len() int                { return e.values / 2 }
func (e toyEncoding) ScalesLen() int          { return e.values / toyBlock * 2 }
func (e toyEncoding) ParametersLen() int      { return 0 }
func (e toyEncoding) Encoder() encode.Encoder { return e }
func (toyEncoding) Numbers() *encode.Numbers  { return &encode.Numbers{} }
func (toyEncoding) Parts(most int) encode.Parts {
	return encode.Parts{Values: most / 4 / toyBlock * toyBlock}
}
func (toyEncoding) Look([]byte, int)        {}
func (toyEncoding) Decide(iter.Seq[[]byte]) {}
func (toyEncoding) Store(dst, scales, values []byte, _ int) {
	for b := 0; b < len(dst)/(toyBlock/2); b++ {
		at := func(i int) float32 {
			return math.Float32frombits(binary.LittleEndian.Uint32(values[4*(b*toyBlock+i):]))
		}
		peak := float32(0)
		for i := range toyBlock {
			peak = max(peak, at(i), -at(i))
		}
		scale := float16.Fromfloat32(peak / 7)
		binary.LittleEndian.PutUint16(scales[2*b:], scale.Bits())
		for i := 0; i < toyBlock; i += 2 {
			low, high := toyCode(at(i), scale.Float32()), toyCode(at(i+1), scale.Float32())
			dst[(b*toyBlock+i)/2] = low&15 | high<<4
		}
	}
}

func toyCode(v, scale float32) byte {
	if scale == 0 {
		return 0
	}
	return byte(int8(min(7, max(-7, math.Round(float64(v/scale))))))
}

// toyModel has one layer with weights in float32 or float16.
func toyModel(rows, columns int32, typ tflite.TensorType) *tflite.ModelT {
	values := make([]byte, 0, 4*rows*columns)
	for i := range rows * columns {
		v := float16.Fromfloat32(float32(math.Sin(float64(i)) / float64(1+i%7)))
		if typ == tflite.TensorTypeFLOAT16 {
			values = binary.LittleEndian.AppendUint16(values, v.Bits())
		} else {
			values = binary.LittleEndian.AppendUint32(values, math.Float32bits(v.Float32()))
		}
	}
	return &tflite.ModelT{
		Version:       3,
		OperatorCodes: []*tflite.OperatorCodeT{{BuiltinCode: tflite.BuiltinOperatorFULLY_CONNECTED, DeprecatedBuiltinCode: 9, Version: 1}},
		Buffers:       []*tflite.BufferT{{}, {Data: values}},
		Subgraphs: []*tflite.SubGraphT{{
			Tensors:            []*tflite.TensorT{{Name: "x", Shape: []int32{1, columns}}, {Name: "w", Shape: []int32{rows, columns}, Type: typ, Buffer: 1}, {Name: "y", Shape: []int32{1, rows}}},
			Inputs:             []int32{0},
			Outputs:            []int32{2},
			Operators:          []*tflite.OperatorT{{Inputs: []int32{0, 1, -1}, Outputs: []int32{2}, DebugMetadataIndex: -1}},
			DebugMetadataIndex: -1,
		}},
	}
}

// A format with half bytes and scales of their own comes out whole: from small and
// large tensors, float32 and float16, in memory and in a file.
func TestAnotherQuantizerAndFormat(t *testing.T) {
	for _, rows := range []int32{4, 3000} {
		float := toyModel(rows, 512, tflite.TensorTypeFLOAT32)
		want := make([]byte, rows*512/2)
		wantScales := make([]byte, rows*512/toyBlock*2)
		encode.Whole(toyEncoding{int(rows * 512)}, toyEncoding{int(rows * 512)}, want, wantScales, float.Buffers[1].Data)
		for _, typ := range []tflite.TensorType{tflite.TensorTypeFLOAT32, tflite.TensorTypeFLOAT16} {
			m := toyModel(rows, 512, typ)
			file, err := quantize.Bytes(m, toyQuantizer{})
			if err != nil {
				t.Fatal(err)
			}
			got := mustRead(t, file)
			sg := got.Subgraphs[0]
			if len(sg.Tensors) != 4 || sg.Tensors[1].Type != tflite.TensorTypeINT4 || sg.Tensors[3].Name != "w_scales" {
				t.Fatalf("%v: tensors %+v", typ, sg.Tensors)
			}
			details := sg.Tensors[1].Quantization.Details.Value.(*tflite.BlockwiseQuantizationT)
			if details.Scales != 3 {
				t.Errorf("%v: the scales are in tensor %d, want 3", typ, details.Scales)
			}
			if !bytes.Equal(got.Buffers[sg.Tensors[1].Buffer].Data, want) || !bytes.Equal(got.Buffers[sg.Tensors[3].Buffer].Data, wantScales) {
				t.Errorf("%v, %d rows: other values or scales", typ, rows)
			}
			in := filepath.Join(t.TempDir(), "in")
			source, err := tflite.Write(m)
			if err == nil {
				err = os.WriteFile(in, source, 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
			r, err := quantize.File(in, in+".out", toyQuantizer{})
			if err != nil {
				t.Fatal(err)
			}
			if written, err := os.ReadFile(in + ".out"); err != nil || !bytes.Equal(written, file) {
				t.Errorf("%v: %v, or the file is not what is made in memory", typ, err)
			}
			if r.Type != "toy" || r.Groups[0].Action != "int4 per block" || r.Groups[0].BytesAfter != int64(len(want)+len(wantScales)) {
				t.Errorf("the report: %+v", r.Summary)
			}
		}
	}
}
