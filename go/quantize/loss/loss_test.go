package loss

import (
	"context"
	"encoding/binary"
	"math"
	"slices"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// planOf is the plan of a model whose one constant gets a format.
func planOf(t *testing.T, f encode.Format, shape []int32, typ tflite.TensorType, data []byte) *plan.Plan {
	t.Helper()
	n := 1
	for _, d := range shape {
		n *= int(d)
	}
	encoding, err := f.Fit(encode.Tensor{Shape: shape, Values: n})
	if err != nil {
		t.Fatal(err)
	}
	return &plan.Plan{
		Model: &tflite.ModelT{
			Buffers:   []*tflite.BufferT{{}, {Data: data}},
			Subgraphs: []*tflite.SubGraphT{{Tensors: []*tflite.TensorT{{Shape: shape, Type: typ, Buffer: 1}}}},
		},
		Subgraphs: []plan.Subgraph{{Tensors: []plan.Tensor{{Format: f}}}},
		Encoded:   []plan.Encoded{{Source: 1, Buffer: 1, ScalesBuffer: -1, Encoding: encoding}},
	}
}

func bytesOf(values ...float32) []byte {
	var out []byte
	for _, v := range values {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(v))
	}
	return out
}

func measure(t *testing.T, p *plan.Plan) *Loss {
	t.Helper()
	got, err := Of(context.Background(), p, 2)
	if err != nil || len(got) != 1 {
		t.Fatal(err, got)
	}
	return got[0]
}

// codes are values that integers from -most to most hold with the scale of their group:
// groups of run values side by side, the scales of which begin anew after so many.
func codes(n, most, run, groups int) []float32 {
	out := make([]float32, n)
	for i := range out {
		scale := math.Ldexp(1, i/run%groups%12-6)
		code := (i*7+i/run)%(2*most+1) - most
		if i%run == 0 {
			code = most
		}
		out[i] = float32(code) * float32(scale)
	}
	return out
}

func TestValuesThatAFormatHoldsLoseNothing(t *testing.T) {
	for _, c := range []struct {
		format      encode.Format
		shape       []int32
		most        int
		run, groups int
	}{
		{encode.Int8PerTensor{}, []int32{6, 40}, 127, 240, 1},
		{encode.Int8Divided{Scope: encode.PerChannel, Axis: 0}, []int32{6, 40}, 127, 40, 6},
		{encode.Int8Divided{Scope: encode.PerChannel, Axis: 1}, []int32{2, 6, 4, 5}, 127, 20, 6},
		{encode.Integer{Bits: 4, Scope: encode.PerChannel, Axis: 0}, []int32{6, 41}, 7, 41, 6},
		{encode.Integer{Bits: 4, Scope: encode.PerTensor}, []int32{6, 41}, 7, 246, 1},
		{encode.Integer{Bits: 2, Scope: encode.PerChannel, Axis: 0}, []int32{6, 43}, 1, 43, 6},
		{encode.Blocks{Bits: 4, Size: 32}, []int32{3, 64}, 7, 32, 6},
		{encode.Blocks{Bits: 2, Size: 32}, []int32{3, 64}, 1, 32, 6},
		{encode.Integer{Bits: 4, Scope: encode.PerChannel, Axis: 0}, []int32{6, 100_001}, 7, 100_001, 6}, // of several parts
		{encode.Searched{Bits: 4}, []int32{6, 100_001}, 7, 100_001, 6},
		{encode.Int8Divided{Scope: encode.PerChannel, Axis: 1}, []int32{200, 6, 100, 5}, 127, 500, 6},
		{encode.Blocks{Bits: 4, Size: 32}, []int32{30, 3200 * 32}, 7, 32, 96_000},
		{encode.Float16{}, []int32{6, 40}, 127, 40, 6},
		{encode.Float32{}, []int32{6, 40}, 127, 40, 6},
	} {
		n := 1
		for _, d := range c.shape {
			n *= int(d)
		}
		values := codes(n, c.most, c.run, c.groups)
		l := measure(t, planOf(t, c.format, c.shape, tflite.TensorTypeFLOAT32, bytesOf(values...)))
		if l == nil || l.Max > 1e-6 || l.Signal == 0 || !(l.Decibels() > 120) {
			t.Errorf("%v of %v: %+v", c.format, c.shape, l)
		}
	}
}

func TestLosses(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for _, c := range []struct {
		values   []float32
		max, snr float64
	}{
		{[]float32{0.25, 127}, 0.25, 10 * math.Log10((127*127+0.0625)/0.0625)},
		{[]float32{0, 0}, 0, math.Inf(1)},
		{[]float32{1, nan}, math.NaN(), math.NaN()},
		{[]float32{1, inf}, math.NaN(), math.NaN()},
	} {
		l := measure(t, planOf(t, encode.Int8PerTensor{}, []int32{2}, tflite.TensorTypeFLOAT32, bytesOf(c.values...)))
		near := func(a, b float64) bool {
			return a == b || math.Abs(a-b) < 1e-6 || math.IsNaN(b) && (math.IsNaN(a) || math.IsInf(a, 0))
		}
		if !near(l.Max, c.max) || !near(l.Decibels(), c.snr) {
			t.Errorf("%v: %+v, %v dB", c.values, l, l.Decibels())
		}
	}
	short := measure(t, planOf(t, encode.Float16{}, []int32{3}, tflite.TensorTypeFLOAT32, bytesOf(1)))
	if short.Max != 0 || short.Signal != 1 {
		t.Errorf("a source that is too short: %+v", short)
	}
	codes := make([]float32, 256)
	for i := range codes {
		codes[i] = float32(i)/4 - 3
	}
	asymmetric := measure(t, planOf(t, encode.Integer{Bits: 8, Asymmetric: true}, []int32{256}, tflite.TensorTypeFLOAT32, bytesOf(codes...)))
	if asymmetric.Max > 1e-5 || asymmetric.Signal == 0 {
		t.Errorf("values with a zero point: %+v", asymmetric)
	}
	halves := measure(t, planOf(t, encode.Int8PerTensor{}, []int32{2}, tflite.TensorTypeFLOAT16, []byte{0, 0x3c, 0, 0x3c}))
	if halves.Signal != 2 || halves.Max > 1e-6 {
		t.Errorf("float16 values: %+v", halves)
	}
}

func TestMeasuringEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	p := planOf(t, encode.Float32{}, []int32{1}, tflite.TensorTypeFLOAT32, bytesOf(1))
	p.Encoded = append(p.Encoded, make([]plan.Encoded, 1000)...)
	for i := range p.Encoded {
		p.Encoded[i] = p.Encoded[0]
	}
	if _, err := Of(ctx, p, 1); err != context.Canceled {
		t.Error(err)
	}
}

// constant is a model with one constant.
func constant(typ tflite.TensorType, data []byte, shape []int32, q *tflite.QuantizationParametersT) *tflite.ModelT {
	scales := &tflite.TensorT{Type: tflite.TensorTypeFLOAT16, Buffer: 2}
	return &tflite.ModelT{
		Buffers:   []*tflite.BufferT{{}, {Data: data}, {Data: []byte{0, 0x3c, 0, 0x40}}}, // 1 and 2
		Subgraphs: []*tflite.SubGraphT{{Tensors: []*tflite.TensorT{{Shape: shape, Type: typ, Buffer: 1, Quantization: q}, scales}}},
	}
}

func scaled(axis int32, scale ...float32) *tflite.QuantizationParametersT {
	return &tflite.QuantizationParametersT{Scale: scale, QuantizedDimension: axis}
}

func blocks(size, scales int32) *tflite.QuantizationParametersT {
	return &tflite.QuantizationParametersT{Details: &tflite.QuantizationDetailsT{Type: tflite.QuantizationDetailsBlockwiseQuantization, Value: &tflite.BlockwiseQuantizationT{Scales: scales, BlockSize: size}}}
}

func TestValuesOfConstants(t *testing.T) {
	shifted := scaled(0, 0.5)
	shifted.ZeroPoint = []int64{2}
	for _, c := range []struct {
		name string
		m    *tflite.ModelT
		want []float32 // nil where values are not known
	}{
		{"float32", constant(tflite.TensorTypeFLOAT32, bytesOf(1.5, -2), []int32{2}, nil), []float32{1.5, -2}},
		{"float16", constant(tflite.TensorTypeFLOAT16, []byte{0, 0x3c, 0, 0xc0}, []int32{2}, nil), []float32{1, -2}},
		{"int8", constant(tflite.TensorTypeINT8, []byte{4, 0xff}, []int32{2}, shifted), []float32{1, -1.5}},
		{"uint8", constant(tflite.TensorTypeUINT8, []byte{4, 0xff}, []int32{2}, scaled(0, 2)), []float32{8, 510}},
		{"int16", constant(tflite.TensorTypeINT16, []byte{4, 1, 0xff, 0xff}, []int32{2}, scaled(0, 1)), []float32{260, -1}},
		{"int32", constant(tflite.TensorTypeINT32, []byte{4, 0, 0, 0}, []int32{1}, scaled(0, 0.25)), []float32{1}},
		{"int4", constant(tflite.TensorTypeINT4, []byte{0xf1, 0x08}, []int32{3}, scaled(0, 1)), []float32{1, -1, -8}},
		{"int2", constant(tflite.TensorTypeINT2, []byte{0b1101}, []int32{2}, scaled(0, 1)), []float32{1, -1}},
		{"first dimension", constant(tflite.TensorTypeINT8, []byte{1, 2, 3, 4}, []int32{2, 2}, scaled(0, 1, 10)), []float32{1, 2, 30, 40}},
		{"last dimension", constant(tflite.TensorTypeINT8, []byte{1, 2, 3, 4}, []int32{2, 2}, scaled(1, 1, 10)), []float32{1, 20, 3, 40}},
		{"blocks", constant(tflite.TensorTypeINT8, []byte{1, 2, 3, 4}, []int32{1, 4}, blocks(2, 1)), []float32{1, 2, 6, 8}},

		{"no scale", constant(tflite.TensorTypeINT8, []byte{1}, []int32{1}, nil), nil},
		{"empty scales", constant(tflite.TensorTypeINT8, []byte{1}, []int32{1}, scaled(0)), nil},
		{"bool", constant(tflite.TensorTypeBOOL, []byte{1}, []int32{1}, nil), nil},
		{"data too short", constant(tflite.TensorTypeFLOAT32, bytesOf(1), []int32{2}, nil), nil},
		{"no data", constant(tflite.TensorTypeFLOAT32, nil, []int32{2}, nil), nil},
		{"unknown dimension", constant(tflite.TensorTypeFLOAT32, bytesOf(1), []int32{-1}, nil), nil},
		{"huge shape", constant(tflite.TensorTypeINT8, []byte{1}, []int32{1 << 30, 1 << 30, 1 << 30}, scaled(0, 1)), nil},
		{"dimension out of range", constant(tflite.TensorTypeINT8, []byte{1, 2}, []int32{2}, scaled(7, 1, 2)), nil},
		{"scales of another number", constant(tflite.TensorTypeINT8, []byte{1, 2, 3}, []int32{3}, scaled(0, 1, 2)), nil},
		{"no block", constant(tflite.TensorTypeINT8, []byte{1, 2}, []int32{2}, blocks(0, 1)), nil},
		{"blocks that do not fit", constant(tflite.TensorTypeINT8, []byte{1, 2}, []int32{2}, blocks(3, 1)), nil},
		{"no tensor of scales", constant(tflite.TensorTypeINT8, []byte{1, 2}, []int32{2}, blocks(2, 9)), nil},
		{"scales of another type", constant(tflite.TensorTypeINT8, []byte{1, 2}, []int32{2}, blocks(2, 0)), nil},
	} {
		v := ValuesOf(c.m, 0, 0)
		if (v != nil) != (c.want != nil) {
			t.Errorf("%s: %+v", c.name, v)
			continue
		}
		var got []float32
		if v != nil {
			for part := range v.Parts() {
				got = append(got, part...)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
