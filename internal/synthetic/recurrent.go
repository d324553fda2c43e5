package synthetic

import "github.com/tflite-quantize/tflite-quantize/go/tflite"

const (
	steps  = 12 // of a sequence
	inputs = 48
	units  = 40
)

// gates adds what an LSTM has after its input: 11 matrices and peepholes, 4
// biases, and a projection of its output with its bias.
func (n *net) gates(inputs, units int32, peepholes bool, projected int32) []int32 {
	out := units
	if projected > 0 {
		out = projected
	}
	var list []int32
	for range 4 {
		list = append(list, n.weights(inputs+units, units, inputs))
	}
	for range 4 {
		list = append(list, n.weights(inputs+units, units, out))
	}
	for range 3 {
		if peepholes {
			list = append(list, n.weights(8, units))
		} else {
			list = append(list, -1)
		}
	}
	for range 4 {
		list = append(list, n.bias(units))
	}
	if projected > 0 {
		return append(list, n.weights(units, out, units), n.bias(out))
	}
	return append(list, -1, -1)
}

// sequenceLSTM classifies text: an embedding, an LSTM over its words, a dense layer.
func sequenceLSTM(words, steps, inputs, units int32) *Model {
	n := newNet(7)
	x := n.embed(n.words(steps), n.weights(2, words, inputs))
	in := append([]int32{x}, n.gates(inputs, units, false, 0)...)
	in = append(in, n.state(1, units), n.state(1, units), -1, -1, -1, -1)
	x = n.layer(tflite.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_LSTM, tflite.BuiltinOptionsUnidirectionalSequenceLSTMOptions,
		&tflite.UnidirectionalSequenceLSTMOptionsT{FusedActivationFunction: tanh, CellClip: 10}, []int32{1, steps, units}, in...)
	return n.finish(n.softmax(n.full(n.reshape(x, 1, steps*units), 8, linear)))
}

// stepLSTM is one step of an LSTM with peepholes and a projection.
func stepLSTM() *Model {
	const projected = 32
	n := newNet(8)
	in := append([]int32{n.Input(1, inputs)}, n.gates(inputs, units, true, projected)...)
	in = append(in, n.state(1, projected), n.state(1, units))
	return n.finish(n.layer(tflite.BuiltinOperatorLSTM, tflite.BuiltinOptionsLSTMOptions,
		&tflite.LSTMOptionsT{FusedActivationFunction: tanh, CellClip: 10, ProjClip: 5}, []int32{1, projected}, in...))
}

// bidirectionalLSTM reads a sequence in both directions.
func bidirectionalLSTM() *Model {
	n := newNet(9)
	in := append([]int32{n.Input(1, steps, inputs)}, n.gates(inputs, units, false, 0)...)
	in = append(in, n.gates(inputs, units, false, 0)...)
	for range 4 {
		in = append(in, n.state(1, units))
	}
	for len(in) < 48 { // no auxiliary input
		in = append(in, -1)
	}
	x := n.layer(tflite.BuiltinOperatorBIDIRECTIONAL_SEQUENCE_LSTM, tflite.BuiltinOptionsBidirectionalSequenceLSTMOptions,
		&tflite.BidirectionalSequenceLSTMOptionsT{FusedActivationFunction: tanh, MergeOutputs: true}, []int32{1, steps, 2 * units}, in...)
	return n.finish(n.full(x, 12, linear))
}

// stepRNN is one step of a simple recurrent layer.
func stepRNN() *Model {
	n := newNet(10)
	return n.finish(n.layer(tflite.BuiltinOperatorRNN, tflite.BuiltinOptionsRNNOptions, &tflite.RNNOptionsT{FusedActivationFunction: tanh},
		[]int32{1, units}, n.Input(1, inputs), n.weights(inputs, units, inputs), n.weights(units, units, units), n.bias(units), n.state(1, units)))
}

// sequenceRNN is a simple recurrent layer over a sequence.
func sequenceRNN() *Model {
	n := newNet(11)
	return n.finish(n.layer(tflite.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_RNN, tflite.BuiltinOptionsSequenceRNNOptions, &tflite.SequenceRNNOptionsT{FusedActivationFunction: tanh},
		[]int32{1, steps, units}, n.Input(1, steps, inputs), n.weights(inputs, units, inputs), n.weights(units, units, units), n.bias(units), n.state(1, units)))
}

// bidirectionalRNN is a simple recurrent layer over a sequence in both directions.
func bidirectionalRNN() *Model {
	n := newNet(12)
	in := []int32{n.Input(1, steps, inputs)}
	for range 2 {
		in = append(in, n.weights(inputs, units, inputs), n.weights(units, units, units), n.bias(units), n.state(1, units))
	}
	in = append(in, -1, -1, -1)
	return n.finish(n.layer(tflite.BuiltinOperatorBIDIRECTIONAL_SEQUENCE_RNN, tflite.BuiltinOptionsBidirectionalSequenceRNNOptions,
		&tflite.BidirectionalSequenceRNNOptionsT{FusedActivationFunction: tanh, MergeOutputs: true}, []int32{1, steps, 2 * units}, in...))
}

// gru has gated recurrent units, unrolled, whose steps share their weights.
func gru() *Model {
	n := newNet(13)
	var w, r [3]int32 // update gate, reset gate, candidate
	for i := range w {
		w[i], r[i] = n.weights(inputs+units, units, inputs), n.weights(inputs+units, units, units)
	}
	h := n.Input(1, units)
	for range 4 {
		x := n.Input(1, inputs)
		gate := func(i int, h int32) int32 { return n.add(n.fullBy(x, w[i], linear), n.fullBy(h, r[i], linear), linear) }
		update, reset := n.sigmoid(gate(0, h)), n.sigmoid(gate(1, h))
		candidate := n.map1(tflite.BuiltinOperatorTANH, gate(2, n.mul(reset, h)))
		h = n.add(candidate, n.mul(update, n.sub(h, candidate)), linear)
	}
	return n.finish(n.full(h, 10, linear))
}

// svdf spots words: three layers with a memory of what they heard.
func svdf() *Model {
	const memory, rank = 10, 2
	n := newNet(14)
	x := n.Input(1, inputs)
	for _, out := range []int32{64, 32, 16} {
		in, filters := n.shape(x)[1], out*rank
		x = n.layer(tflite.BuiltinOperatorSVDF, tflite.BuiltinOptionsSVDFOptions, &tflite.SVDFOptionsT{Rank: rank, FusedActivationFunction: relu},
			[]int32{1, out}, x, n.weights(in, filters, in), n.weights(memory, filters, memory), n.bias(out), n.state(1, memory*filters))
	}
	return n.finish(n.softmax(n.full(x, 12, linear)))
}
