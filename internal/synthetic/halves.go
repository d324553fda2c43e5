package synthetic

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/x448/float16"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Halves returns two models like m, which stays as it is: in the first, each float32
// constant that operators read is float16 with a DEQUANTIZE, as TensorFlow's converter
// writes float16 models; in the second, it is float32 with the same values. Tensors of m
// keep their indices.
func Halves(m *tflite.ModelT) (half, wide *tflite.ModelT) {
	h, w := *m, *m
	h.OperatorCodes = append(slices.Clone(m.OperatorCodes), &tflite.OperatorCodeT{
		DeprecatedBuiltinCode: int8(tflite.BuiltinOperatorDEQUANTIZE), BuiltinCode: tflite.BuiltinOperatorDEQUANTIZE, Version: 3})
	h.Buffers, w.Buffers = slices.Clone(m.Buffers), slices.Clone(m.Buffers)
	h.Subgraphs, w.Subgraphs = slices.Clone(m.Subgraphs), slices.Clone(m.Subgraphs)
	for i, sg := range m.Subgraphs {
		hs, ws := *sg, *sg
		hs.Tensors, ws.Tensors = slices.Clone(sg.Tensors), slices.Clone(sg.Tensors)
		var first []*tflite.OperatorT
		for t := range sg.Tensors {
			if !isRead(m, sg, int32(t)) {
				continue
			}
			data := rounded(m.Buffers[sg.Tensors[t].Buffer].Data)
			constant, output, widened := *sg.Tensors[t], *sg.Tensors[t], *sg.Tensors[t]
			widened.Buffer = uint32(len(w.Buffers))
			w.Buffers = append(w.Buffers, &tflite.BufferT{Data: data.wide})
			ws.Tensors[t] = &widened
			constant.Name, constant.Type, constant.Buffer = constant.Name+"_half", tflite.TensorTypeFLOAT16, uint32(len(h.Buffers))
			h.Buffers = append(h.Buffers, &tflite.BufferT{Data: data.half})
			output.Buffer = 0
			first = append(first, &tflite.OperatorT{OpcodeIndex: uint32(len(m.OperatorCodes)), Inputs: []int32{int32(len(hs.Tensors))}, Outputs: []int32{int32(t)}, DebugMetadataIndex: -1})
			hs.Tensors[t] = &output
			hs.Tensors = append(hs.Tensors, &constant)
		}
		hs.Operators = append(first, sg.Operators...)
		h.Subgraphs[i], w.Subgraphs[i] = &hs, &ws
	}
	return &h, &w
}

// isRead reports whether a tensor is a dense float32 constant that operators alone use.
func isRead(m *tflite.ModelT, sg *tflite.SubGraphT, t int32) bool {
	tensor := sg.Tensors[t]
	if tensor.Type != tflite.TensorTypeFLOAT32 || tensor.Sparsity != nil || slices.Contains(sg.Inputs, t) || slices.Contains(sg.Outputs, t) || len(m.Buffers[tensor.Buffer].Data) != 4*Elements(tensor.Shape) {
		return false
	}
	read := false
	for _, op := range sg.Operators {
		if slices.Contains(op.Outputs, t) {
			return false
		}
		read = read || slices.Contains(op.Inputs, t)
	}
	return read
}

type roundedData struct{ half, wide []byte }

func rounded(data []byte) roundedData {
	var r roundedData
	for ; len(data) >= 4; data = data[4:] {
		f := float16.Fromfloat32(math.Float32frombits(binary.LittleEndian.Uint32(data)))
		r.half = binary.LittleEndian.AppendUint16(r.half, f.Bits())
		r.wide = binary.LittleEndian.AppendUint32(r.wide, math.Float32bits(f.Float32()))
	}
	return r
}
