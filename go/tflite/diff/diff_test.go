package diff

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// sample has an operator with options.
func sample() *tflite.ModelT {
	m := synthetic.Sample()
	m.Subgraphs[0].Operators[0].BuiltinOptions = &tflite.BuiltinOptionsT{Type: tflite.BuiltinOptionsConv2DOptions, Value: &tflite.Conv2DOptionsT{StrideW: 1, StrideH: 1}}
	return m
}

func file(t *testing.T, m *tflite.ModelT) []byte {
	t.Helper()
	data, err := tflite.Write(m)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func lines(differences []Difference) []string {
	var out []string
	for _, d := range differences {
		s := fmt.Sprintf("%s: %s, %s", d.Path, d.A, d.B)
		if d.Elements > 0 {
			s += fmt.Sprintf(" (%d)", d.Elements)
		}
		if d.About != "" {
			s += "; " + d.About
		}
		out = append(out, s)
	}
	return out
}

// changes make the sample another model: what All and AnyOrder say.
var changes = []struct {
	name       string
	change     func(m *tflite.ModelT)
	all, order []string
}{
	{"nothing", func(*tflite.ModelT) {}, nil, nil},
	{"a type", func(m *tflite.ModelT) { m.Subgraphs[0].Tensors[1].Type = tflite.TensorTypeINT8 },
		[]string{`subgraphs[0].tensors[1].type: FLOAT32 (the default), INT8; tensor "conv/filter"`},
		[]string{`subgraphs[0].tensors["conv/filter"].type: FLOAT32, INT8`}},
	{"a name", func(m *tflite.ModelT) { m.Subgraphs[0].Tensors[8].Name = "new" },
		[]string{`subgraphs[0].tensors[8].name: "up/shape", "new"; tensor "up/shape"`},
		[]string{`subgraphs[0].tensors["up/shape"]: present, absent`, `subgraphs[0].tensors["new"]: absent, present`, `subgraphs[0].operators["TRANSPOSE_CONV of up"].inputs[0]: "up/shape", "new"`}},
	{"data", func(m *tflite.ModelT) {
		m.Buffers[4] = &tflite.BufferT{Data: bytes.Clone(m.Buffers[4].Data)}
		m.Buffers[4].Data[3] ^= 1
		m.Buffers[4].Data[9] ^= 1
	}, []string{`buffers[4].data[3]: 0, 1 (2); data of tensor "small/weights"`}, []string{`subgraphs[0].tensors["small/weights"].data[3]: 0, 1 (2)`}},
	{"a version", func(m *tflite.ModelT) { m.OperatorCodes[0].Version = 5 },
		[]string{"operator_codes[0].version: 1 (the default), 5; operator code CONV_2D"}, []string{`subgraphs[0].operators["CONV_2D of conv"].version: 1, 5`}},
	{"a description", func(m *tflite.ModelT) { m.Description = "" }, []string{`description: "sample", absent`}, []string{`description: "sample", ""`}},
	{"metadata", func(m *tflite.ModelT) { m.Metadata = []*tflite.MetadataT{{Name: "x"}} }, []string{"metadata: absent, 1 element"}, []string{`metadata["x"]: absent, present`}},
	{"a scale", func(m *tflite.ModelT) {
		m.Subgraphs[0].Tensors[1].Quantization = &tflite.QuantizationParametersT{Scale: []float32{1, 2}, ZeroPoint: []int64{0, 0}}
	}, []string{`subgraphs[0].tensors[1].quantization: absent, present; tensor "conv/filter"`}, []string{`subgraphs[0].tensors["conv/filter"].quantization: absent, present`}},
	{"options", func(m *tflite.ModelT) {
		m.Subgraphs[0].Operators[0].BuiltinOptions.Value.(*tflite.Conv2DOptionsT).StrideW += 3
	}, []string{"subgraphs[0].operators[0].builtin_options.stride_w: 1, 4; CONV_2D 0"}, []string{`subgraphs[0].operators["CONV_2D of conv"].builtin_options.stride_w: 1, 4`}},
	{"a signature", func(m *tflite.ModelT) {
		m.SignatureDefs = []*tflite.SignatureDefT{{SignatureKey: "s", Outputs: []*tflite.TensorMapT{{Name: "y", TensorIndex: 99}}}}
	}, []string{"signature_defs: absent, 1 element"}, []string{`signature_defs["s"]: absent, present`}},
}

func TestDifferences(t *testing.T) {
	for _, c := range changes {
		a, b := sample(), sample()
		c.change(b)
		all := All(file(t, a), file(t, b), 100)
		Explain(a, b, all)
		if d := cmp.Diff(c.all, lines(all)); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
		if d := cmp.Diff(c.order, lines(AnyOrder(a, b, 100))); d != "" {
			t.Errorf("%s, in any order: %s", c.name, d)
		}
	}
}

// shuffle puts tensors, operator codes, buffers and metadata in the opposite order.
func shuffle(m *tflite.ModelT) {
	sg := m.Subgraphs[0]
	last := int32(len(sg.Tensors) - 1)
	slices.Reverse(sg.Tensors)
	for _, list := range [][]int32{sg.Inputs, sg.Outputs} {
		for i := range list {
			list[i] = last - list[i]
		}
	}
	for _, op := range sg.Operators {
		op.OpcodeIndex = uint32(len(m.OperatorCodes)-1) - op.OpcodeIndex
		for _, list := range [][]int32{op.Inputs, op.Outputs} {
			for i := range list {
				if list[i] >= 0 {
					list[i] = last - list[i]
				}
			}
		}
	}
	slices.Reverse(m.OperatorCodes)
	slices.Reverse(m.Metadata)
	n := uint32(len(m.Buffers))
	slices.Reverse(m.Buffers[1:])
	for _, t := range sg.Tensors {
		if t.Buffer > 0 {
			t.Buffer = n - t.Buffer
		}
	}
	for _, d := range m.Metadata {
		d.Buffer = n - d.Buffer
	}
	sg.Operators[2], sg.Operators[3] = sg.Operators[3], sg.Operators[2]
}

func TestOrderIsNoDifferenceWhereAnyWillDo(t *testing.T) {
	withMetadata := func() *tflite.ModelT {
		m := sample()
		m.Buffers = append(m.Buffers, &tflite.BufferT{Data: []byte("x")}, &tflite.BufferT{Data: []byte("y")})
		n := uint32(len(m.Buffers))
		m.Metadata = []*tflite.MetadataT{{Name: "m", Buffer: n - 2}, {Name: "m", Buffer: n - 1}, {Name: "n", Buffer: n - 1}}
		return m
	}
	a, b := withMetadata(), withMetadata()
	slices.Reverse(b.Metadata[:2]) // entries of one name go by their order
	shuffle(b)
	if got := All(file(t, a), file(t, b), 1000); len(got) < 10 {
		t.Errorf("in order: %d differences", len(got))
	}
	if got := AnyOrder(a, b, 100); len(got) > 0 {
		t.Errorf("%v", lines(got))
	}
	for _, c := range changes {
		m := withMetadata()
		c.change(m)
		if got := AnyOrder(b, m, 100); (len(got) > 0) != (c.order != nil) {
			t.Errorf("%s: %v", c.name, lines(got))
		}
	}
}

func TestNoMoreDifferencesThanAreAskedFor(t *testing.T) {
	a, b := sample(), sample()
	for _, x := range b.Subgraphs[0].Tensors {
		x.Name += "'"
		x.IsVariable = true
	}
	for _, most := range []int{0, 1, 5} {
		if all, any := All(file(t, a), file(t, b), most), AnyOrder(a, b, most); len(all) != most || len(any) != most {
			t.Errorf("%d and %d, want %d", len(all), len(any), most)
		}
	}
}

func TestFirst(t *testing.T) {
	a, b := sample(), sample()
	b.Subgraphs[0].Tensors[8].Type = tflite.TensorTypeINT64
	x, y := file(t, a), file(t, b)
	padded := append(slices.Clone(x), 0, 0, 0, 0)
	for _, c := range []struct {
		got, want []byte
		text      string
	}{
		{x, x, ""},
		{x, y, "subgraphs[0].tensors[8].type: got INT32, want INT64"},
		{x, []byte("no"), "want: not a valid TFLite model"},
		{x, padded, "all fields hold the same, but "},
	} {
		if got := First(c.got, c.want); !strings.HasPrefix(got, c.text) || (c.text == "") != (got == "") {
			t.Errorf("%q, want %q", got, c.text)
		}
	}
	if got := All(x, padded, 10); len(got) > 0 {
		t.Errorf("%v", got)
	}
}
