package convert

import (
	"math/rand/v2"

	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/savedmodels"
)

// whole returns n whole numbers from -3 to 3, so that no sum of their products is
// rounded, in whichever order it is made.
func whole(seed uint64, n int) []float32 {
	r := rand.New(rand.NewPCG(seed, 0))
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(r.IntN(7) - 3)
	}
	return values
}

// A dense layer with a bias and ReLU.
const denseIn, denseOut = 64, 48

var denseWeights, denseBias = whole(1, denseIn*denseOut), whole(2, denseOut)

func dense(x []float32) []float32 {
	var out []float32
	for ; len(x) > 0; x = x[denseIn:] {
		for j := range denseOut {
			sum := denseBias[j]
			for i := range denseIn {
				sum += x[i] * denseWeights[i*denseOut+j]
			}
			out = append(out, max(sum, 0))
		}
	}
	return out
}

func denseConstants() []savedmodels.Node {
	return []savedmodels.Node{
		savedmodels.Const("dense/weights", denseWeights, denseIn, denseOut),
		savedmodels.Const("dense/bias", denseBias, denseOut),
	}
}

// denseGraph is the layer from x to y, as TensorFlow 1 has it.
func denseGraph(batch int64, tags ...string) savedmodels.Graph {
	return savedmodels.Graph{
		Tags: tags,
		Nodes: append(denseConstants(),
			savedmodels.Placeholder("x", batch, denseIn),
			savedmodels.Op("product", "MatMul", nil, "x", "dense/weights"),
			savedmodels.Op("sum", "BiasAdd", nil, "product", "dense/bias"),
			savedmodels.Op("y", "Relu", nil, "sum"),
		),
		Signatures: map[string]savedmodels.Signature{"serving_default": denseCall(batch)},
	}
}

func denseCall(batch int64) savedmodels.Signature {
	return savedmodels.Calls("x", []int64{batch, denseIn}, "y", []int64{batch, denseOut})
}

// denseFunction is the layer in a function, as TensorFlow 2 has it.
func denseFunction() savedmodels.Graph {
	nodes := append(denseConstants(),
		savedmodels.Op("product", "MatMul", nil, "x", "dense/weights:output:0"),
		savedmodels.Op("sum", "BiasAdd", nil, "product:product:0", "dense/bias:output:0"),
		savedmodels.Op("relu", "Relu", nil, "sum:output:0"),
	)
	return inFunction(simple("layer", "relu:activations:0", nodes), denseCall(-1), -1, denseIn)
}

// simple is a function from one float32 tensor, x, to another.
func simple(name, output string, nodes []savedmodels.Node) *savedmodels.Function {
	return &savedmodels.Function{
		Name:    name,
		Inputs:  []savedmodels.Argument{{Name: "x", Type: savedmodels.Float32}},
		Outputs: []savedmodels.Argument{{Name: "y", Type: savedmodels.Float32, From: output}},
		Nodes:   nodes,
	}
}

// inFunction is a graph that calls a function with an input of the given shape.
func inFunction(f *savedmodels.Function, call savedmodels.Signature, dims ...int64) savedmodels.Graph {
	return savedmodels.Graph{
		Tags:       []string{"serve"},
		Nodes:      []savedmodels.Node{savedmodels.Placeholder("x", dims...), savedmodels.Call("y", f, "x")},
		Functions:  []savedmodels.Function{*f},
		Signatures: map[string]savedmodels.Signature{"serving_default": call},
	}
}

// A convolution with ReLU.
const side, channelsIn, channelsOut, kernel = 6, 8, 32, 3

var filter = whole(3, kernel*kernel*channelsIn*channelsOut)

// convolution has padding so that height and width stay.
func convolution(x []float32) []float32 {
	var out []float32
	for row := range side {
		for column := range side {
			for c := range channelsOut {
				out = append(out, max(convolvedAt(x, row, column, c), 0))
			}
		}
	}
	return out
}

func convolvedAt(x []float32, row, column, c int) (sum float32) {
	for i := range kernel {
		for j := range kernel {
			y, z := row+i-kernel/2, column+j-kernel/2
			if y < 0 || y >= side || z < 0 || z >= side {
				continue
			}
			for k := range channelsIn {
				sum += x[(y*side+z)*channelsIn+k] * filter[((i*kernel+j)*channelsIn+k)*channelsOut+c]
			}
		}
	}
	return sum
}

func convolutionGraph() savedmodels.Graph {
	return savedmodels.Graph{
		Tags: []string{"serve"},
		Nodes: []savedmodels.Node{
			savedmodels.Placeholder("x", 1, side, side, channelsIn),
			savedmodels.Const("filter", filter, kernel, kernel, channelsIn, channelsOut),
			savedmodels.Conv2D("conv", "x", "filter"),
			savedmodels.Op("y", "Relu", nil, "conv"),
		},
		Signatures: map[string]savedmodels.Signature{
			"serving_default": savedmodels.Calls("x", []int64{1, side, side, channelsIn}, "y", []int64{1, side, side, channelsOut}),
		},
	}
}

// severalSignatures has the dense layer and the sum before its ReLU.
func severalSignatures() savedmodels.Graph {
	g := denseGraph(-1, "serve")
	g.Signatures["linear"] = savedmodels.Calls("x", []int64{-1, denseIn}, "sum", []int64{-1, denseOut})
	return g
}

func customOperator() savedmodels.Graph {
	nodes := []savedmodels.Node{savedmodels.Op("relu", "Relu", nil, "x"), savedmodels.Custom("c", "Mine", "relu:activations:0")}
	return inFunction(simple("f", "c:b:0", nodes), denseCall(-1), -1, denseIn)
}

func selectOperator() savedmodels.Graph {
	nodes := []savedmodels.Node{savedmodels.Op("inverse", "MatrixInverse", nil, "x")}
	square := savedmodels.Calls("x", []int64{4, 4}, "y", []int64{4, 4})
	return inFunction(simple("f", "inverse:output:0", nodes), square, 4, 4)
}

func withVariable() savedmodels.Graph {
	g := denseGraph(-1, "serve")
	g.Nodes = append(append(savedmodels.Variable("w", denseIn, denseOut), g.Nodes[2]), savedmodels.Op("y", "MatMul", nil, "x", "w"))
	return g
}
