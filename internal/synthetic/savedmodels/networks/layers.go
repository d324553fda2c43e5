package networks

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	sm "github.com/tflite-quantize/tflite-quantize/internal/synthetic/savedmodels"
)

// A net is a graph that is built layer by layer. Layers, inputs and weights are names
// of nodes, whose shapes it knows.
type net struct {
	sm.Graph
	*rand.Rand
	shapes    map[string][]int64
	inputs    map[string]sm.Tensor
	made      int // names
	signature string
	// values are those of weights; fan is how many of them are summed to one value.
	values func(r *rand.Rand, fan int64, dims []int64) []float32
	// whole tells that layers have all their channels.
	whole bool
}

func newNet() *net {
	n := &net{Rand: rand.New(rand.NewPCG(1, 2)), shapes: map[string][]int64{}, values: scaledNormal}
	n.Tags, n.Signatures = []string{"serve"}, map[string]sm.Signature{}
	n.begin("serving_default")
	return n
}

func sized(whole bool) *net {
	n := newNet()
	n.whole = whole
	return n
}

// channels is the number that a layer has of a network with so many: a quarter of them.
func (n *net) channels(c int64) int64 {
	if n.whole {
		return c
	}
	return max(8, c/4)
}

// begin starts a signature, whose inputs are made from now on.
func (n *net) begin(signature string) { n.signature, n.inputs = signature, map[string]sm.Tensor{} }

// end ends the signature with its outputs.
func (n *net) end(outputs ...string) *net {
	s := sm.Signature{Inputs: n.inputs, Outputs: map[string]sm.Tensor{}}
	for i, y := range outputs {
		s.Outputs[fmt.Sprint("y", i)] = sm.Tensor{Name: y + ":0", Type: sm.Float32, Shape: n.shapes[y]}
	}
	n.Signatures[n.signature] = s
	return n
}

// scaledNormal are values of a normal distribution, so small that activations stay
// of one size from layer to layer.
func scaledNormal(r *rand.Rand, fan int64, dims []int64) []float32 {
	values := make([]float32, count(dims))
	for i := range values {
		values[i] = float32(r.NormFloat64() / math.Sqrt(float64(fan)))
	}
	return values
}

func count(dims []int64) int64 {
	n := int64(1)
	for _, d := range dims {
		n *= d
	}
	return n
}

func (n *net) name(what string) string {
	n.made++
	return fmt.Sprint(what, n.made)
}

// add adds a node whose output has a shape.
func (n *net) add(node sm.Node, shape ...int64) string {
	n.Nodes = append(n.Nodes, node)
	n.shapes[node.Name] = shape
	return node.Name
}

// op adds an operator on float32.
func (n *net) op(op string, shape []int64, attrs map[string]sm.Attr, inputs ...string) string {
	return n.add(sm.Op(n.name(op), op, attrs, inputs...), shape...)
}

func (n *net) input(dims ...int64) string { return n.typedInput(sm.Float32, dims) }

// words is an input of indices.
func (n *net) words(dims ...int64) string { return n.typedInput(sm.Int32, dims) }

func (n *net) typedInput(t sm.DataType, dims []int64) string {
	x := n.name("x")
	n.inputs[x] = sm.Tensor{Name: x + ":0", Type: t, Shape: dims}
	return n.add(sm.Node{Name: x, Op: "Placeholder", Attrs: map[string]sm.Attr{"dtype": sm.Type(t), "shape": sm.Shape(dims...)}}, dims...)
}

func (n *net) weights(fan int64, dims ...int64) string {
	return n.add(sm.Const(n.name("w"), n.values(n.Rand, fan, dims), dims...), dims...)
}

func (n *net) scalar(v float32) string { return n.add(sm.Const(n.name("s"), []float32{v})) }

// positive is a vector of values about 1.
func (n *net) positive(size int64) string {
	values := make([]float32, size)
	for i := range values {
		values[i] = 0.5 + n.Float32()
	}
	return n.add(sm.Const(n.name("p"), values, size), size)
}

func (n *net) ints(values ...uint32) string { return n.add(sm.ConstInt32(n.name("i"), values...)) }

// vector is ints, a vector of one value too.
func (n *net) vector(values ...uint32) string {
	return n.add(sm.VectorInt32(n.name("i"), values...), int64(len(values)))
}

func (n *net) map1(op, x string) string   { return n.op(op, n.shapes[x], nil, x) }
func (n *net) sum(a, b string) string     { return n.op("AddV2", n.shapes[a], nil, a, b) }
func (n *net) product(a, b string) string { return n.op("Mul", n.shapes[a], nil, a, b) }
func (n *net) less(a, b string) string    { return n.op("Sub", n.shapes[a], nil, a, b) }
func (n *net) swish(x string) string      { return n.product(x, n.map1("Sigmoid", x)) }
func (n *net) biased(x string) string {
	return n.op("BiasAdd", n.shapes[x], nil, x, n.weights(200, n.last(x)))
}
func (n *net) last(x string) int64 { s := n.shapes[x]; return s[len(s)-1] }
func (n *net) dense(x string, out int64) string {
	return n.biased(n.times(x, n.weights(n.last(x), n.last(x), out), false))
}

// times is the product of a matrix and one of weights, which may be transposed.
func (n *net) times(x, w string, transposed bool) string {
	shape := []int64{n.shapes[x][0], n.shapes[w][1]}
	if transposed {
		shape[1] = n.shapes[w][0]
	}
	return n.op("MatMul", shape, map[string]sm.Attr{"transpose_b": sm.Truth(transposed)}, x, w)
}

// batchTimes is the product of the matrices in both.
func (n *net) batchTimes(a, b string, transposed bool) string {
	shape := slices.Clone(n.shapes[a])
	s := n.shapes[b]
	shape[len(shape)-1] = s[len(s)-1]
	if transposed {
		shape[len(shape)-1] = s[len(s)-2]
	}
	return n.op("BatchMatMulV2", shape, map[string]sm.Attr{"adj_y": sm.Truth(transposed)}, a, b)
}

func window(stride int64) map[string]sm.Attr {
	return map[string]sm.Attr{"strides": sm.Ints(1, stride, stride, 1), "padding": sm.Text("SAME")}
}

// image is the shape of an image that a window made.
func (n *net) image(x string, stride, channels int64) []int64 {
	s := n.shapes[x]
	return []int64{s[0], (s[1] + stride - 1) / stride, (s[2] + stride - 1) / stride, channels}
}

// conv is a convolution in some groups.
func (n *net) conv(x string, out, k, stride, groups int64) string {
	in := n.last(x) / groups
	return n.op("Conv2D", n.image(x, stride, out), window(stride), x, n.weights(k*k*in, k, k, in, out))
}

func (n *net) depthwise(x string, k, multiplier, stride int64) string {
	in := n.last(x)
	return n.op("DepthwiseConv2dNative", n.image(x, stride, in*multiplier), window(stride), x, n.weights(k*k, k, k, in, multiplier))
}

// deconv is a transposed convolution that doubles height and width.
func (n *net) deconv(x string, out, k int64) string {
	s := n.shapes[x]
	shape := []int64{s[0], 2 * s[1], 2 * s[2], out}
	size := n.ints(uint32(shape[0]), uint32(shape[1]), uint32(shape[2]), uint32(shape[3]))
	return n.op("Conv2DBackpropInput", shape, window(2), size, n.weights(k*k*s[3]/4, k, k, out, s[3]), x)
}

// normalized is a batch normalization.
func (n *net) normalized(x string) string {
	c := n.last(x)
	attrs := map[string]sm.Attr{"U": sm.Type(sm.Float32), "is_training": sm.Truth(false), "epsilon": sm.Float(1e-3)}
	return n.op("FusedBatchNormV3", n.shapes[x], attrs, x, n.positive(c), n.weights(200, c), n.weights(200, c), n.positive(c))
}

func (n *net) maxPool(x string, k, stride int64) string {
	attrs := window(stride)
	attrs["ksize"] = sm.Ints(1, k, k, 1)
	return n.op("MaxPool", n.image(x, stride, n.last(x)), attrs, x)
}

var intIndex = map[string]sm.Attr{"Tidx": sm.Type(sm.Int32)}

// pooled is the mean over height and width.
func (n *net) pooled(x string, keep bool) string {
	shape := []int64{n.shapes[x][0], n.last(x)}
	if keep {
		shape = []int64{shape[0], 1, 1, shape[1]}
	}
	return n.op("Mean", shape, map[string]sm.Attr{"Tidx": sm.Type(sm.Int32), "keep_dims": sm.Truth(keep)}, x, n.ints(1, 2))
}

// meanOfLast is the mean over the last dimension.
func (n *net) meanOfLast(x string) string {
	shape := slices.Clone(n.shapes[x])
	shape[len(shape)-1] = 1
	return n.op("Mean", shape, map[string]sm.Attr{"Tidx": sm.Type(sm.Int32), "keep_dims": sm.True()}, x, n.vector(uint32(len(shape)-1)))
}

func (n *net) reshape(x string, dims ...int64) string {
	var values []uint32
	for _, d := range dims {
		values = append(values, uint32(d))
	}
	return n.op("Reshape", dims, map[string]sm.Attr{"Tshape": sm.Type(sm.Int32)}, x, n.vector(values...))
}

func (n *net) transpose(x string, order ...uint32) string {
	var shape []int64
	for _, from := range order {
		shape = append(shape, n.shapes[x][from])
	}
	return n.op("Transpose", shape, map[string]sm.Attr{"Tperm": sm.Type(sm.Int32)}, x, n.ints(order...))
}

func (n *net) concat(axis uint32, xs ...string) string {
	shape := slices.Clone(n.shapes[xs[0]])
	for _, x := range xs[1:] {
		shape[axis] += n.shapes[x][axis]
	}
	attrs := map[string]sm.Attr{"N": sm.Int(int64(len(xs))), "Tidx": sm.Type(sm.Int32)}
	return n.op("ConcatV2", shape, attrs, append(slices.Clone(xs), n.ints(axis))...)
}

// gather takes rows of a table, or of what a layer gave.
func (n *net) gather(table, indices string) string {
	shape := append(slices.Clone(n.shapes[indices]), n.shapes[table][1:]...)
	return n.add(gatherNode(n.name("gather"), table, indices, n.ints(0)), shape...)
}

func gatherNode(name, table, indices, axis string) sm.Node {
	return sm.Node{Name: name, Op: "GatherV2", Inputs: []string{table, indices, axis}, Attrs: map[string]sm.Attr{
		"Tparams": sm.Type(sm.Float32), "Tindices": sm.Type(sm.Int32), "Taxis": sm.Type(sm.Int32)}}
}
