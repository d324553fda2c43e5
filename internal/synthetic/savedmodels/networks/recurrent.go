package networks

import (
	"fmt"

	sm "github.com/tflite-quantize/tflite-quantize/internal/synthetic/savedmodels"
)

// The sizes of recurrent layers.
const steps, features, cells = 6, 40, 32

// unrolled is a recurrent layer without a loop: h = tanh(x W + h U).
func unrolled() *net {
	n := newNet()
	wx := n.times(n.input(1, 64), n.weights(128, 64, 64), false)
	u := n.weights(128, 64, 64)
	h := n.map1("Tanh", wx)
	for range 3 {
		h = n.map1("Tanh", n.sum(wx, n.times(h, u, false)))
	}
	return n.end(h)
}

// lstm is an LSTM over a sequence and a dense layer on its last step.
func lstm() *net {
	n := newNet()
	return n.end(n.dense(n.lstmLayer(n.input(1, steps, features), false), 40))
}

// bidirectional is an LSTM in either direction.
func bidirectional() *net {
	n := newNet()
	x := n.input(1, steps, features)
	return n.end(n.dense(n.concat(1, n.lstmLayer(x, false), n.lstmLayer(x, true)), 32))
}

// lstmLayer calls a function that is an LSTM by its attributes, as Keras saves it, and
// gives its last step. The converter goes by the attributes; the body, which is loops
// in Keras, is of the right types and shapes alone.
func (n *net) lstmLayer(x string, backwards bool) string {
	f := sm.Function{
		Name:   n.name("standard_lstm"),
		Inputs: floats("x", "h", "c", "kernel", "recurrent_kernel", "bias"),
		Attrs: map[string]sm.Attr{
			"api_implements": sm.Text(n.name("lstm_")), "api_preferred_device": sm.Text("CPU"),
			"time_major": sm.Truth(false), "go_backwards": sm.Truth(backwards),
		},
	}
	for name, shape := range map[string][]int64{"last": {1, cells}, "all": {1, steps, cells}, "h1": {1, cells}, "c1": {1, cells}, "runtime": nil} {
		f.Nodes = append(f.Nodes, sm.Const(name+"/value", make([]float32, count(shape)), shape...))
	}
	for _, name := range []string{"last", "all", "h1", "c1", "runtime"} {
		f.Outputs = append(f.Outputs, sm.Argument{Name: name, Type: sm.Float32, From: name + "/value:output:0"})
	}
	n.Functions = append(n.Functions, f)
	zeros := func() string { return n.add(sm.Const(n.name("zeros"), make([]float32, cells), 1, cells), 1, cells) }
	return n.add(sm.Call(n.name("lstm"), &f, x, zeros(), zeros(), n.weights(features+cells, features, 4*cells), n.weights(features+cells, cells, 4*cells), n.weights(200, 4*cells)), 1, cells)
}

func floats(names ...string) []sm.Argument {
	var arguments []sm.Argument
	for _, name := range names {
		arguments = append(arguments, sm.Argument{Name: name, Type: sm.Float32})
	}
	return arguments
}

// gru is gated recurrent units and a dense layer on their last step.
func gru() *net {
	n := newNet()
	return n.end(n.dense(n.gruLayer(n.input(1, steps, features)), 40))
}

// gruLayer is a loop, which gets its weights from outside, and gives its last step.
func (n *net) gruLayer(x string) string {
	state := append([]sm.Argument{{Name: "i", Type: sm.Int32}}, floats("h", "x", "kernel", "recurrent_kernel")...)
	cond := sm.Function{
		Name: n.name("more"), Inputs: state, Outputs: []sm.Argument{{Name: "more", Type: sm.Bool, From: "less:z:0"}},
		Nodes: []sm.Node{sm.ConstInt32("steps", steps), {Name: "less", Op: "Less", Inputs: []string{"i", "steps:output:0"}, Attrs: map[string]sm.Attr{"T": sm.Type(sm.Int32)}}},
	}
	body := sm.Function{Name: n.name("step"), Inputs: state, Nodes: gruStep()}
	for i, from := range []string{"next:z:0", "new_h:z:0", "x", "kernel", "recurrent_kernel"} {
		body.Outputs = append(body.Outputs, sm.Argument{Name: fmt.Sprint("out", i), Type: state[i].Type, From: from})
	}
	n.Functions = append(n.Functions, cond, body)
	h := n.add(sm.Const(n.name("zeros"), make([]float32, cells), 1, cells), 1, cells)
	loop := n.add(sm.While(n.name("loop"), &cond, &body, n.ints(0), h, x, n.weights(features+cells, features, 3*cells), n.weights(features+cells, cells, 3*cells)), 1, cells)
	return n.op("Identity", []int64{1, cells}, nil, loop+":1")
}

// gruStep computes new_h and next, the index of the next step.
func gruStep() []sm.Node {
	split := func(name, of string) sm.Node {
		return sm.Op(name, "Split", map[string]sm.Attr{"num_split": sm.Int(3)}, "last:output:0", of)
	}
	return []sm.Node{
		sm.ConstInt32("last", 1), sm.ConstInt32("one", 1), sm.Const("unit", []float32{1}),
		{Name: "next", Op: "AddV2", Inputs: []string{"i", "one:output:0"}, Attrs: map[string]sm.Attr{"T": sm.Type(sm.Int32)}},
		gatherNode("x_of_step", "x", "i", "one:output:0"),
		sm.Op("wx", "MatMul", nil, "x_of_step:output:0", "kernel"),
		sm.Op("uh", "MatMul", nil, "h", "recurrent_kernel"),
		split("x_gates", "wx:product:0"), split("h_gates", "uh:product:0"),
		sm.Op("z_sum", "AddV2", nil, "x_gates:output:0", "h_gates:output:0"), sm.Op("z", "Sigmoid", nil, "z_sum:z:0"),
		sm.Op("r_sum", "AddV2", nil, "x_gates:output:1", "h_gates:output:1"), sm.Op("r", "Sigmoid", nil, "r_sum:z:0"),
		sm.Op("kept", "Mul", nil, "r:y:0", "h_gates:output:2"),
		sm.Op("sum", "AddV2", nil, "x_gates:output:2", "kept:z:0"), sm.Op("candidate", "Tanh", nil, "sum:z:0"),
		sm.Op("old", "Mul", nil, "z:y:0", "h"),
		sm.Op("rest", "Sub", nil, "unit:output:0", "z:y:0"), sm.Op("fresh", "Mul", nil, "rest:z:0", "candidate:y:0"),
		sm.Op("new_h", "AddV2", nil, "old:z:0", "fresh:z:0"),
	}
}
