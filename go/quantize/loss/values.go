package loss

import (
	"iter"
	"math"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Values are those of a constant as a runtime's DEQUANTIZE gives them, whatever they are
// stored as.
type Values struct {
	Len int // how many there are

	source encode.Source
	scale  []float32 // none where values are numbers of their own
	zero   []float32 // none where all are 0
	run    int       // values that lie side by side and share a scale
	groups int       // runs after which the scales begin anew
	first  int       // values before the first one that count for the runs
}

func isFloat(t tflite.TensorType) bool {
	return t == tflite.TensorTypeFLOAT32 || t == tflite.TensorTypeFLOAT16
}

// ValuesOf returns the values of a constant of a model, nil for one whose values are not
// known here: of another type, sparse, without a scale where integers need one, or with
// data or scales that do not fit its shape. The model's indices lead somewhere.
func ValuesOf(m *tflite.ModelT, subgraph, tensor int) *Values {
	t := m.Subgraphs[subgraph].Tensors[tensor]
	v := &Values{source: encode.Source{Type: t.Type, Data: m.Buffers[t.Buffer].Data}, Len: 1}
	for _, d := range t.Shape {
		if d <= 0 || v.Len > math.MaxInt32 {
			return nil
		}
		v.Len *= int(d)
	}
	data := uint64(len(v.source.Data))
	if !encode.IsSource(t.Type) || t.Sparsity != nil || data == 0 || encode.SourceLen(t.Type, uint64(v.Len)) > data {
		return nil
	}
	v.run, v.groups = v.Len, 1
	if isFloat(t.Type) {
		return v
	}
	if t.Quantization == nil || !v.setScales(m.Subgraphs[subgraph], m.Buffers, t) {
		return nil
	}
	return v
}

// setScales reports whether the tensor has scales that fit its shape.
func (v *Values) setScales(sg *tflite.SubGraphT, buffers []*tflite.BufferT, t *tflite.TensorT) bool {
	q := t.Quantization
	if b := tflite.Blocks(q); b != nil {
		return v.setBlocks(sg, buffers, b)
	}
	v.scale = q.Scale
	if len(q.ZeroPoint) == len(q.Scale) {
		for _, z := range q.ZeroPoint {
			v.zero = append(v.zero, float32(z))
		}
	}
	if len(v.scale) < 2 {
		return len(v.scale) == 1
	}
	axis := int64(q.QuantizedDimension)
	if axis < 0 || axis >= int64(len(t.Shape)) || int(t.Shape[axis]) != len(v.scale) {
		return false
	}
	v.run, v.groups = encode.RunOf(t.Shape, int32(axis)), len(v.scale)
	return true
}

func (v *Values) setBlocks(sg *tflite.SubGraphT, buffers []*tflite.BufferT, b *tflite.BlockwiseQuantizationT) bool {
	if b.BlockSize <= 0 || v.Len%int(b.BlockSize) != 0 || b.Scales < 0 || int64(b.Scales) >= int64(len(sg.Tensors)) {
		return false
	}
	v.run, v.groups = int(b.BlockSize), v.Len/int(b.BlockSize)
	scales := sg.Tensors[b.Scales]
	source := encode.Source{Type: scales.Type, Data: buffers[scales.Buffer].Data}
	if scales.Type != tflite.TensorTypeFLOAT16 || source.Values() < v.groups {
		return false
	}
	v.scale = encode.Floats(source.Widen(nil, source.Data))[:v.groups]
	return true
}

// encoded returns n values, from the one with the index first on, that a format made of a
// tensor of this shape. scales are those of their blocks.
func encoded(f encode.Format, numbers *encode.Numbers, data, scales []byte, shape []int32, first, n int) *Values {
	v := &Values{Len: n, source: encode.Source{Type: f.Type(), Data: data}, run: n, groups: 1}
	switch g := f.Granularity(); g.Scope {
	case encode.PerBlock:
		v.run, v.groups = int(g.BlockSize), n/int(g.BlockSize)
	case encode.PerChannel:
		v.run, v.groups, v.first = encode.RunOf(shape, g.Axis), int(shape[g.Axis]), first
	}
	switch {
	case len(scales) > 0:
		v.scale = encode.Floats(encode.Source{Type: tflite.TensorTypeFLOAT16}.Widen(nil, scales))
	case numbers != nil:
		v.scale = numbers.Scale
		for _, z := range numbers.ZeroPoint {
			v.zero = append(v.zero, float32(z))
		}
	}
	return v
}

// Scales are the numbers that stored integers are multiplied by, in order; none where
// values are numbers of their own.
func (v *Values) Scales() []float32 { return v.scale }

// partLen is how many values are read at once.
const partLen = 4096

// read gives dst the values from the one of this index on, a multiple of partLen, as many
// as it has room for. There are that many.
func (v *Values) read(from int, dst []float32) {
	v.source.Read(dst, v.source.Part(from, from+len(dst)))
	if len(v.scale) == 0 {
		return
	}
	for i := 0; i < len(dst); {
		group := (v.first + from + i) / v.run
		end := min(len(dst), (group+1)*v.run-v.first-from)
		scale, zero := v.parameters(group % v.groups)
		for ; i < end; i++ {
			dst[i] = scale * (dst[i] - zero)
		}
	}
}

// Parts gives all values in order. A part is not to be kept.
func (v *Values) Parts() iter.Seq[[]float32] {
	return func(yield func([]float32) bool) {
		var part [partLen]float32
		for from := 0; from < v.Len; from += partLen {
			n := min(partLen, v.Len-from)
			v.read(from, part[:n])
			if !yield(part[:n]) {
				return
			}
		}
	}
}

func (v *Values) parameters(group int) (scale, zero float32) {
	if group < len(v.zero) {
		zero = v.zero[group]
	}
	return v.scale[group], zero
}
