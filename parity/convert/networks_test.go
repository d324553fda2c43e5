package convert

import (
	"fmt"
	"math"
	"math/rand/v2"

	sm "github.com/tflite-quantize/tflite-quantize/internal/synthetic/savedmodels"
)

type network struct {
	name  string
	graph sm.Graph
	units int // in int8
}

// normal returns n values of a normal distribution.
func normal(r *rand.Rand, n int) []float32 {
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(r.NormFloat64())
	}
	return values
}

// A net is a graph with one float32 input, x.
type net struct {
	nodes []sm.Node
	r     *rand.Rand
	dims  []int64
}

func newNet(dims ...int64) *net {
	return &net{[]sm.Node{sm.Placeholder("x", dims...)}, rand.New(rand.NewPCG(1, 2)), dims}
}

func (n *net) add(nodes ...sm.Node) *net {
	n.nodes = append(n.nodes, nodes...)
	return n
}

// weights adds a constant of random values.
func (n *net) weights(name string, dims ...int64) *net {
	count := 1
	for _, d := range dims {
		count *= int(d)
	}
	return n.add(sm.Const(name, normal(n.r, count), dims...))
}

// graph ends the net, whose last node is the output.
func (n *net) graph(out ...int64) sm.Graph {
	y := n.nodes[len(n.nodes)-1].Name
	return sm.Graph{Tags: []string{"serve"}, Nodes: n.nodes, Signatures: map[string]sm.Signature{"serving_default": sm.Calls("x", n.dims, y, out)}}
}

func depthwise(name, input, filter string) sm.Node {
	return sm.Op(name, "DepthwiseConv2dNative", map[string]sm.Attr{"strides": sm.Ints(1, 1, 1, 1), "padding": sm.Text("SAME")}, input, filter)
}

func transposed() map[string]sm.Attr { return map[string]sm.Attr{"transpose_b": sm.True()} }

func gather(name, table, indices, axis string) sm.Node {
	return sm.Node{Name: name, Op: "GatherV2", Inputs: []string{table, indices, axis}, Attrs: map[string]sm.Attr{
		"Tparams": sm.Type(sm.Float32), "Tindices": sm.Type(sm.Int32), "Taxis": sm.Type(sm.Int32)}}
}

// lookup is a graph that takes rows of a table, and with tied multiplies them by it.
func lookup(rows int64, tied bool) sm.Graph {
	n := &net{r: rand.New(rand.NewPCG(1, 2))}
	n.add(sm.Node{Name: "x", Op: "Placeholder", Attrs: map[string]sm.Attr{"dtype": sm.Type(sm.Int32), "shape": sm.Shape(rows)}})
	n.weights("table", 64, 32).add(sm.ConstInt32("axis", 0), gather("y", "table", "x", "axis"))
	out := []int64{rows, 32}
	if tied {
		n.add(sm.Op("z", "MatMul", transposed(), "y", "table"))
		out[1] = 64
	}
	g := n.graph(out...)
	g.Signatures["serving_default"].Inputs["x"] = sm.Tensor{Name: "x:0", Type: sm.Int32, Shape: []int64{rows}}
	return g
}

// steps is a recurrent layer, unrolled: h = tanh(x W + h U).
func steps(count int) sm.Graph {
	n := newNet(1, 64).weights("w", 64, 64).weights("u", 64, 64)
	n.add(sm.Op("wx", "MatMul", nil, "x", "w"), sm.Op("h0", "Tanh", nil, "wx"))
	for i := range count {
		n.add(sm.Op(fmt.Sprint("uh", i), "MatMul", nil, fmt.Sprint("h", i), "u"),
			sm.Op(fmt.Sprint("sum", i), "AddV2", nil, "wx", fmt.Sprint("uh", i)),
			sm.Op(fmt.Sprint("h", i+1), "Tanh", nil, fmt.Sprint("sum", i)))
	}
	return n.graph(1, 64)
}

func networks() []network {
	return []network{
		{"dense", newNet(1, 64).weights("w", 64, 32).add(sm.Op("y", "MatMul", nil, "x", "w")).graph(1, 32), 1},
		{"separable convolution", newNet(1, 8, 8, 128).weights("d", 3, 3, 128, 1).weights("p", 1, 1, 128, 32).
			add(depthwise("a", "x", "d"), sm.Op("r", "Relu6", nil, "a"), sm.Conv2D("y", "r", "p")).graph(1, 8, 8, 32), 2},
		{"depthwise with multiplier", newNet(1, 8, 8, 64).weights("d", 3, 3, 64, 2).add(depthwise("y", "x", "d")).graph(1, 8, 8, 128), 1},
		{"residual", newNet(1, 8, 8, 16).weights("a", 3, 3, 16, 16).weights("b", 3, 3, 16, 16).
			add(sm.Conv2D("c", "x", "a"), sm.Op("r", "Relu", nil, "c"), sm.Conv2D("e", "r", "b"), sm.Op("y", "AddV2", nil, "x", "e")).graph(1, 8, 8, 16), 2},
		{"grouped convolution", newNet(1, 8, 8, 32).weights("a", 3, 3, 16, 32).add(sm.Conv2D("y", "x", "a")).graph(1, 8, 8, 32), 1},
		{"batched product", newNet(4, 8, 32).weights("w", 4, 32, 16).add(sm.Op("y", "BatchMatMulV2", nil, "x", "w")).graph(4, 8, 16), 1},
		{"few rows of a table", lookup(4, false), 1},
		{"more rows than the table has", lookup(100, false), 1},
		{"tied embedding", lookup(4, true), 2},
		{"recurrent, unrolled", steps(3), 4},
	}
}

// randomGraph is one to four dense layers, all large enough to be quantized, with
// weights on borders of rounding, zero columns and tiny or huge ranges.
func randomGraph(r *rand.Rand) (_ sm.Graph, layers int) {
	n := newNet(1, 32+r.Int64N(48))
	n.r = r
	layers = 1 + r.IntN(4)
	last, width := "x", n.dims[1]
	for i := range layers {
		next := 32 + r.Int64N(48)
		w, y := fmt.Sprint("w", i), fmt.Sprint("y", i)
		n.add(sm.Const(w, awkward(r, int(width), int(next)), width, next), sm.Op(y, "MatMul", nil, last, w))
		if r.IntN(2) == 0 {
			n.add(sm.Op(y+"r", "Relu", nil, y))
			y += "r"
		}
		last, width = y, next
	}
	return n.graph(1, width), layers
}

// awkward returns rows times columns values. Each column has a range of its own, whose
// 127th part is the scale, and values within one float32 of half a step.
func awkward(r *rand.Rand, rows, columns int) []float32 {
	values := make([]float32, rows*columns)
	for c := range columns {
		peak := []float32{1, 1, 1, 1e-7, 1e-40, 1e30, 0}[r.IntN(7)] * (1 + r.Float32())
		values[c] = peak
		for i := 1; i < rows; i++ {
			v := float32(float64(peak) / 127 * (float64(r.IntN(253)-126) - 0.5))
			values[i*columns+c] = math.Float32frombits(math.Float32bits(v) + uint32(r.IntN(3)) - 1)
			if peak == 0 {
				values[i*columns+c] = 0
			}
		}
	}
	return values
}
