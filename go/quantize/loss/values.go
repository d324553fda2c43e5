package loss

import (
	"encoding/binary"
	"iter"
	"math"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode/kernel"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Values are those of a constant as a runtime's DEQUANTIZE gives them, whatever they are
// stored as.
type Values struct {
	Len int // how many there are

	typ    tflite.TensorType
	data   []byte
	scale  []float32 // none where values are numbers of their own
	zero   []float32 // none where all are 0
	run    int       // values that lie side by side and share a scale
	groups int       // runs after which the scales begin anew
}

// Of how many bits a value of a type is; 0 for types that are not read here.
func bits(t tflite.TensorType) int {
	switch t {
	case tflite.TensorTypeFLOAT32, tflite.TensorTypeINT32:
		return 32
	case tflite.TensorTypeFLOAT16, tflite.TensorTypeINT16:
		return 16
	case tflite.TensorTypeINT8, tflite.TensorTypeUINT8:
		return 8
	case tflite.TensorTypeINT4:
		return 4
	case tflite.TensorTypeINT2:
		return 2
	}
	return 0
}

func isFloat(t tflite.TensorType) bool {
	return t == tflite.TensorTypeFLOAT32 || t == tflite.TensorTypeFLOAT16
}

// ValuesOf returns the values of a constant of a model, nil for one whose values are not
// known here: of another type, sparse, without a scale where integers need one, or with
// data or scales that do not fit its shape. The model's indices lead somewhere.
func ValuesOf(m *tflite.ModelT, subgraph, tensor int) *Values {
	t := m.Subgraphs[subgraph].Tensors[tensor]
	v := &Values{typ: t.Type, data: m.Buffers[t.Buffer].Data, Len: 1}
	for _, d := range t.Shape {
		if d <= 0 || v.Len > math.MaxInt32 {
			return nil
		}
		v.Len *= int(d)
	}
	if b := bits(t.Type); b == 0 || t.Sparsity != nil || len(v.data) == 0 || (v.Len*b+7)/8 > len(v.data) {
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
	if q.Details != nil {
		if b, ok := q.Details.Value.(*tflite.BlockwiseQuantizationT); ok && b != nil {
			return v.setBlocks(sg, buffers, b)
		}
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
	v.run, v.groups = runOf(t.Shape, int32(axis)), len(v.scale)
	return true
}

func (v *Values) setBlocks(sg *tflite.SubGraphT, buffers []*tflite.BufferT, b *tflite.BlockwiseQuantizationT) bool {
	if b.BlockSize <= 0 || v.Len%int(b.BlockSize) != 0 || b.Scales < 0 || int64(b.Scales) >= int64(len(sg.Tensors)) {
		return false
	}
	v.run, v.groups = int(b.BlockSize), v.Len/int(b.BlockSize)
	scales := sg.Tensors[b.Scales]
	data := buffers[scales.Buffer].Data
	if scales.Type != tflite.TensorTypeFLOAT16 || len(data) < 2*v.groups {
		return false
	}
	v.scale = halves(data[:2*v.groups])
	return true
}

// runOf is how many values that lie side by side have one index of a dimension.
func runOf(shape []int32, axis int32) int {
	run := 1
	for _, d := range shape[axis+1:] {
		run *= int(d)
	}
	return run
}

// encoded returns the values that a format made of a tensor of this shape.
func encoded(f encode.Format, numbers *encode.Numbers, data, scales []byte, shape []int32, n int) *Values {
	v := &Values{Len: n, typ: f.Type(), data: data, run: n, groups: 1}
	switch g := f.Granularity(); g.Scope {
	case encode.PerBlock:
		v.run, v.groups = int(g.BlockSize), n/int(g.BlockSize)
	case encode.PerChannel:
		v.run, v.groups = runOf(shape, g.Axis), int(shape[g.Axis])
	}
	switch {
	case len(scales) > 0:
		v.scale = halves(scales)
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

// Read gives dst the values from the one of this index on, as many as it has room for.
// There are that many.
func (v *Values) Read(from int, dst []float32) {
	if len(dst) == 0 {
		return
	}
	v.codes(from, dst)
	if len(v.scale) == 0 {
		return
	}
	for i := 0; i < len(dst); {
		group := (from + i) / v.run
		end := min(len(dst), (group+1)*v.run-from)
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
			v.Read(from, part[:n])
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

// codes reads values without their scales. Several small ones lie in a byte, the first in
// its low bits.
func (v *Values) codes(from int, dst []float32) {
	switch v.typ {
	case tflite.TensorTypeFLOAT32:
		for i := range dst {
			dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(v.data[4*(from+i):]))
		}
	case tflite.TensorTypeFLOAT16:
		copy(dst, halves(v.data[2*from:2*(from+len(dst))]))
	case tflite.TensorTypeINT32:
		for i := range dst {
			dst[i] = float32(int32(binary.LittleEndian.Uint32(v.data[4*(from+i):])))
		}
	case tflite.TensorTypeINT16:
		for i := range dst {
			dst[i] = float32(int16(binary.LittleEndian.Uint16(v.data[2*(from+i):])))
		}
	case tflite.TensorTypeUINT8:
		for i := range dst {
			dst[i] = float32(v.data[from+i])
		}
	case tflite.TensorTypeINT8:
		for i := range dst {
			dst[i] = float32(int8(v.data[from+i]))
		}
	case tflite.TensorTypeINT4:
		for i := range dst {
			k := from + i
			dst[i] = float32(int8(v.data[k/2]<<(4-k%2*4)) >> 4)
		}
	case tflite.TensorTypeINT2:
		for i := range dst {
			k := from + i
			dst[i] = float32(int8(v.data[k/4]<<(6-k%4*2)) >> 6)
		}
	}
}

// halves reads float16 numbers.
func halves(data []byte) []float32 {
	wide := make([]byte, 2*len(data))
	kernel.Float32(wide, data)
	out := make([]float32, len(data)/2)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(wide[4*i:]))
	}
	return out
}
