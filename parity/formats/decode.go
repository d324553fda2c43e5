package main

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode/kernel"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// decoded returns the float model whose constants have the values that those of a
// quantized model stand for.
func decoded(float, quantized *tflite.ModelT) (*tflite.ModelT, error) {
	out := *float
	out.Buffers = append([]*tflite.BufferT{}, float.Buffers...)
	for i, t := range float.Subgraphs[0].Tensors {
		q := quantized.Subgraphs[0].Tensors[i]
		if q.Type == t.Type || len(float.Buffers[t.Buffer].Data) == 0 {
			continue
		}
		values, err := valuesOf(quantized, q)
		if err != nil {
			return nil, err
		}
		out.Buffers[t.Buffer] = &tflite.BufferT{Data: values}
	}
	return &out, nil
}

// valuesOf returns the values of a constant as float32.
func valuesOf(m *tflite.ModelT, t *tflite.TensorT) ([]byte, error) {
	data := m.Buffers[t.Buffer].Data
	if t.Type == tflite.TensorTypeFLOAT16 {
		values := make([]byte, 2*len(data))
		kernel.Float32(values, data)
		return values, nil
	}
	bits := map[tflite.TensorType]int{tflite.TensorTypeINT8: 8, tflite.TensorTypeINT4: 4, tflite.TensorTypeINT2: 2}[t.Type]
	if bits == 0 {
		return nil, fmt.Errorf("%s: type %v", t.Name, t.Type)
	}
	n := 1
	for _, d := range t.Shape {
		n *= int(d)
	}
	scale := scalesOf(m, t)
	values := make([]byte, 0, 4*n)
	for i := range n {
		code := int8(data[i*bits/8]>>(i*bits%8)<<(8-bits)) >> (8 - bits)
		s, zero := scale(i)
		values = binary.LittleEndian.AppendUint32(values, math.Float32bits(s*(float32(code)-zero)))
	}
	return values, nil
}

// scalesOf returns the scale and the zero point of each value.
func scalesOf(m *tflite.ModelT, t *tflite.TensorT) func(i int) (scale, zero float32) {
	q := t.Quantization
	if q.Details != nil {
		blocks := q.Details.Value.(*tflite.BlockwiseQuantizationT)
		halves := m.Buffers[m.Subgraphs[0].Tensors[blocks.Scales].Buffer].Data
		scales := make([]byte, 2*len(halves))
		kernel.Float32(scales, halves)
		return func(i int) (float32, float32) {
			return math.Float32frombits(binary.LittleEndian.Uint32(scales[4*(i/int(blocks.BlockSize)):])), 0
		}
	}
	run := 1
	for _, d := range t.Shape[q.QuantizedDimension+1:] {
		run *= int(d)
	}
	return func(i int) (float32, float32) {
		c := i / run % int(t.Shape[q.QuantizedDimension]) % len(q.Scale)
		return q.Scale[c], float32(q.ZeroPoint[c])
	}
}
