package synthetic

import "github.com/tflite-quantize/tflite-quantize/go/tflite"

// An Isolated is an operator with random weights in a model that has little else: what
// a runtime makes of the model, it makes of the operator.
type Isolated struct {
	Operator tflite.BuiltinOperator
	// Small has the least sizes that blocks of 32 fill and kernels have no special cases for.
	Small func() *Model
	// Large has sizes of layers that take most of the time of a network.
	Large func() *Model
}

// IsolatedOperators returns all operators that quantizers give smaller weights, and ADD,
// which stands for operators whose constants are no weights.
func IsolatedOperators() []Isolated {
	var out []Isolated
	for _, o := range isolatedOperators {
		out = append(out, Isolated{o.operator, func() *Model { return o.build(o.small) }, func() *Model { return o.build(o.large) }})
	}
	return out
}

// An extent is the sizes of an isolated operator.
type extent struct {
	side    int32 // of images; words of a lookup; steps of a sequence; rows of a product
	in, out int32 // channels or units
}

var isolatedOperators = []struct {
	operator     tflite.BuiltinOperator
	small, large extent
	build        func(extent) *Model
}{
	{tflite.BuiltinOperatorFULLY_CONNECTED, extent{2, 64, 24}, extent{4, 512, 512}, func(e extent) *Model {
		n := newNet(30)
		return n.finish(n.full(n.Input(e.side, e.in), e.out, linear))
	}},
	{tflite.BuiltinOperatorCONV_2D, extent{6, 16, 24}, extent{28, 64, 64}, func(e extent) *Model {
		n := newNet(31)
		return n.finish(n.conv(n.Input(1, e.side, e.side, e.in), e.out, 3, 1, linear))
	}},
	{tflite.BuiltinOperatorDEPTHWISE_CONV_2D, extent{6, 16, 0}, extent{56, 96, 0}, func(e extent) *Model {
		n := newNet(32)
		return n.finish(n.depthwise(n.Input(1, e.side, e.side, e.in), 3, 1, linear))
	}},
	{tflite.BuiltinOperatorTRANSPOSE_CONV, extent{6, 16, 24}, extent{28, 64, 32}, func(e extent) *Model {
		n := newNet(33)
		return n.finish(n.deconv(n.Input(1, e.side, e.side, e.in), e.out, 3, 1))
	}},
	{tflite.BuiltinOperatorBATCH_MATMUL, extent{2, 64, 24}, extent{64, 512, 512}, func(e extent) *Model {
		n := newNet(34)
		return n.finish(n.layer(tflite.BuiltinOperatorBATCH_MATMUL, tflite.BuiltinOptionsBatchMatMulOptions, &tflite.BatchMatMulOptionsT{},
			[]int32{e.side, e.out}, n.Input(e.side, e.in), n.weights(e.in, e.in, e.out)))
	}},
	{tflite.BuiltinOperatorEMBEDDING_LOOKUP, extent{3, 64, 24}, extent{128, 256, 10000}, func(e extent) *Model {
		n := newNet(35)
		y := n.layer(tflite.BuiltinOperatorEMBEDDING_LOOKUP, tflite.BuiltinOptionsNONE, nil, []int32{e.side, e.in}, n.wordsOf(e), n.weights(2, e.out, e.in))
		return n.finish(n.add(y, n.Input(e.side, e.in), linear))
	}},
	{tflite.BuiltinOperatorGATHER, extent{3, 64, 24}, extent{128, 256, 10000}, func(e extent) *Model {
		n := newNet(36)
		return n.finish(n.add(n.embed(n.wordsOf(e), n.weights(2, e.out, e.in)), n.Input(e.side, e.in), linear))
	}},
	{tflite.BuiltinOperatorSVDF, extent{4, 64, 24}, extent{10, 256, 256}, func(e extent) *Model {
		n := newNet(37)
		return n.finish(n.layer(tflite.BuiltinOperatorSVDF, tflite.BuiltinOptionsSVDFOptions, &tflite.SVDFOptionsT{Rank: 1}, []int32{1, e.out},
			n.Input(1, e.in), n.weights(e.in, e.out, e.in), n.weights(e.side, e.out, e.side), n.bias(e.out), n.state(1, e.side*e.out)))
	}},
	{tflite.BuiltinOperatorRNN, extent{1, 64, 32}, extent{1, 256, 256}, func(e extent) *Model {
		n := newNet(38)
		return n.finish(n.layer(tflite.BuiltinOperatorRNN, tflite.BuiltinOptionsRNNOptions, &tflite.RNNOptionsT{FusedActivationFunction: tanh},
			[]int32{1, e.out}, n.Input(1, e.in), n.weights(e.in, e.out, e.in), n.weights(e.out, e.out, e.out), n.bias(e.out), n.state(1, e.out)))
	}},
	{tflite.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_RNN, extent{4, 64, 32}, extent{16, 256, 256}, func(e extent) *Model {
		n := newNet(39)
		return n.finish(n.layer(tflite.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_RNN, tflite.BuiltinOptionsSequenceRNNOptions, &tflite.SequenceRNNOptionsT{FusedActivationFunction: tanh},
			[]int32{1, e.side, e.out}, n.Input(1, e.side, e.in), n.weights(e.in, e.out, e.in), n.weights(e.out, e.out, e.out), n.bias(e.out), n.state(1, e.out)))
	}},
	{tflite.BuiltinOperatorBIDIRECTIONAL_SEQUENCE_RNN, extent{4, 64, 32}, extent{16, 256, 256}, func(e extent) *Model {
		n := newNet(40)
		in := []int32{n.Input(1, e.side, e.in)}
		for range 2 {
			in = append(in, n.weights(e.in, e.out, e.in), n.weights(e.out, e.out, e.out), n.bias(e.out), n.state(1, e.out))
		}
		return n.finish(n.layer(tflite.BuiltinOperatorBIDIRECTIONAL_SEQUENCE_RNN, tflite.BuiltinOptionsBidirectionalSequenceRNNOptions,
			&tflite.BidirectionalSequenceRNNOptionsT{FusedActivationFunction: tanh, MergeOutputs: true}, []int32{1, e.side, 2 * e.out}, append(in, -1, -1, -1)...))
	}},
	{tflite.BuiltinOperatorLSTM, extent{1, 64, 32}, extent{1, 256, 256}, func(e extent) *Model {
		n := newNet(41)
		in := append([]int32{n.Input(1, e.in)}, n.gatesOf(e)...)
		return n.finish(n.layer(tflite.BuiltinOperatorLSTM, tflite.BuiltinOptionsLSTMOptions, &tflite.LSTMOptionsT{FusedActivationFunction: tanh, CellClip: 10},
			[]int32{1, e.out}, append(in, n.state(1, e.out), n.state(1, e.out))...))
	}},
	{tflite.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_LSTM, extent{4, 64, 32}, extent{16, 256, 256}, func(e extent) *Model {
		n := newNet(42)
		in := append([]int32{n.Input(1, e.side, e.in)}, n.gatesOf(e)...)
		in = append(in, n.state(1, e.out), n.state(1, e.out), -1, -1, -1, -1)
		return n.finish(n.layer(tflite.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_LSTM, tflite.BuiltinOptionsUnidirectionalSequenceLSTMOptions,
			&tflite.UnidirectionalSequenceLSTMOptionsT{FusedActivationFunction: tanh, CellClip: 10}, []int32{1, e.side, e.out}, in...))
	}},
	{tflite.BuiltinOperatorBIDIRECTIONAL_SEQUENCE_LSTM, extent{4, 64, 32}, extent{16, 256, 256}, func(e extent) *Model {
		n := newNet(43)
		in := append([]int32{n.Input(1, e.side, e.in)}, n.gatesOf(e)...)
		in = append(in, n.gatesOf(e)...)
		for range 4 {
			in = append(in, n.state(1, e.out))
		}
		for len(in) < 48 { // no auxiliary input
			in = append(in, -1)
		}
		return n.finish(n.layer(tflite.BuiltinOperatorBIDIRECTIONAL_SEQUENCE_LSTM, tflite.BuiltinOptionsBidirectionalSequenceLSTMOptions,
			&tflite.BidirectionalSequenceLSTMOptionsT{FusedActivationFunction: tanh, CellClip: 10, MergeOutputs: true}, []int32{1, e.side, 2 * e.out}, in...))
	}},
	{tflite.BuiltinOperatorADD, extent{4, 0, 64}, extent{256, 0, 256}, func(e extent) *Model {
		n := newNet(44)
		return n.finish(n.add(n.Input(e.side, e.out), n.weights(2, e.side, e.out), linear))
	}},
}

// wordsOf are numbers of rows of a table, the first and the last among them.
func (n *net) wordsOf(e extent) int32 {
	rows := make([]int32, e.side)
	for i := range rows {
		rows[i] = int32(i) * 7919 % e.out
	}
	rows[len(rows)-1] = e.out - 1
	return n.ints(rows...)
}

// gatesOf is what an LSTM without peepholes and projection has after its input.
func (n *net) gatesOf(e extent) []int32 {
	var list []int32
	for range 4 {
		list = append(list, n.weights(e.in+e.out, e.out, e.in))
	}
	for range 4 {
		list = append(list, n.weights(e.in+e.out, e.out, e.out))
	}
	list = append(list, -1, -1, -1)
	for range 4 {
		list = append(list, n.bias(e.out))
	}
	return append(list, -1, -1)
}
