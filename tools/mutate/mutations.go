package main

// mutations are wrong changes, by what they are made to.
var mutations = []mutation{
	// The op table.
	{"go/quantize/optable.go", "Operator: tflite.BuiltinOperatorCONV_2D, Weights: at1, Hybrid: AlwaysHybrid, ChannelDim: 0, Version: 5", "Operator: tflite.BuiltinOperatorCONV_2D, Weights: at1, Hybrid: AlwaysHybrid, ChannelDim: 0, Version: 4"},
	{"go/quantize/optable.go", "Hybrid: UpdatedHybrid, ChannelDim: 3", "Hybrid: AlwaysHybrid, ChannelDim: 3"},
	{"go/quantize/optable.go", "Version: 9, LegacyVersion: 3", "Version: 9, LegacyVersion: 4"},
	{"go/quantize/optable.go", "{Operator: tflite.BuiltinOperatorTRANSPOSE_CONV, Weights: at1", "{Operator: tflite.BuiltinOperatorTRANSPOSE_CONV, Weights: at12"},
	{"go/quantize/optable.go", "Weights: []int32{0}, ChannelDim: -1, PassThrough: true", "Weights: []int32{0}, ChannelDim: -1"},
	{"go/quantize/optable.go", "[]int32{1, 2, 4, 5, 6, 8, 9, 10, 11}", "[]int32{1, 2, 4, 5, 6, 8, 9, 10}"},
	{"go/quantize/optable.go", "[]int32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16}", "[]int32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 16}"},
	{"go/quantize/optable.go", "28, 33, 40,", "28, 34, 40,"},
	{"go/quantize/optable.go", "max(tflite.BuiltinOperator(c.DeprecatedBuiltinCode), c.BuiltinCode)", "c.BuiltinCode"},
	{"go/quantize/optable.go", "lstmKernel(op) == tflite.LSTMKernelTypeFULL", "true"},
	// The plan.
	{"go/quantize/collect.go", "n < c.o.minElements()", "n <= c.o.minElements()"},
	{"go/quantize/collect.go", "reached = true\n", "reached = !p.Quantized()\n"},
	{"go/quantize/collect.go", "p.Action, p.ChannelDim = Int8PerChannel, rule.ChannelDim", "p.Action, p.ChannelDim = Int8PerChannel, 0"},
	{"go/quantize/check.go", "d <= 0 ||", "d < 0 ||"},
	{"go/quantize/options.go", "return DefaultMinElements\n", "return DefaultMinElements + 1\n"},
	{"go/quantize/graph.go", "!slices.Contains(rule.Weights, u.Input)", "false"},
	{"go/quantize/graph.go", "g.types[inputs[w]] != tflite.TensorTypeINT8", "false"},
	{"go/quantize/graph.go", "len(at) > 0 { // the others stay", "len(at) > 1 { // the others stay"},
	{"go/quantize/graph.go", "if len(readers) != 1 ||", "if len(readers) == 0 ||"},
	{"go/quantize/graph.go", "l.anchor = readers[0].Operator", "l.anchor = readers[len(readers)-1].Operator"},
	{"go/quantize/graph.go", "seq = append(seq, n+k)", "seq = slices.Insert(seq, len(seq)-min(len(seq), int(k)%2), n+k)"},
	{"go/quantize/order.go", "if !handled[l.Tensor] {", "if handled[l.Tensor] {"},
	// Applying it.
	{"go/quantize/apply.go", "Version:               2,", "Version:               1,"},
	{"go/quantize/apply.go", "ShapeSignature: t.ShapeSignature,", ""},
	{"go/quantize/apply.go", `t.Name + "_dequantize"`, `t.Name + "_dequantized"`},
	{"go/quantize/apply.go", "q.QuantizedDimension = plan.ChannelDim\n", "\n"},
	{"go/quantize/apply.go", "out.Quantization = tensors[l.Table].Quantization", "out.Quantization = nil"},
	{"go/quantize/apply.go", "op.BuiltinOptions, p.Options.Scheme == Updated)", "op.BuiltinOptions, true)"},
	{"go/quantize/buffers.go", "result.Buffer = next\n", "\n"},
	// Numbers.
	{"go/quantize/numbers.go", "return 0, 1\n", "return 0, 0\n"},
	{"go/quantize/numbers.go", "if half != 0 {", "if half > 1 {"},
	{"go/quantize/kernel/portable.go", "almostHalf = 0x3effffff", "almostHalf = 0x3f000000"},
	{"go/quantize/kernel/portable.go", "byte(max(-int8Limit, int8(q)))", "saturated(q)"},
	{"go/quantize/kernel/portable.go", "x := float32(v * inverse)", "x := float32(math.FMA(float64(v), float64(inverse), 1e-9))"},
	{"go/quantize/kernel/portable.go", "+odd)>>droppedBits)", "+odd&0)>>droppedBits)"},
	{"go/quantize/kernel/portable.go", "if !(high < highest) {", "if high > highest {"},
	{"go/quantize/kernel/dispatch_amd64.go", "return firstZero(lo, lowest, src, 1), firstZero(hi, highest, src, 1)", "return lowest, highest"},
	// The writer.
	{"go/tflite/builder.go", "b.startVector(n, 1, 16)", "b.startVector(n, 1, 4)"},
	{"go/tflite/builder.go", "b.pad(-(b.size + n) & (align - 1))", "b.pad(-b.size & (align - 1))"},
	{"go/tflite/builder.go", "b.prealign(8, b.minAlign)", "b.prealign(8, 4)"},
	{"go/tflite/builder.go", "b.prealign(int64(len(s)+1), 4)", "b.prealign(int64(len(s)), 4)"},
	{"go/tflite/builder.go", "b.vtables[string(vtable)] = used", ""},
	{"go/tflite/builder.go", "entries = max(entries, f.slot+1)", "entries = max(entries, f.slot+2)"},
	{"go/tflite/pack_generated.go", "b.uint32Field(2, t.Buffer, 0)\n\tb.offsetField(0, f0)", "b.offsetField(0, f0)\n\tb.uint32Field(2, t.Buffer, 0)"},
	{"go/tflite/pack_generated.go", "b.int32Field(2, t.Version, 1)", "b.int32Field(2, t.Version, 0)"},
	// The reader.
	{"go/tflite/unpack.go", "func (u *unpacker) bool(p int) bool       { return u.data[p] != 0 }", "func (u *unpacker) bool(p int) bool       { return u.data[p] == 1 }"},
	{"go/tflite/verify.go", "if off == 0 || to > int64(len(v.data)) {", "if off == 0 {"},
}
